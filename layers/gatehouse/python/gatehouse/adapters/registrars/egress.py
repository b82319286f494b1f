"""Egress: asking external key managers for things, over the client that guards addresses, with little patience.

What comes back is somebody else's: it is bounded, and of what they say in refusal only the known fields are passed on,
shortened and without our secrets.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from gatehouse.adapters.outward.client import ASKING, Outward
from gatehouse.adapters.outward.saying import reason
from gatehouse.domain.applications.registration import RegistrationFailed, RegistrationRefused
from gatehouse.domain.errors import Unavailable
from gatehouse.ports.backends import SUCCESS, BackendFailed, BackendForbidden, BackendRequest, BackendTooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.applications.registration import Desk

CONNECT_SECONDS = 1.5
READ_SECONDS = 4.0
ANSWER_SECONDS = 4.0
"""From asking to the last byte of one answer."""

ERRAND_SECONDS = 8.0
"""After so long an errand asks no further question: the function has 29 s for two errands and a retreat."""

ANSWER_BYTES_MAX = 256 * 1024

_OUR_FAULT = frozenset({401, 403})
_BUSY = 429
_CLIENT_ERRORS = range(400, 500)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the status, the document where it is one ({} otherwise), its `items` where it is a list of them."""

    status: int
    document: Mapping[str, Any]
    items: tuple[Mapping[str, Any], ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the answer is 2xx."""
        return self.status in SUCCESS

    def text(self, name: str) -> str:
        """A member that is text; "" otherwise."""
        value = self.document.get(name)
        return value if isinstance(value, str) else ""


class Egress:
    """The way out. `internal_allowed` (loopback and private addresses, plain http) is for the local stack."""

    def __init__(self, *, internal_allowed: bool) -> None:
        self._internal_allowed = internal_allowed
        self._outward = Outward(
            connect_seconds=CONNECT_SECONDS,
            read_seconds=READ_SECONDS,
            answer_seconds=ANSWER_SECONDS,
            internal_allowed=internal_allowed,
        )

    def close(self) -> None:
        """Close the connections that are kept; the next question opens new ones."""
        self._outward.close()

    def send(self, name: str, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answered:
        """One question and its answer, whatever it is. `name` is the key manager's. Raises RegistrationFailed, Unavailable."""
        if not self._internal_allowed and not url.startswith("https://"):
            raise RegistrationFailed(f"'{name}' names an address that is not https. An admin must check it.", url=url)
        asking = {**ASKING, **headers}
        try:
            reply = self._outward.send(BackendRequest(method=method, url=url, headers=asking, body=body))
        except BackendForbidden as error:
            raise RegistrationFailed(f"'{name}' is at an address that may not be called.", url=url) from error
        except BackendTooLarge as error:
            raise RegistrationFailed(f"'{name}' answers more than is taken.", url=url) from error
        except BackendFailed as error:
            raise Unavailable(
                f"The key manager '{name}' does not answer. Try again.", url=url, cause=str(error)
            ) from error
        if len(reply.body) > ANSWER_BYTES_MAX:
            raise RegistrationFailed(f"'{name}' answers more than is taken.", url=url)
        try:
            document = json.loads(reply.body) if reply.body else {}
        except (ValueError, RecursionError):
            document = {}
        if isinstance(document, list):
            return Answered(reply.status, {}, tuple(one for one in document if isinstance(one, dict)))
        return Answered(reply.status, document if isinstance(document, dict) else {})


@dataclass(slots=True)
class Errand:
    """One port call's questions at one desk. `hidden` are texts that must not come back in what the provider says."""

    egress: Egress
    desk: Desk
    hidden: set[str] = field(default_factory=set)
    deadline: float = field(default_factory=lambda: time.monotonic() + ERRAND_SECONDS)

    def json(self, method: str, url: str, proof: Mapping[str, str], body: Mapping[str, Any] | None = None) -> Answered:
        """Ask with a JSON body, or none."""
        if body is None:
            return self._send(method, url, proof)
        headers = {**proof, "content-type": "application/json"}
        return self._send(method, url, headers, json.dumps(body).encode())

    def form(self, url: str, proof: Mapping[str, str], fields: Mapping[str, str]) -> Answered:
        """Ask with a form (RFC 6749 appendix B)."""
        headers = {**proof, "content-type": "application/x-www-form-urlencoded"}
        return self._send("POST", url, headers, urlencode(fields).encode())

    def done(self, answered: Answered) -> Answered:
        """A success as it is. Raises RegistrationRefused, RegistrationFailed or Unavailable, with what the provider says."""
        if answered.succeeded:
            return answered
        name, said = self.desk.name, self.said(answered)
        status = answered.status
        if status in _OUR_FAULT:
            problem = f"'{name}' does not take this server's credentials: {said}. An admin must check the key manager."
            raise RegistrationFailed(problem, key_manager=name, status=status)
        if status == _BUSY:
            raise Unavailable(
                f"The key manager '{name}' is asked too often: {said}. Try again.", key_manager=name, status=status
            )
        if status in _CLIENT_ERRORS:
            raise RegistrationRefused(f"'{name}' refuses: {said}", key_manager=name, status=status)
        raise RegistrationFailed(f"'{name}' failed: {said}", key_manager=name, status=status)

    def said(self, answered: Answered) -> str:
        """What the provider says, on one line, without secrets."""
        properties = (value for value in self.desk.properties.values() if isinstance(value, str))
        return reason(answered.document, answered.status, {*self.hidden, *properties})

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answered:
        if time.monotonic() > self.deadline:
            raise Unavailable(f"The key manager '{self.desk.name}' takes too long. Try again.")
        return self.egress.send(self.desk.name, method, url, headers, body)
