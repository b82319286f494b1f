"""Tenants over `/api/server/v1/tenants`: made, found, closed and opened, by administrators of the super tenant alone."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.artifact import closed_key, tenant_revocation_key
from gatehouse.domain.people.identity import BUILT_IN_ROLES
from gatehouse.domain.throttling.policy import PolicyKind
from tests.callers import OTHER_TENANT
from tests.events import basic, bearer
from tests.worlds.identity import USERS, IdentityWorld, person

DOMAIN = "new.example"
TENANTS = "/tenants"


@pytest.fixture
def world() -> IdentityWorld:
    return IdentityWorld()


def wanted(domain: str = DOMAIN, **owner: Any) -> dict[str, Any]:
    told = {
        "username": "kim",
        "password": "sesame",
        "email": "kim@new.example",
        "firstname": "Kim",
        "lastname": "Lee",
        "provisioningMethod": "inline-password",
        **owner,
    }
    return {"domain": domain, "owners": [{name: value for name, value in told.items() if value is not None}]}


def made(world: IdentityWorld, domain: str = DOMAIN) -> dict[str, Any]:
    reply = world.server("POST", TENANTS, wanted(domain))
    assert reply.status == 201, reply.text
    return dict(reply.json)


def test_201_a_new_tenant_has_its_owner_roles_and_policies(world: IdentityWorld) -> None:
    reply = world.server("POST", TENANTS, wanted("New.Example"))
    assert reply.status == 201
    assert reply.headers["Location"] == f"/api/server/v1{TENANTS}/{reply.json['id']}"
    owner = world.users.get(DOMAIN, "kim")
    assert owner is not None
    assert reply.json == {
        "id": reply.json["id"],
        "domain": DOMAIN,
        "owners": [{"id": owner.id, "username": f"kim@{DOMAIN}"}],
        "lifecycleStatus": {"activated": True},
        "createdDate": "2023-11-14T22:13:20Z",
    }
    assert world.tenants.roles(DOMAIN) == set(BUILT_IN_ROLES)
    assert world.policies.all(DOMAIN, PolicyKind.APPLICATION)
    me = world.scim("GET", "/scim2/Me", by=None, headers=basic(f"kim@{DOMAIN}", "sesame")).json
    assert (me["name"], me["emails"]) == (
        {"givenName": "Kim", "familyName": "Lee"},
        [{"value": "kim@new.example", "primary": True}],
    )


def test_200_it_is_read_by_id_by_domain_and_in_the_list(world: IdentityWorld) -> None:
    tenant = made(world)
    made(world, "another.example")
    assert world.server("GET", f"{TENANTS}/{tenant['id']}").json == tenant
    assert world.server("GET", f"{TENANTS}/domain/{DOMAIN}").json == tenant
    assert world.server("HEAD", f"{TENANTS}/domain/{DOMAIN}").status == 200
    assert world.server("GET", f"{TENANTS}/{tenant['id']}/owners").json == tenant["owners"]
    owner = world.server("GET", f"{TENANTS}/{tenant['id']}/owners/{tenant['owners'][0]['id']}").json
    assert (owner["username"], owner["email"], owner["firstname"]) == ("kim", "kim@new.example", "Kim")
    page = world.server("GET", TENANTS, query={"limit": 1, "offset": 1}).json
    assert (page["totalResults"], page["startIndex"], page["count"]) == (3, 2, 1)
    assert [one["domain"] for one in page["tenants"]] == [OTHER_TENANT]
    found = world.server("GET", TENANTS, query={"filter": 'domainName sw "new"'}).json
    assert [one["domain"] for one in found["tenants"]] == [DOMAIN]
    assert world.server("GET", TENANTS, query={"filter": "colour eq red"}).status == 400


def test_409_a_domain_that_is_taken(world: IdentityWorld) -> None:
    made(world)
    for domain in (DOMAIN, DOMAIN.upper(), OTHER_TENANT, "carbon.super"):
        assert world.server("POST", TENANTS, wanted(domain)).status == 409


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (wanted("nodots"), "domain"),
        (wanted("a..b"), "domain"),
        (wanted("-a.example"), "domain"),
        (wanted("a.example/x"), "domain"),
        (wanted("a#b.example"), "domain"),
        (wanted("x" * 250 + ".example"), "domain"),
        (wanted(username="x"), "userName"),
        (wanted(password="1234"), "password"),
        (wanted(password=None), "owners.0.password"),
        (wanted(provisioningMethod="invite-via-email"), "owners.0.provisioningMethod"),
        ({"domain": DOMAIN, "owners": []}, "owners"),
        ({"domain": DOMAIN}, "owners"),
    ],
)
def test_400_what_is_wrong_is_named_and_no_tenant_is_made(
    world: IdentityWorld, body: dict[str, Any], named: str
) -> None:
    before = world.tenants.all()
    reply = world.server("POST", TENANTS, body)
    assert (reply.status, named in reply.json["description"]) == (400, True), reply.text
    assert world.tenants.all() == before
    assert world.users.writes == 0


def test_what_broke_off_is_completed_by_repeating_it(world: IdentityWorld) -> None:
    made(world)
    owner = world.users.get(DOMAIN, "kim")
    assert owner is not None
    world.users.remove(owner)
    assert world.server("POST", TENANTS, wanted()).status == 201
    assert world.users.get(DOMAIN, "kim") is not None


class TestClosing:
    def put(self, world: IdentityWorld, tenant: dict[str, Any], *, activated: bool) -> Any:
        return world.server("PUT", f"{TENANTS}/{tenant['id']}/lifecycle-status", {"activated": activated})

    def test_200_the_call_path_is_told_and_told_again_when_it_opens(self, world: IdentityWorld) -> None:
        tenant = made(world)
        closed = self.put(world, tenant, activated=False)
        assert (closed.status, closed.json["lifecycleStatus"]) == (200, {"activated": False})
        assert world.artifacts.get([closed_key(DOMAIN)]) == [{}]
        assert world.artifacts.epoch(DOMAIN)["apis"] >= 1
        assert self.put(world, tenant, activated=True).json["lifecycleStatus"] == {"activated": True}
        assert world.artifacts.get([closed_key(DOMAIN)]) == [None]

    def test_403_nobody_signs_up_in_a_closed_tenant(self, world: IdentityWorld) -> None:
        self.put(world, made(world), activated=False)
        body = {"user": {"username": f"eve@{DOMAIN}", "password": "sesame"}}
        assert world.account("/user/v1.0/me", body).status == 403

    def test_403_the_super_tenant_stays_open(self, world: IdentityWorld) -> None:
        super_tenant = world.server("GET", f"{TENANTS}/domain/carbon.super").json
        assert self.put(world, super_tenant, activated=False).status == 403


class TestDeleting:
    @pytest.mark.parametrize("path", ["", "/metadata"])
    def test_204_everything_goes_and_the_domain_is_free(self, world: IdentityWorld, path: str) -> None:
        tenant = made(world)
        token = bearer(world.token("kim", "apim:admin", tenant=DOMAIN))
        assert world.server("DELETE", f"{TENANTS}/{tenant['id']}{path}").status == 204
        assert world.server("GET", f"{TENANTS}/{tenant['id']}").status == 404
        assert world.users.all(DOMAIN) == []
        assert world.scim("GET", USERS, by=None, headers=token).status == 401
        assert made(world)["id"] != tenant["id"]
        assert world.artifacts.get([closed_key(DOMAIN)]) == [None]

    def test_503_in_steps_that_are_repeated_while_nobody_of_it_gets_in(self, world: IdentityWorld) -> None:
        tenant = made(world)
        world.users.fill(person(f"user{number}", tenant=DOMAIN) for number in range(3))
        world.estate.items = 2
        path = f"{TENANTS}/{tenant['id']}"
        assert world.server("DELETE", path).status == 503
        assert world.server("GET", path).json["lifecycleStatus"] == {"activated": False}
        assert world.server("PUT", f"{path}/lifecycle-status", {"activated": True}).status == 400
        assert world.server("POST", TENANTS, wanted()).status == 409
        assert world.artifacts.get([closed_key(DOMAIN)]) == [{}]
        assert world.artifacts.get([tenant_revocation_key(DOMAIN)]) == [{"before": int(world.clock.now())}]
        assert world.server("DELETE", path).status == 204

    def test_403_the_super_tenant_stays(self, world: IdentityWorld) -> None:
        super_tenant = world.server("GET", f"{TENANTS}/domain/carbon.super").json
        assert world.server("DELETE", f"{TENANTS}/{super_tenant['id']}").status == 403


REQUESTS: list[tuple[str, str, Any]] = [
    ("POST", TENANTS, wanted()),
    ("GET", TENANTS, None),
    ("GET", f"{TENANTS}/{{id}}", None),
    ("GET", f"{TENANTS}/domain/{OTHER_TENANT}", None),
    ("HEAD", f"{TENANTS}/domain/{OTHER_TENANT}", None),
    ("GET", f"{TENANTS}/{{id}}/owners", None),
    ("GET", f"{TENANTS}/{{id}}/owners/x", None),
    ("PUT", f"{TENANTS}/{{id}}/lifecycle-status", {"activated": False}),
    ("DELETE", f"{TENANTS}/{{id}}", None),
    ("DELETE", f"{TENANTS}/{{id}}/metadata", None),
]


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
@pytest.mark.parametrize(("by", "status"), [(None, 401), ("mary", 401), (f"admin@{OTHER_TENANT}", 403)])
def test_only_administrators_of_the_super_tenant(
    world: IdentityWorld, method: str, path: str, body: Any, by: str | None, status: int
) -> None:
    other = world.tenants.get(OTHER_TENANT)
    assert other is not None
    before = world.tenants.all()
    assert world.server(method, path.format(id=other.id), body, by=by).status == status
    token = bearer(world.token("mary", "apim:admin"))
    assert world.server(method, path.format(id=other.id), body, by=None, headers=token).status == 403
    assert world.tenants.all() == before
    assert world.users.writes == 0


@pytest.mark.parametrize("tenant_id", ["x", "2b1f6b9e-6f0e-4a58-9d7e-0a0b7a2c3d4e", "x" * 3000])
def test_404_an_unknown_tenant(world: IdentityWorld, tenant_id: str) -> None:
    assert world.server("GET", f"{TENANTS}/{tenant_id}").status == 404
    assert world.server("GET", f"{TENANTS}/domain/{tenant_id}").status == 404


def test_the_new_tenant_s_administrator_keeps_it_and_nothing_else(world: IdentityWorld) -> None:
    made(world)
    kim = basic(f"kim@{DOMAIN}", "sesame")
    body = {"userName": "lou", "password": "sesame", "roles": [{"value": "Internal/creator"}]}
    user = world.scim("POST", USERS, body, by=None, headers=kim).json
    assert user["userName"] == f"lou@{DOMAIN}"
    assert world.scim("GET", USERS, by=None, headers=kim).json["totalResults"] == 2
    assert world.scim("GET", f"{USERS}/{user['id']}").status == 404
