"""Mocks: the example of the definition, or a value that its schema allows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.adapters.schemas import JsonSchemas
from gatehouse.mediation.message import Message
from gatehouse.mediation.mock import mock_answer
from gatehouse.mediation.schema import OperationSchemas, check_response, compile_schemas
from tests.unit.mediation.definitions import ANYTHING, OPENAPI, SWAGGER

JSON, XML = "application/json", "application/xml"


def mocked(responses: Any, accept: str = "", version: str = "3.0.3", **parts: Any) -> dict[str, Any] | None:
    kind = {"swagger": version} if version == "2.0" else {"openapi": version}
    return mock_answer({**kind, "paths": {"/": {"get": {"responses": responses, **parts}}}}, "GET", "/", accept)


def made(schema: Any) -> Any:
    answer = mocked({"200": {"content": {JSON: {"schema": schema}}}})
    assert answer is not None
    return json.loads(answer["body"])


def test_the_example_is_the_answer() -> None:
    content = {JSON: {"schema": {"type": "string"}, "example": {"a": "é"}}}
    answer = mocked(
        {"404": {}, "201": {"content": content, "headers": {"X-A": {"schema": {"type": "integer", "example": 3}}}}}
    )
    assert answer == {"status": 201, "headers": {"content-type": JSON, "x-a": "3"}, "body": '{"a": "é"}'}


def test_the_first_of_many_examples_is_the_answer() -> None:
    answer = mocked({"200": {"content": {JSON: {"examples": {"one": {"value": 1}, "two": {"value": 2}}}}}})
    assert answer is not None
    assert answer["body"] == "1"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", JSON),
        ("*/*", JSON),
        (XML, XML),
        ("text/html, application/xml;q=0.5", XML),
        ("image/png", JSON),
        (f"{JSON};q=x, {XML};q=0.1", XML),
    ],
)
def test_the_caller_chooses_the_form(accept: str, kind: str) -> None:
    content = {JSON: {"example": {"a": 1}}, XML: {"example": {"a": 1}}}
    answer = mocked({"200": {"content": content}}, accept)
    assert answer is not None
    assert answer["headers"]["content-type"] == kind
    assert answer["body"] == ('{"a": 1}' if kind == JSON else "<jsonObject><a>1</a></jsonObject>")


def test_the_examples_of_swagger_2_are_understood() -> None:
    responses = {
        "200": {
            "schema": {"type": "object"},
            "examples": {"text/plain": "hi", JSON: {"a": 1}},
            "headers": {"X-A": {"type": "integer"}},
        }
    }
    answer = mocked(responses, "text/plain", "2.0", produces=[JSON])
    assert answer == {"status": 200, "headers": {"content-type": "text/plain", "x-a": "0"}, "body": "hi"}


@pytest.mark.parametrize(
    ("responses", "status"),
    [({"204": {}}, 204), ({"default": {}}, 200), ({"404": {}, "500": {}}, 404), ({"2XX": {}}, 200), ({"x": {}}, 200)],
)
def test_the_first_good_status_is_answered_without_a_body_when_none_is_described(responses: Any, status: int) -> None:
    assert mocked(responses) == {"status": status, "headers": {}, "body": ""}


def test_there_is_no_mock_without_operation_or_responses() -> None:
    assert mock_answer(OPENAPI, "DELETE", "/items/{id}", "") is None
    assert mocked({}) is None
    assert mocked(None) is None


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "format": "date"}, "2024-01-01"),
        ({"type": "string", "minLength": 8}, "stringst"),
        ({"type": "string", "maxLength": 2}, "st"),
        ({"type": "integer", "minimum": 5, "multipleOf": 4}, 8),
        ({"type": "integer", "minimum": 5, "exclusiveMinimum": True}, 6),
        ({"type": "number", "exclusiveMinimum": 1.5}, 2.5),
        ({"type": "integer", "maximum": -3}, -3),
        ({"enum": ["a", "b"]}, "a"),
        ({"type": ["null", "boolean"]}, True),
        (
            {"allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"b": {"default": 7}}}]},
            {"a": 0, "b": 7},
        ),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, 0),
        ({"type": "array", "minItems": 2, "items": {"type": "integer"}}, [0, 0]),
        ({"items": {"type": "integer"}}, [0]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"additionalProp1": 0}),
        ({"properties": {"a": {"type": "integer"}, "p": {"type": "string", "writeOnly": True}}}, {"a": 0}),
        ({}, None),
    ],
)
def test_a_value_is_made_from_the_schema(schema: Any, value: Any) -> None:
    assert made(schema) == value


def held(definition: dict[str, Any]) -> bool:
    answer = mock_answer(definition, "POST", "/items/{id}", "")
    schemas = compile_schemas(definition, "POST", "/items/{id}")
    assert answer is not None
    assert schemas is not None
    message = Message(headers=list(answer["headers"].items()), body=answer["body"].encode(), status=answer["status"])
    return check_response(OperationSchemas.from_body(schemas), message, JsonSchemas()) is None


def test_a_mock_of_swagger_2_satisfies_its_own_schema() -> None:
    assert held(SWAGGER)


def test_a_schema_that_contains_itself_ends() -> None:
    answer = mock_answer(OPENAPI, "POST", "/items/{id}", "")
    assert answer is not None
    assert len(answer["body"]) < 5_000
    assert json.loads(answer["body"])["name"] == "Margherita"


def test_a_wide_schema_ends() -> None:
    wide = {"type": "object", "properties": {f"p{number}": {"$ref": "#/components/schemas/A"} for number in range(50)}}
    definition = {
        "openapi": "3.0.0",
        "paths": {
            "/": {"get": {"responses": {"200": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/A"}}}}}}}
        },
        "components": {"schemas": {"A": wide}},
    }
    answer = mock_answer(definition, "GET", "/", "")
    assert answer is not None
    assert len(answer["body"]) < 2_000_000


@given(responses=ANYTHING, accept=st.text(max_size=20), version=st.sampled_from(["2.0", "3.0.0", "3.1.0"]))
def test_mocking_never_raises_and_is_the_same_every_time(responses: Any, accept: str, version: str) -> None:
    assert mocked(responses, accept, version) == mocked(responses, accept, version)
    assert mocked({"200": {"content": {JSON: {"schema": responses}}}}, accept, version) is not None
