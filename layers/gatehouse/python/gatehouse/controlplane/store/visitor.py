"""A visitor of the store is somebody, or nobody in particular, who looks at the APIs of one tenant.

Who logged in to another tenant is a guest here: they see what everybody sees, and what was shown to their tenant by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.apis.api import ApiSummary
from gatehouse.domain.applications.plan import open_to
from gatehouse.domain.portal.organization import plans_for
from gatehouse.domain.portal.visibility import document_is_shown_to, is_shown_to
from gatehouse.domain.publishing.lifecycle import SUBSCRIBABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.portal.display import Display
    from gatehouse.domain.record import Record
    from gatehouse.domain.throttling.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """`caller` is who has logged in, to whatever tenant; None for strangers."""

    tenant: str
    caller: Principal | None

    @property
    def principal(self) -> Principal | None:
        """The caller, if they are of this tenant: who can have roles, subscriptions and a say here."""
        return self.caller if self.caller and self.caller.tenant == self.tenant else None

    @property
    def roles(self) -> frozenset[str]:
        """What they are in this tenant; strangers and guests are nothing."""
        return self.principal.roles if self.principal else frozenset()

    def plans_of(self, api: Api | ApiSummary) -> tuple[str, ...]:
        """The names of the plans that an API offers to them."""
        known: Mapping[str, Any] = api.info if isinstance(api, ApiSummary) else api.document
        return plans_for(self.principal.organization if self.principal else "", known)

    def may_choose(self, plan: Policy) -> bool:
        """Whether a plan is open to them.

        Guests have none of the roles that open one here, but are not spared what is closed to those they have at home.
        """
        return open_to(plan, self.roles) and open_to(plan, self.caller.roles if self.caller else ())

    def may_subscribe(self, summary: ApiSummary, display: Display) -> bool:
        """Whether an application of theirs can be subscribed to an API; strangers are told what holds for the tenant's own."""
        home = self.caller.tenant if self.caller else self.tenant
        return summary.state in SUBSCRIBABLE and display.sells_to(home, summary)

    def sees(self, summary: ApiSummary) -> bool:
        """Whether an API is shown to them, its life-cycle state aside."""
        return is_shown_to(self.caller, summary)

    def sees_document(self, document: Record, summary: ApiSummary) -> bool:
        """Whether a document of an API that they see is shown to them too."""
        return document_is_shown_to(self.caller, document, summary)


def visitor(tenant: str, caller: Principal | None) -> Visitor:
    """Somebody who looks at this tenant's APIs."""
    return Visitor(tenant=tenant, caller=caller)
