"""The gateway serves an API in the environments that it is deployed in, which calls reach by their hosts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.dataplane.client_address import seen_through
from gatehouse.domain.artifact import Artifact, Withdrawal, environment_key, revision_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import DeployedApi, DeployedOperation
from tests.calls import API_ID, backend, menu_api
from tests.worlds.gateway import Running

OPEN = DeployedOperation(verb="GET", target="/*", authenticated=False)


@pytest.fixture
def running() -> Running:
    return Running()


def environment(running: Running, name: str, *hosts: str, own: tuple[str, ...] = ()) -> None:
    body = {"hosts": list(hosts), "own_hosts": list(own)}
    running.world.artifacts.publish([Artifact(environment_key(SUPER_TENANT, name), body)])


def place(running: Running, name: str, **changes: Any) -> None:
    """Deploy the menu in one environment more."""
    api = replace(menu(**changes), environment=name)
    running.world.artifacts.publish([Artifact(revision_key(SUPER_TENANT, api.id, name), api.to_body())])


def withdraw(running: Running, api_id: str = API_ID) -> None:
    """Serve it in the stage's own environment no longer."""
    running.world.artifacts.publish([Withdrawal(revision_key(SUPER_TENANT, api_id))])


def menu(**changes: Any) -> DeployedApi:
    return menu_api(operations=(OPEN,), **changes)


def served(running: Running, host: str) -> int:
    """The revision that a call to this host reaches, 0 for none."""
    reply = running.call("GET", "/menu/1.0.0/items", headers={"host": host})
    return running.lines[-1]["api_revision"] if reply.status != 404 else 0


def test_an_api_is_served_where_it_is_deployed_and_nowhere_else(running: Running) -> None:
    environment(running, "eu", "eu.example")
    running.world.deploy(menu(revision=1))
    assert (served(running, "gateway.example"), served(running, "eu.example")) == (1, 0)
    place(running, "eu", revision=2)
    assert (served(running, "gateway.example"), served(running, "EU.example:8243")) == (1, 2)
    assert running.lines[-1]["gateway_environment"] == "eu"


def test_an_api_that_is_deployed_elsewhere_is_not_found_at_the_stage_s_own_hosts(running: Running) -> None:
    environment(running, "eu", "eu.example")
    running.world.deploy(menu(revision=1))
    place(running, "eu", revision=1)
    withdraw(running)
    assert (served(running, "gateway.example"), served(running, ""), served(running, "eu.example")) == (0, 0, 1)


def test_a_host_that_environments_share_serves_what_is_deployed_in_any_of_them(running: Running) -> None:
    environment(running, "a", "shared.example")
    environment(running, "b", "shared.example")
    running.world.deploy(menu(revision=1))
    place(running, "b", revision=3)
    assert served(running, "shared.example") == 3
    place(running, "a", revision=2)
    running.world.clock.advance(60)
    assert served(running, "shared.example") == 2


def test_the_gateway_s_own_host_serves_its_own_environment_first(running: Running) -> None:
    environment(running, "test", "localhost", own=("localhost",))
    place(running, "test", revision=2)
    running.world.deploy(menu(revision=1))
    assert served(running, "localhost:8243") == 1
    withdraw(running)
    running.world.clock.advance(60)
    assert served(running, "localhost:8243") == 2


def test_an_api_is_served_at_the_host_that_was_chosen_for_it(running: Running) -> None:
    environment(running, "eu", "one.example", "two.example")
    running.world.deploy(menu(revision=1))
    place(running, "eu", revision=2, host="two.example")
    assert (served(running, "one.example"), served(running, "two.example")) == (0, 2)


def test_a_longer_base_path_of_another_environment_hides_nothing(running: Running) -> None:
    environment(running, "eu", "eu.example")
    running.world.deploy(menu(revision=1))
    longer = menu(revision=7, id="longer", base_path="/menu/1.0.0/items")
    running.world.deploy(longer)
    withdraw(running, "longer")
    place(running, "eu", revision=7, id="longer", base_path="/menu/1.0.0/items")
    assert (served(running, "gateway.example"), served(running, "eu.example")) == (1, 7)


def test_a_new_environment_serves_as_soon_as_it_is_asked_for(running: Running) -> None:
    running.world.deploy(menu(revision=1))
    assert served(running, "eu.example") == 1
    place(running, "eu", revision=2)
    environment(running, "eu", "eu.example")
    running.world.clock.advance(60)
    assert served(running, "eu.example") == 2


def test_answers_of_one_environment_s_backend_are_not_given_in_another(running: Running) -> None:
    environment(running, "eu", "eu.example")
    running.world.deploy(menu(revision=1, cache_seconds=60))
    place(running, "eu", revision=1, cache_seconds=60, production=backend("https://eu.backend.example"))
    for host in ("gateway.example", "eu.example"):
        running.call("GET", "/menu/1.0.0/items", headers={"host": host})
    assert len(running.world.backend.requests) == 2


@pytest.mark.parametrize(("proxy", "host"), [("10.0.0.1", "eu.example"), ("192.0.2.1", "gateway.example")])
def test_a_trusted_proxy_says_which_host_was_called_and_nobody_else(running: Running, proxy: str, host: str) -> None:
    headers = {"host": "gateway.example", "x-forwarded-host": "eu.example, cdn.example"}
    call = running.world.call("GET", "/menu/1.0.0/items", headers=headers, source_ip=proxy)
    assert seen_through(call, ("10.0.0.0/8",)).host == host
