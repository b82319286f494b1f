"""APIs in stores of others, through the publisher interface: what goes there, what is kept of it, and how it comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.external_store import ExternalStoreFailed, ExternalStoreRefused
from tests.callers import OTHER_TENANT
from tests.graphql_texts import SDL
from tests.worlds import publisher_graphql, publisher_streaming
from tests.worlds.archives import unzipped
from tests.worlds.projects import only, sent
from tests.worlds.publisher import PublisherWorld, blamed, properties
from tests.wsdl_texts import WSDL_11

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.callers import Reply

PORTAL = "https://store.example/devportal/apis?tenant=carbon.super"


def entry(name: str) -> dict[str, str]:
    endpoint = f"https://{name.lower()}.example/devportal"
    return {"Id": name, "DisplayName": f"{name} store", "Endpoint": endpoint, "Username": "admin", "Password": "secret"}


@pytest.fixture
def world() -> PublisherWorld:
    world = PublisherWorld()
    configure(world, "UK", "US")
    return world


def configure(world: PublisherWorld, *names: str, portal: str = PORTAL) -> None:
    section = {"StoreURL": portal, "Stores": [entry(name) for name in names]}
    written = {"ExternalAPIStores": section}
    world.configurations.save(SUPER_TENANT, world.copies.accounts.kept(SUPER_TENANT, written, {}))


@pytest.fixture
def pizza(world: PublisherWorld) -> str:
    return published(world, world.design()["id"])


def published(world: PublisherWorld, api_id: str) -> str:
    assert world.change(api_id, "Publish").status == 200
    return api_id


def publish(world: PublisherWorld, api_id: str, *stores: str, **more: Any) -> Reply:
    query = {"externalStoreIds": ",".join(stores)}
    return world.call("POST", f"/apis/{api_id}/publish-to-external-stores", query=query, **more)


def standing(world: PublisherWorld, api_id: str) -> list[str]:
    """The stores that an API is said to be in."""
    return [one["id"] for one in world.made("GET", f"/apis/{api_id}/external-stores")["list"]]


def held(world: PublisherWorld) -> list[str]:
    """The stores that have something."""
    return sorted(store for store, *_ in world.fronts.held)


def told(world: PublisherWorld, store: str = "UK") -> dict[str, bytes]:
    """The files that a store was given, by path below their folder."""
    ((_, content),) = (one for key, one in world.fronts.held.items() if key[0] == store)
    return {path.partition("/")[2]: file for path, file in unzipped(content).items()}


def test_200_the_stores_of_the_configuration_are_listed_without_their_credentials(world: PublisherWorld) -> None:
    listed = world.call("GET", "/external-stores")
    assert "secret" not in listed.text
    assert listed.json["list"][0] == {
        "id": "UK",
        "displayName": "UK store",
        "type": "wso2",
        "endpoint": "https://uk.example/devportal",
    }
    assert world.made("GET", "/external-stores", by=f"admin@{OTHER_TENANT}") == {"count": 0, "list": []}


def test_200_an_api_stands_where_it_was_put_last_and_nowhere_else(world: PublisherWorld, pizza: str) -> None:
    answer = publish(world, pizza, "UK", " UK", "US")
    assert answer.json["list"] == [
        {"id": "UK", "lastUpdatedTime": "2023-11-14T22:13:20Z"},
        {"id": "US", "lastUpdatedTime": "2023-11-14T22:13:20Z"},
    ]
    world.clock.advance(60)
    assert publish(world, pizza, "US").json["list"] == [{"id": "US", "lastUpdatedTime": "2023-11-14T22:14:20Z"}]
    assert (standing(world, pizza), held(world)) == (["US"], ["US"])
    assert publish(world, pizza).json == {"count": 0, "list": []}
    assert held(world) == []


def test_what_is_put_there_leads_to_the_own_store_and_tells_nothing_of_what_is_behind(world: PublisherWorld) -> None:
    security = {"production": {"enabled": True, "type": "BASIC", "username": "cook", "password": "hush"}}
    config = {"endpoint_type": "http", "production_endpoints": {"url": "https://hidden.example"}}
    scope = {"scope": {"name": "cook", "bindings": ["kitchen"]}, "shared": False}
    operation = {"verb": "GET", "target": "/menu", "scopes": ["cook"], "throttlingPolicy": "10KPerMin"}
    made = world.design(
        endpointConfig={**config, "endpoint_security": security},
        scopes=[scope],
        operations=[operation],
        description="Crisp",
        additionalProperties=[
            {"name": "Oven", "value": "wood", "display": True},
            {"name": "Margin", "value": "forty percent", "display": False},
        ],
    )
    documents = f"/apis/{made['id']}/documents"
    for name, visibility in (("Guide", "API_LEVEL"), ("Mine", "OWNER_ONLY"), ("Ours", "PRIVATE")):
        body = {"name": name, "type": "HOWTO", "sourceType": "INLINE", "visibility": visibility}
        world.made("POST", documents, {**body, "inlineContent": f"{name} text"})
    assert publish(world, published(world, made["id"]), "UK").status == 200
    files = told(world)
    data = json.loads(files["api.json"])["data"]
    assert data["advertiseInfo"] == {
        "advertised": True,
        "originalDevPortalUrl": f"https://store.example/devportal/apis/{made['id']}?tenant=carbon.super",
        "apiOwner": "admin",
        "vendor": "WSO2",
        "apiExternalProductionEndpoint": "https://gateway.example:8243/pizza/1.0.0",
    }
    assert (data["description"], data["lifeCycleStatus"]) == ("Crisp", "PUBLISHED")
    assert data["operations"] == [{"verb": "GET", "target": "/menu", "authType": data["operations"][0]["authType"]}]
    assert sorted(path for path in files if path.startswith("Docs/")) == [
        "Docs/Guide/Guide",
        "Docs/Guide/document.json",
    ]
    everything = b"".join(files.values())
    assert b"https://gateway.example:8243/pizza/1.0.0" in files["Definitions/swagger.json"]
    assert [one["name"] for one in data["additionalProperties"]] == ["Oven"]
    for hidden in (b"hidden.example", b"hush", b"kitchen", b"10KPerMin", b"forty percent"):
        assert hidden not in everything, hidden


def test_graphql_and_soap_go_with_what_describes_them(world: PublisherWorld) -> None:
    assert publish(world, published(world, publisher_graphql.made(world)), "UK").status == 200
    assert told(world)["Definitions/schema.graphql"] == SDL
    about = properties(name="Phone", endpointConfig=None)
    phone = world.form("POST", "/apis/import-wsdl", file=WSDL_11, additionalProperties=about).json["id"]
    assert publish(world, published(world, phone), "US").status == 200
    wsdl = told(world, "US")["WSDL/Phone-1.0.0.wsdl"]
    assert b"https://gateway.example:8243/phone/1.0.0" in wsdl
    assert b"backend.example" not in wsdl


def test_the_own_portal_is_where_developers_are_led_unless_the_tenant_says_otherwise(
    world: PublisherWorld, pizza: str
) -> None:
    configure(world, "UK", portal="")
    assert publish(world, pizza, "UK").status == 200
    ((origin, _),) = world.fronts.held.values()
    assert origin == f"https://management.example:9443/devportal/apis/{pizza}"


def test_copies_are_known_by_the_portal_that_was_theirs_when_it_moves(world: PublisherWorld, pizza: str) -> None:
    assert publish(world, pizza, "UK", "US").status == 200
    configure(world, "UK", "US", portal="https://moved.example")
    assert publish(world, pizza, "UK").status == 200
    ((key, (origin, _)),) = world.fronts.held.items()
    assert (key[0], origin) == ("UK", f"https://moved.example/apis/{pizza}")


def test_404_a_store_that_is_not_there_and_nothing_has_happened(world: PublisherWorld, pizza: str) -> None:
    refused = publish(world, pizza, "UK", "FR")
    assert (refused.status, refused.json["code"]) == (404, 901200)
    assert held(world) == []


def test_400_an_api_that_is_not_published(world: PublisherWorld) -> None:
    assert blamed(publish(world, world.design()["id"], "UK")) == ["apiId"]


def test_412_another_version_than_the_one_that_was_looked_at(world: PublisherWorld, pizza: str) -> None:
    tag = world.call("GET", f"/apis/{pizza}").headers["ETag"]
    world.made("PUT", f"/apis/{pizza}", {**world.made("GET", f"/apis/{pizza}"), "description": "Changed"})
    assert publish(world, pizza, "UK", headers={"If-Match": tag}).status == 412
    assert held(world) == []


def test_500_names_each_store_that_fails_and_the_others_have_the_api(world: PublisherWorld, pizza: str) -> None:
    world.fronts.failures["UK"] = ExternalStoreRefused("does not answer")
    failed = publish(world, pizza, "UK", "US")
    assert (failed.status, failed.json["description"]) == (500, "UK: does not answer")
    assert standing(world, pizza) == held(world) == ["US"]
    world.fronts.failures.clear()
    assert publish(world, pizza, "UK", "US").status == 200
    assert standing(world, pizza) == held(world) == ["UK", "US"]


def test_200_a_deleted_api_stands_nowhere(world: PublisherWorld, pizza: str) -> None:
    assert publish(world, pizza, "UK", "US").status == 200
    assert world.call("DELETE", f"/apis/{pizza}").status == 200
    assert held(world) == []


def test_500_an_api_stays_while_a_store_does_not_let_go_of_it(world: PublisherWorld, pizza: str) -> None:
    assert publish(world, pizza, "UK", "US").status == 200
    world.fronts.failures["UK"] = ExternalStoreFailed("does not answer")
    failed = world.call("DELETE", f"/apis/{pizza}")
    assert (failed.status, failed.json["description"]) == (500, "UK: does not answer")
    assert (standing(world, pizza), held(world)) == (["UK"], ["UK"])
    # It is as usable as it was before.
    assert world.change(pizza, "Block").status == 200
    configure(world, "US")
    assert world.call("DELETE", f"/apis/{pizza}").status == 200


def test_what_may_have_arrived_is_taken_back_with_the_api(world: PublisherWorld, pizza: str) -> None:
    world.fronts.failures["UK"] = ExternalStoreFailed("answers too late")
    assert publish(world, pizza, "UK").status == 500
    assert standing(world, pizza) == []
    origin = world.copies.origin(world.apis.get(SUPER_TENANT, pizza))
    world.fronts.held["UK", "Pizza", "1.0.0"] = origin, b""
    world.fronts.failures.clear()
    assert world.call("DELETE", f"/apis/{pizza}").status == 200
    assert held(world) == []


def test_an_api_that_is_deleted_while_it_is_put_somewhere_does_not_stay_there(
    world: PublisherWorld, pizza: str
) -> None:
    world.fronts.meanwhile.append(lambda: world.made("DELETE", f"/apis/{pizza}"))
    assert publish(world, pizza, "UK", "US").status == 409
    assert held(world) == []


def soap(world: PublisherWorld) -> str:
    about = properties(name="Phone", endpointConfig=None)
    made = world.form("POST", "/apis/import-wsdl", file=WSDL_11, additionalProperties=about)
    return str(made.json["id"])


def streaming(world: PublisherWorld) -> str:
    return str(publisher_streaming.made(world)["id"])


def scoped(world: PublisherWorld) -> str:
    """An API whose definition was sent, with everything that a definition can have of this tenant's."""
    scope = {"scope": {"name": "cook", "bindings": ["kitchen"]}, "shared": False}
    document = {**world.made("GET", f"/apis/{world.imported().json['id']}"), "scopes": [scope], "tags": ["food"]}
    document["operations"][0] |= {"scopes": ["cook"], "throttlingPolicy": "10KPerMin"}
    return str(world.made("PUT", f"/apis/{document['id']}", document)["id"])


@pytest.mark.parametrize("kind", [scoped, publisher_graphql.made, soap, streaming], ids=lambda made: made.__name__)
def test_another_publisher_takes_what_is_put_there_and_changes_of_it(
    world: PublisherWorld, kind: Callable[[PublisherWorld], str]
) -> None:
    there, api_id = PublisherWorld(), published(world, kind(world))
    for description, overwrite in (("First", "false"), ("Second", "true")):
        world.made("PUT", f"/apis/{api_id}", {**world.made("GET", f"/apis/{api_id}"), "description": description})
        assert publish(world, api_id, "UK").status == 200
        ((origin, content),) = world.fronts.held.values()
        taken = sent(there, content, preserveProvider="false", overwrite=overwrite)
        assert taken.status == 200, taken.text
        copy, original = only(there), world.made("GET", f"/apis/{api_id}")
        assert (copy["description"], copy["lifeCycleStatus"], copy["type"]) == (
            description,
            "PUBLISHED",
            original["type"],
        )
        assert copy["advertiseInfo"]["originalDevPortalUrl"] == origin
        assert (copy["scopes"], copy["policies"]) == ([], [])
        assert [(one["verb"], one["target"]) for one in copy["operations"]] == [
            (one["verb"], one["target"]) for one in original["operations"]
        ]
