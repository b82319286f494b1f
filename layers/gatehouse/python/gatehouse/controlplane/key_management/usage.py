"""Who uses a key manager: applications that have keys there, and APIs that name it among those whose tokens they take.

An API that takes the tokens of all key managers depends on none of them, and is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.key_manager import RESIDENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.applications.applications import Applications
    from gatehouse.ports.tokens.key_managers import KeyManagerUser, KeyManagerUses


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyManagerUsage:
    """Reads lists that are kept for the purpose: of clients by key manager, and of a tenant's APIs."""

    uses: KeyManagerUses
    applications: Applications
    apis: ApiLookup

    def is_used(self, found: ExternalKeyManager) -> bool:
        """Whether an application has keys there."""
        return self.uses.uses(found.tenant, _id(found))

    def is_needed(self, found: ExternalKeyManager) -> bool:
        """Whether something would break without it; of other tenants' APIs only what is theirs is asked."""
        return self.is_used(found) or (not found.is_global and bool(self.by_apis(found.tenant, found)))

    def by_apis(self, tenant: str, found: ExternalKeyManager) -> list[ApiSummary]:
        """The tenant's APIs that name it, by name and version."""
        named = found.name.lower()
        summaries = self.apis.summaries(tenant)
        using = [api for api in summaries if named in {name.lower() for name in api.info.get("keyManagers", ())}]
        return sorted(using, key=lambda api: (api.name.lower(), api.version, api.id))

    def by_applications(self, tenant: str, found: ExternalKeyManager) -> list[KeyManagerUser]:
        """Who has keys there: of all tenants for the super tenant, else of this one."""
        users = self.uses.users(found.tenant, _id(found))
        return [user for user in users if tenant in {SUPER_TENANT, user.tenant}]

    def some(self, users: Sequence[KeyManagerUser]) -> list[Application]:
        """These applications, in their order; one that has gone meanwhile is left out."""
        shown: dict[tuple[str, str], Application] = {}
        for tenant in {user.tenant for user in users}:
            wanted = [user.application_id for user in users if user.tenant == tenant]
            shown |= {(tenant, id_): one for id_, one in self.applications.some(tenant, wanted).items()}
        places = [(user.tenant, user.application_id) for user in users]
        return [shown[place] for place in places if place in shown]


def _id(found: ExternalKeyManager) -> str:
    """What keys call it: the resident one has no id there."""
    return "" if found.document.get("type") == RESIDENT_TYPE else found.id
