"""Applications leave and come in as archives, through the store's surface."""

from __future__ import annotations

from typing import Any

import pytest

from tests.callers import OTHER_TENANT
from tests.worlds.archives import data_of, enveloped, exported, zipped
from tests.worlds.forms import multipart
from tests.worlds.publisher import blamed
from tests.worlds.store import StoreWorld

FILE = "mary-Kitchen/application.yaml"


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def kitchen(world: StoreWorld, **more: Any) -> Any:
    """mary's application."""
    body = {"name": "Kitchen", "throttlingPolicy": "10PerMin", "description": "To cook", "tokenType": "JWT", **more}
    return world.call("POST", "/applications", body).json


def export(world: StoreWorld, *, by: str = "admin", **more: str) -> dict[str, bytes]:
    query = {"appName": "Kitchen", "appOwner": "mary", **more}
    return exported(world.call("GET", "/applications/export", by=by, query=query))


def take(world: StoreWorld, content: dict[str, Any], *, by: str = "admin", **query: str) -> Any:
    body, headers = multipart({"file": zipped(content)})
    return world.call("POST", "/applications/import", body, by=by, query=query, headers=headers)


def application(**info: Any) -> dict[str, Any]:
    """An archive of an application."""
    known = {"name": "Kitchen", "throttlingPolicy": "10PerMin", "owner": "mary", **info}
    return {"application.yaml": enveloped("application", {"applicationInfo": known})}


def subscribed_to(name: str, policy: str = "Gold", **info: Any) -> dict[str, Any]:
    api = {"apiId": {"providerName": "admin", "apiName": name, "version": "1.0.0"}, "throttlingPolicy": policy}
    archive = application(**info)
    archive["application.yaml"]["data"]["subscribedAPIs"] = [api]
    return archive


def applications(world: StoreWorld, by: str = "mary") -> dict[str, Any]:
    """Those that were made, by name."""
    found = world.call("GET", "/applications", by=by).json["list"]
    return {one["name"]: one for one in found if one["name"] != "DefaultApplication"}


@pytest.mark.parametrize("notation", ["YAML", "JSON"])
def test_200_an_application_travels_with_its_subscriptions_and_the_terms_of_its_keys(
    world: StoreWorld, notation: str
) -> None:
    made = kitchen(world)
    wish = {"applicationId": made["applicationId"], "apiId": world.api().id, "throttlingPolicy": "Gold"}
    assert world.call("POST", "/subscriptions", wish).status == 201
    terms = {"keyType": "SANDBOX", "grantTypesToBeSupported": ["password"], "callbackUrl": "https://app.example"}
    key = world.call("POST", f"/applications/{made['applicationId']}/generate-keys", terms).json
    files = export(world, withKeys="true", format=notation)
    assert key["consumerSecret"].encode() not in b"".join(files.values())
    other = StoreWorld()
    other.api()
    reply = take(other, dict(files), preserveOwner="true")
    assert (reply.status, reply.json["owner"]) == (201, "mary")
    here = applications(other)["Kitchen"]
    path = f"/applications/{here['applicationId']}"
    whole = other.call("GET", path).json
    assert (whole["description"], whole["throttlingPolicy"]) == ("To cook", "10PerMin")
    (subscription,) = other.call("GET", "/subscriptions", query={"applicationId": here["applicationId"]}).json["list"]
    assert subscription["throttlingPolicy"] == "Gold"
    (new,) = other.call("GET", f"{path}/keys").json["list"]
    assert (new["keyType"], new["supportedGrantTypes"]) == ("SANDBOX", ["password"])


def test_keys_stay_unless_they_are_asked_for(world: StoreWorld) -> None:
    made = kitchen(world)
    terms = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]}
    world.call("POST", f"/applications/{made['applicationId']}/generate-keys", terms)
    assert data_of(export(world)[FILE])["applicationInfo"]["keys"] == []
    other = StoreWorld()
    take(other, dict(export(world, withKeys="true")), preserveOwner="true", skipApplicationKeys="true")
    here = applications(other)["Kitchen"]["applicationId"]
    assert other.call("GET", f"/applications/{here}/keys").json["list"] == []


@pytest.mark.parametrize(
    ("query", "owner"), [({}, "admin"), ({"preserveOwner": "true"}, "mary"), ({"appOwner": "john"}, "john")]
)
def test_the_owner_is_who_imports_or_who_was_it_or_who_is_named(
    world: StoreWorld, query: dict[str, str], owner: str
) -> None:
    assert take(world, application(), **query).json["owner"] == owner
    assert set(applications(world, owner)) == {"Kitchen"}


def test_409_what_is_there_is_not_changed_without_being_asked(world: StoreWorld) -> None:
    kitchen(world)
    assert take(world, application(description="new"), appOwner="mary").status == 409
    reply = take(world, application(description="new"), appOwner="mary", update="true")
    assert (reply.status, reply.json["applicationId"]) == (201, applications(world)["Kitchen"]["applicationId"])
    assert world.call("GET", f"/applications/{reply.json['applicationId']}").json["description"] == "new"


def test_keys_that_are_there_stay_when_an_application_is_changed(world: StoreWorld) -> None:
    made = kitchen(world)
    path = f"/applications/{made['applicationId']}"
    terms = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]}
    key = world.call("POST", f"{path}/generate-keys", terms).json["consumerKey"]
    assert take(world, dict(export(world, withKeys="true")), appOwner="mary", update="true").status == 201
    assert [one["consumerKey"] for one in world.call("GET", f"{path}/keys").json["list"]] == [key]


def test_207_names_the_apis_that_it_is_not_subscribed_to(world: StoreWorld) -> None:
    reply = take(world, subscribed_to("Pasta"))
    assert (reply.status, reply.json) == (
        207,
        {"count": 1, "list": [{"name": "Pasta", "version": "1.0.0", "provider": "admin"}]},
    )
    assert set(applications(world, "admin")) == {"Kitchen"}
    assert take(world, subscribed_to("Pasta"), update="true", skipSubscriptions="true").status == 201


def test_a_plan_that_is_not_offered_is_replaced_only_when_tiers_do_not_matter(world: StoreWorld) -> None:
    world.api(policies=["Bronze"])
    assert take(world, subscribed_to("Pizza")).status == 207
    assert take(world, subscribed_to("Pizza"), update="true", ignoreTier="true").status == 201
    application_id = applications(world, "admin")["Kitchen"]["applicationId"]
    found = world.call("GET", "/subscriptions", by="admin", query={"applicationId": application_id}).json["list"]
    assert [one["throttlingPolicy"] for one in found] == ["Bronze"]


@pytest.mark.parametrize(
    ("files", "blame"),
    [
        ({"readme": "x"}, "application.yaml"),
        ({"application.yaml": enveloped("api", {})}, "application.yaml"),
        (application(name=""), "data.applicationInfo.name"),
        (application(throttlingPolicy="Nonsense"), "throttlingPolicy"),
        (application(keys=[{"keyType": "STAGING"}]), "data.applicationInfo.keys.0.keyType"),
        (application(keys={}), "data.applicationInfo.keys"),
    ],
)
def test_400_what_is_wrong_in_an_archive_is_named(world: StoreWorld, files: dict[str, Any], blame: str) -> None:
    assert blamed(take(world, files)) == [blame]
    assert applications(world, "admin") == {}


def test_403_an_owner_of_another_tenant_is_none(world: StoreWorld) -> None:
    assert take(world, application(), appOwner=f"mary@{OTHER_TENANT}").status == 403
    query = {"appName": "Kitchen", "appOwner": f"mary@{OTHER_TENANT}"}
    assert world.call("GET", "/applications/export", by="admin", query=query).status == 403


def test_404_what_is_not_there_is_not_exported(world: StoreWorld) -> None:
    query = {"appName": "Kitchen", "appOwner": "mary"}
    assert world.call("GET", "/applications/export", by="admin", query=query).status == 404


def test_401_developers_export_nothing(world: StoreWorld) -> None:
    kitchen(world)
    query = {"appName": "Kitchen", "appOwner": "mary"}
    assert world.call("GET", "/applications/export", query=query).status == 401
    assert take(world, application(), by="mary").status == 401
