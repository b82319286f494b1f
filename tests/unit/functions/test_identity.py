"""Users over SCIM, through the surface."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.artifact import RevocationKind, revocation_key
from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.people.identity import ADMIN, SUBSCRIBER, SUPER_TENANT
from tests import logs
from tests.callers import OTHER_TENANT, PASSWORD, Reply
from tests.events import basic, bearer
from tests.worlds.identity import MANAGEMENT_URL, USERS, IdentityWorld


@pytest.fixture
def world() -> IdentityWorld:
    return IdentityWorld()


def refused(world: IdentityWorld, reply: Reply, status: int, named: str = "") -> dict[str, Any]:
    document: dict[str, Any] = reply.json
    assert (reply.status, document["status"]) == (status, str(status))
    assert document["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert reply.headers["Content-Type"] == "application/scim+json"
    assert named in document["detail"]
    assert world.users.writes == 0
    return document


def test_201_a_new_user_is_answered_with_an_address_and_without_a_password(world: IdentityWorld) -> None:
    reply = world.add(
        "sarah",
        SUBSCRIBER,
        schemas=["urn:ietf:params:scim:schemas:core:2.0:User"],
        name={"givenName": "Sarah", "familyName": "Connor"},
        emails=["sarah@example.com", {"value": "s@example.com", "type": "work", "primary": True}],
    )
    assert reply.status == 201
    location = f"{MANAGEMENT_URL}{USERS}/{reply.json['id']}"
    assert reply.headers["Location"] == location
    assert reply.headers["Content-Type"] == "application/scim+json"
    assert reply.json == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": reply.json["id"],
        "userName": "sarah",
        "active": True,
        "name": {"givenName": "Sarah", "familyName": "Connor"},
        "emails": [{"value": "sarah@example.com"}, {"value": "s@example.com", "type": "work", "primary": True}],
        "groups": reply.json["groups"],
        "roles": [{"value": "Internal/everyone"}, {"value": "Internal/subscriber"}],
        "meta": {
            "resourceType": "User",
            "created": "2023-11-14T22:13:20Z",
            "lastModified": "2023-11-14T22:13:20Z",
            "location": location,
            "version": 'W/"1"',
        },
    }
    assert world.scim("GET", f"{USERS}/{reply.json['id']}").json == reply.json


def test_201_the_new_user_logs_in_and_has_the_rights_of_the_roles(world: IdentityWorld) -> None:
    world.add("sarah", SUBSCRIBER)
    caller = world.callers.log_in("sarah", "sesame")
    assert "apim:subscribe" in caller.scopes
    assert "apim:admin" not in caller.scopes


def test_201_without_a_password_nobody_logs_in_until_one_is_set(world: IdentityWorld) -> None:
    user = world.scim("POST", USERS, {"userName": "sarah"})
    assert user.status == 201
    for password in ("", "sesame"):
        with pytest.raises(Unauthenticated):
            world.callers.log_in("sarah", password)
    world.patch(f"{USERS}/{user.json['id']}", {"op": "add", "path": "password", "value": "sesame"})
    assert world.callers.log_in("sarah", "sesame").user == "sarah"


def test_201_a_user_without_roles_has_everyones(world: IdentityWorld) -> None:
    assert world.add("sarah").json["roles"] == [{"value": "Internal/everyone"}]


def test_201_the_tenant_in_a_name_is_the_callers_own(world: IdentityWorld) -> None:
    assert world.add("sarah@carbon.super").json["userName"] == "sarah"
    body = {"userName": f"sarah@{OTHER_TENANT}", "password": "sesame"}
    reply = world.scim("POST", USERS, body, by=f"admin@{OTHER_TENANT}")
    assert (reply.status, reply.json["userName"]) == (201, f"sarah@{OTHER_TENANT}")
    assert world.users.get(OTHER_TENANT, "sarah") is not None


@pytest.mark.parametrize("name", ["sarah", "SARAH"])
def test_409_a_name_that_is_taken_in_any_case(world: IdentityWorld, name: str) -> None:
    world.add("sarah")
    world.users.writes = 0
    assert refused(world, world.add(name), 409)["scimType"] == "uniqueness"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"userName": None}, "userName"),
        ({"userName": ""}, "userName"),
        ({"userName": "ab"}, "userName"),
        ({"userName": "x" * 256}, "userName"),
        ({"userName": "sarah connor"}, "userName"),
        ({"userName": "sarah:connor"}, "userName"),
        ({"userName": "sarah#connor"}, "userName"),
        ({"userName": f"sarah@{OTHER_TENANT}"}, "userName: ends with the name of another tenant"),
        ({"userName": 7}, "userName"),
        ({"password": "1234"}, "password: must have at least 5"),
        ({"password": "x" * 1025}, "password: may have at most 1024"),
        ({"roles": [{"value": "no-such-role"}]}, "roles: there is no role 'no-such-role'"),
        ({"roles": ["admin"]}, "roles[0]"),
        ({"active": "perhaps"}, "active"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_400_a_wrong_field_is_named_and_nothing_is_written(
    world: IdentityWorld, body: dict[str, Any], named: str
) -> None:
    document = {"userName": "sarah", "password": "sesame", **body}
    document = {name: value for name, value in document.items() if value is not None}
    refused(world, world.scim("POST", USERS, document), 400, named)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", USERS), ("GET", USERS), ("GET", f"{USERS}/x"), ("PUT", f"{USERS}/x"), ("DELETE", f"{USERS}/x")],
)
@pytest.mark.parametrize("by", [None, "mary", "unheard-of"])
def test_401_only_administrators(world: IdentityWorld, method: str, path: str, by: str | None) -> None:
    body = {"userName": "sarah", "password": "sesame"} if method in {"POST", "PUT"} else None
    refused(world, world.scim(method, path, body, by=by), 401)


def test_403_a_token_of_an_administrator_who_is_none_any_more(world: IdentityWorld) -> None:
    second = world.add("second", ADMIN).json
    token = world.token("second", "apim:admin")
    assert world.scim("GET", USERS, by=None, headers=bearer(token)).status == 200
    user = world.users.by_id(SUPER_TENANT, second["id"])
    assert user is not None
    world.users.save(replace(user, roles=frozenset()))
    world.users.writes = 0
    refused(world, world.scim("GET", USERS, by=None, headers=bearer(token)), 403)


class TestReading:
    def test_a_page_of_the_tenants_users_by_name(self, world: IdentityWorld) -> None:
        page = world.scim("GET", USERS, query={"startIndex": 2, "count": 2}).json
        assert page["totalResults"] == 6
        assert (page["startIndex"], page["itemsPerPage"]) == (2, 2)
        assert [user["userName"] for user in page["Resources"]] == ["carol", "gone"]

    @pytest.mark.parametrize(
        ("query", "count"),
        [({}, 6), ({"count": 0}, 0), ({"startIndex": 0}, 6), ({"count": -1}, 0), ({"startIndex": 100}, 0)],
    )
    def test_odd_pages_are_answered_as_the_rfc_says(
        self, world: IdentityWorld, query: dict[str, int], count: int
    ) -> None:
        page = world.scim("GET", USERS, query=query).json
        assert (len(page["Resources"]), page["totalResults"]) == (count, 6)

    @pytest.mark.parametrize("query", [{"count": "many"}, {"startIndex": "1.5"}, {"filter": 'colour eq "red"'}])
    def test_400_what_is_not_understood_is_named(self, world: IdentityWorld, query: dict[str, str]) -> None:
        refused(world, world.scim("GET", USERS, query=query), 400, next(iter(query)))

    @pytest.mark.parametrize(
        ("name", "found"), [("mary", 1), ("MARY", 1), ("mary@carbon.super", 1), ("nope", 0), ("", 0)]
    )
    def test_a_user_is_found_by_name(self, world: IdentityWorld, name: str, found: int) -> None:
        page = world.scim("GET", USERS, query={"filter": f'userName eq "{name}"'}).json
        assert page["totalResults"] == len(page["Resources"]) == found

    def test_404_a_user_of_another_tenant_is_as_absent_as_none(self, world: IdentityWorld) -> None:
        body = {"userName": "sarah", "password": "sesame"}
        other = world.scim("POST", USERS, body, by=f"admin@{OTHER_TENANT}").json
        world.users.writes = 0
        hidden = world.scim("GET", f"{USERS}/{other['id']}")
        absent = world.scim("GET", f"{USERS}/2b1f6b9e-6f0e-4a58-9d7e-0a0b7a2c3d4e")
        refused(world, hidden, 404)
        assert hidden.text == absent.text

    @pytest.mark.parametrize("user_id", ["x", "mary", "x" * 3000])
    def test_404_what_cannot_be_an_id(self, world: IdentityWorld, user_id: str) -> None:
        refused(world, world.scim("GET", f"{USERS}/{user_id}"), 404)


class TestReplacing:
    def put(self, world: IdentityWorld, user: dict[str, Any], **changes: Any) -> Reply:
        document = {name: value for name, value in {**user, **changes}.items() if value is not None}
        return world.scim("PUT", f"{USERS}/{user['id']}", document)

    def revoked(self, world: IdentityWorld, name: str = "sarah") -> bool:
        return world.artifacts.get([revocation_key(SUPER_TENANT, RevocationKind.USER, name)]) != [None]

    def test_200_what_was_read_can_be_sent_back(self, world: IdentityWorld) -> None:
        user = world.add("sarah", SUBSCRIBER, name={"givenName": "Sarah"}).json
        assert self.put(world, user).json == user
        assert world.users.writes == 1  # when she was added
        assert not self.revoked(world)

    def test_200_roles_that_are_not_mentioned_stay(self, world: IdentityWorld) -> None:
        user = world.add("sarah", SUBSCRIBER).json
        assert self.put(world, user, roles=None).json["roles"] == user["roles"]

    def test_200_more_roles_leave_tokens_alone(self, world: IdentityWorld) -> None:
        user = world.add("sarah").json
        self.put(world, user, roles=[{"value": SUBSCRIBER}])
        assert world.callers.log_in("sarah", "sesame").roles >= {SUBSCRIBER}
        assert not self.revoked(world)

    @pytest.mark.parametrize("changes", [{"roles": []}, {"active": False}, {"password": "another"}])
    def test_200_whatever_takes_a_right_away_voids_the_tokens(
        self, world: IdentityWorld, changes: dict[str, Any]
    ) -> None:
        user = world.add("sarah", SUBSCRIBER).json
        assert self.put(world, user, **changes).status == 200
        assert self.revoked(world)

    def test_200_the_password_changes(self, world: IdentityWorld) -> None:
        user = world.add("sarah").json
        self.put(world, user, password="another")
        assert world.callers.log_in("sarah", "another").user == "sarah"

    def test_400_the_name_stays(self, world: IdentityWorld) -> None:
        user = world.add("sarah").json
        world.users.writes = 0
        refused(world, self.put(world, user, userName="jane"), 400, "userName")

    @pytest.mark.parametrize("changes", [{"roles": []}, {"active": False}])
    def test_403_nobody_takes_their_own_rights_away(self, world: IdentityWorld, changes: dict[str, Any]) -> None:
        second = world.add("second", ADMIN).json
        world.users.writes = 0
        document = {**second, **changes}
        reply = world.scim("PUT", f"{USERS}/{second['id']}", document, by=None, headers=basic("second", "sesame"))
        refused(world, reply, 403)

    def test_404_an_unknown_user(self, world: IdentityWorld) -> None:
        body = {"userName": "sarah", "id": "2b1f6b9e-6f0e-4a58-9d7e-0a0b7a2c3d4e"}
        refused(world, self.put(world, body), 404)


class TestDeleting:
    def test_204_a_deleted_user_is_gone_and_the_tokens_are_void(self, world: IdentityWorld) -> None:
        user = world.add("sarah", SUBSCRIBER).json
        token = world.token("sarah", "apim:subscribe")
        reply = world.scim("DELETE", f"{USERS}/{user['id']}")
        assert (reply.status, reply.text) == (204, "")
        assert world.scim("GET", f"{USERS}/{user['id']}").status == 404
        world.add("sarah", ADMIN)
        with pytest.raises(Unauthenticated):
            world.callers.identify(bearer(token))

    def test_403_oneself(self, world: IdentityWorld) -> None:
        second = world.add("second", ADMIN).json
        world.users.writes = 0
        path = f"{USERS}/{second['id']}"
        refused(world, world.scim("DELETE", path, by=None, headers=basic("second", "sesame")), 403)

    def test_404_an_unknown_user(self, world: IdentityWorld) -> None:
        refused(world, world.scim("DELETE", f"{USERS}/2b1f6b9e-6f0e-4a58-9d7e-0a0b7a2c3d4e"), 404)


def test_no_password_is_logged(world: IdentityWorld) -> None:
    with logs.collected() as output:
        user = world.add("sarah", password="first-secret").json
        world.scim("PUT", f"{USERS}/{user['id']}", {"userName": "sarah", "password": "second-secret"})
        world.scim("POST", USERS, {"userName": "sarah", "password": "third-secret"})
    text = output.getvalue()
    assert text.count('"message":"call"') == 3
    assert "-secret" not in text
    assert PASSWORD not in text
