"""The rows of table `identity` and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.attributes import BooleanAttribute, NumberAttribute

from gatehouse.adapters.dynamo.table import Row

if TYPE_CHECKING:
    from gatehouse.domain.people.role import Role

META = "META"


class IdentityRow(Row):
    """One row of table `identity`. `closed` is a role's that is being removed; `issued_at` a recovery code's."""

    closed = BooleanAttribute(null=True)
    issued_at = NumberAttribute(null=True)


def user_ids(tenant: str) -> str:
    """Where a tenant's user ids stand."""
    return f"{tenant}#USERID"


def roles(tenant: str) -> str:
    """Where a tenant's roles stand."""
    return f"{tenant}#ROLE"


def role_ids(tenant: str) -> str:
    """Where a tenant's role ids stand."""
    return f"{tenant}#ROLEID"


def members(tenant: str, role: str) -> str:
    """Where the users stand who have a role."""
    return f"{tenant}#MEMBER#{role}"


def role_row(row: type[IdentityRow], role: Role) -> IdentityRow:
    """A role as it is kept."""
    body = {"id": role.id, "created_at": role.created_at, "external_id": role.external_id}
    return row(roles(role.tenant), role.name, body=body)


def role_pointer(row: type[IdentityRow], role: Role) -> IdentityRow:
    """What the role's id stands for."""
    return row(role_ids(role.tenant), role.id, body={"name": role.name})
