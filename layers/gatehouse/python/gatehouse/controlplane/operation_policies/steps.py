"""Steps: the small form that definitions are written in, or translated to. Nothing in it is code.

A step is an object: `policy`, one of the product's; its `parameters`, in which `{{ name }}` stands for an attribute; `when`, a
text that must be `true` when an API is deployed; and `if`, one or more conditions that must hold of a message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.deployed import Condition
from gatehouse.domain.publishing.operation_policy import FIRST_VERSION, Step
from gatehouse.mediation import patterns
from gatehouse.mediation.registry import specification

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from gatehouse.mediation.specification import Specification

STEPS_MAX = 50
"""How many steps a definition may have: each is a policy of every call."""

_ATTRIBUTE = re.compile(r"\{\{\s*([A-Za-z_][\w.\-]*)\s*\}\}", re.ASCII)
_OTHER_TEMPLATE = re.compile(r"\{\{(?!\s*[A-Za-z_][\w.\-]*\s*\}\}).{0,40}|\{%.{0,40}", re.ASCII)
_KNOWN = frozenset({"if", "policy", "version", "parameters", "when"})
_OF_CONDITIONS = frozenset({"value", "equals", "matches", "not"})
_CONDITIONS_MAX = 10


class NotTranslatable(Exception):
    """A definition says what cannot be run. The text names the place: a line, or a path."""


def read_steps(document: object) -> list[tuple[str, Step]]:
    """The steps of a document, each with its place. Raises NotTranslatable."""
    given = document.get("steps") if isinstance(document, dict) else None
    if not isinstance(given, list) or not given:
        raise NotTranslatable("steps: must be a list of at least one step")
    return [(f"steps.{index}", _step(one, f"steps.{index}")) for index, one in enumerate(given)]


def check_steps(steps: Sequence[tuple[str, Step]], attributes: Collection[str]) -> None:
    """Raises NotTranslatable for a step that could not be taken, whatever values the attributes get."""
    if len(steps) > STEPS_MAX:
        raise NotTranslatable(f"steps: there are {len(steps)}; at most {STEPS_MAX} are possible")
    for place, step in steps:
        _check_step(step, place, attributes)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the values of the attributes in place, in one pass."""
    return _ATTRIBUTE.sub(lambda match: values.get(match[1], ""), text)


def _step(given: object, path: str) -> Step:
    if not isinstance(given, dict) or not isinstance(given.get("policy"), str):
        raise NotTranslatable(f"{path}.policy: is required: the name of a policy that comes with the product")
    if unknown := sorted(given.keys() - _KNOWN):
        raise NotTranslatable(f"{path}.{unknown[0]}: is none of {', '.join(sorted(_KNOWN))}")
    parameters = given.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise NotTranslatable(f"{path}.parameters: must be an object")
    return Step(
        policy=given["policy"],
        version=_text(given.get("version") or FIRST_VERSION, f"{path}.version"),
        parameters={name: _text(value, f"{path}.parameters.{name}") for name, value in parameters.items()},
        when=_text(given.get("when", ""), f"{path}.when"),
        conditions=tuple(_conditions(given.get("if"), f"{path}.if")),
    )


def _conditions(given: object, path: str) -> Iterator[Condition]:
    """One condition, or a list of those that must all hold."""
    for one in given if isinstance(given, list) else [] if given is None else [given]:
        if not isinstance(one, dict) or "value" not in one or not {"equals", "matches"} & one.keys():
            raise NotTranslatable(f"{path}: must be an object of value and equals, or value and matches")
        if unknown := sorted(one.keys() - _OF_CONDITIONS):
            raise NotTranslatable(f"{path}.{unknown[0]}: is none of {', '.join(sorted(_OF_CONDITIONS))}")
        texts = {name: _text(one.get(name, ""), f"{path}.{name}") for name in ("value", "equals", "matches")}
        yield Condition(**texts, negated=_text(one.get("not", False), f"{path}.not") == "true")


def _text(value: Any, path: str) -> str:  # noqa: ANN401 -- any JSON value
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise NotTranslatable(f"{path}: must be text, a number or a truth value")
    return str(value)


def _check_step(step: Step, path: str, attributes: Collection[str]) -> None:
    known = specification(step.policy, step.version)
    if known is None:
        raise NotTranslatable(f"{path}: no policy '{step.policy}' {step.version} comes with the product")
    if len(step.conditions) > _CONDITIONS_MAX:
        raise NotTranslatable(f"{path}: at most {_CONDITIONS_MAX} conditions are possible of a step")
    texts = [(f"{step.policy}.{name}", text) for name, text in step.parameters.items()]
    conditions = [("if", text) for one in step.conditions for text in (one.value, one.equals, one.matches)]
    for name, text in (*texts, ("when", step.when), *conditions):
        where = f"{path}: {name}"
        if other := _OTHER_TEMPLATE.search(text):
            raise NotTranslatable(f"{where}: '{other[0]}' is more than the name of an attribute, as '{{{{ name }}}}'")
        for match in _ATTRIBUTE.finditer(text):
            if match[1] not in attributes:
                raise NotTranslatable(f"{where}: the policy has no attribute '{match[1]}'")
    for one in step.conditions:
        if not _ATTRIBUTE.search(one.matches) and (problem := patterns.problem(one.matches)):
            raise NotTranslatable(f"{path}: if: '{one.matches[:100]}' {problem}")
    _check_parameters(known, step, path)


def _check_parameters(known: Specification, step: Step, path: str) -> None:
    """What has attributes in it is judged when they have values."""
    names = {attribute.name for attribute in known.attributes}
    for name in step.parameters:
        if name not in names:
            raise NotTranslatable(f"{path}: policy '{known.name}' takes no parameter '{name}'")
    open_ones = {name for name, text in step.parameters.items() if _ATTRIBUTE.search(text)}
    for attribute in known.attributes:
        if attribute.name in open_ones:
            continue
        given = {attribute.name: step.parameters[attribute.name]} if attribute.name in step.parameters else {}
        try:
            known.checked_one(attribute, given.get(attribute.name), f"{path}: {known.name}")
        except Invalid as problem:
            raise NotTranslatable(problem.description) from problem
