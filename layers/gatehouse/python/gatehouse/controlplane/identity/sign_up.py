"""Self sign-up: people make accounts for themselves, where their tenant allows it.

The tenant's configuration says so, below `SelfSignUp`: `EnableSelfSignUp` (on by default), `SignUpRoles` and
`RequireApproval`, which says the same as `UserSignUp` below `Workflows`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.workflows.subjects.sign_up import question
from gatehouse.domain.errors import Forbidden, Invalid
from gatehouse.domain.people.identity import ADMIN, SUBSCRIBER
from gatehouse.domain.publishing.workflow import WorkflowKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.identity.accounts import AccountDraft, Accounts
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.people.identity import Tenants
    from gatehouse.ports.tenant_configuration import TenantConfigurations

SECTION = "SelfSignUp"
DEFAULT_ROLES = (SUBSCRIBER,)


class SignUpClosed(Forbidden):
    """The tenant lets nobody sign up, or there is no such tenant."""

    default_description = "Nobody can sign up here: self sign-up is switched off."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """Lets people in."""

    accounts: Accounts
    tenants: Tenants
    configurations: TenantConfigurations

    def __call__(self, tenant: str, draft: AccountDraft) -> User:
        """The new user, inactive when somebody must approve first; roles and state of the draft do not count.

        Raises SignUpClosed, Invalid (`userName`, `password`), UserExists.
        """
        known = self.tenants.get(tenant)
        told = section_of(self.configurations.get(tenant))
        if known is None or not known.active or told.get("EnableSelfSignUp") is False:
            raise SignUpClosed
        if draft.password is None:
            raise Invalid.field("password", "is required")
        approvals = self.accounts.approvals
        waits = told.get("RequireApproval") is True or approvals.needed(tenant, WorkflowKind.USER_SIGNUP)
        wanted = replace(draft, roles=self._roles(tenant, told), active=not waits)
        if not waits:
            return self.accounts.enrol(tenant, wanted)
        user = self.accounts.drafted(tenant, wanted)
        reference, opening = approvals.ask(question(user))
        waiting = replace(user, workflow=reference)
        self.accounts.users.add(waiting, along=[opening])
        return waiting

    def _roles(self, tenant: str, told: Mapping[str, Any]) -> frozenset[str]:
        """The roles that are given without asking. An administrator is never made so, whatever the configuration says."""
        wanted = told.get("SignUpRoles")
        names = wanted if isinstance(wanted, list) and wanted else DEFAULT_ROLES
        return frozenset(str(name) for name in names) & self.tenants.roles(tenant) - {ADMIN}


def section_of(configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the configuration says about signing up."""
    section = configuration.get(SECTION)
    return section if isinstance(section, dict) else {}
