"""Steps: the small form that definitions are written in, or translated to. Nothing in it is code.

steps:
- policy: setHeader
parameters: {headerName: "{{ name }}", headerValue: "${claim.sub}"}
when: "{{ wanted }}"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid
from gatehouse.domain.operation_policy import FIRST_VERSION, Step
from gatehouse.mediation.registry import specification

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gatehouse.mediation.specification import Specification

STEPS_MAX = 50
"""How many steps a definition may have: each is a policy of every call."""

_ATTRIBUTE = re.compile(r"\{\{\s*([A-Za-z_][\w.\-]*)\s*\}\}", re.ASCII)
_OTHER_TEMPLATE = re.compile(r"\{\{(?!\s*[A-Za-z_][\w.\-]*\s*\}\}).{0,40}|\{%.{0,40}", re.ASCII)
_KNOWN = frozenset({"policy", "version", "parameters", "when"})


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
    )


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
    for name, text in (*step.parameters.items(), ("", step.when)):
        where = f"{path}: {step.policy}.{name}" if name else f"{path}: when"
        if other := _OTHER_TEMPLATE.search(text):
            raise NotTranslatable(f"{where}: '{other[0]}' is more than the name of an attribute, as '{{{{ name }}}}'")
        for match in _ATTRIBUTE.finditer(text):
            if match[1] not in attributes:
                raise NotTranslatable(f"{where}: the policy has no attribute '{match[1]}'")
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
