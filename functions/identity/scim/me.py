"""Me (RFC 7644 §3.11): the user who is calling, with whatever roles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from functions.identity.scim.documents import draft_of
from functions.identity.scim.queries import SHOWN
from functions.identity.scim.users import ACCEPTED
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from functions.identity.scim.users import Users
    from gatehouse.controlplane.identity.own_account import OwnAccount
    from gatehouse.edge.http import Request

ME = "/Me"


class Me:
    """Routes of one's own account."""

    def __init__(self, own: OwnAccount, users: Users) -> None:
        self._own = own
        self._users = users

    def read(self, request: Request) -> Answer:
        """200."""
        return self._users.answer(request, self._own.get(request.principal))

    def replace(self, request: Request) -> Answer:
        """200."""
        user = self._own.get(request.principal)
        draft = draft_of(self._users.replaced(request, user))
        return self._users.answer(request, self._own.replace(request.principal, user, draft))

    def patch(self, request: Request) -> Answer:
        """200."""
        user = self._own.get(request.principal)
        draft = draft_of(self._users.patched(request, user))
        return self._users.answer(request, self._own.replace(request.principal, user, draft))

    def delete(self, request: Request) -> Answer:
        """204."""
        self._own.delete(request.principal, self._own.get(request.principal))
        return Answer(status=204)

    def operations(self) -> tuple[Operation, ...]:
        """The operations on oneself."""
        operation = partial(Operation, tag="Me", path=ME)
        return (
            operation(method="GET", id="getMe", route=self.read, summary="Read your account.", query=SHOWN),
            operation(method="PUT", id="replaceMe", route=self.replace, summary="Replace it.", accepts=ACCEPTED),
            operation(method="PATCH", id="patchMe", route=self.patch, summary="Change parts of it.", accepts=ACCEPTED),
            operation(method="DELETE", id="deleteMe", route=self.delete, summary="Leave.", answers=(204,)),
        )
