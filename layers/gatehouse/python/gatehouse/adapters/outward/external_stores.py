"""External stores over HTTP: the publisher interface of a WSO2 API Manager or another Gatehouse, below its portal's host.

The account proves itself by Basic, which both take at every operation. What is spoken to is a publisher of version 4.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from urllib3.filepost import encode_multipart_formdata

from gatehouse.adapters.outward.client import ASKING, Outward
from gatehouse.adapters.outward.saying import reason
from gatehouse.domain.publishing.external_store import ExternalStoreFailed, ExternalStoreRefused
from gatehouse.ports.backends import SUCCESS, BackendFailed, BackendForbidden, BackendRequest, BackendTooLarge

if TYPE_CHECKING:
    from gatehouse.domain.publishing.external_store import Advertised, ExternalStore

CONNECT_SECONDS = 2.0
READ_SECONDS = 12.0
ANSWER_SECONDS = 12.0
"""An import writes a lot before the first byte of its answer."""

ARCHIVE_BYTES_MAX = 4 * 1024 * 1024
"""A function takes 6 MB in a request, in base64."""

BASE = "/api/am/publisher/v4"
_CLIENT_ERRORS = range(400, 500)
_GONE = 404
_PROOF = frozenset({401, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """An answer: its status, and its document where that is an object, {} otherwise."""

    status: int
    document: dict[str, Any]


class HttpStoreFronts:
    """Implements `ports.publishing.external_stores.StoreFronts`. `internal_allowed` is for the local stack."""

    def __init__(self, *, internal_allowed: bool) -> None:
        self._internal_allowed = internal_allowed
        self._outward = Outward(
            connect_seconds=CONNECT_SECONDS,
            read_seconds=READ_SECONDS,
            answer_seconds=ANSWER_SECONDS,
            internal_allowed=internal_allowed,
        )

    def close(self) -> None:
        """Close the connections that are kept."""
        self._outward.close()

    def put(self, store: ExternalStore, advertised: Advertised, archive: bytes, *, seconds: float) -> None:
        """Import it, in place of what was imported before."""
        if len(archive) > ARCHIVE_BYTES_MAX:
            most = ARCHIVE_BYTES_MAX // 1024 // 1024
            raise ExternalStoreRefused(f"the API and its documents are more than the {most} MiB that an import takes")
        errand = self._errand(store, seconds)
        known = errand.find(advertised)
        query = urlencode({"preserveProvider": "false", "overwrite": "true" if known else "false"})
        file = ("api.zip", archive, "application/zip")
        body, media_type = encode_multipart_formdata({"file": file})
        said = errand.ask("POST", f"/apis/import?{query}", {"content-type": media_type}, body)
        if said.status not in SUCCESS:
            raise errand.refusal("refuses the API", said)

    def take_back(self, store: ExternalStore, advertised: Advertised, *, seconds: float) -> None:
        """Delete it, if it is there."""
        errand = self._errand(store, seconds)
        if known := errand.find(advertised):
            said = errand.ask("DELETE", f"/apis/{quote(known, safe='')}", {}, b"")
            if said.status not in SUCCESS and said.status != _GONE:
                raise errand.refusal("does not delete the API", said)

    def _errand(self, store: ExternalStore, seconds: float) -> _Errand:
        until = time.monotonic() + seconds
        return _Errand(self._outward, store, until=until, in_clear=self._internal_allowed)


@dataclass(frozen=True, slots=True)
class _Errand:
    """One port call's questions at one store.

    `until` is when it must be over, in seconds of the monotonic clock; `in_clear` allows addresses that are not https.
    """

    outward: Outward
    store: ExternalStore
    until: float
    in_clear: bool

    def find(self, advertised: Advertised) -> str:
        """The id of the API there, "" when there is none.

        Raises ExternalStoreRefused for one of the name and version that comes from elsewhere.
        """
        query = urlencode({"query": f'name:"{advertised.name}" version:"{advertised.version}"', "limit": "25"})
        listed = self._looked_up(f"/apis?{query}").get("list")
        found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        same = [one for one in found if (one.get("name"), one.get("version")) == (advertised.name, advertised.version)]
        if not same:
            return ""
        there = str(same[0].get("id") or "")
        told = self._looked_up(f"/apis/{quote(there, safe='')}").get("advertiseInfo")
        if not isinstance(told, dict) or not advertised.comes_from(told.get("originalDevPortalUrl")):
            problem = f"has an API {advertised.name} {advertised.version} that does not come from here"
            raise ExternalStoreRefused(problem, store=self.store.id)
        return there

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> _Said:
        """One question. Raises ExternalStoreRefused where it cannot have arrived, ExternalStoreFailed for no answer."""
        url = f"{_host(self.store.endpoint)}{BASE}{path}"
        if time.monotonic() + ANSWER_SECONDS > self.until:
            raise ExternalStoreRefused("there was no time left to ask it; publish again", store=self.store.id)
        if not self.in_clear and not url.startswith("https://"):
            raise ExternalStoreRefused("its Endpoint is not https", store=self.store.id)
        try:
            asking = {**ASKING, **self._proof(), **headers}
            reply = self.outward.send(BackendRequest(method=method, url=url, headers=asking, body=body))
        except BackendForbidden as error:
            raise ExternalStoreRefused("its Endpoint is an address that may not be called", url=url) from error
        except BackendTooLarge as error:
            raise ExternalStoreFailed("answers more than is taken", url=url) from error
        except BackendFailed as error:
            kind = ExternalStoreFailed if error.sent else ExternalStoreRefused
            raise kind("does not answer", url=url, cause=str(error)) from error
        try:
            document = json.loads(reply.body)
        except (ValueError, RecursionError):
            document = {}
        return _Said(status=reply.status, document=document if isinstance(document, dict) else {})

    def refusal(self, what: str, said: _Said) -> ExternalStoreFailed:
        """What to raise for an answer that is no success. A server's failure leaves open what it has done."""
        problem = f"{what}: {reason(said.document, said.status, {self.store.password})}"
        if said.status in _PROOF:
            problem = f"does not take the account '{self.store.username}': {problem}"
        kind = ExternalStoreRefused if said.status in _CLIENT_ERRORS else ExternalStoreFailed
        return kind(problem, store=self.store.id, status=said.status)

    def _looked_up(self, path: str) -> dict[str, Any]:
        """What stands there. Whatever goes wrong, nothing has changed."""
        try:
            said = self.ask("GET", path, {}, b"")
            if said.status in SUCCESS:
                return said.document
            raise self.refusal("does not tell whether it has the API", said)
        except ExternalStoreFailed as failed:
            raise ExternalStoreRefused(failed.description, store=self.store.id) from failed

    def _proof(self) -> dict[str, str]:
        """RFC 7617."""
        pair = f"{self.store.username}:{self.store.password}".encode()
        return {"authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _host(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"
