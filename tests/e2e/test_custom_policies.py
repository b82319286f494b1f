"""Policies that tenants make themselves, for APIs and for whole environments, and answers made at the gateway, end to end."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.house import MAX_STALENESS_SECONDS, PUBLISHER, House, unique
from tests.worlds.operation_policies import SCRIPT, STAMP, attached, policy_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

COMMON, EVERYWHERE = f"{PUBLISHER}/operation-policies", f"{PUBLISHER}/gateway-policies"
ECHO = {"verb": "POST", "target": "/echo", "authType": "None"}

STEPS = """
steps:
  - policy: setProperty
    parameters: {name: greeting, value: "{{ word }} ${json.who}"}
  - policy: setHeader
    when: "{{ wanted }}"
    parameters: {headerName: X-Greeting, headerValue: "${property.greeting}"}
"""


def added(house: House, definition: str = STAMP, place: str = COMMON, **more: Any) -> tuple[str, str]:
    """A new policy: its id and its name."""
    name = unique("stamp")
    made = house.made("POST", place, files=policy_files(definition, name, **more))
    return str(made["id"]), name


def flows(**given: list[dict[str, Any]]) -> dict[str, Any]:
    return {**ECHO, "operationPolicies": {"request": [], "response": [], "fault": [], **given}}


def echo(house: House, api: str, **parts: Any) -> httpx.Response:
    return house.gateway(f"{house.base_path(api)}/echo", method="POST", **{"content": b"{}", **parts})


def deployed(house: House, api: str) -> httpx.Response:
    revision = house.made("POST", f"{PUBLISHER}/apis/{api}/revisions", json={})
    where, what = [{"name": "Default", "vhost": "localhost"}], {"revisionId": revision["id"]}
    return house.management("POST", f"{PUBLISHER}/apis/{api}/deploy-revision", params=what, json=where)


def test_a_template_of_wso2_s_sets_a_header_to_what_the_api_says(house: House) -> None:
    policy, name = added(house)
    run = attached(name, headerName="X-Stamp", headerValue="from ${header.x-who}")
    api = house.publish(flows(request=[run], response=[run]))
    answer = echo(house, api, headers={"X-Who": "Ann"})
    assert answer.json()["headers"]["x-stamp"] == "from Ann"
    assert answer.headers["x-stamp"] == "from"
    assert house.management("DELETE", f"{COMMON}/{policy}").status_code == 403


def test_steps_of_one_api_s_own_run_where_it_wants_them(house: House) -> None:
    attributes = [{"name": "word", "required": True}, {"name": "wanted", "type": "Boolean", "defaultValue": "true"}]
    api = house.design(ECHO)
    _, name = added(house, STEPS, f"{PUBLISHER}/apis/{api}/operation-policies", policyAttributes=attributes)
    document = house.made("GET", f"{PUBLISHER}/apis/{api}")
    for wanted, expected in (("true", "Hello Ann"), ("false", None)):
        run = attached(name, word="Hello", wanted=wanted)
        house.made("PUT", f"{PUBLISHER}/apis/{api}", json={**document, "operations": [flows(request=[run])]})
        house.deploy(api)
        time.sleep(MAX_STALENESS_SECONDS)
        seen = echo(house, api, json={"who": "Ann"}, content=None).json()["headers"]
        assert seen.get("x-greeting") == expected


GUARD = """<filter source="$trp:X-Role" regex="{{ role }}">
    <then><header name="X-Role" scope="transport" action="remove"/><header name="X-Seen" value="1" scope="transport"/></then>
    <else><property name="HTTP_SC" value="403" scope="axis2"/><header name="X-By" value="guard" scope="transport"/>
        <payloadFactory media-type="json"><format>{"who": "$1"}</format><args><arg expression="$trp:X-Role"/></args>
        </payloadFactory><respond/></else>
</filter>"""


def test_a_filter_lets_some_calls_pass_and_answers_others(house: House) -> None:
    _, name = added(house, GUARD, policyAttributes=[{"name": "role", "required": True}])
    api = house.publish(flows(request=[attached(name, role="cook|waiter")]))
    passed, stopped = (echo(house, api, headers={"X-Role": role}) for role in ("waiter", "guest"))
    seen = passed.json()["headers"]
    assert (passed.status_code, seen["x-seen"], "x-role" in seen) == (200, "1", False)
    assert (stopped.status_code, stopped.json(), stopped.headers["x-by"]) == (403, {"who": "guest"}, "guard")


def test_what_cannot_be_run_is_kept_whole_and_refused_with_its_line_when_it_is_deployed(house: House) -> None:
    policy, name = added(house, SCRIPT)
    refused = deployed(house, house.design(flows(request=[attached(name, headerName="X")])))
    assert refused.status_code == 400
    assert "line 2: <script> cannot be run here" in refused.json()["description"]
    assert house.management("GET", f"{COMMON}/{policy}/content").content[:2] == b"PK"


@pytest.fixture
def gateway_policy(house: House) -> Iterator[str]:
    """One that marks what comes back of every API; in force nowhere before and after."""
    header = attached("setHeader", headerName="X-Everywhere", headerValue="yes")
    mapping = {"displayName": unique("everywhere"), "policyMapping": {"response": [header], "fault": [header]}}
    policy = house.made("POST", EVERYWHERE, json=mapping)["id"]
    yield policy
    wanted = [{"gatewayLabel": "Default", "gatewayDeployment": False}]
    house.management("POST", f"{EVERYWHERE}/{policy}/deploy", json=wanted)
    assert house.management("DELETE", f"{EVERYWHERE}/{policy}").status_code == 200


def test_a_gateway_policy_marks_every_api_while_it_is_deployed(house: House, gateway_policy: str) -> None:
    apis = [house.publish(ECHO), house.publish(ECHO)]

    def marks() -> list[str | None]:
        return [echo(house, api).headers.get("x-everywhere") for api in apis]

    assert marks() == [None, None]
    for in_force, expected in ((True, "yes"), (False, None)):
        wanted = [{"gatewayLabel": "Default", "gatewayDeployment": in_force}]
        house.made("POST", f"{EVERYWHERE}/{gateway_policy}/deploy", json=wanted)
        time.sleep(MAX_STALENESS_SECONDS)
        assert marks() == [expected, expected]


def test_a_sequence_answers_in_place_of_a_backend(house: House) -> None:
    sequence = (
        '<property name="HTTP_SC" value="202" scope="axis2"/><header name="X-By" value="gateway" scope="transport"/>\n'
        '<payloadFactory media-type="json"><format>{"hello": "$1"}</format>'
        '<args><arg evaluator="json" expression="$.who"/></args></payloadFactory><respond/>'
    )
    api = house.design(ECHO, endpointConfig={"endpoint_type": "sequence_backend"})
    form = {"type": (None, "PRODUCTION"), "sequence": ("s.xml", sequence.encode(), "application/xml")}
    house.made("PUT", f"{PUBLISHER}/apis/{api}/sequence-backend", files=form)
    house.deploy(api)
    answer = echo(house, api, json={"who": 'the "cook"'}, content=None)
    assert (answer.status_code, answer.json()) == (202, {"hello": 'the "cook"'})
    assert answer.headers["x-by"] == "gateway"


def test_a_mock_answers_what_its_description_says(house: House) -> None:
    api = house.design(ECHO, endpointImplementationType="MOCKED_OAS")
    definition = house.made("POST", f"{PUBLISHER}/apis/{api}/generate-mock-scripts")
    operation = definition["paths"]["/echo"]["post"]
    assert json.loads(operation["x-mediation-script"])["status"] == 200
    operation["x-mediation-script"] = json.dumps({"status": 203, "headers": {"X-Mock": "1"}, "body": {"dish": "Pizza"}})
    form = {"apiDefinition": (None, json.dumps(definition))}
    house.made("PUT", f"{PUBLISHER}/apis/{api}/swagger", files=form)
    house.deploy(api)
    answer = echo(house, api)
    assert (answer.status_code, answer.json(), answer.headers["x-mock"]) == (203, {"dish": "Pizza"}, "1")
