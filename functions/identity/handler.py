"""Identity's composition root: HTTP events, and the deployment that brings the first tenant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.identity.interface import interface
from gatehouse.adapters.aws import secrets_client
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.identity import TenantTable, UserTable
from gatehouse.adapters.dynamo.settings import PolicyTable
from gatehouse.adapters.passwords import Argon2Passwords
from gatehouse.adapters.secrets import SecretDocument
from gatehouse.controlplane.accounts import Accounts
from gatehouse.controlplane.tenancy import Tenancy
from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.edge.composition import callers
from gatehouse.edge.deployment import answer, is_deployment
from gatehouse.edge.errors import scim_error
from gatehouse.edge.surface import Surface
from gatehouse.settings import IdentitySettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = IdentitySettings.from_environment(os.environ)
_callers = callers(_settings)
_artifacts = ArtifactTable(_settings.artifacts_table)
_users = UserTable(_settings.identity_table, _artifacts)
_tenants = TenantTable(_settings.identity_table)
_passwords = Argon2Passwords()
_accounts = Accounts(users=_users, tenants=_tenants, passwords=_passwords, clock=_callers.clock)
_tenancy = Tenancy(
    tenants=_tenants,
    users=_users,
    passwords=_passwords,
    policies=PolicyTable(_settings.settings_table, _artifacts),
    clock=_callers.clock,
)
_first_admin = SecretDocument(secrets_client(), _settings.first_admin_secret)
_scim = Surface(interface(_accounts, _settings.management_url), _callers, render_error=scim_error)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any] | None:
    """Answer an HTTP event, or CloudFormation's `Custom::FirstTenant`."""
    if is_deployment(event):
        answer(event, _provision)
        return None
    return _scim(event, context)


def _provision(_properties: Mapping[str, Any]) -> None:
    admin = _first_admin.read()
    _tenancy.provision(SUPER_TENANT, admin["username"], admin["password"])
