"""Wire shapes: what a request body must look like. An unknown property is refused by name, as WSO2 does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from gatehouse.domain.errors import FieldError, Invalid

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class Wire(BaseModel):
    """The base of all request bodies. Field names are those of the interface (camelCase)."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


W = TypeVar("W", bound=Wire)

_RULES: dict[str, str] = {}
"""Pattern → what is told to who breaks it."""


def spelled(pattern: str, rule: str) -> str:
    """The pattern of a field, whose breach is told by the words of `rule`: nobody should have to read a regular expression."""
    _RULES[pattern] = rule
    return pattern


VISIBLE_ASCII = spelled(r"^[\x21-\x7e]*$", "takes visible ASCII characters, and no spaces")
FIELD_NAME = spelled(
    r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", "is not the name of a header: letters, digits and !#$%&'*+.^_`|~- make one"
)
"""RFC 9110 §5.6.2: another name would be no call's."""


def parse(shape: type[W], document: Any, path: str = "") -> W:
    """The document, which was sent at `path`, as this shape. Raises Invalid that names every wrong field."""
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        problems = tuple(_problem(detail, path) for detail in error.errors(include_url=False, include_input=False))
        raise Invalid("; ".join(_sentence(problem) for problem in problems), fields=problems) from error


def _problem(detail: ErrorDetails, where: str) -> FieldError:
    path = ".".join(filter(None, [where, *(str(part) for part in detail["loc"])]))
    match detail["type"]:
        case "extra_forbidden":
            return FieldError(path, f"Unrecognized property '{detail['loc'][-1]}'")
        case "missing":
            return FieldError(path, "is required")
        case "literal_error" | "enum":
            return FieldError(path, f"contains a disallowed value; expected {detail['ctx']['expected']}")
        case "string_pattern_mismatch":
            return FieldError(path, _RULES.get(detail["ctx"]["pattern"], detail["msg"]))
        case _:
            return FieldError(path, detail["msg"])


def _sentence(problem: FieldError) -> str:
    return f"{problem.path}: {problem.problem}" if problem.path else problem.problem
