"""Signing up, and a new password for one that is forgotten: for everybody, without credentials."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from functions.identity.account.wire import CodeBody, RecoverBody, SetPasswordBody, SignUpBody
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.identity.recovery import Recovery
    from gatehouse.controlplane.identity.sign_up import SignUp
    from gatehouse.edge.http import Request
    from gatehouse.ports.people.identity import Tenants

RECOVERY = "/recovery/v0.9"


class Account:
    """The routes of accounts."""

    def __init__(self, sign_up: SignUp, recovery: Recovery, tenants: Tenants) -> None:
        self._sign_up = sign_up
        self._recovery = recovery
        self._tenants = tenants

    def sign_up(self, request: Request, body: SignUpBody) -> Answer:
        """201 without a body."""
        tenant, name = self._named(request, body.user.username, body.user.tenantDomain)
        self._sign_up(tenant, body.draft(name))
        return Answer(status=201)

    def recover(self, request: Request, body: RecoverBody) -> Answer:
        """202, whoever is named."""
        self._recovery.ask(*self._named(request, body.user.username, body.user.tenantDomain))
        return Answer(status=202)

    def validate(self, _request: Request, body: CodeBody) -> Answer:
        """202 with the key to set a password with, which is the code itself."""
        self._recovery.check(body.code)
        return Answer(status=202, body={"key": body.code})

    def set_password(self, _request: Request, body: SetPasswordBody) -> Answer:
        """200."""
        self._recovery.set_password(body.key, body.password)
        return Answer(status=200)

    def _named(self, request: Request, username: str, said: str | None) -> tuple[str, str]:
        """Tenant and name: by the address, by what the body says, or by the end of the user name."""
        told = request.tenant or (said or "").lower()
        name, separator, domain = username.rpartition("@")
        if separator and name and (domain.lower() == told or (not told and self._tenants.get(domain.lower()))):
            return domain.lower(), name
        return told or SUPER_TENANT, username

    def operations(self) -> tuple[Operation, ...]:
        """The operations on accounts."""
        operation = partial(Operation, method="POST", authenticated=False, ignores_credentials=True)
        return (
            operation(
                path="/user/v1.0/me",
                id="signUp",
                route=self.sign_up,
                summary="Make an account for yourself.",
                tag="Sign-up",
                body=SignUpBody,
                answers=(201,),
            ),
            operation(
                path=f"{RECOVERY}/recover-password",
                id="recoverPassword",
                route=self.recover,
                summary="Have a code sent to set a new password with.",
                tag="Recovery",
                body=RecoverBody,
                answers=(202,),
            ),
            operation(
                path=f"{RECOVERY}/validate-code",
                id="validateCode",
                route=self.validate,
                summary="Whether a code can be used.",
                tag="Recovery",
                body=CodeBody,
                answers=(202,),
            ),
            operation(
                path=f"{RECOVERY}/set-password",
                id="setPassword",
                route=self.set_password,
                summary="Set a new password with a code.",
                tag="Recovery",
                body=SetPasswordBody,
            ),
        )
