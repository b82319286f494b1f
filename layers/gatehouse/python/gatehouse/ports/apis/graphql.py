"""GraphQL: schemas are compiled to graphs, and the text of queries is understood (specification of October 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.apis.graphql import Graph
    from gatehouse.domain.apis.graphql_query import Document


class GraphqlSchemas(Protocol):
    """Understands schemas."""

    def read(self, content: bytes) -> Graph:
        """What a schema (SDL) says. Raises SchemaInvalid that names line and column of what is wrong."""
        ...

    def question(self) -> bytes:
        """What a GraphQL server is asked for its schema with, as JSON."""
        ...

    def described(self, answer: bytes) -> bytes:
        """The schema (SDL) that a server's answer to the question tells. Raises IntrospectionFailed."""
        ...


class GraphqlQueries(Protocol):
    """Understands queries."""

    def read(self, text: str) -> Document:
        """The text as a document. Raises QueryInvalid that says where, also when it is larger than anybody needs."""
        ...
