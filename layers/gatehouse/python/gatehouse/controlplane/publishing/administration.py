"""Administration of a tenant's APIs, whoever may see them: finding them, and giving them to another provider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.identity.successors import successor
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.portal.search import matching

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.people.identity import UserLookup
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiAdministration:
    """What administrators do with APIs and API products."""

    apis: Apis
    users: UserLookup
    clock: Clock

    def search(self, tenant: str, query: str) -> list[ApiSummary]:
        """Those that match the query (`domain.portal.search`), by name and version. Raises Invalid."""
        return matching(self.apis.summaries(tenant), query)

    def change_provider(self, principal: Principal, api_id: str, username: str) -> Api:
        """Give an API to another user of the tenant, who need not be able to see it until then.

        What is served goes on; what is recorded of calls names the new provider from the next deployment on. Raises
        ApiNotFound, Invalid (`provider`), SuccessorUnknown, Changed.
        """
        api = self.apis.get(principal.tenant, api_id)
        user = successor(self.users, principal.tenant, username, "provider")
        provider = display_username(user.tenant, user.name)
        if provider == api.provider:
            return api
        now, by = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        return self.apis.save(replace(api, provider=provider, updated_at=now, updated_by=by), [])
