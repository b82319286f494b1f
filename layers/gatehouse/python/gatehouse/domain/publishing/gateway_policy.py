"""A gateway policy says what happens to the calls of all of a tenant's APIs in a gateway environment.

It is made of operation policies on the three flows. In an environment one of them is in force at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPolicy:
    """One. `flows` are those of the interface; `environments` are the names of those where it is in force."""

    id: str
    display_name: str
    description: str = ""
    flows: Mapping[str, Any] = field(hash=False, default_factory=dict)
    environments: tuple[str, ...] = ()


class GatewayPolicyNotFound(NotFound):
    """The tenant has no such policy."""

    code = 903209
    message = "Gateway policy not found"

    @classmethod
    def by_id(cls, policy_id: str) -> GatewayPolicyNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Gateway policy mapping with Id '{policy_id}' not found")


class GatewayPolicyInForce(Forbidden):
    """It is deployed somewhere."""

    message = "The gateway policy is deployed"


class GatewayPolicyNotDeployed(Invalid):
    """It is to be undeployed where it is not."""

    message = "The gateway policy is not deployed"
