"""A market: the store's rules on real tables, and the publisher's for deleting."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import (
    ApiKeyTable,
    ApplicationTable,
    KeyTable,
    SubscriptionTable,
    WebhookTable,
)
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.controlplane.publishing.compiling.facts import Facts
from gatehouse.controlplane.publishing.default_version import DefaultVersions
from gatehouse.controlplane.publishing.direct import DirectRoutes
from gatehouse.controlplane.publishing.external.accounts import Accounts
from gatehouse.controlplane.publishing.external.copies import Copies
from gatehouse.controlplane.publishing.inventory import Inventory
from gatehouse.controlplane.store.applications import Draft
from gatehouse.controlplane.store.subscriptions import Wish
from gatehouse.controlplane.throttling.policies import terms_of
from gatehouse.domain.apis.abroad import SWITCH as ABROAD
from gatehouse.domain.applications.sharing import SWITCH as SHARING
from gatehouse.domain.people.identity import SUPER_TENANT, Principal
from gatehouse.domain.throttling.policy import PolicyKind
from tests.callers import OTHER_TENANT
from tests.fakes.certificates import InMemoryEndpointCertificates
from tests.fakes.external_stores import InMemoryStoreFronts
from tests.fakes.front_door import InMemoryFrontDoor
from tests.fakes.records import InMemoryRecords
from tests.worlds.approvals import some_seal
from tests.worlds.orphans import Walk
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from tests.conftest import DynamoDB

MARY = Principal(tenant=SUPER_TENANT, user="mary", roles=frozenset({"Internal/subscriber"}), scopes=frozenset())
GUEST = replace(MARY, tenant=OTHER_TENANT)
PLACES = 3


class Market(StoreWorld):
    """The store's rules on real tables, and the publisher's for deleting."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self.client = dynamodb.client
        self.names = {name: dynamodb.table(name) for name in ("apis", "applications", "artifacts")}
        super().__init__()
        self.configurations.save(SUPER_TENANT, {SHARING: True, ABROAD: True})
        gold = self.policies.named(SUPER_TENANT, PolicyKind.SUBSCRIPTION, "Gold")
        assert gold is not None
        few = {**gold.document, "subscriberCount": PLACES}
        self.policies.save(replace(gold, document=few), terms_of(PolicyKind.SUBSCRIPTION, few))
        artifacts = ArtifactTable(self.names["artifacts"])
        lookup = ArtifactLookup(dynamodb.client, self.names["artifacts"])
        parts = {
            "apis": self.apis,
            "subscriptions": self.subscriptions,
            "keys": self.api_keys,
            "approvals": self.approvals,
            "facts": Facts(blobs=self.blobs, publication=artifacts),
            "defaults": DefaultVersions(apis=self.apis, artifacts=lookup, publication=artifacts),
            "copies": Copies(
                records=InMemoryRecords(self.artifacts),
                accounts=Accounts(configurations=self.configurations, seal=some_seal()),
                fronts=InMemoryStoreFronts(),
                clock=self.clock,
                own_store="",
            ),
            "direct": DirectRoutes(
                apis=self.apis,
                certificates=InMemoryEndpointCertificates(self.artifacts),
                front_door=InMemoryFrontDoor(),
            ),
        }
        # What is asked when something is added or kept is not there: here APIs are only deleted.
        self.inventory = Inventory(**{part.name: parts.get(part.name) for part in fields(Inventory)})  # type: ignore[arg-type]

    def _tables(self) -> tuple[Any, Any, Any, Any, Any]:
        artifacts = ArtifactTable(self.names["artifacts"])
        apis = ApiTable(self.names["apis"], artifacts)
        table = self.names["applications"]
        return (
            apis,
            ApplicationTable(table, artifacts),
            KeyTable(table, artifacts),
            SubscriptionTable(table, apis, artifacts),
            ApiKeyTable(table, apis, artifacts),
        )

    def _webhooks(self) -> Any:
        return WebhookTable(self.names["applications"])

    def walk(self) -> Walk:
        return Walk.through(self.client, **self.names)

    def orphans(self) -> list[str]:
        return self.walk().orphans

    def register(self, name: str, *, by: Principal = MARY) -> str:
        return self.store.applications.create(by, Draft(name=name, policy="Unlimited")).id

    def subscribe(self, application_id: str, api: Api, plan: str, *, by: Principal = MARY) -> None:
        wish = Wish(application_id=application_id, api_id=api.id, policy=plan, tenant=api.tenant)
        self.store.subscriptions.subscribe(by, wish)

    def delete(self, api: Api) -> None:
        self.inventory.remove(self.apis.removable(SUPER_TENANT, api.id))
