"""Definitions of three kinds, compiled to schemas of one kind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.mediation.schema import check_request, check_response, compile_schemas
from tests.unit.mediation.definitions import (
    ANYTHING,
    CHECKER,
    FORM,
    OPENAPI,
    SWAGGER,
    allows,
    asked,
    compiled,
    of_schema,
    posted,
)
from tests.unit.mediation.messages import JSON, request, response


def test_an_operation_without_schemas_compiles_to_nothing() -> None:
    bare = {"openapi": "3.0.3", "paths": {"/": {"get": {"responses": {"200": {"description": "ok"}}}}}}
    assert compile_schemas(bare, "GET", "/") is None
    assert compile_schemas(OPENAPI, "DELETE", "/items/{id}") is None
    assert compile_schemas(OPENAPI, "GET", "/nowhere") is None


@pytest.mark.parametrize(
    ("value", "query", "passes"),
    [
        ({"name": "a", "note": None}, "sizes=1|2", True),
        ({"name": None}, "", False),
        ({"name": "a"}, "sizes=1|x", False),
    ],
)
def test_swagger_2_is_understood(value: Any, query: str, passes: bool) -> None:  # noqa: FBT001
    assert (asked(posted(value, query=query), SWAGGER) is None) is passes
    assert (check_response(compiled(SWAGGER), response(json.dumps(value), JSON), CHECKER) is None) is (
        value["name"] == "a"
    )


def test_the_forms_of_swagger_2_are_understood() -> None:
    schemas = compiled(SWAGGER, "PUT")
    assert check_request(schemas, request("n=1&f=x", FORM), {}, CHECKER) is None
    assert check_request(schemas, request("n=x", FORM), {}, CHECKER) is not None
    assert check_request(schemas, request(), {}, CHECKER) is not None


def test_openapi_3_1_is_json_schema_with_references_beside_other_rules() -> None:
    schemas = of_schema(
        {"$ref": "#/components/schemas/Name", "maxLength": 3},
        Name={"type": ["string", "null"], "minLength": 2, "pattern": "^a"},
    )
    assert [allows(schemas, value) for value in ("ab", None, "a", "abcd", "ba")] == [True, True, False, False, False]


def test_in_openapi_3_0_what_stands_beside_a_reference_is_ignored() -> None:
    schemas = of_schema({"$ref": "#/components/schemas/Name", "maxLength": 3}, "3.0.0", Name={"type": "string"})
    assert allows(schemas, "abcd")


@pytest.mark.parametrize(
    "schema",
    [
        {"nullable": True, "allOf": [{"type": "object"}]},
        {"nullable": True, "type": "string", "enum": ["a"]},
        {"nullable": True},
    ],
)
def test_null_is_allowed_where_it_was_meant_to_be(schema: Any) -> None:
    assert allows(of_schema(schema, "3.0.1"), None)


def test_references_lead_into_schemas_and_to_the_same_names_elsewhere() -> None:
    schemas = of_schema(
        {
            "properties": {
                "a": {"$ref": "#/components/schemas/Item/properties/Item"},
                "b": {"$ref": "#/components/schemas/Item"},
            }
        },
        Item={"type": "object", "properties": {"Item": {"type": "integer"}}},
    )
    assert allows(schemas, {"a": 1, "b": {"Item": 2}})
    assert not allows(schemas, {"a": {}})
    assert not allows(schemas, {"b": {"Item": "x"}})


@pytest.mark.parametrize(
    "reference", ["https://example.com/x.json", "other.yaml#/A", "#/components/schemas/None", "#", "#a"]
)
def test_references_that_lead_nowhere_allow_anything(reference: str) -> None:
    schemas = of_schema({"properties": {"a": {"$ref": reference}}})
    assert allows(schemas, {"a": 1})


def test_definitions_that_only_refer_to_themselves_allow_anything() -> None:
    here = "#/components/schemas/"
    schemas = of_schema({"$ref": f"{here}A"}, A={"$ref": f"{here}B"}, B={"$ref": f"{here}A"})
    assert allows(schemas, {"a": 1})


def test_malformed_rules_are_left_out() -> None:
    broken = {
        "type": "file",
        "required": True,
        "minLength": "5",
        "maximum": True,
        "enum": [],
        "pattern": 7,
        "items": [],
        "allOf": 1,
    }
    assert allows(of_schema(broken), "x")


def test_places_of_an_array_and_no_schema_at_all() -> None:
    assert not allows(of_schema({"items": [{"type": "integer"}]}), ["x"])
    assert not allows(of_schema({"properties": {"a": False}}), {"a": 1})
    assert not allows(of_schema(False), 1)  # noqa: FBT003


@given(paths=ANYTHING, version=st.sampled_from([{"swagger": "2.0"}, {"openapi": "3.0.0"}, {"openapi": "3.1.0"}]))
def test_compiling_never_raises(paths: Any, version: dict[str, str]) -> None:
    compile_schemas({**version, "paths": {"/": {"get": paths}}}, "GET", "/")
    compile_schemas({**version, "paths": paths}, "GET", "/")


@given(schema=ANYTHING, value=ANYTHING)
def test_checking_never_raises(schema: Any, value: Any) -> None:
    schemas = of_schema(schema)
    check_request(schemas, posted(value), {}, CHECKER)
    check_request(schemas, request(json.dumps(value), FORM, query="a=1"), {}, CHECKER)


def test_references_lead_into_arrays_and_escaped_names() -> None:
    schemas = of_schema(
        {
            "properties": {
                "a": {"$ref": "#/components/schemas/A~1B/allOf/0"},
                "b": {"$ref": "#/components/schemas/A~1B/allOf/7"},
            }
        },
        "3.1.0",
        **{"A/B": {"allOf": [{"type": "integer"}]}},
    )
    assert allows(schemas, {"a": 1, "b": "x"})
    assert not allows(schemas, {"a": "x"})
