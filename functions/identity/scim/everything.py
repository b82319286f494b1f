"""Queries of users and groups at once (RFC 7644 §3.4.3: `/.search` at the root)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.identity.scim.models import FullUser, Group
from functions.identity.scim.queries import search_of
from functions.identity.scim.users import ACCEPTED, SCOPES
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from functions.identity.scim.groups import Groups
    from functions.identity.scim.users import Users
    from gatehouse.edge.http import Answer, Request

EVERYTHING: Any = FullUser | Group


class Everything:
    """The route of queries that are about no kind of resource in particular."""

    def __init__(self, users: Users, groups: Groups) -> None:
        self._users = users
        self._groups = groups

    def search(self, request: Request) -> Answer:
        """200."""
        query = search_of(request, EVERYTHING)
        return query.page([*self._users.documents(request), *self._groups.documents(request, query)])

    def operations(self) -> tuple[Operation, ...]:
        """The operation."""
        return (
            Operation(
                method="POST",
                path="/.search",
                id="searchAll",
                route=self.search,
                summary="Find users and roles by a query in the body.",
                tag="Search",
                scopes=SCOPES,
                accepts=ACCEPTED,
            ),
        )
