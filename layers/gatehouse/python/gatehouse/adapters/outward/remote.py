"""Remote content over the client that guards addresses, with little patience. Each redirect is guarded like the first."""

from __future__ import annotations

from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from gatehouse.adapters.outward.client import Outward
from gatehouse.domain.remote import UrlMalformed, UrlUnreadable
from gatehouse.ports.backends import BackendFailed, BackendForbidden, BackendReply, BackendRequest, BackendTooLarge
from gatehouse.ports.remote import READING_SECONDS, Probe

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
ANSWER_SECONDS = 8.0
"""From asking to the last byte of one answer; three of them, with redirects, end before the function's 29 s."""
REDIRECTS_MAX = 2
CONTENT_BYTES_MAX = 5 * 1024 * 1024
URL_CHARACTERS_MAX = 2048

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {"accept": "*/*", "accept-encoding": "identity", "user-agent": "gatehouse"}


class HttpRemote:
    """Implements `ports.remote.Remote`. `internal_allowed` is for the local stack."""

    def __init__(self, *, internal_allowed: bool) -> None:
        self._outward = Outward(
            connect_seconds=CONNECT_SECONDS,
            read_seconds=READ_SECONDS,
            answer_seconds=ANSWER_SECONDS,
            internal_allowed=internal_allowed,
        )

    def close(self) -> None:
        """Close the connections that are kept."""
        self._outward.close()

    def read(self, url: str, *, seconds: float = READING_SECONDS) -> bytes:
        """What stands there. Raises UrlMalformed, UrlUnreadable."""
        until = monotonic() + seconds
        for _ in range(REDIRECTS_MAX + 1):
            if monotonic() + ANSWER_SECONDS > until:
                raise UrlUnreadable.field("url", "might answer too late")
            reply = self._asked("GET", url)
            location = {name.lower(): value for name, value in reply.headers}.get("location")
            if reply.status in _REDIRECTS and location:
                url = urljoin(url, location)
                continue
            return _content(reply)
        raise UrlUnreadable.field("url", f"redirects more than {REDIRECTS_MAX} times")

    def ask(self, url: str, content: bytes, media_type: str) -> bytes:
        """What it answers when this is posted to it. Raises UrlMalformed, UrlUnreadable."""
        return _content(self._asked("POST", url, content, {"content-type": media_type}))

    def probe(self, url: str) -> Probe:
        """How it answers to HEAD. Raises UrlMalformed."""
        try:
            return Probe(self._asked("HEAD", url).status)
        except UrlUnreadable as error:
            return Probe(0, error.fields[0].problem)

    def _asked(
        self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> BackendReply:
        parsed = _parsed(url)
        if parsed.scheme not in {"http", "https"} or not parsed.hostname or len(url) > URL_CHARACTERS_MAX:
            raise UrlMalformed.field("url", "must be an http or https address")
        try:
            asking = {**_HEADERS, **(headers or {})}
            return self._outward.send(BackendRequest(method=method, url=url, headers=asking, body=body))
        except BackendForbidden as error:
            raise UrlUnreadable.field("url", "is an address that may not be called") from error
        except BackendTooLarge as error:
            raise UrlUnreadable.field("url", "answers more than is taken") from error
        except BackendFailed as error:
            raise UrlUnreadable.field("url", "does not answer") from error


def _content(reply: BackendReply) -> bytes:
    if reply.status != HTTPStatus.OK:
        raise UrlUnreadable.field("url", f"answers {reply.status}")
    if len(reply.body) > CONTENT_BYTES_MAX:
        raise UrlUnreadable.field("url", f"answers more than {CONTENT_BYTES_MAX // 1024 // 1024} MiB")
    return reply.body


def _parsed(url: str) -> SplitResult:
    try:
        parsed = urlsplit(url)
        _ = parsed.port
    except ValueError as error:
        raise UrlMalformed.field("url", "must be an http or https address") from error
    return parsed
