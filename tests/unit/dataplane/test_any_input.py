"""Whatever comes in at the front door: an answer, and never a 500 without a code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.gateway.http import call_of, response_of
from gatehouse.dataplane.refusal import UNEXPECTED
from gatehouse.domain.deployed import Access, Cors, DeployedOperation
from tests.calls import menu_api
from tests.events import http_event

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

ANY = st.text(st.characters(), max_size=30)
PATHS = st.one_of(ANY, st.builds("/menu/1.0.0{}".format, ANY), st.builds("/menu/1.0.0/items/{}".format, ANY))
NAMES = st.one_of(
    ANY, st.sampled_from(["authorization", "accept", "content-type", "origin", "cookie", "apikey", "connection"])
)
METHODS = st.sampled_from(["GET", "POST", "OPTIONS", "HEAD", "TRACE", "", "get", "X" * 50])


@pytest.fixture
def open_api(running: Running) -> Running:
    operations = tuple(
        DeployedOperation(verb=verb, target=target, authenticated=False)
        for verb in ("GET", "POST", "HEAD")
        for target in ("/items", "/items/{id}", "/*")
    )
    running.world.deploy(menu_api(cors=Cors(), access=Access(api_key=True), operations=operations, cache_seconds=5))
    return running


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(path=PATHS, query=ANY, method=METHODS, headers=st.dictionaries(NAMES, ANY, max_size=4), body=ANY)
def test_every_input_has_an_answer_with_a_code_when_it_is_an_error(
    open_api: Running, path: str, query: str, method: str, headers: dict[str, str], body: str
) -> None:
    event = {**http_event("GET", "/"), "rawPath": path, "rawQueryString": query, "headers": headers, "body": body}
    event["requestContext"]["http"]["method"] = method
    response = response_of(open_api.gateway.handle(call_of(event, open_api.world.clock.now())))
    assert "activityid" in response["headers"]
    if response["statusCode"] >= 400:
        assert response["statusCode"] != 500
        assert "code" in response["body"]


def test_a_fault_of_ours_is_answered_with_a_code_and_recorded_with_its_way(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.world.backend, "send", lambda _: 1 // 0)
    reply = running.call(token=running.world.token())
    assert (reply.status, json.loads(reply.body)["code"]) == (500, UNEXPECTED.code)
    assert "ZeroDivisionError" in running.lines[-1]["failure"]
    assert "ZeroDivisionError" not in reply.body.decode()
