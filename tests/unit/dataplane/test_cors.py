"""Cross-origin calls of browsers (Fetch standard)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.publishing.deployed import Cors, DeployedOperation
from tests.calls import menu_api

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

SHOP = "https://shop.example.com"


def permission(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {name: value for name, value in headers if name.startswith("access-control-")}


def test_200_for_a_preflight_with_the_verbs_of_the_path(running: Running) -> None:
    running.world.deploy(menu_api(cors=Cors(methods=("GET", "PUT"), headers=("authorization",))))
    reply = running.call("OPTIONS", headers={"Origin": SHOP})
    assert (reply.status, reply.body) == (200, b"")
    assert permission(reply.headers) == {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET",
        "access-control-allow-headers": "authorization",
    }
    assert running.world.backend.requests == []


def test_404_for_a_preflight_on_a_path_that_is_not_there(running: Running) -> None:
    running.world.deploy(menu_api(cors=Cors()))
    assert running.call("OPTIONS", "/menu/1.0.0/nothing").status == 404


def test_405_for_options_where_cors_is_off(running: Running) -> None:
    assert running.call("OPTIONS").status == 405


def test_an_api_may_answer_options_itself(running: Running) -> None:
    options = DeployedOperation(verb="OPTIONS", target="/items", authenticated=False)
    running.world.deploy(menu_api(cors=Cors(), operations=(options,)))
    assert running.call("OPTIONS").status == 200
    assert len(running.world.backend.requests) == 1


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        ((SHOP,), True),
        (("https://other.example.com", SHOP), True),
        (("https://*.example.com",), True),
        (("https://*.example.org",), False),
        (("https://example.com",), False),
        (("http://shop.example.com",), False),
    ],
)
def test_an_origin_is_allowed_by_name_or_wildcard(running: Running, origins: tuple[str, ...], *, allowed: bool) -> None:
    running.world.deploy(menu_api(cors=Cors(origins=origins, credentials=True)))
    reply = running.call("OPTIONS", headers={"Origin": SHOP})
    assert reply.status == 200
    assert permission(reply.headers).get("access-control-allow-origin") == (SHOP if allowed else None)
    assert ("access-control-allow-credentials" in permission(reply.headers)) is allowed


@pytest.mark.parametrize("origin", ["https://evil.com/.example.com", "https://evil.com?.example.com", "null", ""])
def test_a_wildcard_stands_for_a_part_of_a_host_name_only(running: Running, origin: str) -> None:
    running.world.deploy(menu_api(cors=Cors(origins=("https://*.example.com",))))
    assert permission(running.call("OPTIONS", headers={"Origin": origin}).headers) == {}


def test_answers_and_errors_can_be_read_by_the_page(running: Running) -> None:
    running.world.deploy(menu_api(cors=Cors(origins=(SHOP,))))
    served = running.call(token=running.world.token(), headers={"Origin": SHOP})
    refused = running.call(headers={"Origin": SHOP})
    assert (served.status, refused.status) == (200, 401)
    assert permission(served.headers)["access-control-allow-origin"] == SHOP
    assert permission(refused.headers)["access-control-allow-origin"] == SHOP
