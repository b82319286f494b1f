"""API products leave and come in as archives, with their APIs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds.archives import data_of, enveloped, exported, zipped
from tests.worlds.forms import multipart
from tests.worlds.publisher import PublisherWorld, api, blamed, member

QUERY = {"name": "Feast", "version": "1.0.0"}


@pytest.fixture
def world() -> PublisherWorld:
    """With a product of two APIs, deployed and published."""
    world = PublisherWorld()
    pizza, pasta = (world.design(name)["id"] for name in ("Pizza", "Pasta"))
    pasta_only = {**api("Pasta"), "operations": [{"verb": "GET", "target": "/pasta"}]}
    world.made("PUT", f"/apis/{pasta}", pasta_only)
    product = world.product(member(pizza, "GET /menu"), member(pasta, "GET /pasta"), tags=["food"])
    revision = world.made("POST", f"/api-products/{product['id']}/revisions", {"description": ""})
    world.made(
        "POST",
        f"/api-products/{product['id']}/deploy-revision",
        [{"name": "Default", "vhost": "gateway.example", "displayOnDevportal": True}],
        query={"revisionId": revision["id"]},
    )
    query = {"action": "Publish", "apiProductId": product["id"]}
    world.made("POST", "/api-products/change-lifecycle", query=query)
    return world


def export(world: PublisherWorld, **more: str) -> dict[str, bytes]:
    return exported(world.call("GET", "/api-products/export", query={**QUERY, **more}))


def take(world: PublisherWorld, files: dict[str, Any], *, by: str = "admin", **query: str) -> Any:
    body, headers = multipart({"file": zipped(files)})
    return world.call("POST", "/api-products/import", body, by=by, query=query, headers=headers)


def only(world: PublisherWorld) -> Any:
    (line,) = world.made("GET", "/api-products")["list"]
    return world.made("GET", f"/api-products/{line['id']}")


def test_200_a_product_takes_its_apis_along(world: PublisherWorld) -> None:
    files, other = export(world, format="YAML"), PublisherWorld()
    assert {
        "Feast-1.0.0/api_product.yaml",
        "Feast-1.0.0/Definitions/swagger.yaml",
        "Feast-1.0.0/deployment_environments.yaml",
        "Feast-1.0.0/APIs/Pizza-1.0.0/api.yaml",
        "Feast-1.0.0/APIs/Pasta-1.0.0/Definitions/swagger.yaml",
    } <= set(files)
    reply = take(other, files, importAPIs="true")
    assert (reply.status, reply.text) == (200, "API Product imported successfully.")
    before, after = only(world), only(other)
    assert (after["state"], after["tags"]) == ("PUBLISHED", ["food"])
    assert [one["name"] for one in after["apis"]] == [one["name"] for one in before["apis"]]
    assert len(other.made("GET", f"/api-products/{after['id']}/deployments")) == 1
    assert {one["name"] for one in other.made("GET", "/apis")["list"]} == {"Pizza", "Pasta"}


def test_apis_that_are_there_are_used_as_they_are_unless_they_may_be_changed(world: PublisherWorld) -> None:
    files, other = export(world), PublisherWorld()
    other.design("Pizza", description="ours")
    assert take(other, files, importAPIs="true").status == 200
    assert described(other) == "ours"
    assert take(other, files, overwriteAPIProduct="true", overwriteAPIs="true").status == 200
    assert described(other) is None


def described(world: PublisherWorld) -> str | None:
    lines = world.made("GET", "/apis")["list"]
    (pizza,) = [one for one in lines if one["name"] == "Pizza"]
    return world.made("GET", f"/apis/{pizza['id']}")["description"]  # type: ignore[no-any-return]


def test_400_an_api_that_is_not_there_is_named_and_nothing_is_left_behind(world: PublisherWorld) -> None:
    files, other = export(world), PublisherWorld()
    assert blamed(take(other, files)) == ["data.apis.0"]
    without = {path: file for path, file in files.items() if "/APIs/Pasta" not in path}
    assert blamed(take(other, without, importAPIs="true")) == ["data.apis.1"]
    assert other.made("GET", "/apis")["count"] == 0


def test_400_what_is_wrong_in_an_api_of_the_product_is_named(world: PublisherWorld) -> None:
    files: dict[str, Any] = dict(export(world))
    files["Feast-1.0.0/APIs/Pizza-1.0.0/api.yaml"] = enveloped("api", {**api(), "colour": "red"})
    other = PublisherWorld()
    assert blamed(take(other, files, importAPIs="true")) == ["APIs/Pizza-1.0.0/data.colour"]


def test_409_a_product_that_is_there_is_not_changed_without_being_asked(world: PublisherWorld) -> None:
    files = export(world)
    assert take(world, files).status == 409
    assert take(world, files, overwriteAPIProduct="true").status == 200


def test_404_what_is_not_there_is_not_exported(world: PublisherWorld) -> None:
    assert world.call("GET", "/api-products/export", query={"name": "Pizza", "version": "1.0.0"}).status == 404
    assert world.call("GET", "/api-products/export", query={**QUERY, "revisionNumber": "7"}).status == 404


def test_400_an_archive_of_an_api_is_none_of_a_product(world: PublisherWorld) -> None:
    assert blamed(take(world, {"api.yaml": enveloped("api", api())})) == ["api_product.yaml"]


def test_parameters_reach_the_apis_of_a_product(world: PublisherWorld) -> None:
    configs = {
        "policies": ["Gold"],
        "dependentAPIs": {"Pizza-1.0.0": {"endpoints": {"production": {"url": "https://live.example"}}}},
    }
    files = {"SourceArchive.zip": zipped(export(world)), "intermediate_params.yaml": configs}
    other = PublisherWorld()
    reply = take(other, files, importAPIs="true")
    assert reply.status == 200, reply.text
    assert only(other)["policies"] == ["Gold"]
    query = {"name": "Pizza", "version": "1.0.0"}
    data = data_of(exported(other.call("GET", "/apis/export", query=query))["Pizza-1.0.0/api.yaml"])
    assert data["endpointConfig"]["production_endpoints"] == {"url": "https://live.example"}
    unknown = {"SourceArchive.zip": zipped(export(world)), "intermediate_params.yaml": {"dependentAPIs": {"X-1": {}}}}
    assert blamed(take(other, unknown)) == ["intermediate_params: dependentAPIs.X-1"]


def test_a_product_leaves_as_a_revision_was(world: PublisherWorld) -> None:
    product = only(world)
    world.made("PUT", f"/api-products/{product['id']}", {**product, "description": "after"})
    assert "description" not in data_of(export(world, revisionNumber="1")["Feast-1.0.0/api_product.yaml"]) or (
        data_of(export(world, latestRevision="true")["Feast-1.0.0/api_product.yaml"])["description"] is None
    )
    assert data_of(export(world)["Feast-1.0.0/api_product.yaml"])["description"] == "after"
