"""The interfaces of identity, as declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.identity.account.routes import Account
from functions.identity.scim.bulk import Bulk
from functions.identity.scim.discovery import Discovery
from functions.identity.scim.everything import Everything
from functions.identity.scim.groups import Groups
from functions.identity.scim.me import Me
from functions.identity.scim.users import Users
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from functions.identity.parts import Parts
    from gatehouse.controlplane.identity.account_locks import AccountLocks
    from gatehouse.controlplane.identity.directory_accounts import DirectoryAccounts

SCIM_BASE = "/scim2"


def account_interface(parts: Parts) -> Interface:
    """`/api/identity`, also below `/t/{tenant}`."""
    account = Account(parts.sign_up, parts.recovery, parts.tenants)
    return Interface(
        name="account",
        title="Signing up and recovery",
        base="/api/identity",
        version="",
        tenanted=True,
        operations=account.operations(),
    )


def scim_interface(parts: Parts, locks: AccountLocks, elsewhere: DirectoryAccounts) -> Interface:
    """`/scim2`, also below `/t/{tenant}`."""
    root = f"{parts.management_url}{SCIM_BASE}"
    users = Users(parts.accounts, parts.groups, locks, elsewhere, root)
    groups = Groups(parts.groups, root)
    return Interface(
        name="scim2",
        title="SCIM 2.0",
        base=SCIM_BASE,
        version="",
        tenanted=True,
        operations=(
            *users.operations(),
            *groups.operations(),
            *Me(parts.own_account, users).operations(),
            *Everything(users, groups).operations(),
            *Bulk(users, groups).operations(),
            *Discovery(root).operations(),
        ),
    )
