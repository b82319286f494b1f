"""Somebody to call the management interfaces in unit tests: Basic credentials over users in memory.

`client(interface)` gives a callable that sends one request through a real `Surface`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.keys.tokens import JwtVerifier
from gatehouse.adapters.login import PasswordLogin, RememberedPasswords
from gatehouse.domain.people.identity import ADMIN, CREATOR, PUBLISHER, SUBSCRIBER, SUPER_TENANT, User
from gatehouse.edge.auth import Callers
from gatehouse.edge.surface import Surface
from tests.events import CONTEXT, basic, http_event
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.lockouts import InMemoryLockouts, guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gatehouse.edge.operation import Interface

PASSWORD = "open sesame"
OTHER_TENANT = "example.com"


class PlainPasswords:
    def hash(self, password: str) -> str:
        return f"plain:{password}"

    def matches(self, password: str, password_hash: str) -> bool:
        return password_hash == self.hash(password)

    def is_outdated(self, password_hash: str) -> bool:
        return password_hash.startswith("old:")


class KnownUsers:
    def __init__(self, users: Iterable[User]) -> None:
        self._users = {(user.tenant, user.name.lower()): user for user in users}

    def know(self, user: User) -> None:
        self._users[user.tenant, user.name.lower()] = user

    def get(self, tenant: str, name: str) -> User | None:
        return self._users.get((tenant, name.lower()))


def user(name: str, *roles: str, tenant: str = SUPER_TENANT) -> User:
    return User(tenant=tenant, name=name, roles=frozenset(roles), password_hash=f"plain:{PASSWORD}")


USERS = (
    user("admin", ADMIN),
    user("carol", CREATOR),
    user("paul", PUBLISHER),
    user("mary", SUBSCRIBER),
    user("john", SUBSCRIBER),
    user("gold", SUBSCRIBER, "gold-partners"),
    user("nobody"),
    user("mary", SUBSCRIBER, tenant=OTHER_TENANT),
    user("admin", ADMIN, tenant=OTHER_TENANT),
)


def callers(*more: User, artifacts: InMemoryArtifacts | None = None) -> Callers:
    clock = StoppedClock()
    users = KnownUsers((*USERS, *more))
    return Callers(
        users=users,
        authentication=PasswordLogin(
            users, RememberedPasswords(PlainPasswords(), clock, 10.0), guard(InMemoryLockouts(), clock)
        ),
        verifier=JwtVerifier(),
        artifacts=artifacts or InMemoryArtifacts(clock),
        clock=clock,
        management_url="https://localhost:9443",
    )


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    headers: dict[str, str]
    text: str
    json: Any = field(default=None)


def client(interface: Interface, *more: User, artifacts: InMemoryArtifacts | None = None) -> Callable[..., Reply]:
    """`call("GET", "/apis", by="mary")`; `by=None` sends no credentials. Paths are relative to the interface's root."""
    surface = Surface(interface, callers(*more, artifacts=artifacts))

    def call(
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | None = "admin",
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        root: str = interface.root,
    ) -> Reply:
        sent = {**(basic(by, PASSWORD) if by else {}), **(headers or {})}
        event = http_event(method, root + path, headers=sent, query=query, body=body)
        answer = surface(event, CONTEXT)
        text = answer["body"] or ""
        is_json = answer["headers"].get("Content-Type", "").startswith("application/json")
        return Reply(
            status=answer["statusCode"],
            headers=answer["headers"],
            text=text,
            json=json.loads(text) if text and is_json else None,
        )

    return call
