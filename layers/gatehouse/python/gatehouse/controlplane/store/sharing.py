"""Who may use an application besides its owner: where the tenant has it switched on, the circles that it is shared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.applications.sharing import GROUPS_MAX, SWITCH, SharingRefused, circles_around, circles_of, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.tenant_configuration import TenantConfigurations


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Asks the tenant's configuration. What was shared before the switch was turned off is its owner's alone again."""

    configurations: TenantConfigurations

    def is_on(self, tenant: str) -> bool:
        """Whether applications of this tenant can be shared."""
        return self.configurations.get(tenant).get(SWITCH) is True

    def circles(self, principal: Principal) -> frozenset[str]:
        """The circles whose applications the caller uses too."""
        return circles_of(principal) if self.is_on(principal.tenant) else frozenset()

    def reaches(self, application: Application, principal: Principal) -> bool:
        """Whether the caller uses somebody else's application with them."""
        around = circles_around(application)
        return not around.isdisjoint(circles_of(principal)) and self.is_on(application.tenant)

    def groups(self, principal: Principal, wanted: Sequence[str] | None, before: Sequence[str] = ()) -> tuple[str, ...]:
        """The groups that an application is shared with: of the owner's own, and of those `before`, the wanted ones.

        None is as before. Raises SharingRefused.
        """
        if wanted is None:
            return tuple(before)
        groups = named(wanted)
        if not groups:
            return ()
        if not self.is_on(principal.tenant):
            raise SharingRefused.field("groups", "the tenant does not let applications be shared")
        if len(groups) > GROUPS_MAX:
            raise SharingRefused.field("groups", f"has more than {GROUPS_MAX} entries")
        open_to = {role.lower() for role in principal.roles} | {group.lower() for group in before}
        for index, group in enumerate(groups):
            if group.lower() not in open_to:
                raise SharingRefused.field(f"groups.{index}", f"you are not a member of '{group}'")
        return groups

    def organization(self, principal: Principal, wanted: bool | None, before: str = "") -> str:  # noqa: FBT001
        """The id of the organization that an application is shared with, "" for none: the owner's, if that is wanted.

        None is as before. Raises SharingRefused.
        """
        if wanted is None:
            return before
        if not wanted:
            return ""
        if not self.is_on(principal.tenant):
            raise SharingRefused.field("visibility", "the tenant does not let applications be shared")
        if not principal.organization:
            raise SharingRefused.field("visibility", "you belong to no organization")
        return principal.organization
