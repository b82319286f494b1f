"""What every management function builds alike: the callers of its surfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.aws import dynamodb_client
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.identity import UserDirectory
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.login import RememberedPasswords, password_login
from gatehouse.adapters.passwords import Argon2Passwords
from gatehouse.adapters.tokens import JwtVerifier
from gatehouse.edge.auth import Callers

if TYPE_CHECKING:
    from gatehouse.settings import ManagementSettings

PASSWORDS_REMEMBERED_SECONDS = 10.0


def callers(settings: ManagementSettings) -> Callers:
    """Who may call, by the tables that these settings name."""
    clock = SystemClock()
    client = dynamodb_client()
    users = UserDirectory(settings.identity_table)
    passwords = RememberedPasswords(Argon2Passwords(), clock, PASSWORDS_REMEMBERED_SECONDS)
    return Callers(
        users=users,
        authentication=password_login(settings, users, passwords, client, clock),
        verifier=JwtVerifier(),
        artifacts=ArtifactLookup(client, settings.artifacts_table),
        clock=clock,
        management_url=settings.management_url,
    )
