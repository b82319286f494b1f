"""Self sign-up: people make accounts for themselves, where their tenant allows it.

The tenant's configuration says so, below `SelfSignUp`: `EnableSelfSignUp` (on by default), `SignUpRoles` and
`RequireApproval`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Forbidden, Invalid
from gatehouse.domain.identity import ADMIN, SUBSCRIBER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.identity.accounts import AccountDraft, Accounts
    from gatehouse.domain.identity import User
    from gatehouse.ports.identity import Tenants
    from gatehouse.ports.sign_up import SignUpApproval
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
    approval: SignUpApproval

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
        waits = self.approval.must_wait(tenant)
        user = self.accounts.enrol(tenant, replace(draft, roles=self._roles(tenant, told), active=not waits))
        if waits:
            self.approval.asked(user)
        return user

    def _roles(self, tenant: str, told: Mapping[str, Any]) -> frozenset[str]:
        """The roles that are given without asking. An administrator is never made so, whatever the configuration says."""
        wanted = told.get("SignUpRoles")
        names = wanted if isinstance(wanted, list) and wanted else DEFAULT_ROLES
        return frozenset(str(name) for name in names) & self.tenants.roles(tenant) - {ADMIN}


@dataclass(frozen=True, slots=True)
class ConfiguredApproval:
    """Implements `ports.sign_up.SignUpApproval` by the tenant's configuration; administrators look for who is inactive."""

    configurations: TenantConfigurations

    def must_wait(self, tenant: str) -> bool:
        """Whether `RequireApproval` is true."""
        return section_of(self.configurations.get(tenant)).get("RequireApproval") is True

    def asked(self, user: User) -> None:
        """Nobody in particular is told."""


def section_of(configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the configuration says about signing up."""
    section = configuration.get(SECTION)
    return section if isinstance(section, dict) else {}
