"""User stores beside the tenant's own, as its administrators describe them. Their secrets are taken and never shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.controlplane.identity.authority import only_admins
from gatehouse.domain.errors import Conflict, Invalid
from gatehouse.domain.people.directory import PASSWORD_PROPERTY, properties_of, terms_of
from gatehouse.domain.people.user_store import (
    STORES_MAX,
    StoreType,
    UserStore,
    UserStoreNotFound,
    domain_of_id,
    in_domain,
    is_domain,
)
from gatehouse.mediation.patterns import problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity import Principal, User
    from gatehouse.ports.people.user_stores import Directories, Directory, Seal, UserStores

"""What is shown, and may be sent back, in place of a secret."""

_PATTERNS = ("UsernameJavaRegEx", "PasswordJavaRegEx")
_VALUE_MAX = 20_000
_DESCRIPTION_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreDraft:
    """What an administrator says about a user store."""

    domain: str
    type_id: str
    description: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserStoreAdministration:
    """Keeps user stores. Every method raises Forbidden unless the caller administers the tenant, and Unavailable."""

    stores: UserStores
    directories: Directories
    seal: Seal

    def all(self, caller: Principal) -> list[UserStore]:
        """The caller's tenant's stores, by domain."""
        only_admins(caller)
        return self.stores.all(caller.tenant)

    def get(self, caller: Principal, store_id: str) -> UserStore:
        """Raises UserStoreNotFound."""
        only_admins(caller)
        found = self.stores.get(caller.tenant, domain_of_id(store_id))
        if found is None:
            raise UserStoreNotFound
        return found

    def create(self, caller: Principal, draft: StoreDraft) -> UserStore:
        """A new store. Raises Invalid (`name`, `typeId`, a property), UserStoreExists, Conflict (too many)."""
        only_admins(caller)
        if not is_domain(draft.domain):
            raise Invalid.field(
                "name", "must have 1 to 60 letters, digits, dots, hyphens or underscores, and not be reserved"
            )
        if len(self.stores.all(caller.tenant)) >= STORES_MAX:
            raise Conflict(f"A tenant may have at most {STORES_MAX} user stores.")
        empty = UserStore(tenant=caller.tenant, domain=draft.domain.upper(), type=_type(draft.type_id))
        return self.stores.add(self._described(empty, draft))

    def replace(self, caller: Principal, store_id: str, draft: StoreDraft) -> UserStore:
        """Say everything anew, save the domain; a secret that is left out, or sent as it is shown, stays.

        Raises UserStoreNotFound, Invalid, Changed.
        """
        known = self.get(caller, store_id)
        if draft.domain.upper() != known.domain:
            raise Invalid.field("name", f"is '{known.domain}' and cannot be changed: users are called by it")
        return self.stores.save(self._described(replace(known, type=_type(draft.type_id)), draft))

    def remove(self, caller: Principal, store_id: str) -> None:
        """Forget the store; from then on its users are nobody. Raises UserStoreNotFound, Changed."""
        self.stores.remove(self.get(caller, store_id))

    def test(self, caller: Principal, draft: StoreDraft) -> None:
        """Try whether a store would work as described. Raises Invalid, Unavailable that says what does not work."""
        only_admins(caller)
        domain = draft.domain if is_domain(draft.domain) else "TEST"
        known = self.stores.get(caller.tenant, domain)
        empty = known or UserStore(tenant=caller.tenant, domain=domain.upper(), type=_type(draft.type_id))
        self.directories.open(self._described(replace(empty, type=_type(draft.type_id)), draft)).test()

    def users(self, caller: Principal, domain: str) -> list[User]:
        """The users of one store by name, as many as its description allows. Raises UserStoreNotFound."""
        return self.directory(caller, domain).all()

    def directory(self, caller: Principal, domain: str) -> Directory:
        """The directory of this domain. Raises UserStoreNotFound, also of a store that is disabled."""
        only_admins(caller)
        found = self.stores.get(caller.tenant, domain)
        if found is None or not found.enabled:
            raise UserStoreNotFound
        return self.directories.open(found)

    def _described(self, store: UserStore, draft: StoreDraft) -> UserStore:
        """The store as the draft has it. Raises Invalid."""
        if len(draft.description) > _DESCRIPTION_MAX:
            raise Invalid.field("description", f"may have at most {_DESCRIPTION_MAX} characters")
        told = {name: value for name, value in draft.properties.items() if name != PASSWORD_PROPERTY}
        _refuse_unknown(store.type, told)
        terms_of(store.type, told)
        sealed = store.sealed_password
        if self._servers(store) != self._servers(replace(store, properties=told)):
            sealed = ""
        password = draft.properties.get(PASSWORD_PROPERTY, "")
        if password and password != HIDDEN:
            sealed = self.seal.seal(password, in_domain(store.tenant, store.domain))
        if not sealed:
            raise Invalid.field(PASSWORD_PROPERTY, "is required: nothing is asked of a directory anonymously")
        return replace(store, description=draft.description, properties=told, sealed_password=sealed)

    def _servers(self, store: UserStore) -> tuple[str, ...]:
        """Where the secret goes, and how: when one of these changes, it has to be given again."""
        names = ("ConnectionURL", "ConnectionName", "StartTLSEnabled", "CACertificate")
        return tuple(store.properties.get(name, "") for name in names)


def _type(type_id: str) -> StoreType:
    found = StoreType.of(type_id)
    if found is None:
        known = ", ".join(f"{kind.id} ({kind})" for kind in StoreType)
        raise Invalid.field("typeId", f"is none of {known}")
    return found


def _refuse_unknown(kind: StoreType, told: Mapping[str, str]) -> None:
    known = properties_of(kind)
    for name, value in told.items():
        if name not in known:
            raise Invalid.field(name, "is no property of this type of user store")
        if len(value) > _VALUE_MAX:
            raise Invalid.field(name, f"may have at most {_VALUE_MAX} characters")
    for name in _PATTERNS:
        wrong = problem(told[name]) if told.get(name) else None
        if wrong:
            raise Invalid.field(name, wrong)
