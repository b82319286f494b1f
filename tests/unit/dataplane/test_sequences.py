"""Sequences that answer in place of a backend."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gatehouse.domain.publishing.deployed import (
    AttachedPolicy,
    DeployedOperation,
    EndpointGroup,
    EndpointKind,
    Mediation,
)
from tests.calls import MAX_STALENESS, menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running


def policy(name: str, /, **parameters: object) -> AttachedPolicy:
    return AttachedPolicy(name=name, parameters=parameters)


SEQUENCE = (
    policy("setProperty", name="who", value="${header.x-who}"),
    policy("setBody", template='{"hello": "${property.who}", "of": "${property.of}"}', contentType="application/json"),
    policy("respond", statusCode=202, noBody=False, headers="X-By: gateway"),
)


def call(running: Running, *sequence: AttachedPolicy, **more: object) -> Reply:
    group = EndpointGroup(kind=EndpointKind.MOCK, sequence=sequence)
    operation = DeployedOperation(verb="POST", target="/orders", authenticated=False)
    running.world.deploy(menu_api(operations=(operation,), production=group, **more))
    return running.call("POST", "/menu/1.0.0/orders", body=b"{}", headers={"X-Who": "Ann"})


def test_the_answer_passes_the_response_policies_and_no_backend_is_asked(running: Running) -> None:
    mediation = Mediation(
        request=(policy("setProperty", name="of", value="before"),),
        response=(policy("setHeader", headerName="X-Out", headerValue="${property.who}"),),
    )
    reply = call(running, *SEQUENCE, mediation=mediation)
    assert (reply.status, json.loads(reply.body)) == (202, {"hello": "Ann", "of": "before"})
    assert {("x-by", "gateway"), ("x-out", "Ann")} <= set(reply.headers)
    assert running.world.backend.requests == []


def test_501_a_sequence_without_an_answer(running: Running) -> None:
    assert call(running, SEQUENCE[0]).status == 501


def test_properties_end_with_their_call(running: Running) -> None:
    call(running, *SEQUENCE, mediation=Mediation(request=(policy("setProperty", name="of", value="one"),)))
    running.world.clock.advance(MAX_STALENESS + 0.1)
    assert json.loads(call(running, *SEQUENCE).body)["of"] == ""
