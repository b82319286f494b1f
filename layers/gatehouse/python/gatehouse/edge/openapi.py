"""The OpenAPI document of an interface, made of the declarations that serve it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatehouse.edge.operation import Interface, Operation

_REFERENCES = "#/components/schemas/{model}"


def document(interface: Interface) -> dict[str, Any]:
    """An OpenAPI 3.1 document with paths relative to the interface's base path."""
    schemas: dict[str, Any] = {"Error": _ERROR}
    paths: dict[str, dict[str, Any]] = {}
    for operation in interface.operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    scopes = sorted({scope for operation in interface.operations for scope in operation.scopes})
    return {
        "openapi": "3.1.0",
        "info": {"title": interface.title, "version": interface.version or "1"},
        "servers": [{"url": interface.root or "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "OAuth2Security": {
                    "type": "oauth2",
                    "flows": {"password": {"tokenUrl": "/oauth2/token", "scopes": dict.fromkeys(scopes, "")}},
                },
                "BasicAuth": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in _names(operation)
            ),
            *({"name": name, "in": "query", "schema": {"type": "string"}} for name in operation.query),
        ],
        "responses": {
            **{str(status): {"description": "Done", **_headers(operation)} for status in operation.answers},
            "default": {
                "description": "The request was refused",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    content: dict[str, Any] = {media_type: {"schema": {}} for media_type in operation.accepts}
    if operation.body is not None:
        schema = operation.body.model_json_schema(ref_template=_REFERENCES)
        schemas.update(schema.pop("$defs", {}))
        schemas[operation.body.__name__] = schema
        content["application/json"] = {"schema": {"$ref": _REFERENCES.format(model=operation.body.__name__)}}
    if content:
        described["requestBody"] = {"required": True, "content": content}
    if operation.authenticated:
        described["security"] = [{"OAuth2Security": list(operation.scopes)}, {"BasicAuth": []}]
    return described


def _headers(operation: Operation) -> dict[str, Any]:
    described = {
        name: {"description": meaning, "schema": {"type": "string"}} for name, meaning in operation.headers.items()
    }
    return {"headers": described} if described else {}


def _names(operation: Operation) -> list[str]:
    return re.findall(r"{(\w+)}", operation.path)


_ERROR = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "integer", "format": "int64"},
        "message": {"type": "string"},
        "description": {"type": "string"},
        "moreInfo": {"type": "string"},
        "error": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("code", "message", "description")},
            },
        },
    },
}
