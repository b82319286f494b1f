"""One's own password and organization, where the store's interface has them: the store itself may write nothing about users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.identity.account.wire import ChangePasswordBody
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Interface, Operation
from gatehouse.edge.shared.organizations import information

if TYPE_CHECKING:
    from gatehouse.controlplane.identity.own_account import OwnAccount
    from gatehouse.controlplane.organizations import Organizations
    from gatehouse.edge.http import Request


def password_interface(own: OwnAccount, organizations: Organizations) -> Interface:
    """`/api/am/devportal/v3/me`."""

    def change(request: Request, body: ChangePasswordBody) -> Answer:
        own.change_password(request.principal, body.currentPassword, body.newPassword)
        return Answer()

    return Interface(
        name="devportal",
        title="Gatehouse Store",
        base="/api/am/devportal",
        version="v3",
        aliases=("/api/am/store",),
        operations=(
            Operation(
                method="POST",
                path="/me/change-password",
                id="changeUserPassword",
                route=change,
                summary="Change your own password.",
                tag="Users",
                scopes=("apim:subscribe",),
                body=ChangePasswordBody,
            ),
            information(organizations, ("apim:subscribe",)),
        ),
    )
