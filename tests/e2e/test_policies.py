"""Each policy that ships does its work through the front door, in the order in which policies stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import PUBLISHER, House
from tests.rogue import Rogue, Seen, response

if TYPE_CHECKING:
    from collections.abc import Callable

    Rogues = Callable[[Callable[[Seen], bytes]], Rogue]

JSON, XML = ("Content-Type", "application/json"), ("Content-Type", "application/xml")


def policy(name: str, **parameters: Any) -> dict[str, Any]:
    return {"policyName": name, "policyVersion": "v1", "parameters": parameters}


def base_of(
    house: House, backend: Rogue, *, verb: str = "POST", secured: bool = False, whole: Any = None, **flows: Any
) -> str:
    """The base path of an API whose operation `/dishes/{id}` has these policies, and the API itself those in `whole`."""
    operation = {
        "verb": verb,
        "target": "/dishes/{id}",
        "authType": "Application & Application User" if secured else "None",
        "operationPolicies": {"request": [], "response": [], "fault": [], **flows},
    }
    config = {"endpoint_type": "http", "production_endpoints": {"url": backend.url}}
    more = {"apiPolicies": {"request": [], "response": [], "fault": [], **whole}} if whole else {}
    return house.base_path(house.publish(operation, endpointConfig=config, **more))


@pytest.fixture
def backend(rogues: Rogues) -> Rogue:
    return rogues(lambda seen: response(seen.body, JSON))


def test_a_request_is_changed_step_by_step_the_api_s_policies_first(house: House, backend: Rogue) -> None:
    base = base_of(
        house,
        backend,
        whole={"request": [policy("addHeader", headerName="X-Step", headerValue="api")]},
        request=[
            policy("addHeader", headerName="X-Step", headerValue="operation"),
            policy("removeQueryParam", paramKey="secret"),
            policy("rewriteResourcePath", newResourcePath="/v2/{id}?from=policy"),
            policy("setBody", template='{"table": "${header.x-table}", "asked": ${body}}'),
            policy("changeHTTPMethod", httpMethod="PUT"),
        ],
    )
    headers = {"X-Table": 'the "best"', "Content-Type": "application/json"}
    answer = house.gateway(
        f"{base}/dishes/7?secret=1&size=2", method="POST", content=b'{"item": "soup"}', headers=headers
    )
    assert answer.json() == {"table": 'the "best"', "asked": {"item": "soup"}}
    [seen] = backend.seen
    assert seen.head.split("\r\n")[0] == "PUT /v2/7?from=policy&size=2 HTTP/1.1"
    assert seen.header("x-step").replace(" ", "") == "api,operation"


def test_an_answer_is_changed_on_its_way_out_the_operation_s_policies_first(house: House, rogues: Rogues) -> None:
    backend = rogues(lambda _: response(b"<dish><name>soup</name><price>7</price></dish>", XML, ("X-Inner", "1")))
    base = base_of(
        house,
        backend,
        verb="GET",
        whole={"response": [policy("addHeader", headerName="X-Step", headerValue="api")]},
        response=[
            policy("xmlToJson"),
            policy("removeHeader", headerName="X-Inner"),
            policy("addHeader", headerName="X-Step", headerValue="operation"),
            policy("addLogMessage", message="served ${path}"),
        ],
    )
    answer = house.gateway(f"{base}/dishes/7")
    assert answer.json() == {"dish": {"name": "soup", "price": 7}}
    assert "x-inner" not in answer.headers
    assert answer.headers["x-step"].replace(" ", "") == "operation,api"


def test_an_error_becomes_json_for_who_was_to_read_xml(house: House, rogues: Rogues) -> None:
    gone = rogues(lambda _: response())
    gone.stop()
    base = base_of(
        house, gone, fault=[policy("jsonFault"), policy("setHeader", headerName="X-Sorry", headerValue="yes")]
    )
    answer = house.gateway(f"{base}/dishes/7", method="POST", content=b"<a/>", headers=dict([XML]))
    assert (answer.status_code, answer.json()["code"]) == (503, "101503")
    assert answer.headers["x-sorry"] == "yes"


def test_400_for_json_beyond_its_limits(house: House, backend: Rogue) -> None:
    base = base_of(house, backend, request=[policy("jsonValidator", maxJsonDepth="2", maxStringLength="5")])

    def sent(body: Any) -> tuple[int, str]:
        answer = house.gateway(f"{base}/dishes/7", method="POST", json=body)
        return answer.status_code, answer.json().get("description", "")

    assert sent({"a": {"b": "soup"}}) == (200, "")
    deep, long = sent({"a": {"b": {}}}), sent({"a": "bouillon"})
    for status, description in (deep, long):
        assert status == 400
        assert description.startswith("Threat detected in Payload: ")
        assert "bouillon" not in description
    assert len(backend.seen) == 1


@pytest.mark.parametrize(
    ("claim", "value", "expected"),
    [("aut", "APPLICATION", (200, "")), ("aut", "APPLICATION_USER", (401, "900912")), ("vip", "yes", (401, "900913"))],
)
def test_only_tokens_with_the_claim_get_through(
    house: House, backend: Rogue, claim: str, value: str, expected: tuple[int, str]
) -> None:
    validator = policy(
        "jwtClaimBasedAccessValidator", accessVerificationClaim=claim, accessVerificationClaimValue=value
    )
    operation = {"verb": "POST", "target": "/dishes", "operationPolicies": {"request": [validator]}}
    config = {"endpoint_type": "http", "production_endpoints": {"url": backend.url}}
    api_id = house.publish(operation, endpointConfig=config)
    answer = house.gateway(f"{house.base_path(api_id)}/dishes", house.customer(api_id), method="POST", json={})
    assert (answer.status_code, answer.json().get("code", "")) == expected


def test_an_agent_decides_and_no_answer_is_no(house: House, backend: Rogue, rogues: Rogues) -> None:
    def decide(seen: Seen) -> bytes:
        asked = json.loads(seen.body)["input"]
        return response(json.dumps({"result": asked["transportHeaders"].get("x-table") == "9"}).encode(), JSON)

    agent = rogues(decide)
    rule = policy("opaPolicy", serverUrl=f"{agent.url}/v1/data", accessKey="agents", policy="menu/orders", rule="allow")
    base = base_of(house, backend, request=[rule])

    def asked(table: str) -> int:
        return house.gateway(f"{base}/dishes/7", method="POST", json={}, headers={"X-Table": table}).status_code

    assert (asked("9"), asked("8")) == (200, 403)
    assert agent.seen[0].path == "/v1/data/menu/orders/allow"
    assert agent.seen[0].header("authorization") == "Bearer agents"
    agent.stop()
    assert asked("9") == 403


def test_403_without_the_cookie_s_value_in_the_header(house: House, backend: Rogue) -> None:
    base = base_of(house, backend, request=[policy("validateCsrfCookie")])

    def sent(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return house.gateway(f"{base}/dishes/7", method="POST", json={}, headers=named).status_code

    assert sent(Cookie="XSRF-TOKEN=t1", X_XSRF_TOKEN="t1") == 200
    assert sent(Cookie="XSRF-TOKEN=t1", X_XSRF_TOKEN="t2") == 403
    assert sent(X_XSRF_TOKEN="t1") == 403
    assert len(backend.seen) == 1


def test_a_copy_goes_elsewhere_without_the_caller_s_secrets_and_costs_no_answer(
    house: House, backend: Rogue, rogues: Rogues
) -> None:
    mirror = rogues(lambda _: response(status="500 Internal Server Error"))
    base = base_of(house, backend, request=[policy("mirrorRequest", url=f"{mirror.url}/copies")])
    headers = {"Cookie": "session=s3cret", "X-Table": "9"}
    sent: dict[str, Any] = {"method": "POST", "json": {"item": "soup"}, "headers": headers}
    assert house.gateway(f"{base}/dishes/7?size=2", **sent).json() == {"item": "soup"}
    [copy] = mirror.seen
    assert copy.path == "/copies/dishes/7?size=2"
    assert json.loads(copy.body) == {"item": "soup"}
    assert copy.header("x-table") == "9"
    assert "s3cret" not in copy.head
    mirror.stop()
    assert house.gateway(f"{base}/dishes/7", **sent).json() == {"item": "soup"}


def test_a_template_of_one_s_own_is_kept_given_back_and_not_deployed(house: House) -> None:
    mine = {"policyName": "mine", "policyVersion": "v3", "policyId": None, "parameters": {"a": "1"}}
    operation = {
        "verb": "GET",
        "target": "/menu",
        "operationPolicies": {"request": [mine], "response": [], "fault": []},
    }
    api_id = house.design(operation)
    [kept] = house.made("GET", f"{PUBLISHER}/apis/{api_id}")["operations"]
    assert [(one["policyName"], one["parameters"]) for one in kept["operationPolicies"]["request"]] == [
        ("mine", {"a": "1"})
    ]
    revision = house.made("POST", f"{PUBLISHER}/apis/{api_id}/revisions", json={})
    refused = house.management(
        "POST",
        f"{PUBLISHER}/apis/{api_id}/deploy-revision",
        params={"revisionId": revision["id"]},
        json=[{"name": "Default", "vhost": "localhost"}],
    )
    assert refused.status_code == 400
    where = "operations.0.operationPolicies.request.0.policyName"
    assert refused.json()["description"] == f"{where}: there is no policy 'mine' v3"
