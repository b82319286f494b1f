"""Gateway policies through the publisher interface, as far as what the gateway then finds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.artifact import gateway_policy_key
from gatehouse.domain.errors import Changed
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.record import Kind
from tests.callers import OTHER_TENANT
from tests.worlds.operation_policies import COMMON, SCRIPT, attached, policy_files
from tests.worlds.publisher import PublisherWorld, blamed

ALL = "/gateway-policies"
HEADER = attached("setHeader", headerName="X-Via", headerValue="gateway")


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def mapping(name: str = "everywhere", **flows: list[Any]) -> dict[str, Any]:
    return {"displayName": name, "description": "All of them", "policyMapping": flows or {"request": [HEADER]}}


def made(world: PublisherWorld, name: str = "everywhere", **flows: list[Any]) -> str:
    return str(world.made("POST", ALL, mapping(name, **flows))["id"])


def engage(world: PublisherWorld, policy: str, *, deployed: bool = True, label: str = "Default") -> Any:
    wanted = [{"gatewayLabel": label, "gatewayDeployment": deployed, "mappingUUID": policy}]
    return world.call("POST", f"{ALL}/{policy}/deploy", wanted)


def in_force(world: PublisherWorld, flow: str = "request") -> Any:
    """The parameters of what happens to all calls; None when nothing is in force."""
    body = world.artifact(gateway_policy_key(SUPER_TENANT, "Default"))
    return body and [one["parameters"] for one in body.get(flow, ())]


class TestKeeping:
    def test_201_a_gateway_policy_is_kept_and_found(self, world: PublisherWorld) -> None:
        policy = made(world)
        found = world.made("GET", f"{ALL}/{policy}")
        assert (found["displayName"], found["appliedGatewayLabels"]) == ("everywhere", [])
        assert found["policyMapping"]["request"] == [HEADER]
        (line,) = world.made("GET", ALL)["list"]
        assert (line["id"], "policyMapping" in line) == (policy, False)
        assert in_force(world) is None

    def test_lists_are_searched(self, world: PublisherWorld) -> None:
        first, _ = made(world, "first"), made(world, "second")
        engage(world, first)
        for query, names in (("first", ["first"]), ("gateway:Default", ["first"]), ("status:undeployed", ["second"])):
            assert [one["displayName"] for one in world.made("GET", ALL, query={"query": query})["list"]] == names

    @pytest.mark.parametrize(
        ("flows", "where"),
        [
            ({"request": [attached("fly")]}, "policyMapping.request.0.policyName"),
            ({"fault": [HEADER, attached("setHeader")]}, "policyMapping.fault.1.parameters.headerName"),
            ({"response": [attached("setEndpoint", endpointUrl="http://a")]}, "policyMapping.response.0.policyName"),
        ],
    )
    def test_400_what_the_gateway_could_not_run(self, world: PublisherWorld, flows: Any, where: str) -> None:
        assert blamed(world.call("POST", ALL, mapping(**flows))) == [where]
        policy = made(world)
        assert blamed(world.call("PUT", f"{ALL}/{policy}", mapping(**flows))) == [where]

    def test_404_what_there_is_not(self, world: PublisherWorld) -> None:
        policy = made(world)
        for method, body in (("GET", None), ("PUT", mapping()), ("DELETE", None)):
            assert world.call(method, f"{ALL}/0", body).json["code"] == 903209
            other = world.call(method, f"{ALL}/{policy}", body, by=f"admin@{OTHER_TENANT}")
            assert (other.status, other.json["code"]) == (404, 903209)
        assert engage(world, "0").json["code"] == 903209

    def test_403_what_is_in_force_is_not_deleted(self, world: PublisherWorld) -> None:
        policy = made(world)
        engage(world, policy)
        assert world.call("DELETE", f"{ALL}/{policy}").status == 403
        engage(world, policy, deployed=False)
        assert world.call("DELETE", f"{ALL}/{policy}").status == 200
        assert world.made("GET", ALL)["list"] == []


class TestEngaging:
    def test_200_the_gateway_finds_what_is_deployed_until_it_is_undeployed(self, world: PublisherWorld) -> None:
        policy = made(world)
        answer = engage(world, policy)
        assert answer.status == 200
        assert answer.json == [{"mappingUUID": policy, "gatewayLabel": "Default", "gatewayDeployment": True}]
        assert in_force(world) == [{"headerName": "X-Via", "headerValue": "gateway"}]
        assert world.made("GET", f"{ALL}/{policy}")["appliedGatewayLabels"] == ["Default"]
        assert engage(world, policy, deployed=False).status == 200
        assert in_force(world) is None

    def test_what_is_changed_is_in_force_at_once(self, world: PublisherWorld) -> None:
        policy = made(world)
        engage(world, policy)
        changed = mapping(fault=[attached("setHeader", headerName="X-Err", headerValue="1")])
        assert world.made("PUT", f"{ALL}/{policy}", changed)["appliedGatewayLabels"] == ["Default"]
        assert in_force(world, "fault") == [{"headerName": "X-Err", "headerValue": "1"}]
        assert in_force(world) == []

    def test_one_takes_the_place_of_another(self, world: PublisherWorld) -> None:
        first, second = made(world), made(world, request=[attached("removeHeader", headerName="X-Via")])
        engage(world, first)
        engage(world, second)
        assert in_force(world) == [{"headerName": "X-Via"}]
        assert world.made("GET", f"{ALL}/{first}")["appliedGatewayLabels"] == []
        assert engage(world, first, deployed=False).status == 400
        assert in_force(world) == [{"headerName": "X-Via"}]

    def test_400_where_it_cannot_be(self, world: PublisherWorld) -> None:
        policy = made(world)
        assert blamed(engage(world, policy, label="Nowhere")) == ["0.gatewayLabel"]
        assert blamed(engage(world, policy, deployed=False)) == ["0.gatewayDeployment"]
        assert world.call("POST", f"{ALL}/{policy}/deploy", []).status == 400
        wanted = [{"gatewayLabel": "Default", "gatewayDeployment": True, "mappingUUID": "another"}]
        assert blamed(world.call("POST", f"{ALL}/{policy}/deploy", wanted)) == ["0.mappingUUID"]
        assert in_force(world) is None

    def test_a_custom_policy_that_is_used_is_not_deleted_and_one_that_cannot_be_run_is_not_used(
        self, world: PublisherWorld
    ) -> None:
        common = world.form("POST", COMMON, **policy_files()).json["id"]
        world.form("POST", COMMON, **policy_files(SCRIPT, name="script"))
        policy = made(world, request=[attached(headerName="X-Stamp")])
        engage(world, policy)
        assert in_force(world) == [{"headerName": "X-Stamp", "headerValue": "1"}]
        refused = world.call("DELETE", f"{COMMON}/{common}")
        assert (refused.status, "gateway policy 'everywhere'" in refused.json["description"]) == (403, True)
        assert blamed(world.call("POST", ALL, mapping(request=[attached("script")]))) == [
            "policyMapping.request.0.policyName"
        ]

    def test_a_change_made_while_it_is_deployed_is_not_lost(
        self, world: PublisherWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        policy, add = made(world), world.records.add

        def add_late(record: Any, **more: Any) -> Any:
            kept = add(record, **more)
            if record.kind is Kind.GATEWAY_POLICY_DEPLOYMENT:
                before = world.records.get(SUPER_TENANT, Kind.GATEWAY_POLICY, policy)
                assert before is not None
                body = {**before.body, "policyMapping": {"request": [attached("removeHeader", headerName="X-Via")]}}
                world.records.replace(before, replace(before, body=body), taken=Changed())
            return kept

        monkeypatch.setattr(world.records, "add", add_late)
        assert engage(world, policy).status == 200
        assert in_force(world) == [{"headerName": "X-Via"}]
