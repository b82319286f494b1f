"""Subscriptions to APIs of other tenants, by their developers and by who provides the APIs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.controlplane.oauth.scope_grant import ScopeGrant
from gatehouse.controlplane.throttling.policies import terms_of
from gatehouse.controlplane.workflows.rules import APPROVAL, ELEMENTS, EXECUTOR, SECTION
from gatehouse.domain.apis.abroad import SWITCH
from gatehouse.domain.artifact import Artifact, client_key, scope_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.publishing.workflow import WorkflowKind
from gatehouse.domain.throttling.policy import PolicyKind
from tests.callers import OTHER_TENANT
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.publishing.workflow import Workflow
    from tests.callers import Reply

GUEST = f"mary@{OTHER_TENANT}"
THERE = {"X-WSO2-Tenant": SUPER_TENANT}


class Market(StoreWorld):
    """A guest's application, and an API of the super tenant that is offered to all tenants."""

    def __init__(self) -> None:
        super().__init__()
        self.configurations.save(SUPER_TENANT, {SWITCH: True})
        self.offered = self.api("Pizza", deployed=True, subscriptionAvailability="ALL_TENANTS")
        self.app = self.application(by=GUEST)

    def try_to_subscribe(self, api: Api | None = None, plan: str = "Gold", **more: Any) -> Reply:
        body = {"applicationId": self.app, "apiId": (api or self.offered).id, "throttlingPolicy": plan}
        return self.call("POST", "/subscriptions", body, **{"by": GUEST, "headers": THERE, **more})

    def subscribed(self, **more: Any) -> dict[str, Any]:
        answer = self.try_to_subscribe(**more)
        assert answer.status == 201, answer.text
        return dict(answer.json)

    def ask_first(self, tenant: str) -> None:
        """Make whatever is asked for about subscriptions wait in this tenant."""
        kinds = (
            WorkflowKind.SUBSCRIPTION_CREATION,
            WorkflowKind.SUBSCRIPTION_UPDATE,
            WorkflowKind.SUBSCRIPTION_DELETION,
        )
        waiting = {ELEMENTS[kind]: {EXECUTOR: APPROVAL} for kind in kinds}
        self.configurations.save(tenant, {SWITCH: True, SECTION: waiting})

    def decide(self, *, approved: bool) -> Workflow:
        """Decide about the one that waits in the tenant of the API."""
        (asked,) = self.approvals.workflows.pending(SUPER_TENANT)
        assert self.approvals.workflows.pending(OTHER_TENANT) == []
        self.desk.decide(asked, {}, approved=approved, by="admin")
        return asked

    def permit(self, kind: str, *roles: str) -> None:
        """Say for whom the plan Gold is."""
        gold = self.policies.named(SUPER_TENANT, PolicyKind.SUBSCRIPTION, "Gold")
        assert gold is not None
        document = {**gold.document, "permissions": {"permissionType": kind, "roles": list(roles)}}
        self.policies.save(replace(gold, document=document), terms_of(PolicyKind.SUBSCRIPTION, document))


@pytest.fixture
def market() -> Market:
    return Market()


def test_201_and_the_developer_finds_it_at_home(market: Market) -> None:
    made = market.subscribed()
    assert market.plan(market.app, market.offered)["policy"] == "Gold"
    assert made["apiInfo"]["isSubscriptionAvailable"] is True
    one = f"/subscriptions/{made['subscriptionId']}"
    kept = market.call("GET", one, by=GUEST).json
    assert (kept["apiInfo"], kept["subscriptionId"]) == (made["apiInfo"], made["subscriptionId"])
    for query in ({"apiId": market.offered.id}, {"applicationId": market.app}):
        assert market.call("GET", "/subscriptions", by=GUEST, query=query).json["list"] == [kept]
    application = market.call("GET", f"/applications/{market.app}", by=GUEST).json
    assert application["subscriptionCount"] == 1
    assert market.call("GET", one, by="mary").status == 404, "a namesake in the API's tenant"


def test_200_additional_info_where_the_developer_looks(market: Market) -> None:
    made = market.subscribed()
    path = f"/subscriptions/{market.offered.id}/additionalInfo"
    (line,) = market.call("GET", path, by=GUEST, headers=THERE).json["list"]
    assert line["subscriptionId"] == made["subscriptionId"]
    assert market.call("GET", path, by=GUEST).status == 404


def test_200_several_at_once(market: Market) -> None:
    others = [market.api(name, subscriptionAvailability="ALL_TENANTS") for name in ("Pasta", "Salad")]
    wishes = [{"applicationId": market.app, "apiId": api.id, "throttlingPolicy": "Gold"} for api in others]
    answer = market.call("POST", "/subscriptions/multiple", wishes, by=GUEST, headers=THERE)
    assert [one["apiInfo"]["name"] for one in answer.json] == ["Pasta", "Salad"]


def test_403_while_the_tenant_of_the_api_has_not_switched_it_on(market: Market) -> None:
    market.configurations.save(SUPER_TENANT, {})
    refused = market.try_to_subscribe()
    assert (refused.status, refused.json["code"]) == (403, 403)
    assert OTHER_TENANT in refused.json["description"]
    line = market.call("GET", f"/apis/{market.offered.id}", by=GUEST, headers=THERE).json
    assert line["isSubscriptionAvailable"] is False
    assert market.writes == Market().writes


def test_404_without_saying_whose_api_it_is(market: Market) -> None:
    assert market.try_to_subscribe(headers={}).status == 404


def test_404_for_somebody_elses_application(market: Market) -> None:
    assert market.try_to_subscribe(by=f"admin@{OTHER_TENANT}").status == 404


def test_409_twice(market: Market) -> None:
    market.subscribed()
    assert market.try_to_subscribe().json["code"] == 900336


@pytest.mark.parametrize("kind", ["ALLOW", "DENY"])
def test_403_on_plans_that_are_for_roles_of_the_tenant_or_denied_to_those_of_the_guest(
    market: Market, kind: str
) -> None:
    market.permit(kind, "Internal/subscriber")
    assert market.try_to_subscribe().json["code"] == 902002
    plans = market.call("GET", f"/apis/{market.offered.id}/subscription-policies", by=GUEST, headers=THERE)
    assert [plan["name"] for plan in plans.json] == ["Unlimited"]
    assert market.call("GET", "/apis", by=GUEST, headers=THERE).json["list"][0]["throttlingPolicies"] == ["Unlimited"]
    market.permit("DENY", "somebody-else")
    market.subscribed()


def test_200_another_plan_of_the_tenant_of_the_api(market: Market) -> None:
    made = market.subscribed()
    body = {"applicationId": market.app, "apiId": market.offered.id, "throttlingPolicy": "Unlimited"}
    changed = market.call("PUT", f"/subscriptions/{made['subscriptionId']}", body, by=GUEST)
    assert (changed.status, changed.json["throttlingPolicy"]) == (200, "Unlimited")
    assert market.plan(market.app, market.offered)["policy"] == "Unlimited"


def test_200_the_end(market: Market) -> None:
    made = market.subscribed()
    assert market.call("DELETE", f"/subscriptions/{made['subscriptionId']}", by=GUEST).status == 200
    assert market.plan(market.app, market.offered) is None


def test_the_tenant_of_the_api_decides_where_it_wants_to(market: Market) -> None:
    market.ask_first(SUPER_TENANT)
    made = market.subscribed()
    assert made["status"] == "ON_HOLD"
    asked = market.decide(approved=True)
    assert (asked.asker, asked.properties["subscriber"]) == (GUEST, GUEST)
    assert market.plan(market.app, market.offered)["status"] == "UNBLOCKED"
    one = f"/subscriptions/{made['subscriptionId']}"
    body = {"applicationId": market.app, "apiId": market.offered.id, "throttlingPolicy": "Unlimited"}
    assert market.call("PUT", one, body, by=GUEST).json["status"] == "TIER_UPDATE_PENDING"
    market.decide(approved=True)
    assert market.plan(market.app, market.offered)["policy"] == "Unlimited"
    assert market.call("DELETE", one, by=GUEST).status == 202
    market.decide(approved=True)
    assert market.plan(market.app, market.offered) is None


def test_the_guests_tenant_is_not_asked(market: Market) -> None:
    market.ask_first(OTHER_TENANT)
    assert market.subscribed()["status"] == "UNBLOCKED"


def test_what_an_application_waits_for_elsewhere_goes_with_it(market: Market) -> None:
    market.ask_first(SUPER_TENANT)
    market.subscribed()
    assert market.call("DELETE", f"/applications/{market.app}", by=GUEST).status == 200
    assert market.approvals.workflows.pending(SUPER_TENANT) == []
    assert market.plan(market.app, market.offered) is None


def test_a_deprecated_api_stays_in_sight_of_guests_who_are_subscribed(market: Market) -> None:
    market.subscribed()
    market.apis.save(replace(market.offered, state=LifecycleState.DEPRECATED), [])
    path = f"/apis/{market.offered.id}"
    assert market.call("GET", path, by=GUEST, headers=THERE).status == 200
    assert market.call("GET", path, by=f"admin@{OTHER_TENANT}", headers=THERE).status == 404


def test_scopes_of_the_api_are_granted_to_subscribed_applications_by_roles_at_home(market: Market) -> None:
    consumer_key = market.generate(market.app, by=GUEST)["consumerKey"]
    assert market.artifacts.get([client_key(OTHER_TENANT, consumer_key)])[0]
    bound = {"order": ["Internal/subscriber"], "cook": ["cooks"], "look": []}
    market.artifacts.publish(
        [Artifact(scope_key(SUPER_TENANT, name), {"roles": roles}) for name, roles in bound.items()]
    )
    grant, roles = ScopeGrant(artifacts=market.artifacts), frozenset({"Internal/subscriber"})

    def granted(tenant: str = OTHER_TENANT) -> tuple[str, ...]:
        return grant(tenant, roles, ["order", "cook", "look", "unheard"], consumer_key)

    assert granted() == ("default",)
    made = market.subscribed()
    assert granted() == ("order", "look")
    market.call("DELETE", f"/subscriptions/{made['subscriptionId']}", by=GUEST)
    assert granted() == ("default",)


def test_subscriptions_show_what_their_apis_are_rated_and_each_tenants_ratings_are_read_once(market: Market) -> None:
    apis = [market.api(name, subscriptionAvailability="ALL_TENANTS") for name in ("Pasta", "Salad")]
    own = market.api("Home", tenant=OTHER_TENANT)
    for api, stars in zip([*apis, own], (5, 3, 1), strict=True):
        headers = {"X-WSO2-Tenant": api.tenant}
        assert (
            market.call("PUT", f"/apis/{api.id}/user-rating", {"rating": stars}, by=GUEST, headers=headers).status
            == 200
        )
        market.subscribed(api=api, headers=headers)
    read, averages = [], market.ratings.averages
    market.ratings.averages = lambda tenant: read.append(tenant) or averages(tenant)
    listed = market.call("GET", "/subscriptions", by=GUEST, query={"applicationId": market.app}).json["list"]
    shown = {one["apiInfo"]["name"]: one["apiInfo"]["avgRating"] for one in listed}
    assert shown == {"Pasta": "5.0", "Salad": "3.0", "Home": "1.0"}
    assert sorted(read) == sorted([SUPER_TENANT, OTHER_TENANT])
