"""The API keys of a developer's own applications: each opens whatever its application is subscribed to."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.applications.api_key import NEVER, ApiKey, ApiKeyNotFound, digest_of
from gatehouse.domain.errors import Changed, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.controlplane.store.applications import OwnApplications
    from gatehouse.controlplane.store.mint import Mint, NewApiKey
    from gatehouse.domain.applications.grant import KeyType
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.applications.api_keys import ApiKeys
    from gatehouse.ports.applications.key_uses import LastUses
    from gatehouse.ports.world import Clock

ATTEMPTS = 3
"""How often a key is written when its application changes in that very moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyTerms:
    """What a developer decides about a key. `addresses` and `referers` are as `domain.applications.restriction` has them.

    `signed` makes it a JWT that says itself what it opens, instead of an opaque one.
    """

    name: str = ""
    validity_seconds: int = NEVER
    addresses: tuple[str, ...] = ()
    referers: tuple[str, ...] = ()
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnApiKeys:
    """The keys that are bound to the caller's applications."""

    applications: OwnApplications
    keys: ApiKeys
    mint: Mint
    uses: LastUses
    clock: Clock

    def generate(self, principal: Principal, application_id: str, key_type: KeyType, terms: ApiKeyTerms) -> NewApiKey:
        """A new key. Raises ApplicationNotFound, ApplicationInactive, Invalid (too long), Changed, Unavailable."""
        application = self.applications.active(principal, application_id)
        key = new_key(principal, key_type, terms, now=self.clock.now(), application_id=application.id)
        made = self.mint.for_application(key, application)
        for _ in range(ATTEMPTS - 1):
            with suppress(Changed):
                return self._added(principal, made)
        return self._added(principal, made)

    def all(self, principal: Principal, application_id: str, key_type: KeyType) -> list[ApiKey]:
        """The application's keys of this type, oldest first. Raises ApplicationNotFound, Unavailable."""
        return with_last_use(self.uses, self._all(principal, application_id, key_type))

    def regenerate(self, principal: Principal, application_id: str, key_type: KeyType, key_id: str) -> NewApiKey:
        """Another key on the same terms, in place of this one, which opens nothing any more.

        Raises ApplicationNotFound, ApplicationInactive, ApiKeyNotFound, Changed, Unavailable.
        """
        application = self.applications.active(principal, application_id)
        key = the_key(self._all(principal, application_id, key_type), key_id)
        made = self.mint.for_application(replace(key, created_at=int(self.clock.now())), application)
        return replace(made, key=self.keys.renew(key, made.key, application))

    def revoke(
        self, principal: Principal, application_id: str, key_type: KeyType, *, key_id: str = "", secret: str = ""
    ) -> None:
        """End a key, named by its id or by itself. Raises ApplicationNotFound, Invalid (no such key), Changed."""
        digest = digest_of(secret)
        for key in self._all(principal, application_id, key_type):
            if key.id == key_id or key.digest == digest:
                self.keys.remove(key)
                return
        # WSO2 knows no 404 here: which key is meant is part of the request.
        raise Invalid.field("keyUUID" if key_id else "apikey", "is no key of this application and type")

    def _all(self, principal: Principal, application_id: str, key_type: KeyType) -> list[ApiKey]:
        application = self.applications.get(principal, application_id)
        found = self.keys.of_application(application.tenant, application.id)
        return [key for key in found if key.key_type is key_type]

    def _added(self, principal: Principal, made: NewApiKey) -> NewApiKey:
        application = self.applications.active(principal, made.key.application_id)
        return replace(made, key=self.keys.add(made.key, application))


def new_key(
    principal: Principal,
    key_type: KeyType,
    terms: ApiKeyTerms,
    *,
    now: float,
    application_id: str = "",
    api_id: str = "",
) -> ApiKey:
    """A key of the caller's, to be minted."""
    return ApiKey(
        tenant=principal.tenant,
        id=str(uuid.uuid4()),
        name=terms.name,
        owner=principal.user,
        key_type=key_type,
        digest="",
        application_id=application_id,
        api_id=api_id,
        created_at=int(now),
        validity_seconds=terms.validity_seconds,
        addresses=terms.addresses,
        referers=terms.referers,
        token_id=str(uuid.uuid4()) if terms.signed else "",
    )


def the_key(keys: Iterable[ApiKey], key_id: str) -> ApiKey:
    """The one with this id. Raises ApiKeyNotFound."""
    for key in keys:
        if key.id == key_id:
            return key
    raise ApiKeyNotFound.by_id(key_id)


def with_last_use(uses: LastUses, keys: list[ApiKey]) -> list[ApiKey]:
    """The keys of one tenant with when they were last used; what stood in the place of a key does not count."""
    found = uses.last_used(keys[0].tenant, {key.id for key in keys}) if keys else {}
    return [replace(key, last_used_at=at if (at := found.get(key.id, 0)) >= key.created_at else 0) for key in keys]
