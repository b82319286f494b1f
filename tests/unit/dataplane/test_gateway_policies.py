"""What happens to the calls of all of a tenant's APIs in a gateway environment, and to nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, Withdrawal, gateway_policy_key
from gatehouse.domain.body import to_body
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import NO_MEDIATION, AttachedPolicy, DeployedOperation, Mediation
from gatehouse.domain.publishing.revision import DEFAULT_ENVIRONMENT
from gatehouse.ports.backends import BackendUnreachable
from tests.calls import MAX_STALENESS, menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

KEY = gateway_policy_key(SUPER_TENANT, DEFAULT_ENVIRONMENT)


def header(name: str, value: str) -> AttachedPolicy:
    return AttachedPolicy(name="addHeader", parameters={"headerName": name, "headerValue": value})


EVERYWHERE = Mediation(
    request=(header("X-In", "everywhere"),),
    response=(header("X-Out", "everywhere"),),
    fault=(header("X-Fault", "everywhere"),),
)
OF_API = Mediation(request=(header("X-In", "api"),), response=(header("X-Out", "api"),))


def serve(running: Running, of_api: Mediation = NO_MEDIATION) -> None:
    operation = DeployedOperation(verb="GET", target="/dishes", authenticated=False)
    running.world.deploy(menu_api(mediation=of_api, operations=(operation,)))


def call(running: Running) -> Reply:
    return running.call("GET", "/menu/1.0.0/dishes")


def sent(running: Running) -> str:
    return str(running.world.backend.requests[-1].headers.get("x-in", ""))


def values(reply: Reply, name: str) -> list[str]:
    return [value for known, value in reply.headers if known == name]


def test_they_come_before_the_api_s_on_the_way_in_and_after_them_on_the_way_out(running: Running) -> None:
    running.world.artifacts.publish([Artifact(KEY, to_body(EVERYWHERE))])
    serve(running, OF_API)
    reply = call(running)
    assert sent(running) == "everywhere, api"
    assert values(reply, "x-out") == ["api", "everywhere"]


def test_an_error_behind_the_throttle_passes_them_where_the_api_has_none(running: Running) -> None:
    running.world.artifacts.publish([Artifact(KEY, to_body(EVERYWHERE))])
    serve(running)
    running.world.backend.failure = BackendUnreachable()
    assert values(call(running), "x-fault") == ["everywhere"]


def test_they_hold_within_the_bound_for_apis_that_are_known_already_and_end_as_soon(running: Running) -> None:
    serve(running)
    call(running)
    assert sent(running) == ""
    for change, expected in ((Artifact(KEY, to_body(EVERYWHERE)), "everywhere"), (Withdrawal(KEY), "")):
        running.world.artifacts.publish([change])
        running.world.clock.advance(MAX_STALENESS + 0.1)
        call(running)
        assert sent(running) == expected


def test_a_warm_call_does_not_read_them_again(running: Running) -> None:
    running.world.artifacts.publish([Artifact(KEY, to_body(EVERYWHERE))])
    serve(running)
    call(running)
    before = running.world.artifacts.reads
    call(running)
    assert running.world.artifacts.reads == before


def test_those_of_other_tenants_and_environments_are_none_of_its_business(running: Running) -> None:
    others = (gateway_policy_key("other.example", DEFAULT_ENVIRONMENT), gateway_policy_key(SUPER_TENANT, "Elsewhere"))
    running.world.artifacts.publish([Artifact(key, to_body(EVERYWHERE)) for key in others])
    serve(running)
    call(running)
    assert sent(running) == ""
