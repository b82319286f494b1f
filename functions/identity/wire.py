"""SCIM 2.0 shapes (RFC 7643 §4.1, RFC 7644 §3.4.2): the part of the core user schema that is kept here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from gatehouse.controlplane.accounts import AccountDraft
from gatehouse.domain.identity import display_username
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.identity import User

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


class PersonName(Wire):
    """What a person is called."""

    formatted: str | None = None
    givenName: str | None = None
    familyName: str | None = None


class Email(Wire):
    """An e-mail address."""

    value: str
    type: str | None = None
    primary: bool | None = None


class RoleReference(Wire):
    """A role, by its name."""

    value: str
    display: str | None = None


class ScimUser(Wire):
    """A user as a client sends it. `roles` is all of them, or absent to leave them; `Internal/everyone` comes by itself.

    `id` and `meta` are accepted and ignored, so that what was read can be sent back.
    """

    schemas: list[str] = Field(default_factory=list)
    id: str | None = None
    userName: str
    password: str | None = None
    active: bool = True
    name: PersonName | None = None
    emails: list[Email | str] | None = None
    roles: list[RoleReference] | None = None
    meta: dict[str, object] | None = None

    def draft(self) -> AccountDraft:
        """What it says about the account."""
        profile = self.model_dump(include={"name", "emails"}, exclude_none=True)
        return AccountDraft(
            username=self.userName,
            password=self.password,
            roles=None if self.roles is None else frozenset(role.value for role in self.roles),
            active=self.active,
            profile=profile,
        )


def user_resource(user: User, location: str) -> dict[str, Any]:
    """A user as it is answered; there is no password in it."""
    created = datetime.fromtimestamp(user.created_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "schemas": [USER_SCHEMA],
        "id": user.id,
        "userName": display_username(user.tenant, user.name),
        "active": user.active,
        **user.profile,
        "roles": [{"value": role} for role in sorted(user.roles)],
        "meta": {"resourceType": "User", "created": created, "location": location},
    }


def list_response(resources: Sequence[dict[str, Any]], total: int, start_index: int) -> dict[str, Any]:
    """A page of a list; `startIndex` counts from 1."""
    return {
        "schemas": [LIST_SCHEMA],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": len(resources),
        "Resources": list(resources),
    }
