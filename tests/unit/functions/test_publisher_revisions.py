"""What of an API leaves the publisher: revisions, what the gateway is told of them, and never a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.artifact import revision_key, route_key, scope_key, state_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.publisher import ENDPOINTS, PublisherWorld, api, blamed

if TYPE_CHECKING:
    from tests.callers import Reply

UNHEARD = "00000000-0000-0000-0000-000000000000"
DEFAULT = {"name": "Default"}
COOK = {"scope": {"name": "cook", "bindings": ["kitchen"]}}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture
def pizza(world: PublisherWorld) -> str:
    """The id of an API."""
    return str(world.design()["id"])


def deployed(world: PublisherWorld, api_id: str) -> str:
    """The id of a revision that is served."""
    revision_id = str(world.revision(api_id)["id"])
    assert world.deploy(api_id, revision_id).status == 201
    return revision_id


def undeploy(world: PublisherWorld, api_id: str, *where: dict[str, Any], **query: str) -> Reply:
    return world.call("POST", f"/apis/{api_id}/undeploy-revision", list(where) or None, query=query)


def restore(world: PublisherWorld, api_id: str, revision_id: str) -> Reply:
    return world.call("POST", f"/apis/{api_id}/restore-revision", query={"revisionId": revision_id})


def listed(world: PublisherWorld, api_id: str, query: str = "") -> list[str]:
    found = world.made("GET", f"/apis/{api_id}/revisions", query={"query": query})
    assert found["count"] == len(found["list"])
    return [revision["displayName"] for revision in found["list"]]


def served(world: PublisherWorld, api_id: str) -> list[Any]:
    """What the gateway finds of an API of the default name: its route, its revision, its state."""
    keys = (
        route_key(SUPER_TENANT, "/pizza/1.0.0"),
        revision_key(SUPER_TENANT, api_id),
        state_key(SUPER_TENANT, api_id),
    )
    return [world.artifact(key) for key in keys]


def test_201_a_revision_reads_as_it_was_answered(world: PublisherWorld, pizza: str) -> None:
    made = world.call("POST", f"/apis/{pizza}/revisions", {"description": "First"})
    assert made.status == 201
    assert made.headers["Location"] == f"/api/am/publisher/v4/apis/{pizza}/revisions/{made.json['id']}"
    assert (made.json["displayName"], made.json["description"]) == ("Revision 1", "First")
    assert (made.json["createdTime"], made.json["apiInfo"]) == ("2023-11-14T22:13:20Z", {"id": pizza})
    assert world.made("GET", f"/apis/{pizza}/revisions/{made.json['id']}") == made.json


def test_200_revisions_are_listed_by_whether_they_are_deployed(world: PublisherWorld, pizza: str) -> None:
    world.revision(pizza)
    deployed(world, pizza)
    assert listed(world, pizza) == ["Revision 1", "Revision 2"]
    assert listed(world, pizza, "deployed:true") == ["Revision 2"]
    assert listed(world, pizza, "deployed:false") == ["Revision 1"]
    assert blamed(world.call("GET", f"/apis/{pizza}/revisions", query={"query": "deployed:maybe"})) == ["query"]


def test_400_more_than_twenty_revisions_and_no_number_twice(world: PublisherWorld, pizza: str) -> None:
    *_, last = [world.revision(pizza)["id"] for _ in range(20)]
    refused = world.call("POST", f"/apis/{pizza}/revisions", {})
    assert (refused.status, refused.json["code"]) == (400, 900351)
    world.made("DELETE", f"/apis/{pizza}/revisions/{last}")
    assert world.revision(pizza)["displayName"] == "Revision 21"


def test_200_deleting_a_revision_answers_those_that_are_left(world: PublisherWorld, pizza: str) -> None:
    first = world.revision(pizza)["id"]
    world.revision(pizza)
    left = world.made("DELETE", f"/apis/{pizza}/revisions/{first}")
    assert [revision["displayName"] for revision in left["list"]] == ["Revision 2"]
    assert world.call("DELETE", f"/apis/{pizza}/revisions/{first}").status == 404


def test_400_a_deployed_revision_is_not_deleted(world: PublisherWorld, pizza: str) -> None:
    revision_id = deployed(world, pizza)
    refused = world.call("DELETE", f"/apis/{pizza}/revisions/{revision_id}")
    assert (refused.status, refused.json["code"]) == (400, 900348)
    assert "Default" in refused.json["description"]
    assert listed(world, pizza) == ["Revision 1"]


def test_404_a_revision_that_the_api_does_not_have(world: PublisherWorld, pizza: str) -> None:
    foreign = world.revision(world.design("Burger")["id"])["id"]
    before = world.writes
    for revision_id in (UNHEARD, foreign):
        asked = [
            world.call("GET", f"/apis/{pizza}/revisions/{revision_id}"),
            world.call("DELETE", f"/apis/{pizza}/revisions/{revision_id}"),
            world.deploy(pizza, revision_id),
            undeploy(world, pizza, revisionId=revision_id),
            restore(world, pizza, revision_id),
        ]
        assert [(reply.status, reply.json["code"]) for reply in asked] == [(404, 900347)] * len(asked)
    assert world.writes == before


def test_201_a_deployed_revision_is_what_the_gateway_serves(world: PublisherWorld, pizza: str) -> None:
    revision_id = world.revision(pizza)["id"]
    assert served(world, pizza) == [None, None, None]
    answer = world.deploy(pizza, revision_id, {**DEFAULT, "vhost": "eat.example", "displayOnDevportal": False})
    assert answer.status == 201
    assert answer.json == world.made("GET", f"/apis/{pizza}/deployments")
    assert answer.json == world.made("GET", f"/apis/{pizza}/revisions/{revision_id}")["deploymentInfo"]
    (shown,) = answer.json
    assert (shown["revisionUuid"], shown["name"], shown["vhost"]) == (revision_id, "Default", "eat.example")
    assert shown["displayOnDevportal"] is False
    route, revision, state = served(world, pizza)
    assert (route, state) == ({"api_id": pizza}, {"state": "CREATED"})
    assert [(one["verb"], one["target"]) for one in revision["operations"]] == [("GET", "/menu")]


def test_a_context_with_the_version_in_it_is_the_route(world: PublisherWorld) -> None:
    made = world.design(context="/{version}/pizza")
    deployed(world, made["id"])
    assert world.artifact(route_key(SUPER_TENANT, "/1.0.0/pizza")) == {"api_id": made["id"]}


def test_an_edit_reaches_no_caller_until_it_is_deployed(world: PublisherWorld, pizza: str) -> None:
    deployed(world, pizza)
    before = served(world, pizza)
    edited = api(operations=[{"verb": "PUT", "target": "/order", "authType": "None", "throttlingPolicy": "10KPerMin"}])
    world.made("PUT", f"/apis/{pizza}", edited)
    assert served(world, pizza) == before
    again = world.deploy(pizza, world.revision(pizza)["id"], DEFAULT)
    assert again.json[0]["vhost"] == "gateway.example"  # the gateway's own, when none is asked for
    (operation,) = served(world, pizza)[1]["operations"]
    assert (operation["verb"], operation["target"]) == ("PUT", "/order")
    assert listed(world, pizza, "deployed:true") == ["Revision 2"]


@pytest.mark.parametrize(
    ("wanted", "field", "code"),
    [
        ([], "", 400),
        ([DEFAULT, DEFAULT], "", 400),
        ([DEFAULT, {"name": "Moon"}], "1.name", 903233),
        ([{**DEFAULT, "vhost": "no host"}], "0.vhost", 900512),
        ({"name": "Default"}, "", 400),
        ([{"vhost": "gateway.example"}], "name", 400),
    ],
)
def test_400_names_where_nothing_can_be_deployed(
    world: PublisherWorld, pizza: str, wanted: Any, field: str, code: int
) -> None:
    revision = {"revisionId": world.revision(pizza)["id"]}
    refused = world.call("POST", f"/apis/{pizza}/deploy-revision", wanted, query=revision)
    assert (blamed(refused), refused.json["code"]) == ([field], code)
    assert served(world, pizza) == [None, None, None]


FTP = {**ENDPOINTS, "production_endpoints": {"url": "ftp://backend.example"}}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"endpointConfig": None}, "endpointConfig.endpoint_type"),
        ({"endpointConfig": FTP}, "endpointConfig.production_endpoints.url"),
        ({"type": "SSE", "operations": None}, "type"),
    ],
)
def test_400_names_what_the_gateway_cannot_serve(world: PublisherWorld, more: dict[str, Any], field: str) -> None:
    api_id = world.design(**more)["id"]
    assert blamed(world.deploy(api_id, world.revision(api_id)["id"])) == [field]
    assert served(world, api_id) == [None, None, None]


@pytest.mark.parametrize("where", [(), (DEFAULT,)])
def test_201_an_undeployed_revision_is_served_no_longer(
    world: PublisherWorld, pizza: str, where: tuple[dict[str, Any], ...]
) -> None:
    revision_id = deployed(world, pizza)
    answer = undeploy(world, pizza, *where, revisionId=revision_id)
    assert (answer.status, answer.json) == (201, [])
    assert served(world, pizza) == [None, None, None]
    assert listed(world, pizza, "deployed:true") == []


def test_201_a_revision_is_undeployed_by_its_number_everywhere(world: PublisherWorld, pizza: str) -> None:
    deployed(world, pizza)
    answer = undeploy(world, pizza, {"name": "Moon"}, revisionNumber="1", allEnvironments="true")
    assert (answer.status, answer.json) == (201, [])


@pytest.mark.parametrize(
    ("query", "where", "code"),
    [
        ({"revisionNumber": "1"}, [], 900356),
        ({"revisionNumber": "1"}, [DEFAULT], 900356),
        ({"revisionNumber": "7"}, [], 903228),
    ],
)
def test_404_what_is_not_deployed_cannot_be_undeployed(
    world: PublisherWorld, pizza: str, query: dict[str, str], where: list[dict[str, Any]], code: int
) -> None:
    world.revision(pizza)
    deployed(world, pizza)
    refused = undeploy(world, pizza, *where, **query)
    assert (refused.status, refused.json["code"]) == (404, code)
    assert listed(world, pizza, "deployed:true") == ["Revision 2"]


def test_400_an_environment_that_is_not_there_ends_no_deployment(world: PublisherWorld, pizza: str) -> None:
    revision_id = deployed(world, pizza)
    assert blamed(undeploy(world, pizza, {"name": "Moon"}, revisionId=revision_id)) == ["0.name"]
    assert blamed(undeploy(world, pizza, DEFAULT)) == ["revisionId"]
    assert listed(world, pizza, "deployed:true") == ["Revision 1"]


def test_201_a_restored_api_is_what_the_revision_is_a_snapshot_of(world: PublisherWorld) -> None:
    made = world.design(tags=["old"], scopes=[COOK])
    path, revision_id = f"/apis/{made['id']}", world.revision(made["id"])["id"]
    swagger = world.made("GET", f"{path}/swagger")
    world.made("PUT", path, api(tags=["new"], operations=[{"verb": "PUT", "target": "/order"}]))
    assert world.artifact(scope_key(SUPER_TENANT, "cook")) is None
    assert restore(world, made["id"], revision_id).json == made
    assert world.made("GET", f"{path}/swagger") == swagger
    assert world.artifact(scope_key(SUPER_TENANT, "cook")) == {"roles": ["kitchen"]}


def test_400_what_another_api_has_taken_meanwhile_is_not_restored(world: PublisherWorld) -> None:
    made = world.design(scopes=[COOK])
    revision_id = world.revision(made["id"])["id"]
    bare = world.made("PUT", f"/apis/{made['id']}", api())
    world.design("Burger", scopes=[COOK])
    refused = restore(world, made["id"], revision_id)
    assert (refused.status, refused.json["code"]) == (400, 903204)
    assert world.made("GET", f"/apis/{made['id']}") == bare


def test_a_deleted_api_is_served_no_longer(world: PublisherWorld, pizza: str) -> None:
    deployed(world, pizza)
    assert world.call("DELETE", f"/apis/{pizza}").status == 200
    assert served(world, pizza) == [None, None, None]


def endpoints(password: str, **more: Any) -> dict[str, Any]:
    production = {"type": "BASIC", "username": "us", "password": password, **more}
    return {**ENDPOINTS, "endpoint_security": {"production": production, "sandbox": {"enabled": False}}}


def test_endpoint_secrets_are_never_shown_and_kept_when_sent_back_empty(world: PublisherWorld) -> None:
    made = world.design(endpointConfig=endpoints("open sesame", clientSecret=""))
    path = f"/apis/{made['id']}"
    assert made["endpointConfig"] == endpoints("", clientSecret="")
    assert "sesame" not in world.call("GET", path).text
    assert "sesame" not in world.call("PUT", path, made).text
    assert kept(world, made["id"]) == "open sesame"
    assert "changed" not in world.call("PUT", path, api(endpointConfig=endpoints("changed"))).text
    assert kept(world, made["id"]) == "changed"


def kept(world: PublisherWorld, api_id: str) -> Any:
    document = world.apis.get(SUPER_TENANT, api_id).document
    return document["endpointConfig"]["endpoint_security"]["production"]["password"]


def test_200_an_empty_secret_that_was_never_set_stays_empty(world: PublisherWorld, pizza: str) -> None:
    for _ in range(2):
        world.made("PUT", f"/apis/{pizza}", api(endpointConfig=endpoints("")))
    assert kept(world, pizza) == ""


def test_scopes_are_told_to_the_token_endpoint_as_long_as_they_exist(world: PublisherWorld) -> None:
    cook = scope_key(SUPER_TENANT, "cook")
    path = f"/apis/{world.design(scopes=[COOK])['id']}"
    assert world.artifact(cook) == {"roles": ["kitchen"]}
    world.made("PUT", path, api(scopes=[{"scope": {"name": "serve"}}]))
    assert world.artifact(cook) is None
    assert world.artifact(scope_key(SUPER_TENANT, "serve")) == {"roles": []}
    assert world.call("DELETE", path).status == 200
    assert world.artifact(scope_key(SUPER_TENANT, "serve")) is None
