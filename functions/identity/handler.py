"""Identity's composition root: HTTP events, and the deployment that brings the first tenant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.identity.interface import scim_interface
from functions.identity.parts import World, assemble
from functions.identity.server.interface import server_interface
from gatehouse.adapters.aws import dynamodb_client, secrets_client
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.identity import RoleTable, TenantTable, UserTable
from gatehouse.adapters.dynamo.settings import PolicyTable
from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.adapters.dynamo.user_stores import UserStoreTable
from gatehouse.adapters.login import user_store_seal
from gatehouse.adapters.passwords import Argon2Passwords
from gatehouse.adapters.secrets import SecretDocument
from gatehouse.adapters.user_stores.opening import LdapDirectories
from gatehouse.controlplane.identity.user_stores import UserStoreAdministration
from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.edge.composition import callers
from gatehouse.edge.deployment import answer, is_deployment
from gatehouse.edge.scim import scim_error
from gatehouse.edge.surface import Surface
from gatehouse.settings import IdentitySettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = IdentitySettings.from_environment(os.environ)
_callers = callers(_settings)
_artifacts = ArtifactTable(_settings.artifacts_table)
_parts = assemble(
    World(
        users=UserTable(_settings.identity_table, _artifacts),
        roles=RoleTable(_settings.identity_table),
        tenants=TenantTable(_settings.identity_table),
        configurations=TenantConfigurationTable(_settings.settings_table),
        policies=PolicyTable(_settings.settings_table, _artifacts),
        passwords=Argon2Passwords(),
        clock=_callers.clock,
        management_url=_settings.management_url,
    )
)
_seal = user_store_seal(_settings)
_user_stores = UserStoreAdministration(
    stores=UserStoreTable(dynamodb_client(), _settings.identity_table), directories=LdapDirectories(_seal), seal=_seal
)
_first_admin = SecretDocument(secrets_client(), _settings.first_admin_secret)
_server = Surface(server_interface(_user_stores), _callers)
_scim = Surface(scim_interface(_parts), _callers, render_error=scim_error)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any] | None:
    """Answer an HTTP event, or CloudFormation's `Custom::FirstTenant`."""
    if is_deployment(event):
        answer(event, _provision)
        return None
    surface = _server if _server.serves(event["rawPath"]) else _scim
    return surface(event, context)


def _provision(_properties: Mapping[str, Any]) -> None:
    admin = _first_admin.read()
    _parts.tenancy.provision(SUPER_TENANT, admin["username"], admin["password"])
