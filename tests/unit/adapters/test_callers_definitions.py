"""What callers are given of a definition: a document that any tool can call by, and a collection of requests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from gatehouse.adapters.definitions.for_callers import OpenApiForCallers
from gatehouse.domain.portal.doorway import Doorway
from gatehouse.domain.publishing.deployed import Access

FOR_CALLERS = OpenApiForCallers()
TOKENS, AGREEMENT = "https://keys.example/oauth2/token", "https://keys.example/oauth2/authorize"
OK = {"200": {"description": "OK"}}


def doorway(**access: Any) -> Doorway:
    return Doorway(
        servers=("https://gateway.example/menu/1.0.0", "https://gateway.example/menu"),
        token_url=TOKENS,
        authorization_url=AGREEMENT,
        access=Access(**access),
    )


def openapi(**parts: Any) -> dict[str, Any]:
    """Three operations: one that asks for a scope, one for a token, one for nothing."""
    flow = {
        "authorizationUrl": "https://test.com",
        "scopes": {"order": "Order things"},
        "x-scopes-bindings": {"order": "kitchen-chefs"},
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Menu", "version": "1.0.0", "description": "What there is to eat"},
        "servers": [{"url": "https://kitchen.internal"}],
        "x-wso2-production-endpoints": {"urls": ["https://kitchen.internal"]},
        "paths": {
            "/orders/{id}": {
                "servers": [{"url": "https://kitchen.internal/v2"}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "put": {
                    "tags": ["orders"],
                    "summary": "Change an order",
                    "x-auth-type": "Application & Application User",
                    "x-mediation-script": "secret.js",
                    "security": [{"default": ["order"]}],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
                    },
                    "responses": OK,
                },
            },
            "/items": {
                "get": {
                    "parameters": [
                        {"name": "page", "in": "query", "schema": {"type": "integer", "default": 1}},
                        {"name": "kind", "in": "query", "required": True, "schema": {"enum": ["hot", "cold"]}},
                        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    ],
                    "responses": {"200": {"description": "OK", "content": {"text/csv": {}}}},
                }
            },
            "/health": {"get": {"x-auth-type": "None", "responses": OK}},
        },
        "components": {
            "schemas": {
                "Order": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string", "readOnly": True},
                        "dish": {"type": "string", "example": "Pizza"},
                        "amount": {"type": "integer"},
                        "with": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}},
                    },
                }
            },
            "securitySchemes": {
                "default": {"type": "oauth2", "flows": {"implicit": flow}},
                "kitchen": {"type": "apiKey", "in": "header", "name": "X-Kitchen"},
            },
        },
        **parts,
    }


def swagger() -> dict[str, Any]:
    return {
        "swagger": "2.0",
        "info": {"title": "Menu", "version": "1.0.0"},
        "host": "kitchen.internal",
        "paths": {
            "/orders": {
                "post": {
                    "security": [{"default": ["order"]}],
                    "parameters": [{"in": "body", "name": "body", "schema": {"type": "object"}}],
                    "responses": OK,
                }
            },
            "/health": {"get": {"x-auth-type": "None", "responses": OK}},
        },
        "securityDefinitions": {
            "default": {
                "type": "oauth2",
                "flow": "implicit",
                "authorizationUrl": "https://test.com",
                "scopes": {"order": "Order things"},
            }
        },
    }


def published(document: dict[str, Any], **access: Any) -> Any:
    found = json.loads(FOR_CALLERS.published(json.dumps(document).encode(), doorway(**access)))
    validate(found)
    return found


@pytest.mark.parametrize("document", [openapi(), swagger()], ids=["OpenAPI 3", "Swagger 2"])
def test_nothing_of_the_backend_is_left_and_none_who_has_which_role(document: dict[str, Any]) -> None:
    text = json.dumps(published(document, api_key=True))
    for secret in ("kitchen.internal", "secret.js", "kitchen-chefs", "test.com"):
        assert secret not in text


def test_the_gateway_is_the_server_and_each_operation_says_what_opens_it() -> None:
    found = published(openapi(), api_key=True, basic=True, api_key_header="X-Key")
    assert [server["url"] for server in found["servers"]] == list(doorway().servers)
    schemes = found["components"]["securitySchemes"]
    scopes = {"order": "Order things"}
    assert schemes["default"]["flows"] == {
        "clientCredentials": {"tokenUrl": TOKENS, "scopes": scopes},
        "authorizationCode": {"tokenUrl": TOKENS, "authorizationUrl": AGREEMENT, "scopes": scopes},
    }
    assert schemes["ApiKeyAuth"] == {"type": "apiKey", "in": "header", "name": "X-Key"}
    assert schemes["BasicAuth"] == {"type": "http", "scheme": "basic"}
    assert schemes["kitchen"]["name"] == "X-Kitchen"
    paths = found["paths"]
    others = [{"ApiKeyAuth": []}, {"BasicAuth": []}]
    assert paths["/orders/{id}"]["put"]["security"] == [{"default": ["order"]}, *others]
    assert paths["/items"]["get"]["security"] == [{"default": []}, *others]
    assert paths["/health"]["get"]["security"] == []


@pytest.mark.parametrize(
    ("document", "path", "verb"),
    [(openapi(), "/orders/{id}", "put"), (swagger(), "/orders", "post")],
    ids=["OpenAPI 3", "Swagger 2"],
)
def test_each_of_several_scopes_opens_an_operation_as_at_the_gateway(
    document: dict[str, Any], path: str, verb: str
) -> None:
    document["paths"][path][verb]["security"] = [{"default": ["order", "cook"]}, {"default": ["serve"]}]
    told = published(document, api_key=True)["paths"][path][verb]["security"]
    assert told == [*({"default": [scope]} for scope in ("order", "cook", "serve")), {"ApiKeyAuth": []}]


def test_swagger_2_is_told_in_its_own_terms() -> None:
    found = published(swagger(), api_key=True, basic=True)
    assert (found["host"], found["basePath"], found["schemes"]) == ("gateway.example", "/menu/1.0.0", ["https"])
    assert found["securityDefinitions"] == {
        "default": {"type": "oauth2", "flow": "application", "tokenUrl": TOKENS, "scopes": {"order": "Order things"}},
        "ApiKeyAuth": {"type": "apiKey", "in": "header", "name": "ApiKey"},
        "BasicAuth": {"type": "basic"},
    }
    assert found["paths"]["/orders"]["post"]["security"][0] == {"default": ["order"]}
    assert found["paths"]["/health"]["get"]["security"] == []


def test_a_token_in_a_header_of_its_own_is_told_as_that_header() -> None:
    found = published(openapi(), authorization_header="X-Token", basic=True)
    assert found["components"]["securitySchemes"]["BearerAuth"]["name"] == "X-Token"
    assert found["paths"]["/items"]["get"]["security"] == [{"BearerAuth": []}]


def test_an_api_that_takes_no_tokens_does_not_promise_them() -> None:
    assert "default" not in published(swagger(), oauth2=False, api_key=True)["securityDefinitions"]
    found = published(openapi(), oauth2=False, api_key=True)
    assert "default" not in found["components"]["securitySchemes"]
    assert "default" not in {name for one in found["security"] for name in one}
    assert found["paths"]["/orders/{id}"]["put"]["security"] == [{"ApiKeyAuth": []}]


@pytest.mark.parametrize(
    ("access", "asked"),
    [
        ({"mutual_tls": True, "mutual_tls_mandatory": True}, [{"default": [], "MutualTLS": []}]),
        ({"mutual_tls": True, "application_mandatory": False}, [{"default": []}, {"MutualTLS": []}]),
        (
            {"mutual_tls": True, "mutual_tls_mandatory": True, "application_mandatory": False},
            [{"default": [], "MutualTLS": []}, {"MutualTLS": []}],
        ),
        (
            {"mutual_tls": True, "mutual_tls_mandatory": True, "application_mandatory": False, "oauth2": False},
            [{"MutualTLS": []}],
        ),
    ],
)
def test_certificates_are_told_where_the_specification_knows_them(access: dict[str, Any], asked: Any) -> None:
    assert published(openapi(openapi="3.1.0"), **access)["paths"]["/items"]["get"]["security"] == asked
    assert "MutualTLS" not in json.dumps(published(openapi(), **access))


def collected(document: dict[str, Any], **access: Any) -> Any:
    return json.loads(FOR_CALLERS.collection(json.dumps(document).encode(), doorway(**access)))


def test_a_collection_has_a_request_for_each_operation_in_folders_by_tag() -> None:
    found = collected(openapi())
    assert found["info"]["name"] == "Menu 1.0.0"
    assert found["info"]["schema"].endswith("/v2.1.0/collection.json")
    folder, items, health = found["item"]
    assert (folder["name"], [one["name"] for one in folder["item"]]) == ("orders", ["Change an order"])
    assert (items["name"], health["name"]) == ("GET /items", "GET /health")
    assert health["request"]["auth"] == {"type": "noauth"}
    assert {one["key"]: one["value"] for one in found["variable"]}["baseUrl"] == "https://gateway.example/menu/1.0.0"


def test_a_request_has_its_parameters_and_a_body_to_begin_with() -> None:
    folder, items, _ = collected(openapi())["item"]
    (order,) = folder["item"]
    assert order["request"]["url"]["raw"] == "{{baseUrl}}/orders/:id"
    assert order["request"]["url"]["variable"] == [{"key": "id", "value": "", "description": ""}]
    sent = json.loads(order["request"]["body"]["raw"])
    assert (sent["dish"], sent["amount"], "id" in sent) == ("Pizza", 0, False)
    assert {"key": "Content-Type", "value": "application/json"} in order["request"]["header"]
    url = items["request"]["url"]
    assert url["raw"] == "{{baseUrl}}/items?kind=hot"
    assert [(one["key"], one["value"], one["disabled"]) for one in url["query"]] == [
        ("page", "1", True),
        ("kind", "hot", False),
    ]
    assert {one["key"]: one["value"] for one in items["request"]["header"]}["Accept"] == "text/csv"


@pytest.mark.parametrize(
    ("access", "kind", "variables"),
    [
        ({}, "oauth2", {"baseUrl", "clientId", "clientSecret", "accessToken"}),
        ({"authorization_header": "X-Token"}, "apikey", {"baseUrl", "accessToken"}),
        ({"oauth2": False, "api_key": True}, "apikey", {"baseUrl", "apiKey"}),
        ({"oauth2": False, "basic": True}, "basic", {"baseUrl", "username", "password"}),
    ],
)
def test_credentials_are_variables_of_the_collection(access: dict[str, Any], kind: str, variables: set[str]) -> None:
    found = collected(openapi(), **access)
    assert found["auth"]["type"] == kind
    assert {one["key"] for one in found["variable"]} == variables
    told = {one["key"]: one["value"] for one in found["auth"][kind]}
    if kind == "oauth2":
        assert (told["accessTokenUrl"], told["scope"]) == (TOKENS, "order")
    elif kind == "apikey":
        assert told["in"] == "header"


@pytest.mark.parametrize(
    ("media_type", "mode"), [("application/x-www-form-urlencoded", "urlencoded"), ("multipart/form-data", "formdata")]
)
def test_forms_are_sent_field_by_field(media_type: str, mode: str) -> None:
    schema = {
        "type": "object",
        "properties": {
            "when": {"type": "string", "format": "date"},
            "picture": {"type": "string", "format": "binary"},
            "tags": {"type": "array", "items": {"type": "string", "default": "hot"}},
        },
    }
    operation = {"requestBody": {"content": {media_type: {"schema": schema}}}, "responses": OK}
    (item,) = collected(openapi(paths={"/orders": {"post": operation}}))["item"]
    fields = {one["key"]: one for one in item["request"]["body"][mode]}
    assert fields["picture"] == {"key": "picture", "type": "file", "src": []}
    assert (fields["when"]["value"], fields["tags"]["value"]) == ("2024-01-31", '["hot"]')


def test_a_collection_of_swagger_2_sends_the_body_it_describes() -> None:
    order, health = collected(swagger())["item"]
    assert order["request"]["method"] == "POST"
    assert order["request"]["body"]["raw"] == "{}"
    assert health["request"]["auth"] == {"type": "noauth"}


def test_schemas_that_hold_themselves_or_lead_nowhere_end_somewhere() -> None:
    schemas = {
        "Node": {"allOf": [{"$ref": "#/components/schemas/Node"}], "properties": {"x": {"oneOf": [{"type": "null"}]}}},
        "Loop": {"$ref": "#/components/schemas/Loop"},
    }
    for name in (*schemas, "Nowhere"):
        body = {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}
        document = openapi(
            paths={"/n": {"post": {"requestBody": body, "responses": OK}}}, components={"schemas": schemas}
        )
        (item,) = collected(document)["item"]
        assert item["request"]["body"]["mode"] == "raw"
