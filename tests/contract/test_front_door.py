"""The front door's own routes: the fake, and API Gateway's management interface as the emulator has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from gatehouse.adapters.aws import front_door_client
from gatehouse.adapters.front_door import HttpApiRoutes
from gatehouse.domain.apis.direct import ROUTES_MAX, DirectApi, FrontDoorFull
from gatehouse.domain.errors import Changed, Unavailable
from tests.fakes.front_door import InMemoryFrontDoor

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.ports.apis.front_door import FrontDoorRoutes
    from tests.conftest import DynamoDB

MENU = DirectApi(
    id="0d6f0a3e-5f5b-4c6f-9d53-0c1b8d1d7a01",
    path="/menu/1.0.0",
    rooted=True,
    backend="https://backend.example",
    backend_path="/v1",
    timeout_seconds=0.0,
    hidden_headers=("apikey", "internal-key"),
    hidden_parameters=("apikey",),
)
SNACKS = replace(MENU, id="6c4f27a2-4d1e-4f5e-8f14-1d6b6ab0c702", path="/t/kitchen/snacks/2", rooted=False)
Led = dict[str, str]
ALL_OF_MENU = {
    "ANY /menu/1.0.0": "https://backend.example/v1",
    "ANY /menu/1.0.0/{proxy+}": "https://backend.example/v1",
}


class Promises:
    def test_a_direct_api_is_led_to_its_backend(self, door: FrontDoorRoutes, led: Callable[[], Led]) -> None:
        door.put(MENU)
        assert led() == ALL_OF_MENU

    def test_putting_twice_is_putting_once(self, door: FrontDoorRoutes, led: Callable[[], Led]) -> None:
        door.put(MENU)
        door.put(MENU)
        assert led() == ALL_OF_MENU

    def test_what_is_put_last_holds(self, door: FrontDoorRoutes, led: Callable[[], Led]) -> None:
        door.put(MENU)
        door.put(replace(MENU, rooted=False, backend="https://other.example", backend_path=""))
        assert led() == {"ANY /menu/1.0.0/{proxy+}": "https://other.example"}

    def test_apis_do_not_touch_each_other(self, door: FrontDoorRoutes, led: Callable[[], Led]) -> None:
        door.put(MENU)
        door.put(SNACKS)
        door.remove(MENU.id)
        assert led() == {"ANY /t/kitchen/snacks/2/{proxy+}": "https://backend.example/v1"}

    def test_removing_may_be_repeated(self, door: FrontDoorRoutes, led: Callable[[], Led]) -> None:
        door.remove(MENU.id)
        door.put(MENU)
        door.remove(MENU.id)
        door.remove(MENU.id)
        assert led() == {}


class TestInMemory(Promises):
    @pytest.fixture
    def door(self) -> InMemoryFrontDoor:
        return InMemoryFrontDoor()

    @pytest.fixture
    def led(self, door: InMemoryFrontDoor) -> Callable[[], Led]:
        return lambda: door.led

    def test_a_full_door_says_so_and_changes_nothing(self) -> None:
        door = InMemoryFrontDoor(taken=ROUTES_MAX - 1)
        with pytest.raises(FrontDoorFull):
            door.put(MENU)
        assert door.led == {}


class HttpApi:
    """An HTTP API of the emulator with the gateway function's route in it."""

    def __init__(self) -> None:
        self.client = front_door_client()
        self.id = self.client.create_api(Name="calls", ProtocolType="HTTP")["ApiId"]
        integration = self.client.create_integration(
            ApiId=self.id,
            IntegrationType="AWS_PROXY",
            IntegrationUri="arn:aws:lambda:us-east-1:000000000000:function:g",
        )
        self.client.create_route(
            ApiId=self.id, RouteKey="$default", Target=f"integrations/{integration['IntegrationId']}"
        )

    def routes(self) -> dict[str, dict[str, Any]]:
        return {one["RouteKey"]: one for one in self.client.get_routes(ApiId=self.id)["Items"]}

    def integrations(self) -> dict[str, dict[str, Any]]:
        return {one["IntegrationId"]: one for one in self.client.get_integrations(ApiId=self.id)["Items"]}

    def behind(self, key: str) -> dict[str, Any]:
        return self.integrations()[self.routes()[key]["Target"].removeprefix("integrations/")]

    def led(self) -> Led:
        found = {}
        for key in self.routes():
            if key != "$default":
                behind = self.behind(key)
                path = behind["RequestParameters"]["overwrite:path"].removesuffix("/${request.path.proxy}")
                found[key] = behind["IntegrationUri"] + path
        return found


@pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)
class TestOnTheEmulator(Promises):
    @pytest.fixture
    def http_api(self, dynamodb: DynamoDB) -> HttpApi:
        assert dynamodb.url
        return HttpApi()

    @pytest.fixture
    def door(self, http_api: HttpApi) -> HttpApiRoutes:
        return HttpApiRoutes(front_door_client, http_api=http_api.id, authorizer="auth1234")

    @pytest.fixture
    def led(self, http_api: HttpApi) -> Callable[[], Led]:
        return http_api.led

    def test_every_route_asks_the_authorizer(self, door: HttpApiRoutes, http_api: HttpApi) -> None:
        door.put(MENU)
        asked = {key: (one["AuthorizationType"], one.get("AuthorizerId")) for key, one in http_api.routes().items()}
        assert asked.pop("$default") == ("NONE", None)
        assert set(asked.values()) == {("CUSTOM", "auth1234")}

    def test_the_backend_reads_what_was_decided_and_not_what_the_client_claims(
        self, door: HttpApiRoutes, http_api: HttpApi
    ) -> None:
        door.put(replace(MENU, timeout_seconds=12.5))
        behind = http_api.behind("ANY /menu/1.0.0/{proxy+}")
        assert behind["Description"] == f"gatehouse direct API {MENU.id}"
        assert (behind["IntegrationType"], behind["IntegrationMethod"]) == ("HTTP_PROXY", "ANY")
        assert (behind["IntegrationUri"], behind["TimeoutInMillis"]) == ("https://backend.example", 12_500)
        assert behind["RequestParameters"] == {
            "overwrite:path": "/v1/${request.path.proxy}",
            "overwrite:header.x-gatehouse-application": "$context.authorizer.application",
            "overwrite:header.x-gatehouse-application-id": "$context.authorizer.applicationId",
            "overwrite:header.x-gatehouse-plan": "$context.authorizer.plan",
            "overwrite:header.x-gatehouse-request-id": "$context.requestId",
            "remove:header.apikey": "''",
            "remove:header.internal-key": "''",
            "remove:querystring.apikey": "''",
        }
        assert http_api.behind("ANY /menu/1.0.0")["RequestParameters"]["overwrite:path"] == "/v1"

    def test_putting_the_same_again_keeps_the_integrations(self, door: HttpApiRoutes, http_api: HttpApi) -> None:
        door.put(MENU)
        before = http_api.integrations()
        door.put(MENU)
        assert http_api.integrations() == before

    def test_nothing_is_left_behind(self, door: HttpApiRoutes, http_api: HttpApi) -> None:
        before = set(http_api.integrations())
        door.put(MENU)
        door.put(replace(MENU, backend="https://other.example"))
        assert len(http_api.integrations()) == len(before) + 2
        door.remove(MENU.id)
        assert set(http_api.integrations()) == before
        assert set(http_api.routes()) == {"$default"}


class FailingClient:
    """Answers lists as given, and the first change with this failure."""

    def __init__(self, failure: Exception | None = None, routes: int = 0, integrations: int = 0) -> None:
        self._failure = failure
        self._routes = [{"RouteKey": f"ANY /{number}", "RouteId": str(number)} for number in range(routes)]
        self._integrations = [{"IntegrationId": str(number)} for number in range(integrations)]

    def get_routes(self, **request: Any) -> dict[str, Any]:
        return _page(self._routes, request)

    def get_integrations(self, **request: Any) -> dict[str, Any]:
        return _page(self._integrations, request)

    def create_integration(self, **_: Any) -> dict[str, Any]:
        assert self._failure is not None, "nothing may be changed"
        raise self._failure


def _page(items: list[dict[str, Any]], request: dict[str, Any]) -> dict[str, Any]:
    start = int(request.get("NextToken", 0))
    end = start + int(request["MaxResults"])
    return {"Items": items[start:end], **({"NextToken": str(end)} if end < len(items) else {})}


def door_on(client: FailingClient) -> HttpApiRoutes:
    return HttpApiRoutes(lambda: client, http_api="calls", authorizer="auth1234")


@pytest.mark.parametrize(("taken", "blamed"), [({"routes": 299}, "300 routes"), ({"integrations": 299}, "300 integr")])
def test_a_full_front_door_names_the_limit_before_it_changes_anything(taken: dict[str, int], blamed: str) -> None:
    with pytest.raises(FrontDoorFull) as failure:
        door_on(FailingClient(**taken)).put(MENU)
    assert blamed in failure.value.description
    assert [field.path for field in failure.value.fields] == ["gatewayType"]


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (ClientError({"Error": {"Code": "TooManyRequestsException"}}, "CreateIntegration"), Unavailable),
        (ClientError({"Error": {"Code": "ConflictException"}}, "CreateIntegration"), Changed),
        (ConnectTimeoutError(endpoint_url="https://apigateway"), Unavailable),
    ],
)
def test_what_goes_wrong_at_amazon_s_is_told_as_ours(failure: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        door_on(FailingClient(failure)).put(MENU)
