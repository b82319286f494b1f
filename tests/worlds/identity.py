"""Users in memory, to be kept over SCIM, with a key manager beside them, so that tokens are real."""

from __future__ import annotations

import json
from typing import Any

from functions.identity.interface import interface
from gatehouse.controlplane.accounts import Accounts
from gatehouse.domain.identity import BUILT_IN_ROLES, SUPER_TENANT, Tenant
from gatehouse.edge.errors import scim_error
from gatehouse.edge.surface import Surface
from tests.callers import OTHER_TENANT, PASSWORD, PlainPasswords, Reply
from tests.events import CONTEXT, basic, http_event
from tests.worlds.key_manager import MANAGEMENT_URL, KeyManagerWorld

USERS = "/scim2/Users"


class IdentityWorld(KeyManagerWorld):
    """The key manager's world, so that tokens are real, with identity's surface on the same users."""

    def __init__(self) -> None:
        super().__init__()
        for domain in (SUPER_TENANT, OTHER_TENANT):
            self.tenants.provision(Tenant(domain=domain), BUILT_IN_ROLES)
        accounts = Accounts(users=self.users, tenants=self.tenants, passwords=PlainPasswords(), clock=self.clock)
        self.interface = interface(accounts, MANAGEMENT_URL)
        self._scim = Surface(self.interface, self.callers, render_error=scim_error)
        self.users.writes = 0

    def scim(
        self,
        method: str,
        path: str = USERS,
        body: Any = None,
        *,
        by: str | None = "admin",
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        sent = {**(basic(by, PASSWORD) if by else {}), **(headers or {})}
        answer = self._scim(http_event(method, path, headers=sent, query=query, body=body), CONTEXT)
        text = answer["body"] or ""
        return Reply(
            status=answer["statusCode"],
            headers=answer["headers"],
            text=text,
            json=json.loads(text) if text else None,
        )

    def add(self, username: str = "sarah", /, *roles: str, **more: Any) -> Reply:
        body = {"userName": username, "password": "sesame", "roles": [{"value": role} for role in roles], **more}
        return self.scim("POST", USERS, body)
