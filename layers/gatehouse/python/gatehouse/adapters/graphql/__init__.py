"""GraphQL with graphql-core, which is loaded for the first schema or query and not before: it takes a quarter of a second."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.domain.apis.graphql import Graph
    from gatehouse.domain.apis.graphql_query import Document

REMEMBERED_MAX = 200
REMEMBERED_CHARACTERS_MAX = 4_000
"""Texts up to this length are parsed once per environment: clients send the same ones, with other variables."""


class CoreSchemas:
    """Implements `ports.apis.graphql.GraphqlSchemas`."""

    def read(self, content: bytes) -> Graph:
        """What a schema says. Raises SchemaInvalid."""
        from gatehouse.adapters.graphql.schemas import read  # noqa: PLC0415 -- see the module

        return read(content)

    def question(self) -> bytes:
        """The introspection query."""
        from gatehouse.adapters.graphql.introspection import question  # noqa: PLC0415 -- see the module

        return question()

    def described(self, answer: bytes) -> bytes:
        """The schema that an answer to it tells. Raises IntrospectionFailed."""
        from gatehouse.adapters.graphql.introspection import described  # noqa: PLC0415 -- see the module

        return described(answer)


class CoreQueries:
    """Implements `ports.apis.graphql.GraphqlQueries`."""

    def read(self, text: str) -> Document:
        """The text as a document. Raises QueryInvalid."""
        return _remembered(text) if len(text) <= REMEMBERED_CHARACTERS_MAX else _parsed(text)


def _parsed(text: str) -> Document:
    from gatehouse.adapters.graphql.queries import read  # noqa: PLC0415 -- see the module

    return read(text)


_remembered = lru_cache(maxsize=REMEMBERED_MAX)(_parsed)
