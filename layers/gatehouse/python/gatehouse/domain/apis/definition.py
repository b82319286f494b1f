"""A definition is the machine-readable contract of an API: Swagger 2.0, OpenAPI 3.0/3.1 or AsyncAPI 2/3."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.domain.errors import Invalid

VERBS = ("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS")

ANY, NONE = "Any", "None"
"""Authentication types of an operation that the gateway distinguishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedOperation:
    """A verb on a path, or on a channel. `scopes` are any-of; `auth_type` is WSO2's (`Any`, `None`, …).

    `description` is what the definition shall say of a channel; "" leaves what it says.
    """

    target: str
    verb: str
    scopes: tuple[str, ...] = ()
    auth_type: str = ANY
    throttling_policy: str = "Unlimited"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedScope:
    """A scope that operations ask for. `roles` may have it; nobody in particular when there is none."""

    name: str
    description: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a definition says. `content` is it as JSON, otherwise unchanged; `protocols` are those of AsyncAPI's servers."""

    specification: str  # `Swagger 2.0`, `OpenAPI 3.0.3`, `AsyncAPI 2.6.0`
    title: str
    version: str
    description: str
    servers: tuple[str, ...]
    operations: tuple[DefinedOperation, ...]
    scopes: tuple[DefinedScope, ...]
    content: bytes
    protocols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedPart:
    """Some operations of a definition, each a verb and a target."""

    content: bytes
    operations: tuple[tuple[str, str], ...]


class DefinitionInvalid(Invalid):
    """The definition cannot be understood, or breaks the rules of its specification."""

    code = 900754
    message = "Error while parsing the OpenAPI definition"
