"""What every management function builds alike: the callers of its surfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.aws import dynamodb_client
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.identity import UserDirectory
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.keys.tokens import JwtVerifier
from gatehouse.adapters.login import password_login, store_users
from gatehouse.edge.auth import Callers

if TYPE_CHECKING:
    from gatehouse.settings import ManagementSettings

PASSWORDS_REMEMBERED_SECONDS = 10.0


def callers(settings: ManagementSettings) -> Callers:
    """Who may call, by the tables that these settings name."""
    clock = SystemClock()
    client = dynamodb_client()
    users = store_users(settings, UserDirectory(settings.identity_table), client, clock)
    return Callers(
        users=users,
        authentication=password_login(settings, users, client, clock, remembered_seconds=PASSWORDS_REMEMBERED_SECONDS),
        verifier=JwtVerifier(),
        artifacts=ArtifactLookup(client, settings.artifacts_table),
        clock=clock,
        management_url=settings.management_url,
        bindings_seconds=settings.max_staleness_seconds,
    )
