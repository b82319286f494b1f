"""The authorizer in front of API Gateways that are not Gatehouse's, and direct APIs on the front door."""

from __future__ import annotations

import io
import json
import sys
import time
import zipfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from botocore.config import Config
from botocore.session import Session

from local.stack import ACCOUNT, REGION
from tests.house import PUBLISHER, House, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.stack import LocalStack

WINDOW_SECONDS, ROOM_SECONDS = 3600, 20
TIMEOUT_SECONDS = 40
ANSWER = """
import json

def handler(event, _context):
    print("asked")
    return {"told": event["requestContext"]["authorizer"]["lambda"], "path": event["rawPath"]}
"""
REST_ANSWER = """
import json

def handler(event, _context):
    print("asked")
    told = event["requestContext"]["authorizer"]
    return {"statusCode": 200, "body": json.dumps({"told": told, "path": event["path"]})}
"""
OUTBOUND = [{"name": "enable_outbound_auth_header", "value": "true", "display": False}]


class Account:
    """The AWS account of the stack, as somebody with an API Gateway of their own uses it."""

    def __init__(self, stack: LocalStack) -> None:
        self._url = stack.ports.emulator_url
        self.outputs: dict[str, str] = {}
        for told in json.loads((stack.folder / "outputs.json").read_text()).values():
            self.outputs |= told
        self._http = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)
        self._undo: list[Callable[[], object]] = []

    def client(self, service: str) -> Any:
        return Session().create_client(
            service,
            region_name=REGION,
            endpoint_url=self._url,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="local",
            config=Config(read_timeout=TIMEOUT_SECONDS),
        )

    @property
    def authorizer_uri(self) -> str:
        arn = self.outputs["AuthorizerArn"]
        return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"

    def function(self, source: str) -> str:
        """The ARN of a new function."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("backend.py", source)
        client, name = self.client("lambda"), unique("backend")
        made = client.create_function(
            FunctionName=name,
            Runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
            Role=f"arn:aws:iam::{ACCOUNT}:role/backend",
            Handler="backend.handler",
            Code={"ZipFile": archive.getvalue()},
        )
        self._undo.append(lambda: client.delete_function(FunctionName=name))
        return str(made["FunctionArn"])

    def http_api(self, **variables: str) -> str:
        """The id of a new HTTP API with a function behind it and our authorizer attached."""
        client = self.client("apigatewayv2")
        api_id = str(client.create_api(Name=unique("foreign"), ProtocolType="HTTP")["ApiId"])
        self._undo.append(lambda: client.delete_api(ApiId=api_id))
        authorizer = client.create_authorizer(
            ApiId=api_id,
            Name="gatehouse",
            AuthorizerType="REQUEST",
            AuthorizerUri=self.authorizer_uri,
            AuthorizerPayloadFormatVersion="2.0",
            EnableSimpleResponses=True,
            AuthorizerResultTtlInSeconds=0,
            IdentitySource=["$request.header.Authorization"],
        )
        integration = client.create_integration(
            ApiId=api_id,
            IntegrationType="AWS_PROXY",
            IntegrationUri=self.function(ANSWER),
            PayloadFormatVersion="2.0",
        )
        client.create_route(
            ApiId=api_id,
            RouteKey="$default",
            Target=f"integrations/{integration['IntegrationId']}",
            AuthorizationType="CUSTOM",
            AuthorizerId=authorizer["AuthorizerId"],
        )
        client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True, StageVariables=variables)
        return api_id

    def rest_api(self) -> str:
        """The id of a new REST API, stage `prod`, with a function behind it and our authorizer attached (TOKEN)."""
        client = self.client("apigateway")
        api_id = str(client.create_rest_api(name=unique("foreign"))["id"])
        self._undo.append(lambda: client.delete_rest_api(restApiId=api_id))
        authorizer = client.create_authorizer(
            restApiId=api_id,
            name="gatehouse",
            type="TOKEN",
            authorizerUri=self.authorizer_uri,
            identitySource="method.request.header.Authorization",
            authorizerResultTtlInSeconds=0,
        )
        root = client.get_resources(restApiId=api_id)["items"][0]["id"]
        below = client.create_resource(restApiId=api_id, parentId=root, pathPart="{proxy+}")["id"]
        where = {"restApiId": api_id, "resourceId": below, "httpMethod": "ANY"}
        client.put_method(**where, authorizationType="CUSTOM", authorizerId=authorizer["id"])
        arn = self.function(REST_ANSWER)
        client.put_integration(
            **where,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations",
        )
        client.create_deployment(restApiId=api_id, stageName="prod")
        return api_id

    def call(self, api_id: str, path: str, token: str | None = None) -> httpx.Response:
        host = self._url.replace("http://localhost", f"{api_id}.execute-api.localhost")
        headers = {"Host": host, **({"Authorization": f"Bearer {token}"} if token else {})}
        return self._http.get(f"{self._url}{path}", headers=headers)

    def close(self) -> None:
        for undo in reversed(self._undo):
            undo()
        self._http.close()


@pytest.fixture
def account(stack: LocalStack, house: House) -> Iterator[Account]:
    assert house.ports == stack.ports  # the stack is up
    living = Account(stack)
    yield living
    living.close()


def wait_for_room() -> None:
    """So that all calls fall into one window of the clock."""
    left = WINDOW_SECONDS - time.time() % WINDOW_SECONDS
    if left < ROOM_SECONDS:
        time.sleep(left)


def test_an_allowed_call_reaches_the_backend_with_what_was_decided(house: House, account: Account) -> None:
    plan = house.policy("subscription", 100)
    api_id = house.publish(policies=[plan])
    token = house.customer(api_id, plan=plan)
    foreign = account.http_api(gatehouseApi=house.base_path(api_id))
    answer = account.call(foreign, "/menu", token)
    assert answer.status_code == 200, answer.text
    told = answer.json()["told"]
    assert answer.json()["path"] == "/menu"
    assert (told["plan"], told["keyType"], told["apiVersion"]) == (plan, "PRODUCTION", "1.0.0")
    assert told["apiName"] == house.base_path(api_id).split("/")[1]
    assert len(told["applicationId"]) == len("6c4f27a2-4d1e-4f5e-8f14-1d6b6ab0c702")
    assert told["application"].startswith("App")
    assert (told["remaining"], told["cacheSeconds"]) == (99, 0)
    assert 0 < told["reset"] <= WINDOW_SECONDS


def test_the_path_itself_says_which_api_where_no_stage_variable_does(house: House, account: Account) -> None:
    api_id = house.publish()
    token = house.customer(api_id)
    foreign = account.http_api()
    assert account.call(foreign, f"{house.base_path(api_id)}/menu", token).status_code == 200
    assert account.call(foreign, "/menu", token).status_code == 403


def test_whoever_the_gateway_refuses_is_denied(house: House, account: Account) -> None:
    api_id = house.publish()
    stranger = house.token(house.keys(house.application()))
    foreign = account.http_api(gatehouseApi=house.base_path(api_id))
    assert account.call(foreign, "/menu").status_code == 401  # API Gateway's own: the header is an identity source
    assert account.call(foreign, "/menu", "opaque").status_code == 403
    assert account.call(foreign, "/menu", stranger).status_code == 403
    assert account.call(foreign, "/nothing", house.customer(api_id)).status_code == 403


def test_a_quota_holds_across_the_gateway_and_the_authorizer(house: House, account: Account) -> None:
    tier = house.policy("application", 3)
    api_id = house.publish()
    token = house.customer(api_id, tier=tier)
    base_path = house.base_path(api_id)
    foreign = account.http_api(gatehouseApi=base_path)
    wait_for_room()
    assert house.gateway(f"{base_path}/menu", token).status_code == 200
    seen = [account.call(foreign, "/menu", token).status_code for _ in range(3)]
    assert seen == [200, 200, 403]
    assert house.gateway(f"{base_path}/menu", token).status_code == 429


def test_a_rest_api_answers_401_to_the_unknown_and_403_to_the_forbidden(house: House, account: Account) -> None:
    api_id = house.publish()
    base_path = house.base_path(api_id)
    foreign = account.rest_api()
    good = account.call(foreign, f"/prod{base_path}/menu", house.customer(api_id))
    assert good.status_code == 200, good.text
    assert good.json()["told"]["keyType"] == "PRODUCTION"
    assert account.call(foreign, f"/prod{base_path}/menu", "opaque").status_code == 401
    stranger = house.token(house.keys(house.application()))
    assert account.call(foreign, f"/prod{base_path}/menu", stranger).status_code == 403


def test_an_event_that_no_api_gateway_sends_is_denied_and_no_failure(account: Account) -> None:
    invoked = account.client("lambda").invoke(
        FunctionName=account.outputs["AuthorizerArn"], Payload=b'{"version": "2.0"}'
    )
    assert "FunctionError" not in invoked
    told = json.loads(invoked["Payload"].read())
    assert (told["isAuthorized"], told["context"]["errorCode"]) == (False, "101001")


class FrontDoor:
    """The gateway's HTTP API, as `apigatewayv2` describes it."""

    def __init__(self, account: Account) -> None:
        self._client = account.client("apigatewayv2")
        self.id = account.outputs["GatewayApi"]

    def routes(self, base_path: str) -> dict[str, dict[str, Any]]:
        routes = self._client.get_routes(ApiId=self.id)["Items"]
        return {one["RouteKey"]: one for one in routes if one["RouteKey"].startswith(f"ANY {base_path}")}

    def integration(self, route: dict[str, Any]) -> dict[str, Any]:
        wanted = route["Target"].removeprefix("integrations/")
        return dict(self._client.get_integration(ApiId=self.id, IntegrationId=wanted))

    def authorizers(self) -> set[str]:
        return {str(one["AuthorizerId"]) for one in self._client.get_authorizers(ApiId=self.id)["Items"]}


def direct(house: House, **more: Any) -> str:
    """The id of a direct API, deployed and published."""
    endpoint = {"endpoint_type": "http", "production_endpoints": {"url": house.ports.backend_url}}
    operations = ({"verb": "GET", "target": "/menu"}, {"verb": "GET", "target": "/echo"})
    wanted = {"gatewayType": "direct", "endpointConfig": endpoint, "additionalProperties": OUTBOUND, **more}
    return house.publish(*operations, **wanted)


def test_a_direct_api_has_a_route_of_its_own_that_asks_the_authorizer(house: House, account: Account) -> None:
    api_id = direct(house)
    base_path = house.base_path(api_id)
    door = FrontDoor(account)
    [(key, route)] = door.routes(base_path).items()
    assert key == f"ANY {base_path}/{{proxy+}}"
    assert (route["AuthorizationType"], {route["AuthorizerId"]}) == ("CUSTOM", door.authorizers())
    behind = door.integration(route)
    assert (behind["IntegrationType"], behind["IntegrationUri"]) == ("HTTP_PROXY", house.ports.backend_url)
    assert api_id in behind["Description"]
    assert behind["RequestParameters"]["overwrite:path"] == "/${request.path.proxy}"


def test_a_direct_api_admits_whom_the_gateway_would(house: House) -> None:
    api_id = direct(house)
    path = f"{house.base_path(api_id)}/menu"
    unknown = house.gateway(path)
    # The front door's own answer: no function of ours stands between.
    assert (unknown.status_code, unknown.json()) == (403, {"message": "Forbidden"})
    assert house.gateway(path, house.customer(api_id)).status_code == 200


def test_undeploying_a_direct_api_ends_its_route(house: House, account: Account) -> None:
    api_id = direct(house)
    base_path = house.base_path(api_id)
    house.made("POST", f"{PUBLISHER}/apis/{api_id}/undeploy-revision", params={"revisionId": revision(house, api_id)})
    assert FrontDoor(account).routes(base_path) == {}
    assert house.gateway(f"{base_path}/menu", house.customer(api_id)).status_code == 404


def revision(house: House, api_id: str) -> str:
    [deployed] = house.made("GET", f"{PUBLISHER}/apis/{api_id}/revisions")["list"]
    return str(deployed["id"])
