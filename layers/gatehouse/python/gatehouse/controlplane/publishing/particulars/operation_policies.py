"""Operation policies: what a tenant's APIs can have done to their calls. All there are come with the product.

WSO2's own are written for its gateway, in Synapse's language; this one runs none of those.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Forbidden, Invalid, NotFound
from gatehouse.domain.search import WORD, terms_of
from gatehouse.mediation.registry import specifications

if TYPE_CHECKING:
    from gatehouse.mediation.specification import Attribute, Specification

_IDS = uuid.UUID("6f1d2a0c-5a52-4d0e-9a5e-3f6d0f6a7c11")
"""Ids follow from names and versions, so that they are the same in every environment."""
GATEWAYS = ("Synapse",)
"""What WSO2's portals call the gateway of APIs of type `wso2/synapse`, which all are here."""


class OperationPolicyNotFound(NotFound):
    """There is no such policy."""

    code = 902010
    message = "Operation policy not found"

    @classmethod
    def by_id(cls, policy_id: str) -> OperationPolicyNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Operation policy with Id '{policy_id}' not found")


class PolicyNotRunnable(Invalid):
    """The gateway has nothing to run it with."""

    code = 902005
    message = "Invalid operation policy"
    default_description = (
        "policySpecFile: this gateway runs no policies written for another one. Its own policies can do most of what those "
        "do; `callAWSLambda` runs a function of yours."
    )


class PolicyStays(Forbidden):
    """It comes with the product."""

    default_description = "A policy that comes with the product cannot be deleted."


def policy_id(found: Specification) -> str:
    """What its interface knows it by."""
    return str(uuid.uuid5(_IDS, f"{found.name}:{found.version}"))


def matching_policies(query: str) -> list[Specification]:
    """Those whose name, version or display name match, by name."""
    terms = terms_of(query)
    return [one for one in specifications() if all(term.matches(_texts(one, term.attribute)) for term in terms)]


def policy(wanted: str) -> Specification:
    """The one with this id. Raises OperationPolicyNotFound."""
    found = next((one for one in specifications() if policy_id(one) == wanted), None)
    if found is None:
        raise OperationPolicyNotFound.by_id(wanted)
    return found


def described(found: Specification) -> dict[str, Any]:
    """As WSO2's specification files describe a policy (`data`)."""
    return {
        "category": found.category,
        "name": found.name,
        "version": found.version,
        "displayName": found.display_name,
        "description": found.description,
        "applicableFlows": [flow.value for flow in found.flows],
        "supportedGateways": list(GATEWAYS),
        "supportedApiTypes": list(found.api_types),
        "policyAttributes": [_attribute(one) for one in found.attributes],
    }


def fingerprint(found: Specification) -> str:
    """Changes when what is described does; clients compare it, nothing is secured by it."""
    return hashlib.md5(repr(described(found)).encode(), usedforsecurity=False).hexdigest()


def _attribute(one: Attribute) -> dict[str, Any]:
    return {
        "name": one.name,
        "displayName": one.display_name,
        "description": one.description,
        "validationRegex": one.pattern or None,
        "type": one.kind.value,
        "required": one.required,
        "defaultValue": _default(one.default),
        "allowedValues": list(one.allowed),
    }


def _default(value: str | int | bool | None) -> str | None:  # noqa: FBT001 -- a parameter of a policy is what it is
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def _texts(one: Specification, attribute: str) -> list[str]:
    match attribute:
        case "name":
            return [one.name]
        case "version":
            return [one.version]
        case attribute if attribute == WORD:
            return [one.name, one.display_name]
        case _:
            return []
