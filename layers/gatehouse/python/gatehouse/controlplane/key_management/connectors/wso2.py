"""WSO2's own servers: Identity Server before and since version 7, and Asgardeo."""

from __future__ import annotations

from gatehouse.controlplane.key_management.connectors.shape import (
    CHECKBOX,
    PASSWORD,
    USERNAME,
    Connector,
    Setting,
    at_origin,
)
from gatehouse.domain.applications.registration import Flavour

_SECONDS = "Seconds; N/A is the server's own"
LIFETIMES = tuple(
    Setting(name=f"{kind}_expiry_time", label=label, tooltip=_SECONDS, default="N/A")
    for kind, label in (
        ("application_access_token", "Lifetime of the application's tokens"),
        ("user_access_token", "Lifetime of users' tokens"),
        ("refresh_token", "Lifetime of refresh tokens"),
        ("id_token", "Lifetime of id tokens"),
    )
)
SWITCHES = (
    Setting(name="pkceMandatory", label="PKCE", tooltip="Ask for PKCE", type=CHECKBOX, default="false"),
    Setting(name="pkceSupportPlain", label="PKCE in plain", tooltip="Take plain PKCE", type=CHECKBOX, default="false"),
    Setting(
        name="bypassClientCredentials",
        label="Public client",
        tooltip="The client needs no secret",
        type=CHECKBOX,
        default="false",
    ),
)

WSO2_IS = Connector(
    type="WSO2-IS",
    display_name="WSO2 Identity Server",
    aliases=("IS",),
    flavour=Flavour.WSO2_IS,
    settings=(USERNAME, PASSWORD),
    client_settings=(*LIFETIMES, *SWITCHES),
    registration_url=at_origin("/keymanager-operations/dcr/register"),
)

WSO2_IS_7 = Connector(
    type="WSO2-IS-7",
    display_name="WSO2 Identity Server 7",
    flavour=Flavour.WSO2_IS_7,
    settings=(
        USERNAME,
        PASSWORD,
        Setting(
            name="api_resource_management_endpoint",
            label="API resources",
            tooltip="Such as https://is.example:9443/api/server/v1/api-resources",
        ),
        Setting(name="is7_roles_endpoint", label="Roles", tooltip="Such as https://is.example:9443/scim2/v2/Roles"),
    ),
    client_settings=(*LIFETIMES, *SWITCHES),
    registration_url=at_origin("/api/identity/oauth2/dcr/v1.1/register"),
)

ASGARDEO = Connector(
    type="Asgardeo",
    display_name="Asgardeo",
    flavour=Flavour.ASGARDEO,
    settings=(
        Setting(
            name="org_name",
            label="Organization",
            tooltip="The organization's handle, as in its addresses",
            required=True,
        ),
        Setting(
            name="mgmt_client_id",
            label="Management client ID",
            tooltip="An application that is authorized for the DCR and Application Management APIs",
            required=True,
        ),
        Setting(
            name="mgmt_client_secret",
            label="Management client secret",
            tooltip="The secret of that application",
            required=True,
            masked=True,
        ),
    ),
    client_settings=(*LIFETIMES, *SWITCHES),
    # Its issuer is https://api.asgardeo.io/t/{organization}/oauth2/token.
    registration_url=lambda metadata: (
        f"{issuer.removesuffix('/oauth2/token')}/api/identity/oauth2/dcr/v1.1/register"
        if (issuer := str(metadata.get("issuer") or "")).endswith("/oauth2/token")
        else ""
    ),
)
