"""The reading side of the store through the front doors: found, read, rated and called by what the store says of an API."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from openapi_spec_validator import validate

from local.stack import ADMIN
from tests.house import ADMINISTRATION, DEVPORTAL, PUBLISHER, TIMEOUT_SECONDS, House, unique

SCIM, TENANTS = "/scim2", "/api/server/v1/tenants"
PASSWORD = "Ünïcode sesame ✓"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
LARGE = b"%PDF" + bytes(4_200_000)
"""More than a function answers."""


def document(house: House, api_id: str, name: str, source: str, content: bytes | None = None, **more: Any) -> str:
    """The id of a new document."""
    path = f"{PUBLISHER}/apis/{api_id}/documents"
    body = {"name": name, "type": "HOWTO", "sourceType": source, "visibility": "API_LEVEL", **more}
    made = str(house.made("POST", path, json=body)["documentId"])
    if content is not None:
        part: dict[str, Any] = {"inlineContent": (None, content)}
        if source == "FILE":
            part = {"file": ("menu.pdf", content, "application/pdf")}
        house.made("POST", f"{path}/{made}/content", files=part)
    return made


def person(house: House, *roles: str, by: Any = ADMIN, domain: str = "") -> tuple[str, str]:
    """The credentials of somebody new."""
    name = unique("sam")
    body = {"userName": name, "password": PASSWORD, "roles": [{"value": role} for role in roles]}
    house.made("POST", f"{SCIM}/Users" if not domain else f"/t/{domain}{SCIM}/Users", by=by, json=body)
    return (f"{name}@{domain}" if domain else name, PASSWORD)


def tenant_of(house: House) -> tuple[str, tuple[str, str]]:
    """A new tenant, and its administrator."""
    domain = f"{unique('t')}.example"
    owner = {"username": "kim", "password": PASSWORD, "email": "kim@example.com", "firstname": "K", "lastname": "L"}
    house.made("POST", TENANTS, json={"domain": domain, "owners": [owner]})
    return domain, (f"kim@{domain}", PASSWORD)


def seen(house: House, path: str, *, by: Any = None, **parts: Any) -> httpx.Response:
    return house.management("GET", f"{DEVPORTAL}{path}", by=by, **parts)


def test_a_developer_calls_an_api_by_nothing_but_its_published_definition(house: House) -> None:
    scope = unique("read")
    operation = {"verb": "GET", "target": "/menu/{item}", "scopes": [scope]}
    scopes = [{"scope": {"name": scope, "description": "Read", "bindings": []}, "shared": False}]
    api_id = house.publish(operation, scopes=scopes, securityScheme=["oauth2", "api_key"], isDefaultVersion=True)
    application_id = house.application()
    house.subscribe(application_id, api_id)
    keys = house.keys(application_id)
    definition = seen(house, f"/apis/{api_id}/swagger").json()
    validate(definition)
    (path, item) = next(iter(definition["paths"].items()))
    (asked, by_key) = item["get"]["security"]
    ((scheme, wanted),) = asked.items()
    token_url = definition["components"]["securitySchemes"][scheme]["flows"]["clientCredentials"]["tokenUrl"]
    form = {"grant_type": "client_credentials", "scope": " ".join(wanted)}
    with httpx.Client(verify=house.trusted, trust_env=False, timeout=TIMEOUT_SECONDS) as tool:
        token = tool.post(token_url, data=form, auth=(keys.key, keys.secret)).json()["access_token"]
        house.secrets.note(tool.post(token_url, data=form, auth=(keys.key, keys.secret)))
        for server in definition["servers"]:
            url = f"{server['url']}{path.replace('{item}', 'margherita')}"
            assert tool.get(url).status_code == 401
            assert tool.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    header = definition["components"]["securitySchemes"][next(iter(by_key))]["name"]
    assert header == "ApiKey"
    collection = seen(house, f"/apis/{api_id}/postman-collection").json()
    assert [one["name"] for one in collection["item"]] == [f"GET {path}"]
    assert collection["variable"][0]["value"] == definition["servers"][0]["url"]


def test_what_a_provider_writes_stands_in_the_store_at_once_for_everybody(house: House) -> None:
    name = unique("Pizza")
    api_id = house.publish(name=name, tags=[name])
    word = unique("crusty")
    written = document(house, api_id, "Guide", "MARKDOWN", f"# {word}".encode())
    elsewhere = document(house, api_id, "Site", "URL", sourceUrl="https://docs.example/")
    large = document(house, api_id, "Card", "FILE", LARGE)
    house.made("PUT", f"{PUBLISHER}/apis/{api_id}/thumbnail", files={"file": ("p.png", PNG, "image/png")})
    hits = seen(house, "/search", params={"query": f"content:{word}"}).json()["list"]
    assert [(hit["type"], hit["apiUUID"]) for hit in hits] == [("DOC", api_id)]
    assert seen(house, "/tags", params={"limit": 1000}).json()["list"].count({"value": name, "count": 1}) == 1
    content = f"/apis/{api_id}/documents/{{}}/content"
    assert seen(house, content.format(written)).text == f"# {word}"
    assert seen(house, content.format(elsewhere)).headers["location"] == "https://docs.example/"
    handed_out = seen(house, content.format(large))
    assert handed_out.status_code == 303
    fetched = httpx.get(handed_out.headers["location"], trust_env=False, timeout=TIMEOUT_SECONDS)
    assert (fetched.status_code, fetched.content == LARGE) == (200, True)
    picture = seen(house, f"/apis/{api_id}/thumbnail")
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    again = seen(house, f"/apis/{api_id}/thumbnail", headers={"If-None-Match": picture.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    url = house.made("POST", f"{DEVPORTAL}/apis/{api_id}/generate-definition-url", by=None, params={"type": "openapi"})
    given = httpx.get(url, trust_env=False, timeout=TIMEOUT_SECONDS).json()
    assert given == seen(house, f"/apis/{api_id}/swagger").json()
    assert urlsplit(given["servers"][0]["url"]).path == f"/{name}/1.0.0"


def test_developers_rate_and_comment_and_an_administrator_moderates(house: House) -> None:
    name = unique("Rated")
    api_id = house.publish(name=name)
    mary, john = person(house, "Internal/subscriber"), person(house, "Internal/subscriber")
    for who, stars in ((mary, 1), (john, 5), (mary, 4)):
        house.made("PUT", f"{DEVPORTAL}/apis/{api_id}/user-rating", by=who, json={"rating": stars})
    listed = seen(house, "/apis", params={"query": f"name:{name}"}).json()["list"]
    assert [one["avgRating"] for one in listed] == ["4.5"]
    path = f"{DEVPORTAL}/apis/{api_id}/comments"
    first = house.made("POST", path, by=mary, json={"content": "Nice"})["id"]
    house.made("POST", path, by=john, params={"replyTo": first}, json={"content": "Indeed"})
    (thread,) = seen(house, f"/apis/{api_id}/comments").json()["list"]
    assert [reply["createdBy"] for reply in thread["replies"]["list"]] == [john[0]]
    assert house.made("GET", f"{PUBLISHER}/apis/{api_id}/comments")["list"][0]["entryPoint"] == "devPortal"
    assert house.management("DELETE", f"{path}/{first}", by=john).status_code == 403
    assert house.management("DELETE", f"{path}/{first}").status_code == 200
    assert seen(house, f"/apis/{api_id}/comments").json()["count"] == 0


@pytest.mark.parametrize("shown", ["RESTRICTED", "PRIVATE"])
def test_an_api_is_there_for_those_to_whom_it_is_shown(house: House, shown: str) -> None:
    role, name = unique("chef"), unique("Shown")
    house.made("POST", f"{SCIM}/Groups", json={"displayName": role})
    domain, _ = tenant_of(house)
    visibility: dict[str, Any] = {"visibility": shown}
    visibility |= {"visibleRoles": [role]} if shown == "RESTRICTED" else {"visibleTenants": [domain]}
    api_id = house.publish(name=name, tags=[name], **visibility)
    here = {"X-WSO2-Tenant": "carbon.super"}
    people = {
        "stranger": None,
        "subscriber": person(house, "Internal/subscriber"),
        "chef": person(house, "Internal/subscriber", role),
        "guest": (f"kim@{domain}", PASSWORD),
        "admin": ADMIN,
    }
    sees = {"RESTRICTED": {"chef", "admin"}, "PRIVATE": {"subscriber", "chef", "guest", "admin"}}[shown]
    absent = seen(house, f"/apis/{unique('no')}").json()["code"]
    for who, by in people.items():
        listed = seen(house, "/apis", by=by, headers=here, params={"query": f'name:"{name}"'}).json()["count"]
        tags = seen(house, "/tags", by=by, headers=here, params={"limit": 1000}).json()["list"]
        direct = seen(house, f"/apis/{api_id}/swagger", by=by, headers=here)
        found = (listed, name in {tag["value"] for tag in tags}, direct.status_code)
        assert found == ((1, True, 200) if who in sees else (0, False, 404)), who
        assert who in sees or direct.json()["code"] == absent


def test_a_tenant_says_who_may_look_around_and_which_versions_stand_there(house: House) -> None:
    domain, kim = tenant_of(house)
    there = {"X-WSO2-Tenant": domain}
    name = unique("Menu")
    for version in ("1.9.0", "1.10.0"):
        body = {"name": name, "version": version, "context": f"/{name}", "policies": ["Unlimited"]}
        body["endpointConfig"] = {"endpoint_type": "http", "production_endpoints": {"url": house.ports.backend_url}}
        api_id = house.made("POST", f"{PUBLISHER}/apis", by=kim, json=body)["id"]
        house.made("POST", f"{PUBLISHER}/apis/change-lifecycle", by=kim, params={"action": "Publish", "apiId": api_id})

    def versions(**parts: Any) -> list[str]:
        return [one["version"] for one in seen(house, "/apis", headers=there, **parts).json()["list"]]

    def configure(**properties: bool) -> None:
        house.made("PUT", f"{ADMINISTRATION}/tenant-config", by=kim, json=properties)

    assert versions() == ["1.10.0"]
    assert versions(params={"query": 'version:"1.9.0"'}) == ["1.9.0"]
    configure(DisplayMultipleVersions=True)
    assert sorted(versions()) == ["1.10.0", "1.9.0"]
    configure(EnableAnonymousMode=False)
    assert seen(house, "/apis", headers=there).status_code == 401
    assert versions(by=kim) == ["1.10.0"]
    assert domain in {one["domain"] for one in seen(house, "/tenants", params={"limit": 1000}).json()["list"]}
    unknown = seen(house, "/apis", headers={"X-WSO2-Tenant": "no.example"})
    assert (unknown.status_code, json.loads(unknown.text)["code"]) == (400, 901300)


def test_what_a_definition_says_is_found_by_providers_at_once_and_by_developers_when_it_is_deployed(
    house: House,
) -> None:
    first, second = unique("crust"), unique("topping")
    api_id = house.publish({"verb": "GET", "target": f"/{first}"})
    definition = house.made("GET", f"{PUBLISHER}/apis/{api_id}/swagger")
    definition["paths"][f"/{first}"]["get"]["summary"] = f"Every {second} of it"
    parts = {"apiDefinition": (None, json.dumps(definition))}
    house.made("PUT", f"{PUBLISHER}/apis/{api_id}/swagger", files=parts)

    def found(word: str) -> tuple[list[str], list[str]]:
        query = {"query": f"content:{word}"}
        designed = house.made("GET", f"{PUBLISHER}/search", params=query)
        shown = seen(house, "/search", params=query).json()
        providers, developers = ([one["apiUUID"] for one in each["list"]] for each in (designed, shown))
        return providers, developers

    assert found(first) == ([api_id], [api_id])
    assert found(second) == ([api_id], [])
    house.deploy(api_id)
    assert found(second) == ([api_id], [api_id])
