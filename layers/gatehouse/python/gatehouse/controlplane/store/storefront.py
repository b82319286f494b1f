"""The storefront: the APIs of a tenant as developers find them.

Of an API the newest version is listed, and a deprecated one is not, unless the tenant has set it otherwise; who is subscribed
to a deprecated one still finds it. What a visitor may not see answers as what does not exist. Every question may raise
Unauthenticated (the tenant wants no strangers) and TenantInvalid besides.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.store.glance import Glance
from gatehouse.controlplane.store.places import nowhere, places_of
from gatehouse.domain.apis.access import access_of
from gatehouse.domain.apis.api import ApiNotFound, summary_of
from gatehouse.domain.apis.streaming import NotOpenApi, is_advertised, is_streaming, server_of
from gatehouse.domain.applications.application import KeyManagerUnknown
from gatehouse.domain.portal.doorway import Doorway
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.throttling.policy import UNAUTHENTICATED, PolicyKind, PolicyNotFound
from gatehouse.domain.tokens.key_manager import resident_id
from gatehouse.domain.tokens.token import RESIDENT_KEY_MANAGER, issuer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.environments.lookup import Environments
    from gatehouse.controlplane.key_management.reach import Reach
    from gatehouse.controlplane.store.places import Place
    from gatehouse.controlplane.store.reception import Reception
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.throttling.policy import Policy
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.applications.applications import Applications, Subscriptions
    from gatehouse.ports.portal.publication import CallersDefinitions
    from gatehouse.ports.portal.ratings import Ratings
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.world import Blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Storefront:
    """What visitors look at."""

    reception: Reception
    apis: ApiLookup
    policies: Policies
    applications: Applications
    subscriptions: Subscriptions
    ratings: Ratings
    definitions: CallersDefinitions
    key_managers: Reach
    blobs: Blobs
    environments: Environments
    management_url: str

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

    def places(self, api: Api) -> list[Place]:
        """Where developers may call it, by environment, the stage's own first."""
        shown = [deployment for deployment in self.apis.deployments(api.tenant, api.id) if deployment.displayed]
        return places_of(api, shown, self.environments.all(api.tenant)) if shown else []

    def url(self, api: Api, environment: str = "") -> str:
        """Where it is called, in this environment or in the first; where it would be, when it is called nowhere.

        Raises ApiNotFound like `published`.
        """
        place = next(iter(self._there(api, environment)), None) or nowhere(api, self.environments.own(api.tenant))
        return place.url or place.http_url

    def definition(self, visitor: Visitor, api_id: str, environment: str = "", key_manager: str = "") -> bytes:
        """The OpenAPI definition of an API, as `published` has it. Raises ApiNotFound, KeyManagerUnknown, NotOpenApi."""
        return self.published(_openapi(self.get(visitor, api_id)), environment, key_manager)

    def as_deployed(self, api: Api, environment: str = "") -> Api:
        """The API as it was when what is deployed was made; as it is when it is deployed nowhere.

        `environment` "" is any. Raises ApiNotFound where the API is not deployed to the one that is named.
        """
        return self._served_at(api, self._there(api, environment))

    def published(self, api: Api, environment: str = "", key_manager: str = "") -> bytes:
        """The definition of what is deployed, as JSON, with the gateway as its server and what opens it there.

        `environment` "" is any; raises ApiNotFound where the API is not deployed to the one that is named. An API that is
        deployed nowhere shows its design. `key_manager` is the id or name of the one whose tokens are meant, "" is ours;
        raises KeyManagerUnknown. That of an API of events and streams is AsyncAPI, with servers where it is served at all.
        """
        if is_streaming(api.document):
            deployed = self.as_deployed(api, environment)
            place = next(iter(self._there(api, environment)), None)
            url = (place.url or place.http_url) if place else ""
            return _with_servers(self.blobs.get(api.tenant, deployed.definition), deployed, url)
        return self.definitions.published(*self._told(api, environment, key_manager))

    def collection(self, api: Api, environment: str = "") -> bytes:
        """A Postman collection of what is deployed. Raises ApiNotFound like `published`, NotOpenApi."""
        return self.definitions.collection(*self._told(_openapi(api), environment, ""))

    def plans(self, visitor: Visitor, api_id: str) -> list[Policy]:
        """The business plans that the API offers, that exist and are open to the visitor. Raises ApiNotFound."""
        offered = visitor.plans_of(self.get(visitor, api_id))
        return [plan for plan in self._choice(visitor, PolicyKind.SUBSCRIPTION) if plan.name in offered]

    def glance(self, visitor: Visitor) -> Glance:
        """What the tenant's APIs are shown by, in lists; whether the visitor may see one is not asked."""
        plans = self.policies.all(visitor.tenant, PolicyKind.SUBSCRIPTION)
        return Glance(
            visitor=visitor,
            display=self.reception.display(visitor.tenant),
            closed=frozenset(plan.name for plan in plans if not visitor.may_choose(plan)),
            averages=self.ratings.averages(visitor.tenant),
        )

    def tiers(self, visitor: Visitor, kind: PolicyKind) -> list[Policy]:
        """The tiers that the visitor can choose, by name: not the one that limits calls without credentials."""
        self.reception.admit(visitor)
        return self._choice(visitor, kind)

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

    def _choice(self, visitor: Visitor, kind: PolicyKind) -> list[Policy]:
        return [policy for policy in self.policies.all(visitor.tenant, kind) if _can_be_chosen(policy, visitor)]

    def _in_use(self, visitor: Visitor, api: Api) -> bool:
        caller = visitor.caller
        if api.state is not LifecycleState.DEPRECATED or caller is None:
            return False
        owned = [found.id for found in self.applications.owned_by(caller.tenant, caller.user)]
        return bool(self.subscriptions.between(caller.tenant, owned, api.id))

    def _told(self, api: Api, environment: str, key_manager: str) -> tuple[bytes, Doorway]:
        """What is deployed, and how callers get in there."""
        there = self._there(api, environment)
        deployed = self._served_at(api, there)
        token_url, authorization_url = self._endpoints(api, key_manager)
        shown = there or [nowhere(api, self.environments.own(api.tenant))]
        urls = (url for one in shown for url in (one.url, one.default_url, one.http_url, one.default_http_url) if url)
        doorway = Doorway(
            servers=tuple(dict.fromkeys(urls)),
            token_url=token_url,
            authorization_url=authorization_url,
            access=access_of(deployed.document),
        )
        return self.blobs.get(api.tenant, deployed.definition), doorway

    def _there(self, api: Api, environment: str) -> list[Place]:
        there = [found for found in self.places(api) if environment in {"", found.environment.name}]
        if environment and not there:
            raise ApiNotFound(f"The API is not deployed to '{environment}'.")
        return there

    def _served_at(self, api: Api, there: Sequence[Place]) -> Api:
        for revision in self.apis.revisions(api.tenant, api.id) if there else ():
            if revision.id == there[0].revision:
                return replace(
                    api,
                    document=revision.document,
                    definition=revision.definition,
                    schema=revision.schema,
                    graph=revision.graph,
                )
        return api

    def _endpoints(self, api: Api, key_manager: str) -> tuple[str, str]:
        """Where tokens are issued, and where users agree to them; "" when that is unknown."""
        ours = issuer_of(self.management_url, api.tenant)
        if key_manager in {"", RESIDENT_KEY_MANAGER, resident_id(api.tenant)}:
            return ours, f"{ours.removesuffix('/token')}/authorize"
        found = self.key_managers.named(api.tenant, key_manager)
        if found is None or not found.enabled:
            raise KeyManagerUnknown.field("kmId", f"there is no key manager '{key_manager}'")
        document = found.document
        token_url = document.get("displayTokenEndpoint") or document.get("tokenEndpoint") or ""
        return str(token_url), str(document.get("authorizeEndpoint") or "")


def _openapi(api: Api) -> Api:
    if is_streaming(api.document):
        raise NotOpenApi.of(api.id, api.document["type"])
    return api


def _with_servers(content: bytes, api: Api, url: str) -> bytes:
    """Unless it is served elsewhere, the gateway is its server where it is deployed (`url`): backends are nobody's business."""
    if is_advertised(api.document):
        return content
    document = json.loads(content)
    document.pop("servers", None)
    if url:
        document["servers"] = {"gateway": server_of(url, str(api.document["type"]).lower(), str(document["asyncapi"]))}
    return json.dumps(document, ensure_ascii=False).encode()


def _can_be_chosen(tier: Policy, visitor: Visitor) -> bool:
    return tier.name != UNAUTHENTICATED and visitor.may_choose(tier)
