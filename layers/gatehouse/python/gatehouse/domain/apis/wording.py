"""The wording of an API: what its definition says in words, as far as it is searched.

Names come first (paths, operations, schemas, fields), then titles and summaries, then descriptions: what does not fit is at
the end. How an API is protected and where its backends are is not part of it, and neither are extensions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CHARACTERS_MAX = 16_000
"""So much of a definition is searched: two thousand different words."""

_NAMING = frozenset(
    ("paths", "webhooks", "channels", "operations", "messages", "schemas", "definitions", "properties", "$defs")
)
"""Properties that map names to things."""
_NAMES = frozenset(("operationId", "name", "address", "tags", "enum"))
_TITLES = frozenset(("title", "summary"))
_DESCRIPTION = "description"
_SILENT = frozenset(
    (
        *("servers", "host", "basePath", "schemes", "bindings"),
        *("security", "securitySchemes", "securityDefinitions"),
        *("example", "examples", "default"),
    )
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Wording:
    """`words` are UTF-8, in lower case, each text a line of its own.

    They are those of an API's design; or, where `environment` is one, of what is deployed there, which developers read
    when it is `displayed`.
    """

    api_id: str
    words: bytes
    environment: str = ""
    displayed: bool = False


def words_of(texts: Iterable[str]) -> bytes:
    """What is searched of these texts, the first ones first."""
    lines = dict.fromkeys(_SPACES.sub(" ", text).strip().lower() for text in texts)
    return shortened("\n".join(line for line in lines if line), CHARACTERS_MAX).encode()


def shortened(text: str, characters: int) -> str:
    """The text when it has at most so many characters; else each of its words once, as many as fit."""
    return text if len(text) <= characters else "\n".join(dict.fromkeys(text.split()))[:characters]


def texts_of_definition(definition: Mapping[str, Any]) -> list[str]:
    """Those of an OpenAPI or AsyncAPI document."""
    names: list[str] = []
    titles: list[str] = []
    descriptions: list[str] = []
    info = definition.get("info") or {}
    rest = {name: value for name, value in definition.items() if name != "info"}
    # Its title and version are the API's own, or those of whoever wrote it.
    left: list[tuple[Any, bool]] = [(rest, False), ({_DESCRIPTION: info.get(_DESCRIPTION)}, False)]
    while left:
        node, names_things = left.pop()
        if isinstance(node, list):
            left += ((one, False) for one in reversed(node))
        elif isinstance(node, dict) and names_things:
            named = {name: value for name, value in node.items() if not name.startswith("x-")}
            names += named
            left += ((value, False) for value in reversed(named.values()))
        elif isinstance(node, dict):
            said = {name: value for name, value in node.items() if name not in _SILENT and not name.startswith("x-")}
            names += (text for name in sorted(_NAMES & said.keys()) for text in _texts(said[name]))
            titles += (text for name in sorted(_TITLES & said.keys()) for text in _texts(said[name]))
            descriptions += _texts(said.get(_DESCRIPTION))
            left += ((value, name in _NAMING) for name, value in reversed(said.items()))
    return [*names, *titles, *descriptions]


def _texts(value: object) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
