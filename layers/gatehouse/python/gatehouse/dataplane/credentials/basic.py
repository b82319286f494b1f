"""Basic: a user's name and password in the API's authorization header (RFC 7617).

The users are those of the API's tenant, and they may use the scopes that their roles are bound to. There is no application,
so there is no subscription: what is counted is the caller's address.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.refusal import INVALID_CREDENTIALS, TOO_MANY_LOGINS
from gatehouse.dataplane.credentials.header import credential_of
from gatehouse.dataplane.evidence import Identity, Scheme
from gatehouse.domain.errors import Throttled
from gatehouse.domain.memory import SecretMemory
from gatehouse.domain.people.identity import qualified

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Target
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.people.identity import Authentication

_SCHEME = "basic"

_WRONG = replace(INVALID_CREDENTIALS, perhaps_stale=False)
"""Users are looked up where they are kept: there is no old knowledge to ask again about."""


class BasicCredentials:
    """Checks passwords, and remembers for some seconds whose they were: hashing is slow by intention.

    So within that time a changed password, a lost role or a disabled user still counts, as any change of artifacts may.
    """

    def __init__(self, catalogue: Catalogue, authentication: Authentication, *, remembered_seconds: float) -> None:
        self._catalogue = catalogue
        self._authentication = authentication
        self._verified: SecretMemory[User] = SecretMemory(remembered_seconds)

    def presented(self, call: Call, target: Target) -> str:
        """Name and password, still in base64."""
        return credential_of(call, target, _SCHEME)

    def identify(self, presented: str, call: Call, target: Target) -> Identity | Refusal:
        """The user, with those of the operation's scopes that their roles allow. Raises Unavailable."""
        tenant = target.api.deployed.tenant
        try:
            user = self._known(presented, tenant, call)
        except Throttled:
            return TOO_MANY_LOGINS
        if user is None:
            return _WRONG.for_target(target)
        name = qualified(tenant, user.name)
        return Identity(scheme=Scheme.BASIC, subject=name, username=name, scopes=self._scopes(user, target))

    def _known(self, presented: str, tenant: str, call: Call) -> User | None:
        secret = f"{tenant} {presented}"
        known = self._verified.recall(secret, call.received_at)
        if known is not None:
            return known
        user = self._verify(presented, tenant, call.source_ip)
        if user is not None:
            self._verified.remember(secret, user, call.received_at)
        return user

    def _verify(self, presented: str, tenant: str, address: str) -> User | None:
        username, password = _decoded(presented)
        where, name = self._authentication.account(username)
        if where != tenant or not name:
            return None
        return self._authentication.authenticate(tenant, name, password, address=address)

    def _scopes(self, user: User, target: Target) -> frozenset[str]:
        tenant = target.api.deployed.tenant
        bound = {scope: self._catalogue.roles_of_scope(tenant, scope) for scope in target.operation.scopes}
        return frozenset(
            scope
            for scope, roles in bound.items()
            if roles is not None and (not roles or not roles.isdisjoint(user.roles))
        )


def _decoded(presented: str) -> tuple[str, str]:
    """Name and password; two empty ones when it is neither base64 nor UTF-8 nor has a colon."""
    try:
        name, separator, password = base64.b64decode(presented, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return (name, password) if separator else ("", "")
