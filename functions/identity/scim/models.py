"""The resources as this service has them: RFC 7643's, with what differs here.

Names are keys (of tokens, ownership, APIs' scopes), so those of users and groups cannot change; and an e-mail address may
be of an intranet's domain.
"""

from __future__ import annotations

from typing import Annotated, Any

import scim2_models as scim
from pydantic import Field
from scim2_models import Mutability, Required, Uniqueness

from gatehouse.domain.people.identity import BUILT_IN_ROLES

USERS, GROUPS = "/Users", "/Groups"
USER_SCHEMA = str(scim.User.__schema__)
GROUP_SCHEMA = str(scim.Group.__schema__)
ENTERPRISE = str(scim.EnterpriseUser.__schema__)

ENTRA_TOO = scim.ScimPolicy(
    remove_value_as_filter=scim.ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=scim.ScimPolicy.UnmatchedPathFilter.create,
)
"""Two liberties that Microsoft Entra takes with PATCH, and that cannot be taken for anything else."""


class Email(scim.Email):
    """An e-mail address of any domain."""

    value: str | None = None


class Role(scim.Role):
    """A role by its name; the rest is for other services to say, and accepted so that it can be sent back."""

    value: str | None = Field(None, examples=list(BUILT_IN_ROLES))
    display: Annotated[str | None, Mutability.read_only] = None
    type: Annotated[str | None, Mutability.read_only] = None
    primary: Annotated[bool | None, Mutability.read_only] = None


class GroupMember(scim.GroupMember):
    """A member by its id."""

    display: Annotated[str | None, Mutability.read_only] = None


class EnterpriseUser(scim.EnterpriseUser):
    """The enterprise extension, with what WSO2 adds to it.

    `account_locked` says whether the account may not be logged in to, `organization_id` to which of the tenant's
    organizations the user belongs (`domain.portal.organization`).
    """

    account_locked: bool | None = None
    organization_id: str | None = None


class User(scim.User[scim.AnyExtension]):
    """A user."""

    user_name: Annotated[str | None, Uniqueness.server, Required.true, Mutability.immutable] = None
    emails: list[Email] | None = None  # type: ignore[assignment]
    roles: list[Role] | None = None  # type: ignore[assignment]


class Group(scim.Group):
    """A role and its members."""

    display_name: Annotated[str | None, Uniqueness.server, Required.true, Mutability.immutable] = None
    members: list[GroupMember] | None = None  # type: ignore[assignment]


FullUser: Any = User[EnterpriseUser]
"""A user as it is served: with the enterprise extension."""
