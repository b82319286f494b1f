"""API definitions: what is read, what is refused and where, and that an edit changes nothing but what was edited."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.adapters.definitions import OpenApiDefinitions
from gatehouse.domain.apis.definition import DefinedOperation, DefinedScope, DefinitionInvalid
from local.node import ROOT

DEFINITIONS = OpenApiDefinitions()
OK = {"responses": {"200": {"description": "OK"}}}


def openapi(version: str = "3.0.3", **parts: Any) -> dict[str, Any]:
    return {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": OK}}, **parts}


def swagger(**parts: Any) -> dict[str, Any]:
    return {"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": OK}}, **parts}


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("document", "specification"),
    [
        (openapi(), "OpenAPI 3.0.3"),
        (openapi("3.1.0"), "OpenAPI 3.1.0"),
        (swagger(), "Swagger 2.0"),
    ],
)
@pytest.mark.parametrize("encode", [encoded, lambda document: yaml.safe_dump(document).encode()])
def test_every_specification_is_read_in_either_syntax(document: Any, specification: str, encode: Any) -> None:
    read = DEFINITIONS.read(encode(document))
    assert read.specification == specification
    assert (read.title, read.version) == ("T", "1")
    assert read.operations == (DefinedOperation(target="/a", verb="GET"),)
    assert json.loads(read.content) == document


def test_the_sample_is_a_valid_definition() -> None:
    read = DEFINITIONS.read((ROOT / "samples/menu/openapi.yaml").read_bytes())
    assert {f"{op.verb} {op.target}" for op in read.operations} == {
        "GET /menu",
        "GET /menu/{item}",
        "POST /orders",
        "GET /orders/{orderId}",
        "DELETE /orders/{orderId}",
    }


def test_yaml_statuses_dates_and_truth_values_become_text_where_json_has_none() -> None:
    text = """
openapi: 3.0.0
info: {title: T, version: "1", x-since: 2024-02-30}
paths:
  /a:
    get:
      responses:
        200: {description: OK}
"""
    read = DEFINITIONS.read(text.encode())
    assert json.loads(read.content)["info"]["x-since"] == "2024-02-30"
    assert "200" in json.loads(read.content)["paths"]["/a"]["get"]["responses"]


def test_wso2s_extensions_and_scopes_are_understood() -> None:
    document = openapi(
        paths={
            "/open": {"get": {**OK, "x-auth-type": "None"}},
            "/orders": {"post": {**OK, "security": [{"default": ["order"]}], "x-throttling-tier": "10KPerMin"}},
        },
        components={
            "securitySchemes": {
                "default": {
                    "type": "oauth2",
                    "flows": {
                        "implicit": {
                            "authorizationUrl": "https://test.com",
                            "scopes": {"order": "May order"},
                            "x-scopes-bindings": {"order": "waiter, cook"},
                        }
                    },
                }
            }
        },
    )
    read = DEFINITIONS.read(encoded(document))
    assert read.operations == (
        DefinedOperation(target="/open", verb="GET", auth_type="None"),
        DefinedOperation(target="/orders", verb="POST", scopes=("order",), throttling_policy="10KPerMin"),
    )
    assert read.scopes == (DefinedScope(name="order", description="May order", roles=("waiter", "cook")),)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "must be an object"),
        (b"[]", "must be an object"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"openapi": "3.0.0",}', "line 1, column 21"),
        (b"openapi: 3.0.0\ninfo: [", "at line 3, column 1"),
        (b"- " * 200, "nested deeper than 100 levels"),
        (b"{}", "neither 'openapi' nor 'swagger'"),
        (encoded(openapi("4.0.0")), "OpenAPI '4.0.0' is not supported"),
        (encoded({**swagger(), "swagger": "1.2"}), "Swagger '1.2' is not supported"),
        (encoded({"openapi": "3.0.0", "paths": {}}), "'info' is a required property"),
        (encoded(openapi(paths={"/a": {"get": {}}})), "/paths/~1a/get"),
        (encoded(openapi(paths={"/a/{x}": {"get": OK}})), "/paths/~1a~1{x}/get: Path parameter 'x'"),
        (
            encoded(openapi(components={"schemas": {"Pet": {"properties": {"age": {"minimum": "old"}}}}})),
            "/components/schemas/Pet/properties/age/minimum: 'old' is not of type 'number'",
        ),
        (
            encoded(openapi(paths={"/a": {"$ref": "https://elsewhere.example/a.json"}})),
            "/paths/~1a/$ref: 'https://elsewhere.example/a.json' leads out of the document",
        ),
        (b"openapi: 3.0.0\nx: !!python/object/apply:os.system [ls]", "not YAML"),
    ],
)
def test_a_bad_definition_is_refused_with_the_place(content: bytes, told: str) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        DEFINITIONS.read(content)
    assert told in refused.value.description
    assert refused.value.fields


@pytest.mark.parametrize(
    "extension",
    [
        {"x-wso2-security": "z"},
        {"x-wso2-security": {"apim": {"x-wso2-scopes": [1, {"roles": "a"}, "b"]}}},
        {"paths": {"x-owner": "us", "/menu": {"x-weight": 3, "get": OK}}},
        {
            "components": {
                "securitySchemes": {
                    "o": {
                        "type": "oauth2",
                        "flows": {
                            "implicit": {"authorizationUrl": "https://a", "scopes": {}, "x-scopes-bindings": ["a"]}
                        },
                    }
                }
            }
        },
    ],
)
def test_extensions_of_any_shape_are_passed_over(extension: dict[str, Any]) -> None:
    content = encoded({**openapi(), "paths": {"/menu": {"get": OK}}, **extension})
    assert [operation.target for operation in DEFINITIONS.read(content).operations] == ["/menu"]


def test_operations_that_differ_only_in_names_of_parameters_are_refused() -> None:
    def item(name: str, verb: str = "get") -> Any:
        parameter = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        return {"parameters": [parameter], verb: OK}

    with pytest.raises(DefinitionInvalid, match="cannot be told from"):
        DEFINITIONS.read(encoded(openapi(paths={"/a/{x}": item("x"), "/a/{y}": item("y")})))
    told_apart = openapi(paths={"/a/{x}": item("x"), "/a/{y}": item("y", "delete")})
    assert len(DEFINITIONS.read(encoded(told_apart)).operations) == 2


def test_an_alias_bomb_is_refused_in_no_time() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    started = time.perf_counter()
    with pytest.raises(DefinitionInvalid, match="more than"):
        DEFINITIONS.read("\n".join(lines).encode())
    assert time.perf_counter() - started < 5


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(deadline=None)
def test_no_bytes_make_the_reader_fail_in_another_way(content: bytes) -> None:
    with contextlib.suppress(DefinitionInvalid):
        DEFINITIONS.read(content)


names = st.text("abcdefgh", min_size=1, max_size=6)
segments = names | names.map(lambda name: f"{{{name}}}")
paths = st.lists(segments, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
operations = st.lists(
    st.builds(
        DefinedOperation,
        target=paths,
        verb=st.sampled_from(["GET", "POST", "DELETE"]),
        scopes=st.lists(st.sampled_from(["s1", "s2"]), unique=True).map(tuple),
        auth_type=st.sampled_from(["Any", "None"]),
        throttling_policy=st.sampled_from(["Unlimited", "10KPerMin"]),
    ),
    max_size=6,
    unique_by=lambda operation: (operation.target, operation.verb),
).filter(
    lambda found: (
        len({op.target for op in found})
        == len({"/".join("{}" if "{" in part else part for part in op.target.split("/")) for op in found})
        and all(len(set(op.target.split("/"))) == len(op.target.split("/")) for op in found)
    )
)
SCOPES = (DefinedScope(name="s1", description="one", roles=("r",)), DefinedScope(name="s2"))


@given(before=operations, after=operations)
@settings(deadline=None, max_examples=60)
def test_aligning_gives_exactly_the_operations_asked_for(
    before: list[DefinedOperation], after: list[DefinedOperation]
) -> None:
    content = DEFINITIONS.generate(title="T", version="1", description="", operations=before)
    read = DEFINITIONS.read(DEFINITIONS.align(content, after, SCOPES))
    assert {
        (op.target, op.verb, frozenset(op.scopes), op.auth_type, op.throttling_policy) for op in read.operations
    } == {(op.target, op.verb, frozenset(op.scopes), op.auth_type, op.throttling_policy) for op in after}
    assert {scope.name: scope.roles for scope in read.scopes} == {"s1": ("r",), "s2": ()}


def test_a_path_item_that_stands_elsewhere_has_operations() -> None:
    item = {"get": OK, "parameters": [{"name": "x", "in": "query", "schema": {}}]}
    document = openapi(
        "3.1.0",
        paths={
            "/a": {"$ref": "#/components/pathItems/A", "summary": "Mine"},
            "/b": {"$ref": "#/paths/~1a", "post": OK},
        },
        components={"pathItems": {"A": item}},
    )
    read = DEFINITIONS.read(encoded(document))
    assert [(one.verb, one.target) for one in read.operations] == [("GET", "/a"), ("GET", "/b"), ("POST", "/b")]
    assert json.loads(read.content)["paths"]["/b"] == {**item, "summary": "Mine", "post": OK}


def test_path_items_neither_lead_in_a_circle_nor_multiply_the_document() -> None:
    circle = openapi("3.1.0", paths={"/a": {"$ref": "#/paths/~1b"}, "/b": {"$ref": "#/paths/~1a"}})
    with pytest.raises(DefinitionInvalid, match="/paths/~1a/\\$ref: '#/paths/~1b' leads back to itself"):
        DEFINITIONS.read(encoded(circle))
    large = {"get": OK, "x-large": [0] * 5000}
    many = {f"/{number}": {"$ref": "#/components/pathItems/A"} for number in range(100)}
    with pytest.raises(DefinitionInvalid, match="more than 200000 values"):
        DEFINITIONS.read(encoded(openapi("3.1.0", paths=many, components={"pathItems": {"A": large}})))


def test_what_other_tools_take_is_not_refused() -> None:
    schemas = {
        "Aged": {"type": "integer", "default": "none"},
        "Named": {"allOf": [{"$ref": "#/components/schemas/Aged"}], "required": ["name"]},
    }
    assert DEFINITIONS.read(encoded(openapi(paths={"/a": {"get": OK}}, components={"schemas": schemas}))).operations


@pytest.mark.parametrize("base", [openapi, swagger])
def test_an_edit_keeps_extensions_references_and_content_types(base: Any) -> None:
    operation = {**OK, "x-mine": {"deep": [1, 2]}, "description": "kept"}
    document = base(paths={"/a": {"get": operation, "x-path": 1}, "/b": {"post": OK}}, **{"x-top": "kept"})
    aligned = json.loads(DEFINITIONS.align(encoded(document), [DefinedOperation(target="/a", verb="GET")], ()))
    assert aligned["x-top"] == "kept"
    assert aligned["paths"]["/a"]["x-path"] == 1
    assert aligned["paths"]["/a"]["get"]["x-mine"] == {"deep": [1, 2]}
    assert "/b" not in aligned["paths"]


def test_a_definition_of_a_hundred_operations_is_read_in_reasonable_time() -> None:
    document = openapi(paths={f"/a{index}": {"get": OK} for index in range(100)})
    DEFINITIONS.read(encoded(openapi()))
    started = time.perf_counter()
    DEFINITIONS.read(encoded(document))
    assert time.perf_counter() - started < 2
