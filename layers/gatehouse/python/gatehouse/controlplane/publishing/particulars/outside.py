"""Outside: what a provider asks about an API that others answer, and what is answered where nobody was set up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing.compiling.compiled_endpoints import endpoint_groups
from gatehouse.domain.apis.function import NoFunctions
from gatehouse.domain.errors import NotFound
from gatehouse.domain.portal.billing import check_billed
from gatehouse.domain.publishing.deployed import EndpointKind

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.controlplane.publishing.particulars.subscribers import Subscribers
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.function_directory import FunctionDirectory


class NoAudit(NotFound):
    """No service that audits definitions is connected."""

    default_description = "No service that audits the security of definitions is connected to this deployment."


class NoVendor(NotFound):
    """No such vendor's APIs can be taken in."""

    @classmethod
    def named(cls, vendor: str) -> NoVendor:
        """The sentence for it."""
        return cls(f"No catalogue of APIs of the vendor '{vendor}' is connected to this deployment.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Each question is of an API that the caller may work on: raises ApiNotFound besides."""

    design: Design
    subscribers: Subscribers
    functions: FunctionDirectory

    def functions_of(self, principal: Principal, api_id: str) -> list[str]:
        """The ARNs of the functions that the API's credentials can see. Raises NoFunctions, FunctionsUnlisted, Unavailable."""
        api = self.design.get(principal, api_id)
        if (api.document.get("endpointConfig") or {}).get("endpoint_type") != EndpointKind.LAMBDA:
            raise NoFunctions
        group, _ = endpoint_groups(api.document)
        if group is None or group.kind is not EndpointKind.LAMBDA:
            raise NoFunctions
        return self.functions.arns(group.function_access, group.assumed_role)

    def revenue(self, principal: Principal, api_id: str) -> None:
        """Raises NotMonetized, NoBilling."""
        check_billed(self.design.get(principal, api_id))

    def usage(self, principal: Principal, subscription_id: str) -> None:
        """Raises SubscriptionNotFound, NotMonetized, NoBilling."""
        check_billed(self.subscribers.api_of(principal, subscription_id))

    def audit(self, principal: Principal, api_id: str) -> None:
        """Raises NoAudit."""
        self.design.get(principal, api_id)
        raise NoAudit
