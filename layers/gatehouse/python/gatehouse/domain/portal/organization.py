"""An organization is a part of a tenant's customers: its people see what is shown to it, on the plans that it is offered.

Who belongs to which is told by the user's attribute `organizationId`, beside SCIM's enterprise extension (WSO2's claim
`http://wso2.org/claims/organizationId`), which only administrators set: the `organization` there is what users say of
themselves. Users without it are the tenant's own.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ATTRIBUTE = "organizationId"

ALL, NONE = "all", "none"
"""What stands in `visibleOrganizations` for every organization, and for no other than the tenant itself."""

VISIBLE = "visibleOrganizations"
POLICIES = "organizationPolicies"


def organization_id(tenant: str, external_id: str) -> str:
    """The id of the organization that others know as `external_id`; "" for "".

    It follows from the two, so that who calls can be told apart without a look at the list.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"organization:{tenant}/{external_id}")) if external_id else ""


def organization_of(tenant: str, profile: Mapping[str, Any]) -> str:
    """The id of the organization that a user with this profile belongs to, "" for the tenant itself."""
    return organization_id(tenant, claimed(profile))


def claimed(profile: Mapping[str, Any]) -> str:
    """The external id of the organization in a profile, "" for none."""
    section = profile.get(ENTERPRISE)
    named = section.get(ATTRIBUTE) if isinstance(section, dict) else None
    return named.strip() if isinstance(named, str) else ""


def with_organization(profile: Mapping[str, Any], external_id: str) -> dict[str, Any]:
    """The profile of somebody who belongs to this organization, "" to none."""
    section = {name: value for name, value in (profile.get(ENTERPRISE) or {}).items() if name != ATTRIBUTE}
    if external_id:
        section[ATTRIBUTE] = external_id
    others = {name: value for name, value in profile.items() if name != ENTERPRISE}
    return {**others, ENTERPRISE: section} if section else others


def is_open_to(organization: str, visible: frozenset[str]) -> bool:
    """Whether an API that names these organizations is shown to one ("" is the tenant itself). Naming none closes nothing."""
    return not organization or not visible or ALL in visible or organization in visible


def plans_for(organization: str, document: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the business plans that an API offers to an organization: its own, or those that everybody gets.

    `document` is the API's, or what a summary keeps of it.
    """
    for entry in document.get(POLICIES) or () if organization else ():
        if entry.get("organizationID") == organization:
            return tuple(str(name) for name in entry.get("policies") or ())
    return tuple(document.get("policies") or ())


class OrganizationNotFound(NotFound):
    """The tenant has no such organization."""

    code = 901301
    message = "Organization not found"

    @classmethod
    def by_id(cls, organization_id: str) -> OrganizationNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Organization with Id '{organization_id}' not found")


class OrganizationUnknown(Invalid):
    """An API names an organization that the tenant does not have."""

    code = 900357
    message = "Organization not found"


class OrganizationTaken(Conflict):
    """The tenant has an organization of this external id."""

    message = "The organization already exists"


class OrganizationInUse(Conflict):
    """APIs name it."""

    message = "The organization is in use"
