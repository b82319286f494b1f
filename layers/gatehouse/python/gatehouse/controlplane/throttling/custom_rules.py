"""Custom rules, as the admin of the super tenant keeps them: the interface's document in, what the gateway counts out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.throttling.queries import counting_of
from gatehouse.domain.errors import Forbidden, Invalid
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.throttling.custom_rule import ATTRIBUTES, CUSTOM_PROPERTY, PLACEHOLDER, CustomRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.throttling.expressions import Expressions

TYPE = "CustomRule"
QUERY_CHARACTERS_MAX = 10_000
TEMPLATE_CHARACTERS_MAX = 500

_DOLLAR = re.compile(r"\$[\w.]*")


class OnlyTheSuperTenant(Forbidden):
    """Custom rules are about everybody's calls."""

    message = "Custom rules belong to the super tenant"
    default_description = "Custom rules are about the calls of all tenants: only an admin of the super tenant has them."


def check_tenant(tenant: str) -> None:
    """Raises OnlyTheSuperTenant."""
    if tenant != SUPER_TENANT:
        raise OnlyTheSuperTenant(tenant=tenant)


def canonical_rule(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as it is kept. Raises Invalid."""
    if document.get("type", TYPE) != TYPE:
        raise Invalid.field("type", f"must be '{TYPE}'")
    template = document["keyTemplate"]
    _check_template(template)
    return {
        "policyName": document["policyName"],
        "displayName": document.get("displayName") or document["policyName"],
        "description": document.get("description", ""),
        "isDeployed": True,
        "type": TYPE,
        "keyTemplate": template,
        "siddhiQuery": document["siddhiQuery"],
    }


def rule_of(rule_id: str, document: Mapping[str, Any], expressions: Expressions) -> CustomRule:
    """What the gateway enforces of a canonical document. Raises Invalid with the place in the query."""
    template = document["keyTemplate"]
    counting = counting_of(document["siddhiQuery"], template, expressions)
    return CustomRule(
        id=rule_id, name=document["policyName"], key_template=template, limit=counting.limit, when=counting.when
    )


def _check_template(template: str) -> None:
    names = [found[0] for found in _DOLLAR.finditer(template)]
    if not names:
        raise Invalid.field("keyTemplate", f"must name what is counted by: {_known()}")
    for name in names:
        placeholder = PLACEHOLDER.match(name)
        if placeholder is None or not (placeholder[1] or placeholder[3] in ATTRIBUTES):
            raise Invalid.field("keyTemplate", f"'{name}' is no attribute of a call; use {_known()}")


def _known() -> str:
    return ", ".join([*(f"${name}" for name in sorted(ATTRIBUTES)), f"${CUSTOM_PROPERTY}.<claim>"])
