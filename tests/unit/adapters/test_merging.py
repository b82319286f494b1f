"""Merging definitions: chosen operations of several, with all that they refer to, in one valid OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.adapters.definitions import OpenApiDefinitions
from gatehouse.domain.apis.definition import DefinedPart

OK = {"200": {"description": "ok"}}
JSON = "application/json"


def schema_of(reference: str) -> dict[str, Any]:
    return {"200": {"description": "ok", "content": {JSON: {"schema": {"$ref": f"#/components/schemas/{reference}"}}}}}


def openapi(paths: dict[str, Any], version: str = "3.0.3", **more: Any) -> dict[str, Any]:
    return {"openapi": version, "info": {"title": "Part", "version": "1"}, "paths": paths, **more}


def swagger(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"swagger": "2.0", "info": {"title": "Part", "version": "1"}, "paths": paths, **more}


def part(definition: dict[str, Any], *operations: str) -> DefinedPart:
    chosen = tuple((verb, target) for verb, target in (operation.split() for operation in operations))
    return DefinedPart(content=json.dumps(definition).encode(), operations=chosen)


def merged(*parts: DefinedPart) -> dict[str, Any]:
    """The merged document, which is valid."""
    definitions = OpenApiDefinitions()
    content = definitions.merge(title="Whole", version="2.0.0", description="All of it", parts=parts)
    assert definitions.read(content).title == "Whole"
    document: dict[str, Any] = json.loads(content)
    return document


def test_only_what_was_chosen_is_there() -> None:
    paths = {"/menu": {"get": {"responses": OK}, "post": {"responses": OK}}, "/news": {"get": {"responses": OK}}}
    menu = openapi(paths)
    beers = openapi({"/beers": {"get": {"responses": OK}}})
    document = merged(part(menu, "GET /menu"), part(beers, "GET /beers"))
    assert document["paths"] == {"/menu": {"get": {"responses": OK}}, "/beers": {"get": {"responses": OK}}}
    assert document["info"] == {"title": "Whole", "version": "2.0.0", "description": "All of it"}
    assert (document["openapi"], "components" in document) == ("3.0.1", False)


def test_nothing_chosen_is_a_document_too() -> None:
    assert merged()["paths"] == {}


def test_one_path_may_have_operations_of_several() -> None:
    reads, writes = (openapi({"/menu": {verb: {"responses": OK}}}) for verb in ("get", "put"))
    assert set(merged(part(reads, "GET /menu"), part(writes, "PUT /menu"))["paths"]["/menu"]) == {"get", "put"}


def test_parameters_of_a_path_come_along_and_the_operation_s_own_win() -> None:
    shared = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "size", "in": "query", "schema": {"type": "integer"}},
    ]
    own = {"name": "size", "in": "query", "schema": {"type": "string"}}
    item = {"parameters": shared, "get": {"parameters": [own], "responses": OK}}
    document = merged(part(openapi({"/items/{id}": item}), "GET /items/{id}"))
    assert document["paths"]["/items/{id}"]["get"]["parameters"] == [shared[0], own]


def test_what_callers_of_a_part_need_stays_behind() -> None:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "x"}}
    menu = openapi(
        {"/menu": {"get": {"responses": OK, "security": [{"key": []}], "servers": [{"url": "https://own"}]}}},
        security=[{"key": []}],
        servers=[{"url": "https://part"}],
        components={"securitySchemes": schemes},
    )
    document = merged(part(menu, "GET /menu"))
    assert document["paths"]["/menu"]["get"] == {"responses": OK}
    assert not {"security", "servers", "components"} & document.keys()


def test_components_come_along_with_all_that_they_refer_to_and_no_others() -> None:
    schemas = {
        "Dish": {"type": "object", "properties": {"of": {"$ref": "#/components/schemas/Part"}}},
        "Part": {"type": "object", "properties": {"dish": {"$ref": "#/components/schemas/Dish"}}},
        "Other": {"type": "string"},
    }
    menu = openapi({"/menu": {"get": {"responses": schema_of("Dish")}}}, components={"schemas": schemas})
    assert merged(part(menu, "GET /menu"))["components"] == {"schemas": {n: schemas[n] for n in ("Dish", "Part")}}


def test_components_that_say_the_same_become_one() -> None:
    components = {"schemas": {"Error": {"type": "string"}}}
    parts = [
        part(openapi({path: {"get": {"responses": schema_of("Error")}}}, components=components), f"GET {path}")
        for path in ("/a", "/b")
    ]
    assert merged(*parts)["components"] == components


def test_components_of_one_name_that_say_different_things_are_told_apart() -> None:
    def definition(path: str, kind: str) -> dict[str, Any]:
        page = {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}
        schemas = {"Page": page, "Item": {"type": kind}}
        return openapi({path: {"get": {"responses": schema_of("Page")}}}, components={"schemas": schemas})

    parts = [part(definition(path, kind), f"GET {path}") for path, kind in (("/a", "string"), ("/b", "integer"))]
    document = merged(*parts)
    schemas = document["components"]["schemas"]
    assert (schemas["Item"], schemas["Item_2"]) == ({"type": "string"}, {"type": "integer"})
    assert schemas["Page_2"]["items"] == {"$ref": "#/components/schemas/Item_2"}
    shown = document["paths"]["/b"]["get"]["responses"]["200"]["content"][JSON]["schema"]
    assert shown == {"$ref": "#/components/schemas/Page_2"}


def test_the_kinds_that_a_discriminator_tells_apart_come_along() -> None:
    def definition(path: str, kind: str) -> dict[str, Any]:
        pet = {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string"}},
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
        }
        schemas = {"Pet": pet, "Cat": {"type": kind}}
        return openapi({path: {"get": {"responses": schema_of("Pet")}}}, components={"schemas": schemas})

    schemas = merged(part(definition("/a", "object"), "GET /a"), part(definition("/b", "string"), "GET /b"))[
        "components"
    ]["schemas"]
    assert schemas["Pet_2"]["discriminator"]["mapping"] == {"cat": "#/components/schemas/Cat_2"}


def test_operation_ids_are_told_apart_and_tags_are_taken_along_once() -> None:
    tags = [{"name": "food", "description": "To eat"}, {"name": "unused"}]
    parts = [
        part(
            openapi({path: {"get": {"operationId": "list", "tags": ["food"], "responses": OK}}}, tags=tags),
            f"GET {path}",
        )
        for path in ("/a", "/b")
    ]
    document = merged(*parts)
    assert [document["paths"][path]["get"]["operationId"] for path in ("/a", "/b")] == ["list", "list_2"]
    assert document["tags"] == tags[:1]


def test_references_into_paths_are_put_in_their_place() -> None:
    where = "#/paths/~1other/get/responses/200"
    paths = {
        "/menu": {"get": {"responses": {"200": {"$ref": where}}}},
        "/other": {"get": {"responses": OK}},
    }
    assert merged(part(openapi(paths), "GET /menu"))["paths"]["/menu"]["get"]["responses"] == OK


def test_swagger_2_is_told_as_openapi_3() -> None:
    definition = swagger(
        {
            "/orders/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
                "post": {
                    "consumes": ["application/xml"],
                    "produces": [JSON],
                    "parameters": [
                        {"$ref": "#/parameters/Tags"},
                        {"name": "order", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Order"}},
                    ],
                    "responses": {
                        "200": {
                            "description": "done",
                            "schema": {"$ref": "#/definitions/Order"},
                            "headers": {"X-Left": {"type": "integer", "description": "How many are left"}},
                            "examples": {JSON: {"name": "beer"}},
                        },
                        "404": {"$ref": "#/responses/Missing"},
                    },
                },
            }
        },
        parameters={
            "Tags": {
                "name": "tags",
                "in": "query",
                "type": "array",
                "items": {"type": "string"},
                "collectionFormat": "multi",
            }
        },
        responses={"Missing": {"description": "no such order"}},
        definitions={
            "Order": {
                "type": "object",
                "discriminator": "name",
                "required": ["name"],
                "properties": {"name": {"type": "string", "x-nullable": True}},
            }
        },
    )
    document = merged(part(definition, "POST /orders/{id}"))
    operation = document["paths"]["/orders/{id}"]["post"]
    reference = {"$ref": "#/components/schemas/Order"}
    assert operation["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {
            "name": "tags",
            "in": "query",
            "schema": {"type": "array", "items": {"type": "string"}},
            "style": "form",
            "explode": True,
        },
    ]
    assert operation["requestBody"] == {"required": True, "content": {"application/xml": {"schema": reference}}}
    answer = operation["responses"]["200"]
    assert answer["content"] == {JSON: {"schema": reference, "example": {"name": "beer"}}}
    assert answer["headers"] == {"X-Left": {"description": "How many are left", "schema": {"type": "integer"}}}
    assert operation["responses"]["404"] == {"description": "no such order"}
    order = document["components"]["schemas"]["Order"]
    assert (order["discriminator"], order["properties"]["name"]) == (
        {"propertyName": "name"},
        {"type": "string", "nullable": True},
    )


@pytest.mark.parametrize(
    ("kind", "media_type"), [("file", "multipart/form-data"), ("string", "application/x-www-form-urlencoded")]
)
def test_form_fields_of_swagger_2_become_a_body(kind: str, media_type: str) -> None:
    field = {"name": "photo", "in": "formData", "type": kind, "required": True}
    definition = swagger({"/photos": {"post": {"consumes": [media_type], "parameters": [field], "responses": OK}}})
    content = merged(part(definition, "POST /photos"))["paths"]["/photos"]["post"]["requestBody"]["content"]
    assert list(content) == [media_type]
    schema = content[media_type]["schema"]
    assert (schema["required"], schema["properties"]["photo"]["type"]) == (["photo"], "string")


def test_openapi_3_0_is_told_as_3_1_when_one_part_is() -> None:
    old = openapi(
        {"/a": {"get": {"responses": schema_of("Price")}}},
        components={"schemas": {"Price": {"type": "number", "nullable": True, "minimum": 0, "exclusiveMinimum": True}}},
    )
    new = openapi({"/b": {"get": {"responses": OK}}}, version="3.1.0")
    document = merged(part(old, "GET /a"), part(new, "GET /b"))
    assert document["openapi"] == "3.1.0"
    assert document["components"]["schemas"]["Price"] == {"type": ["number", "null"], "exclusiveMinimum": 0}
