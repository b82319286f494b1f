"""Who may change whom: no escalation, no last administrator gone, nothing across tenants, oneself within limits."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.people.identity import ADMIN, SUPER_TENANT
from tests.callers import OTHER_TENANT
from tests.events import basic, bearer
from tests.worlds.identity import GROUPS, ME, USERS, IdentityWorld

OTHER_ADMIN = f"admin@{OTHER_TENANT}"


@pytest.fixture
def world() -> IdentityWorld:
    return IdentityWorld()


def admins(world: IdentityWorld) -> list[str]:
    return [member.name for member in world.roles.members(SUPER_TENANT, ADMIN)]


def everything(world: IdentityWorld) -> list[tuple[str, str, Any]]:
    """A request to every operation that changes or shows somebody else."""
    mary = world.users.get(SUPER_TENANT, "mary")
    assert mary is not None
    group = next(role for role in world.roles.all(SUPER_TENANT) if role.name == ADMIN)
    user, role = f"{USERS}/{mary.id}", f"{GROUPS}/{group.id}"
    join = {"Operations": [{"op": "add", "path": "members", "value": [{"value": mary.id}]}]}
    rise = {"Operations": [{"op": "add", "path": "roles", "value": [{"value": ADMIN}]}]}
    return [
        ("GET", USERS, None),
        ("POST", USERS, {"userName": "eve", "password": "sesame", "roles": [{"value": ADMIN}]}),
        ("POST", f"{USERS}/.search", {"filter": "userName pr"}),
        ("GET", user, None),
        ("PUT", user, {"userName": "mary", "roles": [{"value": ADMIN}]}),
        ("PATCH", user, rise),
        ("DELETE", user, None),
        ("GET", GROUPS, None),
        ("POST", GROUPS, {"displayName": "gold", "members": [{"value": mary.id}]}),
        ("POST", f"{GROUPS}/.search", {"filter": "displayName pr"}),
        ("GET", role, None),
        ("PUT", role, {"displayName": ADMIN, "members": [{"value": mary.id}]}),
        ("PATCH", role, join),
        ("DELETE", role, None),
        ("POST", "/scim2/.search", {"filter": "id pr"}),
        (
            "POST",
            "/scim2/Bulk",
            {"Operations": [{"method": "PATCH", "path": f"/Users/{mary.id}", "data": rise}]},
        ),
    ]


class TestEscalation:
    @pytest.mark.parametrize("number", range(16))
    @pytest.mark.parametrize("by", [None, "mary", "nobody", "carol", "gone"])
    def test_401_only_administrators_do_anything_to_others(
        self, world: IdentityWorld, number: int, by: str | None
    ) -> None:
        method, path, body = everything(world)[number]
        reply = world.scim(method, path, body, by=by)
        assert reply.status == 401
        assert world.users.writes == 0

    def test_the_list_is_complete(self, world: IdentityWorld) -> None:
        tried = {(method, path.split("/")[2], path.count("/")) for method, path, _ in everything(world)}
        served = {
            (operation.method, operation.path.split("/")[1], operation.path.count("/") + 1)
            for operation in world.interface.operations
            if operation.authenticated and operation.path != "/Me"
        }
        assert tried == served

    @pytest.mark.parametrize("scopes", [(), ("apim:subscribe",), ("openid",), ("apim:api_create", "orders")])
    def test_401_a_token_without_the_scope_even_of_an_administrator(
        self, world: IdentityWorld, scopes: tuple[str, ...]
    ) -> None:
        token = bearer(world.token("admin", *scopes))
        for method, path, body in everything(world):
            assert world.scim(method, path, body, by=None, headers=token).status == 401
        assert world.users.writes == 0

    def test_403_a_token_with_the_scope_of_somebody_who_is_no_administrator(self, world: IdentityWorld) -> None:
        token = bearer(world.token("mary", "apim:admin"))
        for method, path, body in everything(world):
            reply = world.scim(method, path, body, by=None, headers=token)
            assert 403 in {reply.status, *(int(one["status"]) for one in (reply.json or {}).get("Operations", ()))}
        assert world.users.writes == 0
        assert admins(world) == ["admin"]

    @pytest.mark.parametrize(
        "operation",
        [
            {"op": "add", "path": "roles", "value": [{"value": ADMIN}]},
            {"op": "replace", "value": {"roles": [{"value": ADMIN}]}},
            {"op": "replace", "path": "active", "value": False},
            {"op": "add", "path": "groups", "value": [{"value": "x"}]},
            {"op": "replace", "path": "userName", "value": "admin"},
            {"op": "replace", "path": "id", "value": "x"},
        ],
    )
    def test_nobody_gives_themselves_a_right(self, world: IdentityWorld, operation: dict[str, Any]) -> None:
        before = world.users.get(SUPER_TENANT, "mary")
        assert world.patch(ME, operation, by="mary").status in {400, 403}
        assert world.users.get(SUPER_TENANT, "mary") == before

    def test_403_nobody_gives_themselves_a_right_by_saying_everything_anew(self, world: IdentityWorld) -> None:
        body = {"userName": "mary", "roles": [{"value": ADMIN}, {"value": "Internal/everyone"}]}
        assert world.scim("PUT", ME, body, by="mary").status == 403
        assert admins(world) == ["admin"]


class TestTheLastAdministrator:
    def test_403_nobody_takes_their_own_right_by_whatever_way(self, world: IdentityWorld) -> None:
        second = world.add("second", ADMIN).json
        group = world.group(ADMIN)
        me = basic("second", "sesame")
        gone = {"op": "remove", "path": f'members[value eq "{second["id"]}"]'}
        world.users.writes = 0
        answers = [
            world.patch(f"{GROUPS}/{group['id']}", gone, by=None, headers=me),
            world.scim("PUT", f"{GROUPS}/{group['id']}", {"displayName": ADMIN}, by=None, headers=me),
            world.patch(f"{USERS}/{second['id']}", {"op": "remove", "path": "roles"}, by=None, headers=me),
            world.patch(
                f"{USERS}/{second['id']}", {"op": "replace", "path": "active", "value": False}, by=None, headers=me
            ),
            world.scim("DELETE", f"{USERS}/{second['id']}", by=None, headers=me),
            world.scim("DELETE", ME, by=None, headers=me),
        ]
        assert [reply.status for reply in answers] == [403] * len(answers)
        assert world.users.writes == 0

    def test_200_one_of_two_may_take_the_others(self, world: IdentityWorld) -> None:
        second = world.add("second", ADMIN).json
        gone = {"op": "remove", "path": f'members[value eq "{second["id"]}"]'}
        assert world.patch(f"{GROUPS}/{world.group(ADMIN)['id']}", gone).status == 200
        assert admins(world) == ["admin"]


class TestAcrossTenants:
    def test_what_is_another_tenant_s_is_as_absent_as_nothing(self, world: IdentityWorld) -> None:
        absent = "2b1f6b9e-6f0e-4a58-9d7e-0a0b7a2c3d4e"
        for method, path, body in everything(world):
            if path.count("/") != 3 or path.endswith(".search"):
                continue
            hidden = world.scim(method, path, body, by=OTHER_ADMIN)
            nothing = world.scim(method, f"{path.rpartition('/')[0]}/{absent}", body, by=OTHER_ADMIN)
            assert (hidden.status, hidden.text) == (404, nothing.text)
        assert world.users.writes == 0

    def test_400_a_member_of_another_tenant(self, world: IdentityWorld) -> None:
        mary = world.users.get(SUPER_TENANT, "mary")
        assert mary is not None
        body = {"displayName": "gold", "members": [{"value": mary.id}]}
        assert world.scim("POST", GROUPS, body, by=OTHER_ADMIN).status == 400
        assert world.users.writes == 0

    @pytest.mark.parametrize("by", ["admin", f"mary@{OTHER_TENANT}", None])
    def test_401_a_tenant_s_address_is_for_its_own(self, world: IdentityWorld, by: str | None) -> None:
        assert world.scim("GET", f"/t/{OTHER_TENANT}{USERS}", by=by).status == 401

    def test_200_a_tenant_s_address_serves_its_own(self, world: IdentityWorld) -> None:
        page = world.scim("GET", f"/t/{OTHER_TENANT}{USERS}", by=OTHER_ADMIN).json
        assert page["totalResults"] == 2
        made = world.scim("POST", f"/t/{OTHER_TENANT}{USERS}", {"userName": "eve"}, by=OTHER_ADMIN)
        assert made.json["userName"] == f"eve@{OTHER_TENANT}"
        assert world.scim("GET", f"/t/{OTHER_TENANT}{ME}", by=OTHER_ADMIN).json["userName"] == OTHER_ADMIN

    def test_401_an_unknown_tenant_s_address_answers_alike(self, world: IdentityWorld) -> None:
        known, unknown = (world.scim("GET", f"/t/{domain}{USERS}") for domain in (OTHER_TENANT, "nowhere.example"))
        assert (known.status, known.text) == (unknown.status, unknown.text) == (401, known.text)


class TestOneself:
    @pytest.mark.parametrize("by", ["mary", "nobody", OTHER_ADMIN])
    def test_200_everybody_reads_themselves(self, world: IdentityWorld, by: str) -> None:
        assert world.scim("GET", ME, by=by).json["userName"] == by

    def test_200_everybody_changes_their_profile_and_password(self, world: IdentityWorld) -> None:
        reply = world.patch(
            ME,
            {"op": "add", "path": "emails", "value": [{"value": "m@example.com"}]},
            {"op": "replace", "path": "password", "value": "another"},
            by="nobody",
        )
        assert (reply.status, reply.json["emails"]) == (200, [{"value": "m@example.com"}])
        assert world.callers.log_in("nobody", "another").user == "nobody"

    def test_200_what_was_read_can_be_sent_back(self, world: IdentityWorld) -> None:
        me = world.scim("GET", ME, by="mary").json
        assert world.scim("PUT", ME, me, by="mary").json == me
        assert world.users.writes == 0

    def test_200_reading_with_any_token_and_401_writing_with_one_for_calling_apis(self, world: IdentityWorld) -> None:
        token = bearer(world.token("mary", "orders"))
        assert world.scim("GET", ME, by=None, headers=token).status == 200
        change = {"op": "replace", "path": "password", "value": "another"}
        assert world.patch(ME, change, by=None, headers=token).status == 401
        assert world.scim("DELETE", ME, by=None, headers=token).status == 401
        assert world.users.writes == 0
        token = bearer(world.token("mary", "apim:subscribe"))
        assert world.patch(ME, change, by=None, headers=token).status == 200

    def test_204_one_who_is_no_administrator_may_leave(self, world: IdentityWorld) -> None:
        assert world.scim("DELETE", ME, by="mary").status == 204
        assert world.users.get(SUPER_TENANT, "mary") is None
        assert world.scim("GET", ME, by="mary").status == 401
