"""A visitor of the store is somebody, or nobody in particular, who looks at the APIs of one tenant.

Who logged in to another tenant is a stranger here: they see what everybody sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.api import PRIVATE, PUBLIC, RESTRICTED

if TYPE_CHECKING:
    from gatehouse.domain.api import ApiSummary
    from gatehouse.domain.identity import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """`principal` is None for strangers."""

    tenant: str
    principal: Principal | None

    @property
    def roles(self) -> frozenset[str]:
        """What they are in this tenant; strangers are nothing."""
        return self.principal.roles if self.principal else frozenset()

    def sees(self, summary: ApiSummary) -> bool:
        """Whether an API is shown to them, its life-cycle state aside. A visibility that nobody knows shows nothing."""
        principal = self.principal
        if summary.visibility == PUBLIC:
            return True
        if principal is None:
            return False
        if summary.visibility == RESTRICTED:
            return principal.is_admin or not summary.visible_roles.isdisjoint(principal.roles)
        return summary.visibility == PRIVATE


def visitor(tenant: str, principal: Principal | None) -> Visitor:
    """Somebody who looks at this tenant's APIs."""
    return Visitor(tenant=tenant, principal=principal if principal and principal.tenant == tenant else None)
