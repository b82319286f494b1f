"""Successors: users who are given what another one had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid, NotFound
from gatehouse.domain.people.identity import split_username

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.people.identity import UserLookup


class SuccessorUnknown(NotFound):
    """Nothing can be given to somebody who is not there."""

    code = 900603
    message = "User does not exist"


def successor(users: UserLookup, tenant: str, username: str, path: str) -> User:
    """The user of this name, which may carry the tenant; `path` is where it was sent.

    Raises Invalid for a user of another tenant, SuccessorUnknown.
    """
    where, name = split_username(username) if "@" in username else (tenant, username)
    if where != tenant:
        raise Invalid.field(path, f"'{username}' is of another tenant; nothing is given from one tenant to another")
    user = users.get(tenant, name)
    if user is None:
        raise SuccessorUnknown(f"{path}: there is no user '{username}'")
    return user
