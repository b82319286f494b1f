"""A specification says what a policy is called, where it may be attached, and which parameters it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SHOWN_MAX = 200
"""How long a text may be, in characters, to be repeated in what is said of it."""


class Flow(StrEnum):
    """Where a policy may stand."""

    REQUEST = "request"
    RESPONSE = "response"
    FAULT = "fault"


class Kind(StrEnum):
    """The type of a parameter; the names are WSO2's."""

    STRING = "String"
    INTEGER = "Integer"
    BOOLEAN = "Boolean"
    ENUM = "Enum"
    JSON = "JSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A parameter. `pattern` must match the whole of a string; `default` is used when it is left out.

    `problem` says what is wrong with a text that no pattern can judge, None when nothing is. `least` and `most` bound
    numbers. The text of a `secret` is never shown.
    """

    name: str
    display_name: str
    kind: Kind = Kind.STRING
    required: bool = False
    pattern: str = ""
    default: str | int | bool | None = None
    allowed: tuple[str, ...] = ()
    description: str = ""
    problem: Callable[[str], str | None] | None = None
    least: int | None = None
    most: int | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """What the control plane shows and checks."""

    name: str
    display_name: str
    description: str
    flows: tuple[Flow, ...]
    attributes: tuple[Attribute, ...] = ()
    version: str = "v1"
    api_types: tuple[str, ...] = ("HTTP", "SOAP", "SOAPTOREST", "GRAPHQL")
    category: str = "Mediation"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the parameters that are never shown."""
        return tuple(attribute.name for attribute in self.attributes if attribute.secret)

    def checked(self, given: Mapping[str, Any], path: str) -> dict[str, Any]:
        """The parameters, typed and with defaults. Raises Invalid that names the parameter below `path`."""
        known = {attribute.name: attribute for attribute in self.attributes}
        for name in given:
            if name not in known:
                raise Invalid.field(f"{path}.{name}", f"policy '{self.name}' takes no such parameter")
        return {
            name: value
            for name, attribute in known.items()
            if (value := self.checked_one(attribute, given.get(name), path)) is not None
        }

    def checked_one(self, attribute: Attribute, given: object, path: str) -> str | int | bool | None:
        """One parameter, typed; its default when it is not given. Raises Invalid that names it below `path`."""
        return _value(attribute, given, f"{path}.{attribute.name}")


def _value(attribute: Attribute, given: object, path: str) -> str | int | bool | None:
    if given is None or given == "":
        if attribute.required and attribute.default is None:
            raise Invalid.field(path, "is required")
        return attribute.default
    match attribute.kind:
        case Kind.INTEGER:
            return _integer(attribute, given, path)
        case Kind.BOOLEAN:
            return _truth(given, path)
        case _:
            return _text(attribute, given, path)


def _integer(attribute: Attribute, given: object, path: str) -> int:
    text = str(given)
    if isinstance(given, bool) or not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise Invalid.field(path, f"'{given}' is no whole number")
    if attribute.least is not None and int(text) < attribute.least:
        raise Invalid.field(path, f"must be at least {attribute.least}")
    if attribute.most is not None and int(text) > attribute.most:
        raise Invalid.field(path, f"must be at most {attribute.most}")
    return int(text)


def _truth(given: object, path: str) -> bool:
    text = str(given).lower()
    if text not in {"true", "false"}:
        raise Invalid.field(path, f"'{given}' is neither true nor false")
    return text == "true"


def _text(attribute: Attribute, given: object, path: str) -> str:
    if not isinstance(given, str):
        raise Invalid.field(path, "must be text")
    shown = "it" if attribute.secret or len(given) > _SHOWN_MAX else f"'{given}'"
    if attribute.allowed and given not in attribute.allowed:
        raise Invalid.field(path, f"{shown} is none of {', '.join(attribute.allowed)}")
    if attribute.pattern and not re.fullmatch(attribute.pattern, given):
        raise Invalid.field(path, f"{shown} does not match {attribute.pattern}")
    if attribute.problem and (problem := attribute.problem(given)):
        raise Invalid.field(path, f"{shown} {problem}")
    return given
