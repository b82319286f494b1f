"""Introspection: asking a GraphQL server for its schema, and writing down as SDL what it says (specification §4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, build_client_schema, get_introspection_query, print_schema

from gatehouse.domain.apis.graphql import IntrospectionFailed

if TYPE_CHECKING:
    from gatehouse.domain.errors import Invalid

SAID_CHARACTERS_MAX = 300


def question() -> bytes:
    """The body of the request, as JSON. It asks for nothing that a server of the specification of 2018 has not."""
    return json.dumps({"query": get_introspection_query(), "operationName": "IntrospectionQuery"}).encode()


def described(answer: bytes) -> bytes:
    """The schema that an answer tells, as SDL. Raises IntrospectionFailed."""
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise _failed("does not answer with JSON") from error
    told = document.get("data") if isinstance(document, dict) else None
    if not told:
        raise _failed(f"tells no schema: {_said(document)}")
    try:
        return print_schema(build_client_schema(told)).encode()
    # What is not shaped like an answer to the question is noticed wherever it is first looked at.
    except (GraphQLError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise _failed(f"tells a schema that cannot be understood: {str(error)[:SAID_CHARACTERS_MAX]}") from error


def _said(document: Any) -> str:
    """What the server gives as the reason."""
    errors = document.get("errors") if isinstance(document, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    message = first.get("message") if isinstance(first, dict) else None
    text = message if isinstance(message, str) else "it says nothing of why"
    return "".join(letter if letter.isprintable() else " " for letter in text)[:SAID_CHARACTERS_MAX]


def _failed(problem: str) -> Invalid:
    return IntrospectionFailed.field("url", problem)
