"""An operation is one line of an interface: method, path, who may call it, and the route that answers.

The published OpenAPI document is made of the same declarations that serve the calls, so it cannot promise another thing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.edge.http import Answer
    from gatehouse.edge.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a REST interface.

    `path` is relative to the interface's base, with `{parameters}`. `scopes` are any-of. `authenticated` demands a
    caller; an operation that does not may still get one (`Request.caller`), unless its `Authorization` header means
    something else (`ignores_credentials`: a client's, at the token endpoint) or proves nobody who may (`lenient`: a portal
    asks with what is left of an old session). `body` is the shape of a JSON request body:
    when it is given, the route is called with the request and the parsed body, otherwise with the request alone.
    `accepts` lists other media types for the OpenAPI document. `answers` are the success statuses, and `headers` what their
    own headers mean, by name.
    """

    method: str
    path: str
    id: str
    route: Callable[..., Answer]
    summary: str
    tag: str
    scopes: tuple[str, ...] = ()
    authenticated: bool = True
    ignores_credentials: bool = False
    lenient: bool = False
    query: tuple[str, ...] = ()
    body: type[Wire] | None = None
    accepts: tuple[str, ...] = ()
    answers: tuple[int, ...] = (200,)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """A REST interface: a base path, a version, its operations.

    Calls are accepted below `{base}/{version}`, below `{base}` alone and below the minor versions (`v4.5`), as WSO2 does.
    `version` is "" for an interface without one.
    """

    name: str  # file name of the OpenAPI document: `publisher`
    title: str
    base: str
    version: str
    operations: tuple[Operation, ...]
    aliases: tuple[str, ...] = ()  # other bases, such as /api/am/store
    tenanted: bool = False  # also below /t/{tenant}, for callers of that tenant

    @property
    def root(self) -> str:
        """The canonical base path, with the version."""
        return f"{self.base}/{self.version}" if self.version else self.base


JsonSchema = dict[str, Any]
