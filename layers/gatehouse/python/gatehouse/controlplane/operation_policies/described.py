"""Specifications of operation policies: as WSO2's files write them (`data`), and as the gateway checks values by them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.domain.publishing.operation_policy import FIRST_VERSION, PolicyNameInvalid, SpecificationInvalid
from gatehouse.mediation import patterns
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GATEWAYS = ("Synapse",)
"""What WSO2's portals call the gateway of APIs of type `wso2/synapse`, which all are here."""

_ATTRIBUTES_MAX = 50
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\- ]{0,99}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,29}")
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][\w.\-]{0,99}", re.ASCII)
_LITERAL = re.compile(r"/(.*)/([a-z]*)", re.DOTALL)
_SCALARS = (str, int, float, bool)
_KINDS = {"integer": Kind.INTEGER, "boolean": Kind.BOOLEAN, "enum": Kind.ENUM}
"""All others are texts."""


def described(found: Specification) -> dict[str, Any]:
    """One of the product's, as WSO2's files describe a policy."""
    return {
        "category": found.category,
        "name": found.name,
        "version": found.version,
        "displayName": found.display_name,
        "description": found.description,
        "applicableFlows": [flow.value for flow in found.flows],
        "supportedGateways": list(GATEWAYS),
        "supportedApiTypes": list(found.api_types),
        "policyAttributes": [_described(one) for one in found.attributes],
    }


def checked_data(given: Mapping[str, Any]) -> dict[str, Any]:
    """A specification as it was sent, with what it leaves out. Raises SpecificationInvalid, PolicyNameInvalid."""
    data = {
        "category": "Mediation",
        "displayName": given.get("name"),
        "description": "",
        "applicableFlows": [],
        "supportedGateways": list(GATEWAYS),
        "supportedApiTypes": ["HTTP"],
        "policyAttributes": [],
        **{name: value for name, value in given.items() if value is not None},
    }
    data["version"] = str(given.get("version") or FIRST_VERSION)
    if not isinstance(data.get("name"), str) or not _NAME.fullmatch(data["name"]):
        raise PolicyNameInvalid.field("name", "must be letters, digits, spaces and . _ - ; at most 100 characters")
    if not _VERSION.fullmatch(data["version"]):
        raise PolicyNameInvalid.field("version", f"'{data['version'][:60]}' is no version such as v1 or 1.2")
    for name in ("category", "displayName", "description"):
        if not isinstance(data[name], str):
            raise SpecificationInvalid.field(name, "must be text")
    for name in ("applicableFlows", "supportedGateways", "supportedApiTypes", "policyAttributes"):
        if not isinstance(data[name], list):
            raise SpecificationInvalid.field(name, "must be a list")
    flows = [flow.value for flow in Flow]
    if not data["applicableFlows"] or any(flow not in flows for flow in data["applicableFlows"]):
        raise SpecificationInvalid.field("applicableFlows", f"must be some of {', '.join(flows)}")
    if not all(isinstance(one, str) for one in data["supportedGateways"]):
        raise SpecificationInvalid.field("supportedGateways", "must be a list of names")
    if not all(_type_of(one) for one in data["supportedApiTypes"]):
        raise SpecificationInvalid.field("supportedApiTypes", "must be a list of types, or of objects with an apiType")
    _check_attributes(data["policyAttributes"])
    return data


def attribute_names(data: Mapping[str, Any]) -> list[str]:
    """What can stand in the definition as `{{ name }}`."""
    return [one["name"] for one in data["policyAttributes"]]


def api_types(data: Mapping[str, Any]) -> frozenset[str]:
    """The types of APIs that the policy may be attached to."""
    return frozenset(_type_of(one).upper() for one in data["supportedApiTypes"])


def specified(data: Mapping[str, Any]) -> Specification:
    """How the values of the attributes are checked."""
    return Specification(
        name=data["name"],
        version=data["version"],
        display_name=data["displayName"],
        description=data["description"],
        flows=tuple(Flow(flow) for flow in data["applicableFlows"]),
        attributes=tuple(_attribute(one) for one in data["policyAttributes"]),
        category=data["category"],
    )


def unusable_pattern(data: Mapping[str, Any]) -> str:
    """What is wrong with the validation of an attribute, with its place; "" when nothing is."""
    for index, one in enumerate(data["policyAttributes"]):
        pattern, _ = _pattern(one)
        if pattern and (problem := patterns.problem(pattern)):
            return f"policyAttributes.{index}.validationRegex: '{pattern[:100]}' {problem}"
    return ""


def _type_of(given: object) -> str:
    name = given.get("apiType") if isinstance(given, dict) else given
    return name if isinstance(name, str) else ""


def _check_attributes(given: list[Any]) -> None:
    if len(given) > _ATTRIBUTES_MAX:
        raise SpecificationInvalid.field("policyAttributes", f"at most {_ATTRIBUTES_MAX} are possible")
    seen: set[str] = set()
    for index, one in enumerate(given):
        path = f"policyAttributes.{index}"
        if not isinstance(one, dict):
            raise SpecificationInvalid.field(path, "must be an object")
        name = one.get("name")
        if not isinstance(name, str) or not _ATTRIBUTE_NAME.fullmatch(name) or name in seen:
            problem = "must be a name of letters, digits and . _ - that no other attribute has"
            raise SpecificationInvalid.field(f"{path}.name", problem)
        seen.add(name)
        for text in ("displayName", "description", "validationRegex", "type"):
            if not isinstance(one.get(text) or "", str):
                raise SpecificationInvalid.field(f"{path}.{text}", "must be text")
        allowed, default = one.get("allowedValues") or [], one.get("defaultValue")
        if not isinstance(allowed, list) or not all(isinstance(value, _SCALARS) for value in allowed):
            raise SpecificationInvalid.field(f"{path}.allowedValues", "must be a list of texts")
        if default is not None and not isinstance(default, _SCALARS):
            raise SpecificationInvalid.field(f"{path}.defaultValue", "must be a text, a number or a truth value")


def _attribute(given: Mapping[str, Any]) -> Attribute:
    kind = _KINDS.get(str(given.get("type") or "").lower(), Kind.STRING)
    default = given.get("defaultValue")
    return Attribute(
        name=given["name"],
        display_name=str(given.get("displayName") or given["name"]),
        kind=kind,
        required=str(given.get("required")).lower() == "true",
        default=_text(default) if default not in {None, ""} else None,
        allowed=tuple(_text(one) for one in given.get("allowedValues") or ()) if kind is Kind.ENUM else (),
        problem=_judge(given),
    )


def _judge(given: Mapping[str, Any]) -> Callable[[str], str | None] | None:
    """As WSO2's portal tests a value: the pattern must occur in it."""
    pattern, ignores_case = _pattern(given)
    if not pattern:
        return None

    def problem(text: str) -> str | None:
        fits = patterns.found(pattern, text, ignore_case=ignores_case)
        return None if fits else f"does not match {pattern}"

    return problem


def _pattern(given: Mapping[str, Any]) -> tuple[str, bool]:
    """The pattern, and whether it is about letters of either case; some are written as JavaScript does: `/a+/i`."""
    text = str(given.get("validationRegex") or "")
    literal = _LITERAL.fullmatch(text)
    return (literal[1], "i" in literal[2]) if literal else (text, False)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _described(one: Attribute) -> dict[str, Any]:
    return {
        "name": one.name,
        "displayName": one.display_name,
        "description": one.description,
        "validationRegex": one.pattern or None,
        "type": one.kind.value,
        "required": one.required,
        "defaultValue": None if one.default is None else _text(one.default),
        "allowedValues": list(one.allowed),
    }
