"""The interface of identity, as a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.identity.routes import routes
from gatehouse.edge.operation import Interface

if TYPE_CHECKING:
    from gatehouse.controlplane.accounts import Accounts


def interface(accounts: Accounts, management_url: str) -> Interface:
    """`/scim2`."""
    return Interface(
        name="scim2", title="SCIM 2.0", base="/scim2", version="", operations=routes(accounts, management_url)
    )
