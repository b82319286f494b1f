"""The key manager's composition root. Three kinds of events come in: HTTP, actions of other functions, deployments."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.key_manager.actions import Actions
from functions.key_manager.interface import (
    dcr_interface,
    is_page,
    metadata_interface,
    oauth2_interface,
    pages_interface,
    revocations_interface,
)
from functions.key_manager.pages import page_error
from functions.key_manager.parts import World, assemble
from functions.key_manager.routes.client_metadata import metadata_error
from gatehouse.adapters.aws import dynamodb_client, secrets_client
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.identity import TenantTable, UserTable
from gatehouse.adapters.dynamo.oauth.clients import ClientTable
from gatehouse.adapters.dynamo.oauth.devices import AssertionTable, DeviceTable
from gatehouse.adapters.dynamo.oauth.key_lifetimes import KeyLifetimeTable
from gatehouse.adapters.dynamo.oauth.sessions import ConsentTable, SessionTable
from gatehouse.adapters.dynamo.oauth.tokens import CodeTable, FamilyTable
from gatehouse.adapters.federation.composition import federation
from gatehouse.adapters.keys.issuers import HttpIssuers
from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.adapters.keys.signing import SecretKeyring
from gatehouse.edge.composition import callers
from gatehouse.edge.deployment import answer, is_deployment
from gatehouse.edge.errors import oauth_error
from gatehouse.edge.surface import Surface
from gatehouse.ports.tokens.signing import ALGORITHMS
from gatehouse.settings import KeyManagerSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = KeyManagerSettings.from_environment(os.environ)
_callers = callers(_settings)
_artifacts = ArtifactTable(_settings.artifacts_table)
_secrets = secrets_client()
_federation = federation(
    _settings,
    dynamodb_client(),
    users=UserTable(_settings.identity_table, _artifacts),
    tenants=TenantTable(_settings.identity_table),
    clock=_callers.clock,
)
_parts = assemble(
    World(
        clients=ClientTable(_settings.oauth_table, _artifacts),
        families=FamilyTable(_settings.oauth_table, _artifacts),
        codes=CodeTable(_settings.oauth_table),
        sessions=SessionTable(_settings.oauth_table),
        consents=ConsentTable(_settings.oauth_table),
        devices=DeviceTable(_settings.oauth_table),
        assertions=AssertionTable(_settings.oauth_table),
        key_lifetimes=KeyLifetimeTable(_settings.oauth_table),
        key_source=HttpIssuers(internal_allowed=_settings.local_backends_allowed),
        users=_callers.users,
        tenants=TenantTable(_settings.identity_table),
        authentication=_callers.authentication,
        keyring=SecretKeyring(SecretDocument(_secrets, _settings.signing_secret), _callers.clock, ALGORITHMS),
        assertion_keyring=SecretKeyring(SecretDocument(_secrets, _settings.assertion_secret), _callers.clock),
        verifier=_callers.verifier,
        artifacts=_callers.artifacts,
        publication=_artifacts,
        clock=_callers.clock,
        management_url=_settings.management_url,
        session_seconds=_settings.session_seconds,
        key_rotation_seconds=_settings.key_rotation_seconds,
        max_staleness_seconds=_settings.max_staleness_seconds,
        introspects_across_tenants=_settings.introspects_across_tenants,
        implicit_allowed=_settings.implicit_allowed,
        identify=_callers.identify,
        federation=_federation,
    )
)
_dcr = Surface(dcr_interface(_parts), _callers)
_metadata = Surface(metadata_interface(_parts), _callers, render_error=metadata_error)
_revocations = Surface(revocations_interface(_parts), _callers)
_oauth2 = Surface(oauth2_interface(_parts), _callers, render_error=oauth_error)
_pages = Surface(pages_interface(_parts), _callers, render_error=page_error)
_actions = Actions(_parts.resident, _parts.key_rotation)


def _surface(path: str) -> Surface:
    if is_page(path):
        return _pages
    return next((one for one in (_dcr, _metadata, _revocations) if one.serves(path)), _oauth2)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any] | None:
    """Answer an HTTP event, another function's action, or CloudFormation's `Custom::SigningKey`."""
    if "requestContext" in event:
        return _surface(event["rawPath"])(event, context)
    if is_deployment(event):
        answer(event, lambda _properties: _parts.keys.provision())
        return None
    return _actions(event)
