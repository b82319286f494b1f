"""The admin function's composition root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.admin.interface import interface
from gatehouse.adapters.dynamo.applications import KeyTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.key_managers import KeyManagerTable
from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.adapters.public_keys import PemKeys
from gatehouse.adapters.registrars.metadata import HttpMetadata
from gatehouse.controlplane.key_management.administration import KeyManagement
from gatehouse.controlplane.system_scopes import SystemScopes
from gatehouse.edge.composition import callers
from gatehouse.edge.surface import Surface
from gatehouse.settings import AdminSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = AdminSettings.from_environment(os.environ)
_artifacts = ArtifactTable(_settings.artifacts_table)
_key_management = KeyManagement(
    key_managers=KeyManagerTable(_settings.settings_table, _artifacts),
    public_keys=PemKeys(),
    uses=KeyTable(_settings.applications_table, _artifacts),
    metadata=HttpMetadata(internal_allowed=_settings.local_backends_allowed),
    management_url=_settings.management_url,
    plain_http_allowed=_settings.local_backends_allowed,
)
_callers = callers(_settings)
_system_scopes = SystemScopes(artifacts=_callers.artifacts, publication=_artifacts, users=_callers.users)
_admin = Surface(
    interface(_key_management, TenantConfigurationTable(_settings.settings_table), _system_scopes), _callers
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer an HTTP event."""
    return _admin(event, context)
