"""WebSocket handshakes at APIs over HTTP: whose page may open one, and what becomes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.errors import Unavailable
from gatehouse.domain.publishing.deployed import Cors
from tests.calls import menu_api
from tests.worlds.graphql import graphql_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

SHOP, EVIL = "https://shop.example", "https://evil.example"
HANDSHAKE = {"Connection": "Upgrade", "Upgrade": "websocket"}


def greeted(running: Running, *, origins: tuple[str, ...] = (SHOP,), **headers: str) -> Reply:
    running.world.deploy(menu_api(cors=Cors(origins=origins)))
    return running.call(token=running.world.token(), headers={**HANDSHAKE, **headers})


@pytest.mark.parametrize("origins", [(SHOP,), ("*",), ("https://*.example",)])
def test_the_handshake_of_a_page_that_may_is_answered_over_http(running: Running, origins: tuple[str, ...]) -> None:
    assert greeted(running, origins=origins, Origin=SHOP).status == 200
    (sent,) = running.world.backend.requests
    assert not {"upgrade", "connection"} & set(sent.headers)


@pytest.mark.parametrize("asking", [HANDSHAKE, {"Connection": "keep-alive, upgrade", "Upgrade": "WebSocket, h2c"}])
@pytest.mark.parametrize("origin", [EVIL, "null", ""])
def test_403_900425_for_any_other_page(running: Running, asking: dict[str, str], origin: str) -> None:
    reply = greeted(running, **asking, Origin=origin)
    assert (reply.status, json.loads(reply.body)["code"]) == (403, "900425")
    assert not running.world.backend.requests


def test_403_900425_at_a_graphql_api_too(running: Running) -> None:
    running.world.deploy(replace(graphql_api(), cors=Cors(origins=(SHOP,))))
    reply = running.call("GET", "/menu/1.0.0", headers={**HANDSHAKE, "Origin": EVIL})
    assert (reply.status, json.loads(reply.body)["code"]) == (403, "900425")


@pytest.mark.parametrize(
    "headers",
    [
        {**HANDSHAKE},  # no browser
        {"Upgrade": "websocket", "Origin": EVIL},
        {"Connection": "Upgrade", "Upgrade": "h2c", "Origin": EVIL},
    ],
)
def test_what_is_no_handshake_of_a_page_is_a_call_like_any(running: Running, headers: dict[str, str]) -> None:
    running.world.deploy(menu_api(cors=Cors(origins=(SHOP,))))
    assert running.call(token=running.world.token(), headers=headers).status == 200


def test_where_cors_is_off_no_origin_is_looked_at(running: Running) -> None:
    assert running.call(token=running.world.token(), headers={**HANDSHAKE, "Origin": EVIL}).status == 200


def test_503_900424_for_a_handshake_that_cannot_be_checked(running: Running) -> None:
    def down(*_: Any) -> Any:
        raise Unavailable

    running.world.artifacts.get = down  # type: ignore[method-assign]
    reply = greeted(running, Origin=SHOP)
    assert (reply.status, json.loads(reply.body)["code"]) == (503, "900424")
    assert dict(reply.headers)["retry-after"] == "1"
