"""Providers that people run themselves: Keycloak, PingFederate, ForgeRock; and whatever else speaks OpenID Connect."""

from __future__ import annotations

from dataclasses import replace

from gatehouse.controlplane.key_management.connectors.shape import (
    APPLICATION_TYPE,
    CHECKBOX,
    CLIENT_ID,
    CLIENT_SECRET,
    RESPONSE_TYPES,
    TOKEN_ENDPOINT_AUTH_METHOD,
    Connector,
    Setting,
    at_origin,
)
from gatehouse.domain.applications.registration import Flavour

KEYCLOAK = Connector(
    type="KeyCloak",
    display_name="Keycloak",
    flavour=Flavour.KEYCLOAK,
    # A client with a service account that has the role manage-clients of realm-management.
    settings=(CLIENT_ID, CLIENT_SECRET),
    client_settings=(
        RESPONSE_TYPES,
        TOKEN_ENDPOINT_AUTH_METHOD,
        Setting(
            name="tls_client_certificate_bound_access_tokens",
            label="Tokens bound to certificates",
            tooltip="Bind access tokens to the client's certificate (RFC 8705)",
            type=CHECKBOX,
            default="false",
        ),
    ),
)

PING_FEDERATE = Connector(
    type="Ping-Federate",
    display_name="PingFederate",
    aliases=("Ping",),
    flavour=Flavour.PING_FEDERATE,
    consumer_key_claim="client_id",
    settings=(
        Setting(name="username", label="Username", tooltip="Of the OAuth client management service", required=True),
        Setting(name="password", label="Password", tooltip="Of that user", required=True, masked=True),
        replace(CLIENT_ID, tooltip="The client that introspects tokens", required=False),
        replace(CLIENT_SECRET, tooltip="The secret of that client", required=False),
    ),
    client_settings=(
        Setting(
            name="bypass_approval_pages",
            label="Without approval pages",
            tooltip="Users are not asked for their consent",
            type=CHECKBOX,
            default="false",
        ),
        replace(RESPONSE_TYPES, name="restrict_response_types"),
    ),
    registration_url=at_origin("/pf-ws/rest/oauth/clients"),
)

FORGEROCK = Connector(
    type="Forgerock",
    display_name="ForgeRock",
    aliases=("ForgeRock AM", "PingAM"),
    flavour=Flavour.RFC7591,
    consumer_key_claim="aud",
    settings=(
        Setting(
            name="accessToken",
            label="Registration access token",
            tooltip="An access token that may register clients",
            required=True,
            masked=True,
        ),
        replace(CLIENT_ID, required=False),
        replace(CLIENT_SECRET, required=False),
    ),
    client_settings=(APPLICATION_TYPE, RESPONSE_TYPES, TOKEN_ENDPOINT_AUTH_METHOD),
)

OPENID_CONNECT = Connector(
    type="OIDC",
    display_name="OpenID Connect",
    aliases=("custom", "OpenID Connect"),
    flavour=Flavour.RFC7591,
    consumer_key_claim="",
    scopes_claim="",
    settings=(
        Setting(
            name="initial_access_token",
            label="Initial access token",
            tooltip="What clients are registered with (RFC 7591 §3), unless everybody may",
            masked=True,
        ),
        replace(CLIENT_ID, required=False),
        replace(CLIENT_SECRET, required=False),
    ),
    client_settings=(APPLICATION_TYPE, RESPONSE_TYPES, TOKEN_ENDPOINT_AUTH_METHOD),
)
