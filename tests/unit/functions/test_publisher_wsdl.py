from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.archives import ZipArchives
from gatehouse.domain.artifact import revision_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.projects import export, only, take
from tests.worlds.publisher import ARCHIVE_LIMITS, ENDPOINTS, PublisherWorld, blamed, properties
from tests.worlds.publisher_graphql import operations
from tests.wsdl_texts import CONCRETE, SEVERAL, WSDL_11, WSDL_20

if TYPE_CHECKING:
    from tests.callers import Reply

ADDRESS = "https://wsdl.example/services/house?wsdl"
ZIP = ZipArchives(ARCHIVE_LIMITS).pack(SEVERAL)
PATH = "/apis/import-wsdl"


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def imported(world: PublisherWorld, content: bytes = WSDL_11, more: Any = None, **fields: Any) -> Reply:
    about = properties(**{"name": "Phone", "endpointConfig": None, **(more or {})})
    return world.form("POST", PATH, file=content, additionalProperties=about, **fields)


def sent(reply: Reply) -> bytes:
    """What the answer holds: bytes travel encoded."""
    return b64decode(reply.text)


def made(world: PublisherWorld, content: bytes = WSDL_11, more: Any = None) -> Any:
    reply = imported(world, content, more, implementationType="SOAP")
    assert reply.status == 201, reply.text
    return reply.json


def test_201_one_operation_passes_every_message_to_where_the_wsdl_says(world: PublisherWorld) -> None:
    found = made(world)
    assert (found["type"], operations(found), found["wsdlInfo"]) == ("SOAP", ["POST /*"], {"type": "WSDL"})
    assert found["endpointConfig"]["endpoint_type"] == "address"
    assert found["endpointConfig"]["production_endpoints"]["url"] == "http://backend.example/phone.asmx"
    swagger = world.made("GET", f"/apis/{found['id']}/swagger")
    assert [one["name"] for one in swagger["paths"]["/*"]["post"]["parameters"]] == ["SOAPAction"]
    named = made(world, WSDL_20, {"name": "Bells", "endpointConfig": ENDPOINTS})
    assert named["endpointConfig"]["production_endpoints"]["url"] == "https://backend.example"


def test_201_it_is_deployed_like_every_api(world: PublisherWorld) -> None:
    api_id = made(world)["id"]
    revision = world.revision(api_id)
    assert world.deploy(api_id, revision["id"]).status == 201
    assert world.change(api_id, "Publish").status == 200


@pytest.mark.parametrize(
    ("content", "form", "media_type"), [(WSDL_11, "WSDL", "text/xml"), (ZIP, "ZIP", "application/zip")]
)
def test_200_the_wsdl_is_read_back_as_it_was_sent(
    world: PublisherWorld, content: bytes, form: str, media_type: str
) -> None:
    api_id = made(world, content)["id"]
    assert world.made("GET", f"/apis/{api_id}/wsdl-info") == {"type": form}
    reply = world.call("GET", f"/apis/{api_id}/wsdl")
    assert (sent(reply), reply.headers["Content-Type"]) == (content, media_type)
    assert f"Phone-1.0.0.{form.lower()}" in reply.headers["Content-Disposition"]


def test_200_another_wsdl_takes_its_place_in_the_api_its_versions_and_its_revisions(world: PublisherWorld) -> None:
    api_id = made(world)["id"]
    revision = world.revision(api_id)
    assert world.form("PUT", f"/apis/{api_id}/wsdl", file=ZIP).status == 200
    document = world.made("GET", f"/apis/{api_id}")
    assert (document["wsdlInfo"], document["endpointConfig"]["production_endpoints"]["url"]) == (
        {"type": "ZIP"},
        "http://backend.example/phone.asmx",
    )
    updated = world.made("PUT", f"/apis/{api_id}", {**document, "wsdlInfo": {"type": "WSDL"}, "description": "Calls"})
    assert updated["wsdlInfo"] == {"type": "ZIP"}
    copy = world.made("POST", "/apis/copy-api", query={"apiId": api_id, "newVersion": "2.0.0"})
    assert sent(world.call("GET", f"/apis/{copy['id']}/wsdl")) == ZIP
    world.made("POST", f"/apis/{api_id}/restore-revision", query={"revisionId": revision["id"]})
    assert sent(world.call("GET", f"/apis/{api_id}/wsdl")) == WSDL_11


def test_200_a_wsdl_is_read_from_an_address_and_what_it_imports_stays_there(world: PublisherWorld) -> None:
    world.remote.contents[ADDRESS] = CONCRETE
    reply = world.form("POST", PATH, url=ADDRESS, additionalProperties=properties(name="House", endpointConfig=None))
    assert reply.status == 201, reply.text
    kept = sent(world.call("GET", f"/apis/{reply.json['id']}/wsdl"))
    assert b"https://wsdl.example/services/abstract/doors.wsdl" in kept


def test_200_validation_tells_what_is_in_it_or_what_is_wrong(world: PublisherWorld) -> None:
    good = world.form("POST", "/apis/validate-wsdl", file=WSDL_20).json
    endpoint = {"name": "BellsEndpoint", "location": "https://backend.example/bells"}
    assert good == {"isValid": True, "errors": [], "wsdlInfo": {"version": "2.0", "endpoints": [endpoint]}}
    for content, code, told in (
        (b"<html/>", "900682", "file: is XML, but its root is 'html', which is neither WSDL 1.1 nor 2.0"),
        (CONCRETE, "900676", "/definitions/import: imports 'abstract/doors.wsdl', which was not sent along"),
        (b"PK\x03\x04", "400", "file: is no zip file"),
    ):
        bad = world.form("POST", "/apis/validate-wsdl", file=content).json
        assert (bad["isValid"], bad["errors"][0]["code"]) == (False, code)
        assert bad["errors"][0]["message"].startswith(told)


@pytest.mark.parametrize("kind", ["SOAPTOREST", "HTTP_BINDING"])
def test_400_no_rest_operations_are_made_of_a_wsdl(world: PublisherWorld, kind: str) -> None:
    reply = imported(world, implementationType=kind)
    assert blamed(reply) == ["implementationType"]
    assert "no REST operations are made of a WSDL" in reply.text


def test_404_an_api_without_wsdl_and_400_one_that_cannot_have_any(world: PublisherWorld) -> None:
    plain = world.design()["id"]
    for path in ("wsdl", "wsdl-info"):
        reply = world.call("GET", f"/apis/{plain}/{path}")
        assert (reply.status, reply.json["code"]) == (404, 900684)
    assert blamed(world.form("PUT", f"/apis/{plain}/wsdl", file=WSDL_11)) == ["file"]
    soap = world.made("POST", "/apis", {"name": "Bare", "version": "1", "context": "/bare", "type": "SOAP"})
    assert sent(world.form("PUT", f"/apis/{soap['id']}/wsdl", file=WSDL_20)) == WSDL_20


def test_what_the_gateway_serves_goes_to_the_very_address(world: PublisherWorld) -> None:
    api_id = made(world)["id"]
    world.deploy(api_id, world.revision(api_id)["id"])
    compiled = world.artifact(revision_key(SUPER_TENANT, api_id))
    assert (compiled["type"], compiled["production"]["kind"]) == ("SOAP", "address")


@pytest.mark.parametrize(("content", "file"), [(WSDL_11, "WSDL/Phone-1.0.0.wsdl"), (ZIP, "WSDL/Phone-1.0.0.zip")])
def test_it_travels_as_an_archive(world: PublisherWorld, content: bytes, file: str) -> None:
    made(world, content)
    files, other = export(world, "Phone"), PublisherWorld()
    assert files[file] == content
    for query in ({}, {"overwrite": "true"}):
        assert take(other, files, **query).status == 200
        assert sent(other.call("GET", f"/apis/{only(other)['id']}/wsdl")) == content
    broken = take(PublisherWorld(), {**files, file: CONCRETE})
    assert blamed(broken) == ["/definitions/import"]
    assert blamed(take(PublisherWorld(), {**files, "WSDL/more.wsdl": WSDL_20})) == ["WSDL/more.wsdl"]
