"""A message is a request or a response on its way through the policies; a stop is a policy's last word about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.publishing.deployed import DeployedApi, DeployedOperation
    from gatehouse.ports.backends import Backends, Functions


@dataclass(slots=True, kw_only=True)
class Message:
    """What policies read and change.

    Of a request: `method`, `path` (behind the API's base path, decoded), `query` (raw), and `url`, which replaces the
    endpoint's address when a policy sets it. Of a response: `status`. Header names are lower case and may repeat.
    """

    headers: list[tuple[str, str]]
    body: bytes
    method: str = ""
    path: str = ""
    query: str = ""
    url: str = ""
    status: int = 0

    def header(self, name: str) -> str:
        """The first header of this name, "" when there is none."""
        wanted = name.lower()
        return next((value for known, value in self.headers if known == wanted), "")

    def set_header(self, name: str, value: str) -> None:
        """Put one header in place of all of this name, where the first one stood."""
        wanted = name.lower()
        kept: list[tuple[str, str]] = []
        placed = False
        for known, present in self.headers:
            if known != wanted:
                kept.append((known, present))
            elif not placed:
                kept.append((wanted, value))
                placed = True
        self.headers = kept if placed else [*kept, (wanted, value)]

    def remove_header(self, name: str) -> None:
        """Take all headers of this name away."""
        wanted = name.lower()
        self.headers = [header for header in self.headers if header[0] != wanted]

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Ends the flow: the caller is answered with this, and a request does not reach the backend.

    With a `code` it is an error with WSO2's body for it; without one, `headers` and `body` are the answer as they are.
    """

    status: int
    code: str = ""
    type: str = ""
    message: str = ""
    description: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Notes(dict[str, Any]):
    """What the policies of a call want to be recorded. `properties` are what they tell each other, and are not recorded."""

    __slots__ = ("properties",)

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__()
        self.properties: dict[str, str] = {}


class SigningFailed(Exception):
    """There is no signature to be had at the moment."""


class Signer(Protocol):
    """Signs what the gateway says of its callers."""

    def sign(self, tenant: str, claims: Mapping[str, Any], seconds: int) -> str:
        """A JWT of these claims, RS256, that lives at least half of so many seconds. Raises SigningFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """What is known of the caller; "" where there is nothing, as of an application when there is none."""

    subject: str = ""
    username: str = ""
    application_id: str = ""
    application_name: str = ""
    application_owner: str = ""
    application_tier: str = ""
    plan: str = ""
    key_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a policy may know and use besides the message.

    `claims` are those of the caller's token, {} without one; `request_headers` those of the call as it came in. `note`
    writes into the line that records the call; `properties` are what policies of the call tell each other.
    """

    api: DeployedApi
    operation: DeployedOperation
    correlation_id: str
    received_at: float  # epoch seconds
    source_ip: str
    claims: Mapping[str, Any] = field(default_factory=dict, hash=False)
    request_headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    backends: Backends
    functions: Functions
    signer: Signer
    caller: CallerFacts = CallerFacts()
    note: dict[str, Any] = field(default_factory=dict, hash=False)
    properties: dict[str, str] = field(default_factory=dict, hash=False)
