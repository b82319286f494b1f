"""Which roles have which rights, as a tenant's administrator sets it; and that it holds for who logs in."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from gatehouse.controlplane.oauth.scope_grant import ScopeGrant
from gatehouse.domain.people.identity import ADMIN, SUPER_TENANT
from tests.callers import OTHER_TENANT, callers
from tests.fakes.clock import StoppedClock
from tests.worlds.admin import AdminWorld

SCOPES, ALIASES = "/system-scopes", "/system-scopes/role-aliases"


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def bind(world: AdminWorld, scope: str, *roles: str, **parts: Any) -> Any:
    return world.call("PUT", SCOPES, {"list": [{"name": scope, "roles": list(roles)}]}, **parts)


def roles_of(world: AdminWorld, scope: str, **parts: Any) -> list[str]:
    page = world.call("GET", SCOPES, **parts).json
    assert page["count"] == len(page["list"])
    return next(one["roles"] for one in page["list"] if one["name"] == scope)


def scopes(world: AdminWorld, name: str) -> frozenset[str]:
    return callers(artifacts=world.artifacts).log_in(name, "open sesame").scopes


def test_200_what_nobody_has_set_is_wso2_s(world: AdminWorld) -> None:
    assert roles_of(world, "apim:api_create") == ["Internal/creator", "admin"]
    assert world.call("GET", ALIASES).json == {"count": 0, "list": []}


def test_200_a_scope_is_bound_anew_for_who_logs_in_and_for_tokens_and_the_others_stay(world: AdminWorld) -> None:
    assert "apim:api_create" not in scopes(world, "mary")
    assert bind(world, "apim:api_create", "Internal/subscriber").status == 200
    assert roles_of(world, "apim:api_create") == ["Internal/subscriber", "admin"]
    assert roles_of(world, "apim:api_publish") == ["Internal/publisher", "admin"]
    assert "apim:api_create" in scopes(world, "mary")
    assert "apim:api_create" not in scopes(world, "carol")
    grant = ScopeGrant(artifacts=world.artifacts)
    wanted = ("apim:api_create", "apim:api_publish")
    assert grant(SUPER_TENANT, frozenset({"Internal/subscriber"}), wanted) == ("apim:api_create",)
    assert grant(OTHER_TENANT, frozenset({"Internal/subscriber"}), wanted) == ("default",)


def test_who_logs_in_again_costs_no_look_up_and_a_change_holds_within_the_bound(world: AdminWorld) -> None:
    clock = StoppedClock()
    known = replace(callers(artifacts=world.artifacts), clock=clock, bindings_seconds=5.0)

    def may_create() -> bool:
        return "apim:api_create" in known.log_in("mary", "open sesame").scopes

    assert not may_create()
    bind(world, "apim:api_create", "Internal/subscriber")
    before = world.artifacts.reads
    assert not may_create()
    assert world.artifacts.reads == before
    clock.advance(5)
    assert may_create()


def test_200_an_administrator_keeps_every_scope(world: AdminWorld) -> None:
    bind(world, "apim:admin")
    assert roles_of(world, "apim:admin") == [ADMIN]
    assert world.call("GET", SCOPES).status == 200


def test_200_a_role_may_be_called_otherwise(world: AdminWorld) -> None:
    body = {"list": [{"role": "Internal/creator", "aliases": ["Internal/subscriber", "Makers"]}]}
    told = world.call("PUT", ALIASES, body)
    assert told.json == {
        "count": 1,
        "list": [{"role": "Internal/creator", "aliases": ["Internal/subscriber", "Makers"]}],
    }
    assert "apim:api_create" in scopes(world, "mary")
    world.call("PUT", ALIASES, {"list": []})
    assert "apim:api_create" not in scopes(world, "mary")


def test_200_what_was_read_can_be_sent_back(world: AdminWorld) -> None:
    page = world.call("GET", SCOPES).json
    assert world.call("PUT", SCOPES, page).json == page


def test_bindings_are_the_tenants_own(world: AdminWorld) -> None:
    bind(world, "apim:api_create", "Internal/subscriber")
    assert roles_of(world, "apim:api_create", by=f"admin@{OTHER_TENANT}") == ["Internal/creator", "admin"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"list": [{"name": "apim:colour", "roles": []}]}, "list.apim:colour"),
        ({"list": [{"name": "apim:api_create", "roles": ["x"] * 101}]}, "list.apim:api_create"),
        ({"list": [{"name": "apim:api_create"}]}, "list.0.roles"),
    ],
)
def test_400_what_is_wrong_is_named(world: AdminWorld, body: Any, named: str) -> None:
    reply = world.call("PUT", SCOPES, body)
    assert (reply.status, named in reply.json["description"]) == (400, True)


def test_nobody_gives_themselves_rights_by_binding_scopes(world: AdminWorld) -> None:
    bind(world, "apim:scope_manage", "Internal/subscriber")
    assert bind(world, "apim:admin", "Internal/subscriber", by="mary").status == 403
    assert roles_of(world, "apim:admin") == [ADMIN]
    assert bind(world, "apim:admin", "Internal/creator", by="carol").status == 401


@pytest.mark.parametrize(
    ("user", "scope", "status"),
    [
        ("mary", "apim:subscribe", 200),
        ("mary", "apim:admin", 404),
        ("unheard-of", "apim:subscribe", 404),
        (f"mary@{OTHER_TENANT}", "apim:subscribe", 404),
        ("mary", "apim:colour", 404),
    ],
)
def test_whether_a_user_has_a_scope(world: AdminWorld, user: str, scope: str, status: int) -> None:
    name = base64.urlsafe_b64encode(scope.encode()).decode().rstrip("=")
    reply = world.call("GET", f"{SCOPES}/{name}", query={"username": user})
    assert reply.status == status
    assert status == 404 or reply.json == {"name": scope}
