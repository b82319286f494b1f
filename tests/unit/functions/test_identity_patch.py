"""PATCH of users and groups (RFC 7644 §3.5.2), versions (§3.14), and the ways in which clients write them."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.artifact import RevocationKind, revocation_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.identity import GROUPS, USERS, IdentityWorld, person

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ABSENT = "2b1f6b9e-6f0e-4a58-9d7e-0a0b7a2c3d4e"


@pytest.fixture
def world() -> IdentityWorld:
    return IdentityWorld()


@pytest.fixture
def sarah(world: IdentityWorld) -> dict[str, Any]:
    return dict(
        world.add(
            "sarah",
            "Internal/subscriber",
            name={"givenName": "Sarah", "familyName": "Connor"},
            emails=[{"value": "s@work.example", "type": "work"}, {"value": "s@home.example", "type": "home"}],
            phoneNumbers=[{"value": "1", "type": "work"}],
        ).json
    )


def revoked(world: IdentityWorld, name: str = "sarah") -> bool:
    return world.artifacts.get([revocation_key(SUPER_TENANT, RevocationKind.USER, name)]) != [None]


@pytest.mark.parametrize(
    ("operation", "attribute", "value"),
    [
        (
            {"op": "replace", "path": "name.familyName", "value": "Reese"},
            "name",
            {"givenName": "Sarah", "familyName": "Reese"},
        ),
        ({"op": "add", "path": "name", "value": {"formatted": "S. C."}}, "name", None),
        ({"op": "remove", "path": "name.givenName"}, "name", {"familyName": "Connor"}),
        ({"op": "Replace", "path": "displayName", "value": "S"}, "displayName", "S"),
        ({"op": "replace", "value": {"nickName": "Sal"}}, "nickName", "Sal"),
        (
            {"op": "add", "path": "phoneNumbers", "value": [{"value": "2", "type": "mobile"}]},
            "phoneNumbers",
            [{"value": "1", "type": "work"}, {"value": "2", "type": "mobile"}],
        ),
        (
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@work.example"},
            "emails",
            [{"value": "new@work.example", "type": "work"}, {"value": "s@home.example", "type": "home"}],
        ),
        ({"op": "remove", "path": 'emails[type eq "home"]'}, "emails", [{"value": "s@work.example", "type": "work"}]),
        (
            {"op": "add", "path": f"{ENTERPRISE}:organization", "value": "Sales"},
            ENTERPRISE,
            {"organization": "Sales"},
        ),
        ({"op": "add", "value": {ENTERPRISE: {"department": "7"}}}, ENTERPRISE, {"department": "7"}),
        ({"op": "replace", "path": "active", "value": "False"}, "active", False),
    ],
)
def test_200_a_part_of_a_user_changes_and_the_rest_stays(
    world: IdentityWorld, sarah: dict[str, Any], operation: dict[str, Any], attribute: str, value: Any
) -> None:
    world.clock.advance(60)
    reply = world.patch(f"{USERS}/{sarah['id']}", operation)
    assert reply.status == 200, reply.text
    if value is not None:
        assert reply.json[attribute] == value
    unchanged = set(sarah) - {attribute, "meta", "schemas"}
    assert {name: reply.json[name] for name in unchanged} == {name: sarah[name] for name in unchanged}
    assert reply.json["meta"]["lastModified"] == "2023-11-14T22:14:20Z"
    assert world.scim("GET", f"{USERS}/{sarah['id']}").json == reply.json


def test_200_a_new_password_holds_and_voids_the_tokens(world: IdentityWorld, sarah: dict[str, Any]) -> None:
    reply = world.patch(f"{USERS}/{sarah['id']}", {"op": "replace", "path": "password", "value": "open seseme"})
    assert reply.status == 200
    assert "seseme" not in reply.text
    assert world.callers.log_in("sarah", "open seseme").user == "sarah"
    assert revoked(world)


def test_200_roles_are_given_and_taken(world: IdentityWorld, sarah: dict[str, Any]) -> None:
    path = f"{USERS}/{sarah['id']}"
    world.patch(path, {"op": "add", "path": "roles", "value": [{"value": "Internal/creator"}]})
    assert not revoked(world)
    reply = world.patch(path, {"op": "remove", "path": 'roles[value eq "Internal/subscriber"]'})
    assert [role["value"] for role in reply.json["roles"]] == ["Internal/creator", "Internal/everyone"]
    assert revoked(world)


@pytest.mark.parametrize(
    ("operation", "keyword"),
    [
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
        ({"op": "replace", "path": "userName", "value": "jane"}, "mutability"),
        ({"op": "add", "path": "groups", "value": [{"value": ABSENT}]}, "mutability"),
        ({"op": "replace", "path": "meta.created", "value": "2020-01-01T00:00:00Z"}, "mutability"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "path": "emails[", "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": "colour", "value": "red"}, None),
        ({"op": "multiply", "path": "displayName", "value": "x"}, "invalidValue"),
        ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
        ({"op": "replace", "path": "password", "value": "1234"}, "invalidValue"),
        ({"op": "add", "path": "roles", "value": [{"value": "no-such-role"}]}, "invalidValue"),
    ],
)
def test_400_what_cannot_be_changed_says_why_and_nothing_is_written(
    world: IdentityWorld, sarah: dict[str, Any], operation: dict[str, Any], keyword: str | None
) -> None:
    world.users.writes = 0
    reply = world.patch(f"{USERS}/{sarah['id']}", {"op": "replace", "path": "title", "value": "Dr."}, operation)
    assert reply.status == 400, reply.text
    assert keyword in {None, reply.json["scimType"]}
    assert world.users.writes == 0


@pytest.mark.parametrize("body", [None, [], {}, {"Operations": []}, {"Operations": [7]}, {"Operations": "x"}])
def test_400_what_is_no_patch(world: IdentityWorld, sarah: dict[str, Any], body: Any) -> None:
    assert world.scim("PATCH", f"{USERS}/{sarah['id']}", body).status == 400


def test_412_a_change_of_a_version_that_is_past(world: IdentityWorld, sarah: dict[str, Any]) -> None:
    path, version = f"{USERS}/{sarah['id']}", {"If-Match": sarah["meta"]["version"]}
    change = {"op": "replace", "path": "title", "value": "Dr."}
    assert world.patch(path, change, headers=version).status == 200
    world.users.writes = 0
    answers = (
        world.patch(path, change, headers=version),
        world.scim("PUT", path, {"userName": "sarah"}, headers=version),
        world.scim("DELETE", path, headers=version),
    )
    assert [(reply.status, reply.json["status"]) for reply in answers] == [(412, "412")] * 3
    assert world.users.writes == 0
    assert world.patch(path, change, headers={"If-Match": "*"}).status == 200


def test_304_for_a_version_that_the_client_has(world: IdentityWorld, sarah: dict[str, Any]) -> None:
    path = f"{USERS}/{sarah['id']}"
    read = world.scim("GET", path)
    assert read.headers["ETag"] == sarah["meta"]["version"]
    known = world.scim("GET", path, headers={"If-None-Match": read.headers["ETag"]})
    assert (known.status, known.text) == (304, "")
    world.patch(path, {"op": "replace", "path": "title", "value": "Dr."})
    assert world.scim("GET", path, headers={"If-None-Match": read.headers["ETag"]}).status == 200


class TestGroups:
    def test_201_a_new_role_with_members(self, world: IdentityWorld, sarah: dict[str, Any]) -> None:
        body = {"displayName": "gold", "externalId": "okta-7", "members": [{"value": sarah["id"]}]}
        made = world.scim("POST", GROUPS, body)
        assert made.status == 201
        assert made.json["members"] == [
            {
                "value": sarah["id"],
                "$ref": f"https://localhost:9443{USERS}/{sarah['id']}",
                "type": "User",
                "display": "sarah",
            }
        ]
        assert world.scim("GET", f"{GROUPS}/{made.json['id']}").json == made.json
        assert world.callers.log_in("sarah", "sesame").roles >= {"gold"}
        user = world.scim("GET", f"{USERS}/{sarah['id']}").json
        assert {"value": made.json["id"], "$ref": made.json["meta"]["location"], "display": "gold"} in user["groups"]

    @pytest.mark.parametrize("name", ["PRIMARY/gold", "gold"])
    def test_the_primary_user_store_s_prefix_is_no_part_of_a_name(self, world: IdentityWorld, name: str) -> None:
        made = world.scim("POST", GROUPS, {"displayName": name}).json
        assert made["displayName"] == "gold"
        assert world.scim("PUT", f"{GROUPS}/{made['id']}", {"displayName": name}).status == 200
        assert world.scim("POST", GROUPS, {"displayName": name}).json["scimType"] == "uniqueness"

    @pytest.mark.parametrize(
        ("body", "named"),
        [
            ({}, "displayName"),
            ({"displayName": ""}, "displayName"),
            ({"displayName": "a" * 256}, "displayName"),
            ({"displayName": "a<b"}, "displayName"),
            ({"displayName": "gold", "members": [{"value": ABSENT}]}, "members"),
            ({"displayName": "gold", "members": [{"value": "sarah"}]}, "members"),
            ({"displayName": "gold", "members": [{"value": ABSENT, "type": "Group"}]}, "members[0].type"),
            ({"displayName": "gold", "colour": "red"}, "colour"),
        ],
    )
    def test_400_a_wrong_group_is_not_made(self, world: IdentityWorld, body: dict[str, Any], named: str) -> None:
        reply = world.scim("POST", GROUPS, body)
        assert (reply.status, named in reply.json["detail"]) == (400, True), reply.text
        assert "gold" not in world.tenants.roles(SUPER_TENANT)

    def test_200_members_come_and_go_with_their_rights(self, world: IdentityWorld, sarah: dict[str, Any]) -> None:
        group = world.group("Internal/creator")
        path = f"{GROUPS}/{group['id']}"
        reply = world.patch(path, {"op": "add", "path": "members", "value": [{"value": sarah["id"]}]})
        assert [member["display"] for member in reply.json["members"]] == ["carol", "sarah"]
        assert "apim:api_create" in world.callers.log_in("sarah", "sesame").scopes
        assert not revoked(world)
        reply = world.patch(path, {"op": "remove", "path": f'members[value eq "{sarah["id"]}"]'})
        assert [member["display"] for member in reply.json["members"]] == ["carol"]
        assert "apim:api_create" not in world.callers.log_in("sarah", "sesame").scopes
        assert revoked(world)

    def test_200_entra_removes_members_by_value(self, world: IdentityWorld, sarah: dict[str, Any]) -> None:
        path = f"{GROUPS}/{world.group('Internal/subscriber')['id']}"
        reply = world.patch(path, {"op": "Remove", "path": "members", "value": [{"value": sarah["id"]}]})
        assert [member["display"] for member in reply.json["members"]] == ["gone", "mary"]

    def test_200_a_put_says_all_members_anew(self, world: IdentityWorld, sarah: dict[str, Any]) -> None:
        group = world.group("Internal/creator")
        body = {"displayName": "Internal/creator", "members": [{"value": sarah["id"]}]}
        reply = world.scim("PUT", f"{GROUPS}/{group['id']}", body, headers={"If-Match": group["meta"]["version"]})
        assert [member["display"] for member in reply.json["members"]] == ["sarah"]
        assert revoked(world, "carol")
        world.users.writes = 0
        again = world.scim("PUT", f"{GROUPS}/{group['id']}", body, headers={"If-Match": group["meta"]["version"]})
        assert (again.status, world.users.writes) == (412, 0)

    def test_400_everybody_has_internal_everyone(self, world: IdentityWorld, sarah: dict[str, Any]) -> None:
        path = f"{GROUPS}/{world.group('Internal/everyone')['id']}"
        world.users.writes = 0
        reply = world.patch(path, {"op": "remove", "path": f'members[value eq "{sarah["id"]}"]'})
        assert (reply.status, world.users.writes) == (400, 0)

    def test_400_a_group_keeps_its_name(self, world: IdentityWorld) -> None:
        path = f"{GROUPS}/{world.group('Internal/creator')['id']}"
        assert world.scim("PUT", path, {"displayName": "makers"}).status == 400
        reply = world.patch(path, {"op": "replace", "path": "displayName", "value": "makers"})
        assert reply.json["scimType"] == "mutability"

    def test_204_a_deleted_role_leaves_everybody(self, world: IdentityWorld, sarah: dict[str, Any]) -> None:
        made = world.scim("POST", GROUPS, {"displayName": "gold", "members": [{"value": sarah["id"]}]}).json
        assert world.scim("DELETE", f"{GROUPS}/{made['id']}").status == 204
        assert world.scim("GET", f"{GROUPS}/{made['id']}").status == 404
        assert "gold" not in world.callers.log_in("sarah", "sesame").roles
        assert revoked(world)

    def test_403_a_role_of_the_product_stays(self, world: IdentityWorld) -> None:
        path = f"{GROUPS}/{world.group('Internal/creator')['id']}"
        assert world.scim("DELETE", path).status == 403
        assert world.scim("GET", path).status == 200

    @pytest.mark.parametrize("role_id", [ABSENT, "x", "x" * 3000])
    def test_404_an_unknown_group(self, world: IdentityWorld, role_id: str) -> None:
        assert world.scim("GET", f"{GROUPS}/{role_id}").status == 404

    def test_304_for_a_version_that_the_client_has(self, world: IdentityWorld, sarah: dict[str, Any]) -> None:
        path = f"{GROUPS}/{world.group('Internal/creator')['id']}"
        version = {"If-None-Match": world.scim("GET", path).headers["ETag"]}
        assert world.scim("GET", path, headers=version).status == 304
        world.patch(path, {"op": "add", "path": "members", "value": [{"value": sarah["id"]}]})
        assert world.scim("GET", path, headers=version).status == 200

    def test_a_group_of_many_is_removed_in_steps(self, world: IdentityWorld) -> None:
        made = world.scim("POST", GROUPS, {"displayName": "gold"}).json
        role = world.roles.by_id(SUPER_TENANT, made["id"])
        assert role is not None
        world.users.fill(person(f"user{number:03}", "gold") for number in range(250))
        assert world.scim("DELETE", f"{GROUPS}/{made['id']}").status == 503
        assert world.scim("GET", f"{GROUPS}/{made['id']}").status == 200
        assert world.scim("DELETE", f"{GROUPS}/{made['id']}").status == 204
        assert world.roles.members(SUPER_TENANT, "gold") == []
