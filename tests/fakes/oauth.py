"""Clients, codes, token families, sessions and consents in memory. Verified by tests/contract/test_oauth.py."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.tokens.oauth import ClientExists
from gatehouse.domain.tokens.refusals import CodeUsed, SessionOver

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.tokens.authorization import AuthorizationCode, DeviceGrant, LoginSession, TokenFamily
    from gatehouse.domain.tokens.oauth import Client
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.world import Clock


class InMemoryClients:
    """`writes` counts what was written: "nothing written" is asserted on it."""

    def __init__(self, artifacts: Publication) -> None:
        self._artifacts = artifacts
        self._clients: dict[str, Client] = {}
        self._lock = Lock()
        self.writes = 0

    def get(self, tenant: str, client_id: str) -> Client | None:
        found = self.find(client_id)
        return found if found and found.tenant == tenant else None

    def find(self, client_id: str) -> Client | None:
        return self._clients.get(client_id)

    def named(self, tenant: str, owner: str, name: str) -> Client | None:
        wanted = (tenant, owner.lower(), name)
        return next((c for c in self._clients.values() if (c.tenant, c.owner.lower(), c.name) == wanted), None)

    def add(self, client: Client) -> None:
        with self._lock:
            if self.named(client.tenant, client.owner, client.name):
                raise ClientExists
            if client.id in self._clients:
                raise Conflict
            self._keep(replace(client, version=1))

    def save(self, client: Client) -> Client:
        with self._lock:
            self._refuse_changed(client)
            saved = replace(client, version=client.version + 1)
            self._keep(saved)
            return saved

    def hand_over(self, client: Client, owner: str) -> Client:
        with self._lock:
            self._refuse_changed(client)
            theirs = self.named(client.tenant, owner, client.name)
            if theirs and theirs.id != client.id:
                raise ClientExists
            given = replace(client, owner=owner, version=client.version + 1)
            self._keep(given)
            return given

    def remove(self, client: Client, changes: Sequence[Change]) -> None:
        with self._lock:
            self._refuse_changed(client)
            del self._clients[client.id]
            self.writes += 1
            self._artifacts.publish(changes)

    def _keep(self, client: Client) -> None:
        self._clients[client.id] = client
        self.writes += 1

    def _refuse_changed(self, client: Client) -> None:
        known = self.get(client.tenant, client.id)
        if known is None or known.version != client.version:
            raise Changed


class InMemoryFamilies:
    """`kept` is what stands in the table: tokens are looked for in it."""

    def __init__(self, clock: Clock, artifacts: Publication) -> None:
        self._clock = clock
        self._artifacts = artifacts
        self._lock = Lock()
        self._over: set[tuple[str, str]] = set()
        self.kept: dict[tuple[str, str], TokenFamily] = {}

    def get(self, tenant: str, family_id: str) -> TokenFamily | None:
        family = self.kept.get((tenant, family_id))
        return family if family and family.expires_at > self._clock.now() else None

    def add(self, tenant: str, family: TokenFamily) -> None:
        if family.session and (family.tenant, family.session) in self._over:
            raise SessionOver
        self.kept[tenant, family.id] = replace(family, version=1)

    def renew(self, tenant: str, family: TokenFamily, changes: Sequence[Change] = ()) -> None:
        with self._lock:
            standing = self.kept.get((tenant, family.id))
            if standing is None or standing.version != family.version:
                raise Changed
            self.kept[tenant, family.id] = replace(family, version=family.version + 1)
            self._artifacts.publish(changes)

    def end(self, tenant: str, family_id: str, changes: Sequence[Change]) -> None:
        with self._lock:
            self.kept.pop((tenant, family_id), None)
            self._artifacts.publish(changes)

    def close_session(self, user_tenant: str, session_id: str) -> list[tuple[str, TokenFamily]]:
        self._over.add((user_tenant, session_id))
        kept = [(tenant, self.get(tenant, family_id)) for tenant, family_id in self.kept]
        wanted = (user_tenant, session_id)
        return [(tenant, one) for tenant, one in kept if one is not None and (one.tenant, one.session) == wanted]


class InMemoryCodes:
    def __init__(self, clock: Clock, families: InMemoryFamilies) -> None:
        self._clock = clock
        self._families = families
        self._lock = Lock()
        self.kept: dict[tuple[str, str], AuthorizationCode] = {}

    def get(self, tenant: str, digest: str) -> AuthorizationCode | None:
        code = self.kept.get((tenant, digest))
        return code if code and code.expires_at > self._clock.now() else None

    def add(self, tenant: str, code: AuthorizationCode) -> None:
        self.kept[tenant, code.digest] = code

    def redeem(self, tenant: str, code: AuthorizationCode, family: TokenFamily) -> None:
        with self._lock:
            if self.kept[tenant, code.digest].family:
                raise CodeUsed
            self._families.add(tenant, family)
            self.kept[tenant, code.digest] = replace(code, family=family.id)


class InMemorySessions:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.kept: dict[tuple[str, str], LoginSession] = {}

    def get(self, tenant: str, digest: str) -> LoginSession | None:
        session = self.kept.get((tenant, digest))
        return session if session and session.expires_at > self._clock.now() else None

    def add(self, session: LoginSession) -> None:
        self.kept[session.tenant, session.digest] = session

    def remove(self, tenant: str, digest: str) -> None:
        self.kept.pop((tenant, digest), None)


class InMemoryConsents:
    def __init__(self) -> None:
        self._given: dict[tuple[str, str, str], frozenset[str]] = {}

    def given(self, tenant: str, user: str, client_id: str) -> frozenset[str]:
        return self._given.get((tenant, user.lower(), client_id), frozenset())

    def give(self, tenant: str, user: str, client_id: str, scopes: Collection[str]) -> None:
        self._given[tenant, user.lower(), client_id] = self.given(tenant, user, client_id) | frozenset(scopes)


class InMemoryDevices:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self.kept: dict[tuple[str, str], DeviceGrant] = {}

    def get(self, tenant: str, digest: str) -> DeviceGrant | None:
        grant = self.kept.get((tenant, digest))
        return grant if grant and grant.expires_at > self._clock.now() else None

    def with_user_code(self, tenant: str, user_code: str) -> DeviceGrant | None:
        return next(
            (g for (t, d), g in self.kept.items() if (t, g.user_code) == (tenant, user_code) and self.get(t, d)), None
        )

    def add(self, tenant: str, grant: DeviceGrant) -> None:
        with self._lock:
            if any((t, g.user_code) == (tenant, grant.user_code) for (t, _), g in self.kept.items()):
                raise Conflict
            self.kept[tenant, grant.digest] = replace(grant, version=1)

    def save(self, tenant: str, grant: DeviceGrant) -> None:
        with self._lock:
            standing = self.kept.get((tenant, grant.digest))
            if standing is None or standing.version != grant.version:
                raise Changed
            self.kept[tenant, grant.digest] = replace(grant, version=grant.version + 1)


class InMemoryAssertions:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used: set[tuple[str, str]] = set()

    def use(self, tenant: str, name: str, expires_at: int) -> bool:
        assert expires_at > self._clock.now()
        first = (tenant, name) not in self._used
        self._used.add((tenant, name))
        return first


class InMemoryKeyLifetimes:
    def __init__(self) -> None:
        self._longest: dict[str, int] = {}

    def longest(self, kid: str) -> int:
        return self._longest.get(kid, 0)

    def extend(self, kid: str, seconds: int) -> None:
        self._longest[kid] = max(seconds, self.longest(kid))
