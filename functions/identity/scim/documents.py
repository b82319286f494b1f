"""Users and roles as documents, and what a document says about an account.

A document has the names and the order of the schema, so that most answers need no model.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.identity.scim.guard import version_of
from functions.identity.scim.models import ENTERPRISE, GROUP_SCHEMA, GROUPS, USER_SCHEMA, USERS
from gatehouse.controlplane.identity.accounts import AccountDraft
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import display_username

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.people.identity import User
    from gatehouse.domain.people.role import Member, Role

PROFILE_BYTES_MAX = 50_000
_NOT_PROFILE = frozenset({"schemas", "id", "userName", "password", "active", "roles", "groups", "meta"})
ACCOUNT_LOCKED = "accountLocked"
Document = dict[str, Any]


def user_document(user: User, roles: Mapping[str, Role], root: str, *, locked: bool = False) -> Document:
    """A user; `roles` is the tenant's, by name. There is no password in it."""
    profile = dict(user.profile)
    if locked:
        profile[ENTERPRISE] = {**_section(profile), ACCOUNT_LOCKED: True}
    own = sorted(user.roles)
    schemas = [USER_SCHEMA, *([ENTERPRISE] if ENTERPRISE in profile else [])]
    groups = [_group_reference(roles[name], root) for name in own if name in roles]
    return {
        "schemas": schemas,
        "id": user.id,
        "userName": display_username(user.tenant, user.name),
        "active": user.active,
        **profile,
        **({"groups": groups} if groups else {}),
        "roles": [{"value": name} for name in own],
        "meta": {
            "resourceType": "User",
            "created": _time(user.created_at),
            "lastModified": _time(user.modified_at),
            "location": f"{root}{USERS}/{user.id}",
            "version": f'W/"{user.version}"',
        },
    }


def group_document(role: Role, members: Sequence[Member] | None, root: str) -> Document:
    """A role; its members are left out when nobody asked for them, and then there is no version."""
    outside = {"externalId": role.external_id} if role.external_id else {}
    document: Document = {"schemas": [GROUP_SCHEMA], "id": role.id, **outside, "displayName": role.name}
    if members:
        document["members"] = [
            {
                "value": one.user_id,
                "$ref": f"{root}{USERS}/{one.user_id}",
                "type": "User",
                "display": display_username(role.tenant, one.name),
            }
            for one in members
        ]
    version = {} if members is None else {"version": version_of(document)}
    document["meta"] = {
        "resourceType": "Group",
        "created": _time(role.created_at),
        "location": f"{root}{GROUPS}/{role.id}",
        **version,
    }
    return document


def draft_of(model: Any) -> AccountDraft:
    """What a user resource says about the account. Raises Invalid when it says more than is kept."""
    told = model.model_dump()
    profile = {name: value for name, value in told.items() if name not in _NOT_PROFILE}
    kept = {name: value for name, value in _section(profile).items() if name != ACCOUNT_LOCKED}
    profile = {**profile, ENTERPRISE: kept} if kept else {n: v for n, v in profile.items() if n != ENTERPRISE}
    if len(json.dumps(profile).encode()) > PROFILE_BYTES_MAX:
        raise Invalid.field("", f"a user may have at most {PROFILE_BYTES_MAX} bytes of attributes")
    roles = None if model.roles is None else frozenset(str(role.value) for role in model.roles)
    return AccountDraft(
        username=str(model.user_name),
        password=model.password,
        roles=roles,
        active=model.active is not False,
        profile=profile,
    )


def lock_told(model: Any) -> bool | None:
    """What a user resource says about the account's lock; None for nothing."""
    told = _section(model.model_dump()).get(ACCOUNT_LOCKED)
    return told if isinstance(told, bool) else None


def member_ids(model: Any) -> frozenset[str]:
    """The ids of the members that a group resource names. Raises Invalid for a member that is no user."""
    members = model.members or []
    for place, member in enumerate(members):
        if member.type not in {None, "User"}:
            raise Invalid.field(f"members[{place}].type", "only users can be members")
    return frozenset(str(member.value) for member in members if member.value is not None)


def _section(profile: Mapping[str, Any]) -> Mapping[str, Any]:
    found = profile.get(ENTERPRISE)
    return found if isinstance(found, dict) else {}


def _group_reference(role: Role, root: str) -> dict[str, str]:
    return {"value": role.id, "$ref": f"{root}{GROUPS}/{role.id}", "display": role.name}


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
