"""An administrator gives applications and APIs from one user to another, through the admin interface."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.apis.api import Api
from gatehouse.domain.applications.application import Application, ApplicationKey, ApplicationStatus
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.artifact import client_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.lifecycle import LifecycleState
from tests.callers import OTHER_TENANT
from tests.worlds.admin import AdminWorld


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def application(world: AdminWorld, name: str = "Kiosk", owner: str = "mary", **more: Any) -> Application:
    return world.applications.add(
        Application(tenant=SUPER_TENANT, id=f"{owner}-{name}", name=name, owner=owner, policy="10PerMin", **more)
    )


def key(world: AdminWorld, kept: Application) -> ApplicationKey:
    client = world.key_manager.create_client(
        tenant=SUPER_TENANT, owner=kept.owner, name=kept.name, grant_types=["client_credentials"]
    )
    made = ApplicationKey(
        tenant=SUPER_TENANT, application_id=kept.id, id="k", key_type=KeyType.PRODUCTION, client_id=client.client_id
    )
    return world.key_uses.add(made, kept)


def api(world: AdminWorld, name: str = "Pizza", provider: str = "carol", **document: Any) -> Api:
    return world.apis.add(
        Api(
            tenant=SUPER_TENANT,
            id=name.lower(),
            name=name,
            version="1.0.0",
            context=f"/{name.lower()}",
            provider=provider,
            state=LifecycleState.PUBLISHED,
            document={"operations": [], **document},
            definition="",
            created_at=1,
            updated_at=1,
            updated_by=provider,
        ),
        [],
    )


class TestApplications:
    def test_200_an_application_moves_with_its_client_and_what_the_gateway_knows(self, world: AdminWorld) -> None:
        kept = application(world)
        made = key(world, kept)
        assert world.call("POST", f"/applications/{kept.id}/change-owner", query={"owner": "john"}).status == 200
        assert [one.id for one in world.applications.owned(SUPER_TENANT, "john")] == [kept.id]
        assert world.applications.owned(SUPER_TENANT, "mary") == []
        assert world.key_manager.clients[SUPER_TENANT, made.client_id].owner == "john"
        (grant,) = world.artifacts.get([client_key(SUPER_TENANT, made.client_id)])
        assert grant["owner"] == "john@carbon.super"  # type: ignore[index]
        again = world.call("POST", f"/applications/{kept.id}/change-owner", query={"owner": "John@carbon.super"})
        assert again.status == 200

    def test_200_settings_take_an_owner_and_show_the_application(self, world: AdminWorld) -> None:
        kept = application(world)
        path = f"/applications/{kept.id}/change-settings"
        assert world.call("POST", path, {"tokenType": "JWT"}).json["owner"] == "mary"
        assert world.call("POST", path, {"owner": "john", "tokenType": "JWT"}).json["owner"] == "john"
        assert world.call("POST", path, {"tokenType": "OAUTH"}).status == 400

    @pytest.mark.parametrize(
        ("owner", "expected"),
        [("nobody-else", (404, 900603)), (f"mary@{OTHER_TENANT}", (400, 400)), ("gold", (409, 900301))],
    )
    def test_it_is_given_to_a_user_of_the_tenant_who_has_none_of_its_name(
        self, world: AdminWorld, owner: str, expected: tuple[int, int]
    ) -> None:
        kept = application(world)
        application(world, "kiosk", owner="gold")
        reply = world.call("POST", f"/applications/{kept.id}/change-owner", query={"owner": owner})
        assert (reply.status, reply.json["code"]) == expected
        assert [one.id for one in world.applications.owned(SUPER_TENANT, "mary")] == [kept.id]

    def test_400_one_that_waits_or_ends_stays(self, world: AdminWorld) -> None:
        kept = application(world, status=ApplicationStatus.CREATED)
        reply = world.call("POST", f"/applications/{kept.id}/change-owner", query={"owner": "john"})
        assert (reply.status, reply.json["code"]) == (400, 900309)

    def test_404_another_tenant_s(self, world: AdminWorld) -> None:
        kept = application(world)
        path = f"/applications/{kept.id}/change-owner"
        assert world.call("POST", path, query={"owner": "mary"}, by=f"admin@{OTHER_TENANT}").status == 404


class TestApis:
    def test_200_apis_are_found_though_their_providers_hide_them(self, world: AdminWorld) -> None:
        api(world), api(world, "Secret", accessControl="RESTRICTED", accessControlRoles=["bosses"])
        found = world.call("GET", "/apis").json
        assert found["apis"] == [
            {"id": "pizza", "name": "Pizza", "version": "1.0.0", "provider": "carol"},
            {"id": "secret", "name": "Secret", "version": "1.0.0", "provider": "carol"},
        ]
        found = world.call("GET", "/apis", query={"query": "secr", "limit": "1"}).json
        assert ([one["id"] for one in found["apis"]], found["count"], found["pagination"]["total"]) == (
            ["secret"],
            1,
            1,
        )

    def test_200_an_api_is_given_to_another_provider(self, world: AdminWorld) -> None:
        api(world)
        assert world.call("POST", "/apis/pizza/change-provider", query={"provider": "paul"}).status == 200
        assert (world.apis.get(SUPER_TENANT, "pizza").provider, world.apis.summaries(SUPER_TENANT)[0].provider) == (
            "paul",
            "paul",
        )
        written = world.apis.writes
        assert world.call("POST", "/apis/pizza/change-provider", query={"provider": "paul"}).status == 200
        assert world.apis.writes == written

    @pytest.mark.parametrize(
        ("path", "provider", "status"),
        [
            ("/apis/pizza/change-provider", "nobody-else", 404),
            ("/apis/pizza/change-provider", f"mary@{OTHER_TENANT}", 400),
            ("/apis/pizza/change-provider", "", 400),
            ("/apis/unheard/change-provider", "paul", 404),
        ],
    )
    def test_an_api_is_given_to_a_user_of_the_tenant(
        self, world: AdminWorld, path: str, provider: str, status: int
    ) -> None:
        api(world)
        assert world.call("POST", path, query={"provider": provider}).status == status
        assert world.apis.get(SUPER_TENANT, "pizza").provider == "carol"
