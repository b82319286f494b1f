"""Policies, schemas, CORS, caching, default versions and the form of errors, through the front door."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jwt
import pytest

from tests.house import MAX_STALENESS_SECONDS, PUBLISHER, House, unique
from tests.rogue import Rogue, response

if TYPE_CHECKING:
    import httpx

ECHO = {"verb": "POST", "target": "/echo", "authType": "None"}
SHOWN = {"verb": "GET", "target": "/dish", "authType": "None"}


def at(backend: Rogue) -> dict[str, Any]:
    return {"endpoint_type": "http", "production_endpoints": {"url": backend.url}}


ORDER = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="order"><xs:complexType><xs:sequence>
<xs:element name="count" type="xs:positiveInteger"/></xs:sequence></xs:complexType></xs:element></xs:schema>"""

NOT_FETCHED = (
    "xsdURL: 'http://x.example/o.xsd' is not fetched: nobody would know which schema holds. "
    "Give the schema itself as 'xsd'"
)


def deployed(house: House, api_id: str) -> httpx.Response:
    """The answer to the deployment of a new revision."""
    revision = house.made("POST", f"{PUBLISHER}/apis/{api_id}/revisions", json={})
    where, what = [{"name": "Default", "vhost": "localhost"}], {"revisionId": revision["id"]}
    return house.management("POST", f"{PUBLISHER}/apis/{api_id}/deploy-revision", params=what, json=where)


def policy(name: str, **parameters: Any) -> dict[str, Any]:
    return {"policyName": name, "policyVersion": "v1", "parameters": parameters}


def mediated(house: House, *, method: str = "POST", **flows: list[dict[str, Any]]) -> str:
    """The base path of an open API whose operation `/echo` has these policies."""
    operation = {**ECHO, "verb": method, "operationPolicies": {"request": [], "response": [], "fault": [], **flows}}
    return house.base_path(house.publish(operation))


def test_policies_change_what_the_backend_sees_and_what_comes_back(house: House) -> None:
    request = [
        policy("setHeader", headerName="X-One", headerValue="1"),
        policy("addQueryParam", paramKey="page", paramValue="2"),
        policy("removeHeader", headerName="X-Gone"),
    ]
    base = mediated(house, request=request, response=[policy("setHeader", headerName="X-Back", headerValue="yes")])
    answer = house.gateway(f"{base}/echo", method="POST", content=b"{}", headers={"X-Gone": "1"})
    seen = answer.json()
    assert (seen["headers"]["x-one"], seen["path"]) == ("1", "/echo?page=2")
    assert "x-gone" not in seen["headers"]
    assert answer.headers["x-back"] == "yes"


def test_json_becomes_xml_for_the_backend(house: House) -> None:
    base = mediated(house, request=[policy("jsonToXML")])
    headers = {"Content-Type": "application/json"}
    seen = house.gateway(f"{base}/echo", method="POST", content=b'{"order": {"item": "x"}}', headers=headers).json()
    assert ET.fromstring(seen["body"]) is not None
    assert seen["headers"]["content-type"].startswith("application/xml")


def test_400_for_what_a_validator_stops(house: House) -> None:
    base = mediated(house, request=[policy("regexPolicy", regex="drop table")])
    answer = house.gateway(f"{base}/echo", method="POST", content=b"drop table users")
    assert answer.status_code == 400, answer.text


def test_xml_bodies_are_held_to_the_schema_of_the_policy(house: House) -> None:
    base = mediated(house, request=[policy("xmlValidator", xsd=ORDER)])
    answers = [
        house.gateway(f"{base}/echo", method="POST", content=body, headers={"Content-Type": "application/xml"})
        for body in (b"<order><count>2</count></order>", b"<order><count>two</count></order>", b"<order/>")
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 400]
    assert answers[0].json()["body"] == "<order><count>2</count></order>"
    told = [ET.fromstring(answer.text).findtext("{*}description") for answer in answers[1:]]
    assert told == [
        "Schema validation failed in the Request: /order/count: does not satisfy positiveInteger",
        "Schema validation failed in the Request: /order: The content of element 'order' is not complete. Tag 'count' expected.",
    ]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"xsdURL": "http://x.example/o.xsd"},
            NOT_FETCHED,
        ),
        (
            {
                "xsd": ORDER.replace(
                    "<xs:element", '<xs:include schemaLocation="http://x.example/o.xsd"/><xs:element', 1
                )
            },
            "xsd: it must stand for itself: xs:include is not supported, because nothing is fetched",
        ),
    ],
)
def test_400_for_a_schema_that_would_have_to_be_fetched(house: House, given: dict[str, str], problem: str) -> None:
    operation = {**ECHO, "operationPolicies": {"request": [policy("xmlValidator", **given)]}}
    refused = deployed(house, house.design(operation))
    assert refused.status_code == 400
    assert refused.json()["description"] == f"operations.0.operationPolicies.request.0.parameters.{problem}"


def test_a_policy_that_does_not_exist_is_refused_with_its_place(house: House) -> None:
    operation = {**ECHO, "operationPolicies": {"request": [policy("mine")], "response": [], "fault": []}}
    answer = deployed(house, house.design(operation))
    assert answer.status_code == 400
    assert "operations.0.operationPolicies.request.0.policyName" in answer.text


def test_the_backend_can_verify_who_calls(house: House) -> None:
    operation = {
        "verb": "POST",
        "target": "/echo",
        "operationPolicies": {"request": [policy("backEndJWT")], "response": [], "fault": []},
    }
    api_id = house.publish(operation)
    path = f"{house.base_path(api_id)}/echo"
    forged = {"X-JWT-Assertion": "forged"}
    seen = house.gateway(path, house.customer(api_id), method="POST", content=b"{}", headers=forged).json()
    assertion = seen["headers"]["x-jwt-assertion"]
    keys = jwt.PyJWKSet.from_dict(house.made("GET", "/oauth2/jwks", by=None))
    claims = jwt.decode(assertion, keys[jwt.get_unverified_header(assertion)["kid"]], algorithms=["RS256"])
    assert claims["iss"] == "wso2.org/products/am"
    assert claims["http://wso2.org/claims/keytype"] == "PRODUCTION"
    assert claims["http://wso2.org/claims/tier"] == "Unlimited"
    assert house.gateway(path, assertion, method="POST", content=b"{}").status_code == 401


def test_messages_are_held_to_the_definition(house: House) -> None:
    schema = {"type": "object", "required": ["item"], "properties": {"item": {"type": "string"}}}
    definition = {
        "openapi": "3.0.3",
        "info": {"title": "Strict", "version": "1.0.0"},
        "paths": {
            "/echo": {
                "post": {
                    "x-auth-type": "None",
                    "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
                    "responses": {"200": {"description": "OK"}},
                }
            }
        },
    }
    name = unique("Strict")
    endpoint = {"url": house.ports.backend_url}
    properties = {
        "name": name,
        "version": "1.0.0",
        "context": f"/{name}",
        "policies": ["Unlimited"],
        "enableSchemaValidation": True,
        "endpointConfig": {"endpoint_type": "http", "production_endpoints": endpoint},
    }
    form = {
        "file": ("d.json", json.dumps(definition).encode(), "application/json"),
        "additionalProperties": (None, json.dumps(properties)),
    }
    api = house.made("POST", f"{PUBLISHER}/apis/import-openapi", files=form)
    house.deploy(api["id"])
    assert house.gateway(f"/{name}/1.0.0/echo", method="POST", json={"item": "x"}).status_code == 200
    refused = house.gateway(f"/{name}/1.0.0/echo", method="POST", json={"item": 7})
    assert refused.status_code == 400
    assert "item" in refused.json()["description"]


def test_browsers_may_call_from_the_origins_that_are_allowed(house: House) -> None:
    cors = {
        "corsConfigurationEnabled": True,
        "accessControlAllowOrigins": ["https://*.example.com"],
        "accessControlAllowCredentials": True,
        "accessControlAllowHeaders": ["authorization"],
        "accessControlAllowMethods": ["POST"],
    }
    path = f"{house.base_path(house.publish(ECHO, corsConfiguration=cors))}/echo"
    origin = "https://shop.example.com"
    preflight = house.gateway(path, method="OPTIONS", headers={"Origin": origin})
    assert (preflight.status_code, preflight.headers["access-control-allow-methods"]) == (200, "POST")
    called = house.gateway(path, method="POST", content=b"{}", headers={"Origin": origin})
    assert called.headers["access-control-allow-origin"] == origin
    other = house.gateway(path, method="OPTIONS", headers={"Origin": "https://evil.example.org"})
    assert other.status_code == 200
    assert "access-control-allow-origin" not in other.headers


def test_answers_are_given_from_memory_where_the_api_says_so(house: House) -> None:
    operation = {"verb": "GET", "target": "/echo", "authType": "None"}
    api_id = house.publish(operation, responseCachingEnabled=True, cacheTimeout=60)
    path = f"{house.base_path(api_id)}/echo"
    answers = [house.gateway(path) for _ in range(30)]
    assert {answer.status_code for answer in answers} == {200}
    assert any("age" in answer.headers for answer in answers)


def test_no_answer_of_an_old_revision_is_given_from_memory_once_another_is_deployed(house: House) -> None:
    old, new = Rogue(lambda _: response(b"old")), Rogue(lambda _: response(b"new"))
    try:
        api_id = house.publish(SHOWN, responseCachingEnabled=True, cacheTimeout=600, endpointConfig=at(old))
        path = f"{house.base_path(api_id)}/dish"
        answers = [house.gateway(path) for _ in range(30)]
        assert {answer.text for answer in answers} == {"old"}
        assert any("age" in answer.headers for answer in answers), "it is kept, so that it could be given again"
        design = house.made("GET", f"{PUBLISHER}/apis/{api_id}")
        house.made("PUT", f"{PUBLISHER}/apis/{api_id}", json={**design, "endpointConfig": at(new)})
        house.deploy(api_id)
        time.sleep(MAX_STALENESS_SECONDS)
        assert {house.gateway(path).text for _ in range(30)} == {"new"}
    finally:
        old.stop()
        new.stop()


def test_the_default_version_answers_calls_without_one(house: House) -> None:
    name = unique("Default")
    first = house.publish(ECHO, name=name, isDefaultVersion=True)
    assert house.gateway(f"/{name}/echo", method="POST", content=b"1").status_code == 200
    house.publish({**ECHO, "target": "/second"}, name=name, version="2.0.0", isDefaultVersion=True)
    new = house.gateway(f"/{name}/second", method="POST", content=b"1")
    assert (new.status_code, new.json()) == (404, {"error": "there is no such item"}), "the backend's own answer"
    known = time.monotonic()
    while house.gateway(f"/{name}/echo", method="POST", content=b"1").status_code != 404:
        assert time.monotonic() - known < MAX_STALENESS_SECONDS + 1, "the default before must end"
        time.sleep(0.2)
    assert house.made("GET", f"{PUBLISHER}/apis/{first}")["isDefaultVersion"] is False
    assert house.gateway(f"/{name}/1.0.0/echo", method="POST", content=b"1").status_code == 200


def test_errors_speak_the_caller_s_language(house: House) -> None:
    path = f"{house.base_path(house.publish({'verb': 'POST', 'target': '/echo'}))}/echo"
    soap = {"Content-Type": "text/xml", "SOAPAction": '"x"'}
    fault = house.gateway(path, method="POST", content=b"<e/>", headers=soap)
    assert fault.status_code == 401
    assert ET.fromstring(fault.text).tag == "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"
    plain = house.gateway(path, method="POST", content=b"<e/>", headers={"Content-Type": "application/xml"})
    assert "900902" in plain.text
    assert plain.headers["content-type"].startswith("application/xml")


def test_a_caller_s_correlation_id_comes_back_and_goes_on(house: House) -> None:
    base = mediated(house)
    answer = house.gateway(f"{base}/echo", method="POST", content=b"{}", headers={"activityid": "order-7"})
    assert answer.headers["activityid"] == "order-7"
    assert answer.json()["headers"]["activityid"] == "order-7"


def test_an_unsigned_assertion_in_base64_is_for_old_backends(house: House) -> None:
    base = mediated(house, request=[policy("backEndJWT", signingAlgorithm="NONE", encoding="base64")])
    seen = house.gateway(f"{base}/echo", method="POST", content=b"{}").json()
    head, body, _ = seen["headers"]["x-jwt-assertion"].split(".")
    assert json.loads(base64.b64decode(head))["alg"] == "none"
    assert json.loads(base64.b64decode(body))["http://wso2.org/claims/apiname"].startswith("Api")
