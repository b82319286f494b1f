"""Providers that run as a service: Okta, Auth0, Microsoft Entra, Amazon Cognito."""

from __future__ import annotations

from dataclasses import replace

from gatehouse.controlplane.key_management.connectors.shape import (
    APPLICATION_TYPE,
    CLIENT_ID,
    CLIENT_SECRET,
    RESPONSE_TYPES,
    SELECT,
    TOKEN_ENDPOINT_AUTH_METHOD,
    Connector,
    Setting,
    at_origin,
    no_registration,
)
from gatehouse.domain.applications.registration import Flavour

GRAPH = "https://graph.microsoft.com"

OKTA = Connector(
    type="Okta",
    display_name="Okta",
    flavour=Flavour.OKTA,
    consumer_key_claim="cid",
    scopes_claim="scp",
    settings=(
        Setting(
            name="apiKey",
            label="API token",
            tooltip="Made under Security > API > Tokens; clients are registered with it",
            required=True,
            masked=True,
        ),
        replace(CLIENT_ID, required=False),
        replace(CLIENT_SECRET, required=False),
    ),
    client_settings=(APPLICATION_TYPE, RESPONSE_TYPES, TOKEN_ENDPOINT_AUTH_METHOD),
    registration_url=at_origin("/oauth2/v1/clients"),
)

AUTH0 = Connector(
    type="Auth0",
    display_name="Auth0",
    flavour=Flavour.AUTH0,
    settings=(
        CLIENT_ID,
        CLIENT_SECRET,
        Setting(
            name="audience",
            label="Audience of the Management API",
            tooltip="Such as https://tenant.region.auth0.com/api/v2/",
            required=True,
        ),
    ),
    client_settings=(
        Setting(
            name="app_type",
            label="Application type",
            tooltip="What kind of program the client is",
            type=SELECT,
            default="regular_web",
            values=("regular_web", "native", "spa", "non_interactive"),
        ),
        replace(TOKEN_ENDPOINT_AUTH_METHOD, values=("client_secret_basic", "client_secret_post")),
        Setting(
            name="audience_of_api",
            label="Audience of the API",
            tooltip="Identifier of the API there whose tokens the client shall get",
        ),
    ),
    registration_url=at_origin("/api/v2/clients"),
)

ENTRA = Connector(
    type="AzureAD",
    display_name="Microsoft Entra ID (Azure AD)",
    aliases=("Azure AD", "Azure", "Entra", "Entra ID", "Microsoft Entra ID"),
    flavour=Flavour.ENTRA,
    scopes_claim="scp",
    settings=(
        Setting(
            name="microsoft_graph_api_endpoint",
            label="Microsoft Graph",
            tooltip="Another one in national clouds",
            required=False,
            default=GRAPH,
        ),
        Setting(
            name="azure_ad_client_id",
            label="Client ID",
            tooltip="An app registration with the application permission Application.ReadWrite.OwnedBy or .All",
            required=True,
        ),
        Setting(
            name="azure_ad_client_secret",
            label="Client secret",
            tooltip="The secret of that registration",
            required=True,
            masked=True,
        ),
    ),
    registration_url=lambda _metadata: f"{GRAPH}/v1.0/applications",
)

COGNITO = Connector(
    type="Cognito",
    display_name="Amazon Cognito",
    aliases=("Amazon Cognito", "AWS Cognito"),
    # Its clients are made with the AWS API of a user pool; there is no registration over OAuth.
    flavour=Flavour.NONE,
    consumer_key_claim="client_id",
    registration_url=no_registration,
)
