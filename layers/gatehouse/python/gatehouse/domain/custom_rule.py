"""A custom rule limits calls by a key that its author makes up of the call's attributes, when an expression holds.

Only the super tenant has them; they are about the calls of all tenants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain import body as bodies
from gatehouse.domain.limit import Rate  # noqa: TC001 -- bodies read annotations

if TYPE_CHECKING:
    from collections.abc import Mapping


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
