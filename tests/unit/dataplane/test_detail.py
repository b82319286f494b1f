"""What is logged of an API's calls besides the line, where an operator has asked for it."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.dataplane.observing.detail import BODY_CHARACTERS_MAX, HIDDEN
from gatehouse.domain.artifact import Artifact, log_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access, DeployedOperation
from gatehouse.ports.backends import BackendReply
from tests.calls import API_ID, menu_api
from tests.worlds.gateway import Running

DETAILS = ("request_headers", "response_headers", "request_body", "response_body")
OPERATIONS = tuple(DeployedOperation(verb="POST", target=path, authenticated=False) for path in ("/items", "/orders"))


@pytest.fixture
def running() -> Running:
    running = Running()
    access = Access(api_key_header="X-Key", authorization_header="X-Token")
    running.world.deploy(menu_api(operations=OPERATIONS, access=access))
    return running


def logged(running: Running, levels: dict[str, str], path: str = "/items", body: bytes = b"soup") -> dict[str, Any]:
    """The details in the line of one call."""
    running.world.artifacts.publish([Artifact(log_key(SUPER_TENANT, API_ID), {"levels": levels})])
    running.world.clock.advance(60)
    headers = {"X-Table": "7", "Authorization": "Bearer a", "X-Token": "Bearer b", "X-Key": "c", "Cookie": "d=e"}
    reply = running.call("POST", f"/menu/1.0.0{path}", headers=headers, body=body)
    assert reply.status == 200
    line = running.lines[-1]
    return {name: line[name] for name in DETAILS if name in line}


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ({}, []),
        ({"": "OFF"}, []),
        ({"": "BASIC"}, []),
        ({"": "STANDARD"}, ["request_headers", "response_headers"]),
        ({"": "FULL"}, list(DETAILS)),
        ({"": "FULL", "POST /items": "OFF"}, []),
        ({"POST /items": "FULL"}, list(DETAILS)),
        ({"POST /orders": "FULL"}, []),
    ],
)
def test_a_level_says_how_much(running: Running, levels: dict[str, str], told: list[str]) -> None:
    assert list(logged(running, levels)) == told


def test_credentials_are_never_written(running: Running) -> None:
    cookie = (("set-cookie", "session=secret"), ("x-kitchen", "east"))
    running.world.backend.reply = BackendReply(status=200, headers=cookie, body=b"{}")
    found = logged(running, {"": "FULL"})
    assert found["request_headers"] == {
        "x-table": "7",
        "authorization": HIDDEN,
        "x-token": HIDDEN,
        "x-key": HIDDEN,
        "cookie": HIDDEN,
    }
    assert (found["response_headers"]["set-cookie"], found["response_headers"]["x-kitchen"]) == (HIDDEN, "east")
    assert (found["request_body"], found["response_body"]) == ("soup", "{}")


def test_of_bodies_the_beginning_is_written_if_they_are_texts(running: Running) -> None:
    long = logged(running, {"": "FULL"}, body=b"x" * (BODY_CHARACTERS_MAX + 1))["request_body"]
    assert (len(long), long[-1]) == (BODY_CHARACTERS_MAX + 1, "…")
    assert logged(running, {"": "FULL"}, body=b"\xff\xfe")["request_body"] == "(2 bytes that are no text)"
