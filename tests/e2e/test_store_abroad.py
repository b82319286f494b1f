"""A developer of one tenant has another tenant's API: found, subscribed to, called, limited, blocked and left again."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.test_store_reading import TENANTS, person, tenant_of
from tests.house import ADMINISTRATION, DEVPORTAL, PUBLISHER, House, Keys, tier, unique

if TYPE_CHECKING:
    import httpx

MAX_STALENESS_SECONDS = 5


class Neighbours:
    """The shop, a tenant with an API on a small plan, and a developer of another, with an application."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.shop, self.keeper = tenant_of(house)
        self.home, self.landlord = tenant_of(house)
        self.developer = person(house, "Internal/subscriber", by=self.landlord, domain=self.home)
        self.there = {"X-WSO2-Tenant": self.shop}
        house.made(
            "PUT", f"{ADMINISTRATION}/tenant-config", by=self.keeper, json={"EnableCrossTenantSubscriptions": True}
        )
        plan = tier(unique("Few"), 3, "hour", stopOnQuotaReach=True)
        self.plan = house.made("POST", f"{ADMINISTRATION}/throttling/policies/subscription", by=self.keeper, json=plan)[
            "policyName"
        ]
        self.api_id, self.base_path = self._publish()
        self.app = self.made("POST", "/applications", json={"name": unique("App"), "throttlingPolicy": "Unlimited"})[
            "applicationId"
        ]
        wanted = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials", "password"]}
        made = self.made("POST", f"/applications/{self.app}/generate-keys", json=wanted)
        self.keys = Keys(key=made["consumerKey"], secret=made["consumerSecret"])

    def _publish(self) -> tuple[str, str]:
        name, house = unique("Menu"), self.house
        endpoint = {"url": house.ports.backend_url}
        scope = {
            "name": f"{name}-order",
            "displayName": "Order",
            "description": "",
            "bindings": ["Internal/subscriber"],
        }
        body = {
            "name": name,
            "version": "1.0.0",
            "context": f"/{name}",
            "policies": [self.plan, "Unlimited"],
            "securityScheme": ["oauth2", "api_key"],
            "subscriptionAvailability": "SPECIFIC_TENANTS",
            "subscriptionAvailableTenants": [self.home],
            "endpointConfig": {"endpoint_type": "http", "production_endpoints": endpoint},
            "operations": [
                {"verb": "GET", "target": "/menu/{item}"},
                {"verb": "POST", "target": "/orders", "scopes": [scope["name"]]},
            ],
            "scopes": [{"scope": scope, "shared": False}],
        }
        api = house.made("POST", f"{PUBLISHER}/apis", by=self.keeper, json=body)
        path = f"{PUBLISHER}/apis/{api['id']}"
        revision = house.made("POST", f"{path}/revisions", by=self.keeper, json={"description": ""})
        house.made(
            "POST",
            f"{path}/deploy-revision",
            by=self.keeper,
            params={"revisionId": revision["id"]},
            json=[{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}],
        )
        self.change_state(api["id"], "Publish")
        return api["id"], f"/t/{self.shop}/{name}/1.0.0"

    def change_state(self, api_id: str, action: str) -> None:
        params = {"action": action, "apiId": api_id}
        self.house.made("POST", f"{PUBLISHER}/apis/change-lifecycle", by=self.keeper, params=params)

    def ask(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """The developer, in the store of the shop."""
        return self.house.management(method, f"{DEVPORTAL}{path}", by=self.developer, headers=self.there, **parts)

    def made(self, method: str, path: str, **parts: Any) -> Any:
        answer = self.ask(method, path, **parts)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def subscribe(self, plan: str = "Unlimited") -> str:
        body = {"applicationId": self.app, "apiId": self.api_id, "throttlingPolicy": plan}
        return str(self.made("POST", "/subscriptions", json=body)["subscriptionId"])

    def token(self, scope: str = "") -> str:
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        where = f"/t/{self.home}/oauth2/token"
        return str(self.house.made("POST", where, by=(self.keys.key, self.keys.secret), data=form)["access_token"])

    def call(
        self, token: str | None = None, path: str = "/menu/margherita", method: str = "GET", **parts: Any
    ) -> tuple[int, str]:
        answer = self.house.gateway(f"{self.base_path}{path}", token, method=method, **parts)
        return answer.status_code, "" if answer.is_success else str(json.loads(answer.text).get("code", ""))

    def publisher(self, method: str, path: str, **params: str) -> Any:
        return self.house.made(method, f"{PUBLISHER}{path}", by=self.keeper, params=params)


@pytest.fixture
def neighbours(house: House) -> Neighbours:
    return Neighbours(house)


def test_the_whole_way_from_finding_to_leaving(neighbours: Neighbours) -> None:
    (found,) = neighbours.made("GET", "/apis")["list"]
    assert (found["id"], found["isSubscriptionAvailable"]) == (neighbours.api_id, True)
    token = neighbours.token()
    assert neighbours.call(token) == (403, "900908")
    subscription_id = neighbours.subscribe(neighbours.plan)
    assert [neighbours.call(token) for _ in range(4)] == [(200, ""), (200, ""), (200, ""), (429, "900804")]
    (line,) = neighbours.publisher("GET", "/subscriptions", apiId=neighbours.api_id)["list"]
    assert line["applicationInfo"]["subscriber"] == neighbours.developer[0]
    assert neighbours.publisher("GET", "/subscriptions")["list"] == [line]
    neighbours.publisher(
        "POST", "/subscriptions/change-business-plan", subscriptionId=subscription_id, businessPlan="Unlimited"
    )
    until(lambda: neighbours.call(token) == (200, ""))
    steer = {"subscriptionId": subscription_id}
    neighbours.publisher("POST", "/subscriptions/block-subscription", **steer, blockState="BLOCKED")
    until(lambda: neighbours.call(token) == (401, "900907"))
    neighbours.publisher("POST", "/subscriptions/unblock-subscription", **steer)
    assert neighbours.call(token) == (200, "")
    (mine,) = neighbours.house.made(
        "GET", f"{DEVPORTAL}/subscriptions", by=neighbours.developer, params={"applicationId": neighbours.app}
    )["list"]
    assert (mine["apiInfo"]["id"], mine["subscriptionId"]) == (neighbours.api_id, subscription_id)
    neighbours.made("DELETE", f"/subscriptions/{subscription_id}")
    until(lambda: neighbours.call(token) == (403, "900908"))


def test_scopes_and_api_keys_of_the_guest_open_the_api(neighbours: Neighbours) -> None:
    neighbours.subscribe()
    scope = f"{neighbours.base_path.split('/')[3]}-order"
    assert neighbours.call(neighbours.token(), "/orders", "POST", json={}) == (403, "900910")
    status, code = neighbours.call(neighbours.token(scope), "/orders", "POST", json={})
    assert code not in {"900910", "900901"}, (status, code)
    for terms in ({}, {"additionalProperties": {"format": "JWT"}}):
        path = f"/applications/{neighbours.app}/api-keys/PRODUCTION/generate"
        key = neighbours.made("POST", path, json=terms)["apikey"]
        assert neighbours.call(headers={"ApiKey": key}) == (200, "")


def test_an_approval_is_the_shops_to_give(neighbours: Neighbours) -> None:
    approval = {"SubscriptionCreation": {"executor": "approval"}}
    configuration = {"EnableCrossTenantSubscriptions": True, "Workflows": approval}
    neighbours.house.made("PUT", f"{ADMINISTRATION}/tenant-config", by=neighbours.keeper, json=configuration)
    until(lambda: bool(waiting(neighbours)))
    token = neighbours.token()
    assert neighbours.call(token) == (401, "900909")
    (asked,) = waiting(neighbours)
    neighbours.house.made(
        "POST",
        f"{ADMINISTRATION}/workflows/update-workflow-status",
        by=neighbours.keeper,
        params={"workflowReferenceId": asked},
        json={"status": "APPROVED"},
    )
    assert neighbours.call(token) == (200, "")


def waiting(neighbours: Neighbours) -> list[str]:
    """What waits in the shop, after one more try to subscribe where nothing does."""
    found = neighbours.ask("GET", "/subscriptions", params={"apiId": neighbours.api_id}).json()["list"]
    if found and found[0]["status"] != "ON_HOLD":
        neighbours.made("DELETE", f"/subscriptions/{found[0]['subscriptionId']}")
    if not found:
        neighbours.subscribe()
    listed = neighbours.house.made("GET", f"{ADMINISTRATION}/workflows", by=neighbours.keeper)["list"]
    return [str(one["referenceId"]) for one in listed]


def test_who_is_not_named_is_refused_and_with_a_tenant_goes_what_it_had(neighbours: Neighbours) -> None:
    house = neighbours.house
    _, stranger = tenant_of(house)
    app = house.made(
        "POST", f"{DEVPORTAL}/applications", by=stranger, json={"name": unique("App"), "throttlingPolicy": "Unlimited"}
    )["applicationId"]
    body = {"applicationId": app, "apiId": neighbours.api_id, "throttlingPolicy": "Unlimited"}
    refused = house.management("POST", f"{DEVPORTAL}/subscriptions", by=stranger, json=body, headers=neighbours.there)
    assert (refused.status_code, refused.json()["code"]) == (403, 403)
    neighbours.subscribe()
    assert neighbours.publisher("GET", "/subscriptions")["count"] == 1
    tenant_id = house.made("GET", f"{TENANTS}/domain/{neighbours.home}")["id"]
    until(lambda: house.management("DELETE", f"{TENANTS}/{tenant_id}").status_code in {204, 404}, seconds=60)
    assert neighbours.publisher("GET", "/subscriptions")["count"] == 0
    neighbours.change_state(neighbours.api_id, "Block")
    house.made("DELETE", f"{PUBLISHER}/apis/{neighbours.api_id}", by=neighbours.keeper)


def until(holds: Any, *, seconds: float = MAX_STALENESS_SECONDS + 2) -> None:
    """Wait until it holds, no longer than this."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it does not come to hold"
        time.sleep(0.25)
