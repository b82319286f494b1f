"""Attaching: what stands in the flows of an API, as the policies that the gateway runs one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.operation_policies.described import api_types, specified
from gatehouse.controlplane.operation_policies.steps import filled
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.deployed import NO_MEDIATION, AttachedPolicy, Mediation
from gatehouse.domain.publishing.revision import NotServable
from gatehouse.mediation import patterns
from gatehouse.mediation.registry import specification
from gatehouse.mediation.specification import Flow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gatehouse.domain.publishing.deployed import Condition
    from gatehouse.domain.publishing.operation_policy import CustomPolicy, Step

    Find = Callable[[Mapping[str, Any]], CustomPolicy | None]

VERSION = "v1"


def nothing_custom(_given: Mapping[str, Any]) -> None:
    """Of an API that has no policies but the product's."""


def mediation_of(
    given: Mapping[str, Any] | None, path: str, custom: Find = nothing_custom, kind: str = ""
) -> Mediation:
    """The policies of all flows, checked. `custom` finds those of the tenant's own; `kind` is the type of the API, "" for any.

    Raises NotServable that names the policy or its parameter below `path`.
    """
    if not given or not any(given.get(flow) for flow in Flow):
        return NO_MEDIATION

    def flow_of(flow: Flow) -> tuple[AttachedPolicy, ...]:
        return tuple(
            policy
            for index, one in enumerate(given.get(flow) or ())
            for policy in _attached(one, flow, f"{path}.{flow}.{index}", custom, kind)
        )

    return Mediation(request=flow_of(Flow.REQUEST), response=flow_of(Flow.RESPONSE), fault=flow_of(Flow.FAULT))


def steps_of(steps: tuple[Step, ...], values: Mapping[str, str], flow: Flow, path: str) -> tuple[AttachedPolicy, ...]:
    """The policies of these steps. Raises NotServable that names the step."""
    return tuple(_taken(steps, values, flow, path))


def named(given: Mapping[str, Any]) -> tuple[str, str]:
    """The name and the version of an attached policy."""
    return str(given.get("policyName") or ""), str(given.get("policyVersion") or VERSION)


def _attached(given: Mapping[str, Any], flow: Flow, path: str, custom: Find, kind: str) -> tuple[AttachedPolicy, ...]:
    name, version = named(given)
    known = specification(name, version)
    if known is None:
        return _custom(given, custom(given), flow, path, kind)
    if flow not in known.flows:
        raise NotServable.field(f"{path}.policyName", f"'{name}' cannot stand in the {flow} flow")
    parameters = known.checked(given.get("parameters") or {}, f"{path}.parameters")
    return (AttachedPolicy(name=name, version=version, parameters=parameters),)


def _custom(
    given: Mapping[str, Any], found: CustomPolicy | None, flow: Flow, path: str, kind: str
) -> tuple[AttachedPolicy, ...]:
    name, version = named(given)
    where = f"{path}.policyName"
    if found is None:
        raise NotServable.field(where, f"there is no policy '{name}' {version}")
    if found.problem:
        raise NotServable.field(where, f"'{name}' {version} cannot be run: {found.problem}")
    known = specified(found.data)
    if flow not in known.flows:
        raise NotServable.field(where, f"'{name}' cannot stand in the {flow} flow")
    types = api_types(found.data)
    if kind and types and kind.upper() not in types:
        raise NotServable.field(where, f"'{name}' is for APIs of type {', '.join(sorted(types))}, not {kind}")
    checked = known.checked(given.get("parameters") or {}, f"{path}.parameters")
    return steps_of(found.steps, {one: _text(value) for one, value in checked.items()}, flow, where)


def _taken(steps: tuple[Step, ...], values: Mapping[str, str], flow: Flow, path: str) -> Iterator[AttachedPolicy]:
    for number, step in enumerate(steps, 1):
        place = f"step {number} ({step.policy})"
        known = specification(step.policy, step.version)
        if known is None:
            raise NotServable.field(path, f"{place} is no policy of this product any more")
        if not _wanted(step, values, place, path):
            continue
        if flow not in known.flows:
            raise NotServable.field(path, f"{place} cannot stand in the {flow} flow")
        given = {name: filled(text, values) for name, text in step.parameters.items()}
        try:
            parameters = known.checked(given, place)
        except Invalid as problem:
            raise NotServable.field(path, problem.description) from problem
        conditions = tuple(_condition(one, values, place, path) for one in step.conditions)
        yield AttachedPolicy(name=step.policy, version=step.version, parameters=parameters, conditions=conditions)


def _condition(given: Condition, values: Mapping[str, str], place: str, path: str) -> Condition:
    """With the values in place. Raises NotServable for what is no pattern then."""
    pattern = filled(given.matches, values)
    if problem := patterns.problem(pattern):
        raise NotServable.field(path, f"{place}: if: '{pattern[:100]}' {problem}")
    value, equals = filled(given.value, values), filled(given.equals, values)
    return replace(given, value=value, equals=equals, matches=pattern)


def _wanted(step: Step, values: Mapping[str, str], place: str, path: str) -> bool:
    if not step.when:
        return True
    when = filled(step.when, values).strip().lower()
    if when not in {"true", "false", ""}:
        raise NotServable.field(path, f"{place}: when is '{when[:40]}', neither true nor false")
    return when == "true"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
