"""Samples: a value that a schema would take, to begin with. What the definition gives as an example wins."""

from __future__ import annotations

import json
from typing import Any

from gatehouse.adapters.definitions.references import found_at

DEPTH_MAX = 6
"""Schemas may hold themselves; what is deeper is left out."""
_HOPS_MAX = 20

_JSON, _FORM, _MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_PLAIN: dict[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": True, "null": None}
_FORMATS = {
    "date": "2024-01-31",
    "date-time": "2024-01-31T12:00:00Z",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "email": "somebody@example.com",
    "uri": "https://example.com",
}


def sample(document: dict[str, Any], schema: Any, depth: int = 0) -> Any:
    """A value for this schema of the document."""
    found = resolved(document, schema)
    for given in ("example", "default", "const"):
        if given in found:
            return found[given]
    for several in ("examples", "enum"):
        if isinstance(found.get(several), list) and found[several]:
            return found[several][0]
    for choice in ("oneOf", "anyOf"):
        if found.get(choice):
            return sample(document, found[choice][0], depth + 1) if depth < DEPTH_MAX else None
    return _of_type(document, found, depth)


def body_of(document: dict[str, Any], described: Any) -> tuple[str, dict[str, Any] | None]:
    """The media type and the body of a request, as a collection has it; None when there is none to send."""
    content = resolved(document, described).get("content") or {}
    if not content:
        return "", None
    media_type = next((name for name in content if name.startswith(_JSON)), next(iter(content)))
    entry = content[media_type] if isinstance(content[media_type], dict) else {}
    value = entry["example"] if "example" in entry else sample(document, entry.get("schema") or {})
    if media_type in {_FORM, _MULTIPART}:
        mode = "urlencoded" if media_type == _FORM else "formdata"
        schema = resolved(document, entry.get("schema") or {})
        properties = schema.get("properties") or {}
        return media_type, {mode: [_field(document, name, part) for name, part in properties.items()], "mode": mode}
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    language = "json" if "json" in media_type else "text"
    return media_type, {"mode": "raw", "raw": text, "options": {"raw": {"language": language}}}


def resolved(document: dict[str, Any], node: Any) -> dict[str, Any]:
    """The node, or what it refers to within the document; {} for what leads nowhere."""
    for _ in range(_HOPS_MAX):
        if not isinstance(node, dict):
            return {}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        node = found_at(document, reference)
    return {}


def _of_type(document: dict[str, Any], schema: dict[str, Any], depth: int) -> Any:
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    if schema.get("allOf") or schema.get("properties") or kind == "object":
        return _object(document, schema, depth)
    if kind == "array":
        return [sample(document, schema.get("items") or {}, depth + 1)] if depth < DEPTH_MAX else []
    return _FORMATS.get(str(schema.get("format"))) or _PLAIN.get(str(kind), "")


def _object(document: dict[str, Any], schema: dict[str, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if depth >= DEPTH_MAX:
        return found
    for part in schema.get("allOf") or ():
        value = sample(document, part, depth + 1)
        found |= value if isinstance(value, dict) else {}
    for name, part in (schema.get("properties") or {}).items():
        if not resolved(document, part).get("readOnly"):
            found[name] = sample(document, part, depth + 1)
    return found


def _field(document: dict[str, Any], name: str, schema: Any) -> dict[str, Any]:
    found = resolved(document, schema)
    if found.get("format") == "binary" or "contentMediaType" in found:
        return {"key": name, "type": "file", "src": []}
    value = sample(document, found)
    return {"key": name, "type": "text", "value": value if isinstance(value, str) else json.dumps(value)}
