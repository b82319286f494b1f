"""A custom rule limits calls by a key that its author makes up of the call's attributes, when an expression holds.

Only the super tenant has them; they are about the calls of all tenants.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain import body as bodies
from gatehouse.domain.throttling.limit import Rate  # noqa: TC001 -- bodies read annotations

if TYPE_CHECKING:
    from collections.abc import Mapping


ATTRIBUTES = frozenset(
    {"userId", "apiContext", "apiVersion", "resourceKey", "appTenant", "apiTenant", "appId", "clientIp"}
)
"""What key templates and expressions may name, besides `customProperty.{name}`."""

CUSTOM_PROPERTY = "customProperty"

PLACEHOLDER = re.compile(r"\$(customProperty)\.([A-Za-z0-9_./:-]*[A-Za-z0-9_])|\$([A-Za-z]+)")
"""One attribute in a key template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomRule:
    """As the gateway enforces it.

    `key_template` names attributes: `$userId:$apiContext:$apiVersion`. `when` is a CEL expression over the same attributes
    (`userId == "admin@carbon.super"`), "" always holds.
    """

    id: str
    name: str
    key_template: str
    limit: Rate
    when: str = ""

    def to_body(self) -> dict[str, Any]:
        """The artifact's body."""
        body: dict[str, Any] = bodies.to_body(self)
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> CustomRule:
        """Read back what `to_body` wrote."""
        return bodies.from_body(cls, body)


def filled(template: str, attributes: Mapping[str, Any]) -> str:
    """The key template with the attributes of a call in it; what the call has not is ""."""

    def value(found: re.Match[str]) -> str:
        if found[1]:
            return str(attributes[CUSTOM_PROPERTY].get(found[2], ""))
        return str(attributes.get(found[3], ""))

    return PLACEHOLDER.sub(value, template)
