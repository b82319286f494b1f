"""The storefront: the APIs of a tenant as developers find them.

Of an API the newest version is listed, and a deprecated one is not, unless the tenant has set it otherwise; who is subscribed
to a deprecated one still finds it. What a visitor may not see answers as what does not exist. Every question may raise
Unauthenticated (the tenant wants no strangers) and TenantInvalid besides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.api import ApiNotFound, summary_of
from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.domain.lifecycle import LifecycleState
from gatehouse.domain.plan import open_to
from gatehouse.domain.policy import UNAUTHENTICATED, PolicyKind, PolicyNotFound
from gatehouse.domain.search import VERSION, matching_terms, terms_of
from gatehouse.domain.token import issuer_of

if TYPE_CHECKING:
    from gatehouse.controlplane.store.reception import Reception
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.api import Api, ApiSummary
    from gatehouse.domain.policy import Policy
    from gatehouse.domain.revision import Deployment
    from gatehouse.ports.apis import ApiLookup
    from gatehouse.ports.applications import Applications, Subscriptions
    from gatehouse.ports.definitions import Definitions
    from gatehouse.ports.policies import Policies
    from gatehouse.ports.world import Blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Storefront:
    """What visitors look at. The URLs are those of the two front doors; "" as `gateway_url` is unknown."""

    reception: Reception
    apis: ApiLookup
    policies: Policies
    applications: Applications
    subscriptions: Subscriptions
    definitions: Definitions
    blobs: Blobs
    gateway_url: str
    management_url: str

    def search(self, visitor: Visitor, query: str) -> list[ApiSummary]:
        """The listed APIs that match the query (`domain.search`), by name and version.

        Who asks for a version by its number finds it among all of them.
        """
        terms = terms_of(query)
        every = any(term.attribute == VERSION for term in terms)
        return matching_terms(self.listed(visitor, every_version=every), terms)

    def listed(self, visitor: Visitor, *, every_version: bool = False) -> list[ApiSummary]:
        """The APIs that stand in the store for this visitor, by name and version."""
        display = self.reception.admit(visitor)
        seen = [summary for summary in self.apis.summaries(visitor.tenant) if visitor.sees(summary)]
        return (replace(display, every_version=True) if every_version else display).chosen(seen)

    def get(self, visitor: Visitor, api_id: str) -> Api:
        """The API, of whatever version. Raises ApiNotFound."""
        display = self.reception.admit(visitor)
        api = self.apis.get(visitor.tenant, api_id)
        shown = visitor.sees(summary_of(api)) and (display.puts_out(api.state) or self._in_use(visitor, api))
        if not shown:
            raise ApiNotFound.by_id(api_id)
        return api

    def deployments(self, api: Api) -> list[Deployment]:
        """Where developers may call it, by environment."""
        return [deployment for deployment in self.apis.deployments(api.tenant, api.id) if deployment.displayed]

    def url(self, api: Api) -> str:
        """Where the gateway serves it; without a host when that is unknown."""
        prefix = "" if api.tenant == SUPER_TENANT else f"/t/{api.tenant}"
        return f"{self.gateway_url}{prefix}{api.base_path}"

    def definition(self, visitor: Visitor, api_id: str, environment: str = "") -> bytes:
        """The definition of an API, as `published` has it. Raises ApiNotFound."""
        return self.published(self.get(visitor, api_id), environment)

    def published(self, api: Api, environment: str = "") -> bytes:
        """The definition of what is deployed, as JSON, with the gateway as its server.

        `environment` "" is any; raises ApiNotFound where the API is not deployed to the one that is named. An API that is
        deployed nowhere shows its design.
        """
        there = [found for found in self.deployments(api) if environment in {"", found.environment}]
        if environment and not there:
            raise ApiNotFound(f"The API is not deployed to '{environment}'.")
        content = self.blobs.get(api.tenant, self._definition_of(api, there))
        token_url = issuer_of(self.management_url, api.tenant)
        return self.definitions.published(content, servers=[self.url(api)], token_url=token_url)

    def plans(self, visitor: Visitor, api_id: str) -> list[Policy]:
        """The business plans that the API offers, that exist and are open to the visitor. Raises ApiNotFound."""
        offered = self.get(visitor, api_id).policies
        return [plan for plan in self.tiers(visitor, PolicyKind.SUBSCRIPTION) if plan.name in offered]

    def closed_plans(self, visitor: Visitor) -> frozenset[str]:
        """The names of the plans that the visitor may not choose, and does not get to see."""
        plans = self.policies.all(visitor.tenant, PolicyKind.SUBSCRIPTION)
        return frozenset(plan.name for plan in plans if not open_to(plan, visitor.roles))

    def tiers(self, visitor: Visitor, kind: PolicyKind) -> list[Policy]:
        """The tiers that the visitor can choose, by name: not the one that limits calls without credentials."""
        self.reception.admit(visitor)
        return [policy for policy in self.policies.all(visitor.tenant, kind) if _can_be_chosen(policy, visitor)]

    def tier(self, visitor: Visitor, kind: PolicyKind, name: str) -> Policy:
        """One of those. Raises PolicyNotFound."""
        self.reception.admit(visitor)
        found = self.policies.named(visitor.tenant, kind, name)
        if found is None or not _can_be_chosen(found, visitor):
            raise PolicyNotFound(kind=kind, policy=name)
        return found

    def tags(self, visitor: Visitor) -> list[tuple[str, int]]:
        """The tags of what is listed, and on how many APIs each is, by tag."""
        counted = Counter(str(tag) for summary in self.listed(visitor) for tag in summary.info.get("tags", ()))
        return sorted(counted.items())

    def _in_use(self, visitor: Visitor, api: Api) -> bool:
        if api.state is not LifecycleState.DEPRECATED or visitor.principal is None:
            return False
        owned = [found.id for found in self.applications.owned(api.tenant, visitor.principal.user)]
        return bool(self.subscriptions.between(api.tenant, owned, api.id))

    def _definition_of(self, api: Api, deployments: list[Deployment]) -> str:
        deployed = {deployment.revision_id for deployment in deployments}
        for revision in self.apis.revisions(api.tenant, api.id) if deployed else ():
            if revision.id in deployed:
                return revision.definition
        return api.definition


def _can_be_chosen(tier: Policy, visitor: Visitor) -> bool:
    return tier.name != UNAUTHENTICATED and open_to(tier, visitor.roles)
