"""A definition as mediation reads it: Swagger 2.0, OpenAPI 3.0 or 3.1. Whatever is malformed in it reads as absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

SWAGGER_2, OPENAPI_3_0, OPENAPI_3_1 = "2.0", "3.0", "3.1"

_HOPS_MAX = 20
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class DefinitionReader:
    """Finds operations and follows references. References out of the document lead nowhere: nothing is ever fetched."""

    definition: Mapping[str, Any]

    @property
    def dialect(self) -> str:
        """Which of the three it is."""
        if "swagger" in self.definition:
            return SWAGGER_2
        version = str(self.definition.get("openapi", ""))
        return OPENAPI_3_0 if version.startswith("3.0") else OPENAPI_3_1

    def operation(self, verb: str, target: str) -> dict[str, Any] | None:
        """The operation with all its parameters, those of its path included."""
        item = self.resolved(mapping(self.definition.get("paths")).get(target))
        operation = item.get(verb.lower())
        if not isinstance(operation, dict):
            return None
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for part in (*sequence(item.get("parameters")), *sequence(operation.get("parameters"))):
            parameter = self.resolved(part)
            if isinstance(name := parameter.get("name"), str) and isinstance(place := parameter.get("in"), str):
                found[name, place] = parameter
        return {**operation, "parameters": list(found.values())}

    def resolved(self, node: object) -> dict[str, Any]:
        """What a node, or the end of its references, says; {} when there is no such thing."""
        for _ in range(_HOPS_MAX):
            if not isinstance(node, dict):
                return {}
            if not isinstance(node.get("$ref"), str):
                return node
            node = self.at(node["$ref"])
        return {}

    def at(self, reference: str) -> object:
        """What stands at a local reference (RFC 6901), None when nothing does."""
        if not reference.startswith("#/"):
            return None
        node: object = self.definition
        for part in reference[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict):
                node = node.get(key)
            elif isinstance(node, list) and key.isascii() and key.isdigit() and int(key) < len(node):
                node = node[int(key)]
            else:
                return None
        return node

    def request_body(self, operation: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        """The schemas of the body by media type, and whether there must be one."""
        if self.dialect != SWAGGER_2:
            body = self.resolved(operation.get("requestBody"))
            return _schemas(body.get("content")), body.get("required") is True
        parameters = sequence(operation.get("parameters"))
        kinds = self._kinds(operation, "consumes")
        body = next((one for one in parameters if one.get("in") == "body"), {})
        if body:
            return {kind: body.get("schema", True) for kind in kinds or ["application/json"]}, body.get(
                "required"
            ) is True
        fields = [one for one in parameters if one.get("in") == "formData"]
        if not fields:
            return {}, False
        required = [one["name"] for one in fields if one.get("required") is True]
        form = {
            "type": "object",
            "properties": {one["name"]: inline_schema(one) for one in fields},
            "required": required,
        }
        return dict.fromkeys(kinds or [_FORM], form), bool(required)

    def responses(self, operation: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The responses by status, `2XX` and `default` among them."""
        found = mapping(operation.get("responses"))
        return {
            str(status).upper() if status != "default" else status: self.resolved(one) for status, one in found.items()
        }

    def response_schemas(self, operation: Mapping[str, Any], response: Mapping[str, Any]) -> dict[str, Any]:
        """The schemas of a response's body by media type."""
        if self.dialect != SWAGGER_2:
            return _schemas(response.get("content"))
        if "schema" not in response:
            return {}
        return dict.fromkeys(self._kinds(operation, "produces") or ["application/json"], response["schema"])

    def _kinds(self, operation: Mapping[str, Any], key: str) -> list[str]:
        kinds = operation.get(key, self.definition.get(key))
        return [media_type(kind) for kind in sequence(kinds) if isinstance(kind, str)]


def inline_schema(parameter: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- a schema is an object or a truth value
    """The schema of a parameter of Swagger 2.0, which stands in the parameter itself."""
    return True if parameter.get("type") == "file" else {**parameter, "required": None, "name": None, "in": None}


def media_type(text: str) -> str:
    """A media type without its parameters, in lower case."""
    return text.partition(";")[0].strip().lower()


def mapping(value: object) -> dict[str, Any]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The value when it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def _schemas(content: object) -> dict[str, Any]:
    return {media_type(str(kind)): mapping(one).get("schema", True) for kind, one in mapping(content).items()}
