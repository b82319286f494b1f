"""Definitions of three kinds for the tests of schemas and mocks, and messages held to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from gatehouse.adapters.schemas import JsonSchemas
from gatehouse.mediation.schema import OperationSchemas, check_request, compile_schemas
from tests.unit.mediation.messages import JSON, request

if TYPE_CHECKING:
    from gatehouse.mediation.message import Message, Stop

FORM = "application/x-www-form-urlencoded"
CHECKER = JsonSchemas()
ITEM = {
    "type": "object",
    "required": ["id", "name", "price"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "minLength": 1, "example": "Margherita"},
        "price": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        "note": {"type": "string", "nullable": True},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
        "example": {"type": "integer"},
    },
    "additionalProperties": False,
}
PARAMETERS = [
    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
    {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
    {"name": "ids", "in": "query", "explode": False, "schema": {"type": "array", "items": {"type": "integer"}}},
    {"name": "X-Dry", "in": "header", "schema": {"type": "boolean"}},
    {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}},
    {"name": "seen", "in": "cookie", "schema": {"enum": ["yes", 1]}},
    {"name": "filter", "in": "query", "content": {JSON: {"schema": {"type": "object"}}}},
    {"name": "deep", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
]
OPENAPI = {
    "openapi": "3.0.3",
    "paths": {
        "/items/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "post": {
                "parameters": PARAMETERS,
                "requestBody": {"$ref": "#/components/requestBodies/Item"},
                "responses": {
                    "200": {
                        "content": {
                            "application/json; charset=utf-8": {"schema": {"$ref": "#/components/schemas/Item"}}
                        }
                    },
                    "4XX": {"content": {"application/*": {"schema": {"type": "object", "required": ["code"]}}}},
                    "default": {"description": "anything"},
                },
            },
            "get": {"responses": {"200": {"description": "no content is described"}}},
        }
    },
    "components": {
        "schemas": {"Item": ITEM},
        "requestBodies": {
            "Item": {
                "required": True,
                "content": {
                    JSON: {"schema": {"$ref": "#/components/schemas/Item"}},
                    FORM: {"schema": ITEM},
                    "text/*": {},
                },
            }
        },
    },
}
GOOD = {"name": "Pizza", "price": 7.5, "note": None, "parts": [{"name": "Dough", "price": 1}]}


def compiled(definition: dict[str, Any], verb: str = "POST", target: str = "/items/{id}") -> OperationSchemas:
    body = compile_schemas(definition, verb, target)
    assert body is not None
    return OperationSchemas.from_body(json.loads(json.dumps(body)))


def asked(message: Message, definition: dict[str, Any] = OPENAPI, **variables: str) -> Stop | None:
    return check_request(compiled(definition), message, variables or {"id": "7"}, CHECKER)


def posted(value: Any, **parts: Any) -> Message:
    return request(json.dumps(value), JSON, **parts)


SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "paths": {
        "/items/{id}": {
            "post": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "type": "integer"},
                    {
                        "name": "sizes",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "integer"},
                        "collectionFormat": "pipes",
                    },
                    {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Item"}},
                ],
                "responses": {"200": {"schema": {"$ref": "#/definitions/Item"}}},
            },
            "put": {
                "consumes": [FORM, "multipart/form-data"],
                "parameters": [
                    {"name": "n", "in": "formData", "required": True, "type": "integer"},
                    {"name": "f", "in": "formData", "type": "file"},
                ],
            },
        }
    },
    "definitions": {
        "Item": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "note": {"type": "string", "x-nullable": True}},
        }
    },
}


def of_schema(schema: Any, version: str = "3.1.0", /, **schemas: Any) -> OperationSchemas:
    operation = {"requestBody": {"content": {JSON: {"schema": schema}}}}
    definition = {
        "openapi": version,
        "paths": {"/items/{id}": {"post": operation}},
        "components": {"schemas": schemas},
    }
    return compiled(definition)


def allows(schemas: OperationSchemas, value: Any) -> bool:
    return check_request(schemas, posted(value), {}, CHECKER) is None


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                [
                    "paths",
                    "/",
                    "get",
                    "post",
                    "parameters",
                    "name",
                    "in",
                    "schema",
                    "$ref",
                    "type",
                    "properties",
                    "responses",
                    "200",
                    "content",
                    JSON,
                    "requestBody",
                    "openapi",
                    "swagger",
                    "required",
                    "items",
                    "allOf",
                    "nullable",
                    "enum",
                ]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=30,
)
