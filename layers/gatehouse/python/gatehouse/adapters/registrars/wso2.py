"""WSO2's servers: DCR v1.1 of Identity Server 7 and Asgardeo, and the key manager operations of Identity Server before.

What goes beyond the standard has the prefix `ext_`. Lifetimes are seconds.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from gatehouse.adapters.registrars.proof import Headers, basic, client_token
from gatehouse.adapters.registrars.rfc7591 import Rfc7591, below
from gatehouse.domain.applications.registration import RegisteredClient, RegistrationFailed

if TYPE_CHECKING:
    from gatehouse.adapters.registrars.egress import Errand
    from gatehouse.domain.applications.registration import Registration, WantedClient

DCR_SCOPES = (
    "internal_dcr_create internal_dcr_view internal_dcr_update internal_dcr_delete "
    "internal_application_mgt_view internal_application_mgt_update"
)
DEFAULT = "N/A"

_DCR = "/api/identity/oauth2/dcr/"
_LIFETIMES = {
    "application_access_token_expiry_time": "ext_application_token_lifetime",
    "user_access_token_expiry_time": "ext_user_token_lifetime",
    "refresh_token_expiry_time": "ext_refresh_token_lifetime",
    "id_token_expiry_time": "ext_id_token_lifetime",
}
_SWITCHES = {
    "pkceMandatory": "ext_pkce_mandatory",
    "pkceSupportPlain": "ext_pkce_support_plain",
    "bypassClientCredentials": "ext_public_client",
}


class Wso2Is7(Rfc7591):
    """`https://{server}/api/identity/oauth2/dcr/v1.1/register`, by an admin's name and password."""

    gone = frozenset({404})

    def proof(self, errand: Errand) -> Headers:
        """The admin's."""
        return basic(errand.desk.property("Username"), errand.desk.property("Password"))

    def management(self, errand: Errand, known: Registration) -> tuple[str, Headers]:
        """Below all clients."""
        return below(errand.desk.registration_url, known.client_id), self.proof(errand)

    def metadata(self, wanted: WantedClient) -> dict[str, Any]:
        """Tokens are JWTs, or the gateway would have to ask for each."""
        given = wanted.properties
        lifetimes = {ours: given.get(name) for name, ours in _LIFETIMES.items()}
        switches = {ours: given.get(name) for name, ours in _SWITCHES.items()}
        return {
            "client_name": wanted.name,
            "grant_types": list(wanted.grant_types),
            "redirect_uris": list(wanted.callback_urls),
            "token_type_extension": "JWT",
            **{name: int(value) for name, value in lifetimes.items() if value not in (None, "", DEFAULT)},
            **{name: str(value).lower() == "true" for name, value in switches.items() if value not in (None, "")},
        }

    def renew_secret(self, errand: Errand, known: Registration) -> RegisteredClient:
        """Over the application management interface: `…/applications/{id}/inbound-protocols/oidc/regenerate-secret`."""
        server, separator, _ = errand.desk.registration_url.partition(_DCR)
        if not separator:
            raise RegistrationFailed(f"'{errand.desk.name}': its clientRegistrationEndpoint is none of DCR v1.1.")
        applications, proof = f"{server}/api/server/v1/applications", self.proof(errand)
        query = urlencode({"filter": f"clientId eq {known.client_id}", "limit": 1})
        listed = errand.done(errand.json("GET", f"{applications}?{query}", proof)).document.get("applications")
        found = listed[0].get("id") if isinstance(listed, list) and listed and isinstance(listed[0], dict) else None
        if not isinstance(found, str):
            raise RegistrationFailed(f"'{errand.desk.name}' does not know the client any more.")
        url = f"{below(applications, found)}/inbound-protocols/oidc/regenerate-secret"
        answered = errand.done(errand.json("POST", url, proof))
        return RegisteredClient(registration=known, client_secret=answered.text("clientSecret"))


class Asgardeo(Wso2Is7):
    """`https://api.asgardeo.io/t/{organization}/api/identity/oauth2/dcr/v1.1/register`, by a management application."""

    def proof(self, errand: Errand) -> Headers:
        """A token of the management application."""
        client = (errand.desk.property("mgmt_client_id"), errand.desk.property("mgmt_client_secret"))
        return client_token(errand, client, scope=DCR_SCOPES)


class Wso2Is(Wso2Is7):
    """`https://{server}/keymanager-operations/dcr/register`, where clients are addressed by their id in base64."""

    def management(self, errand: Errand, known: Registration) -> tuple[str, Headers]:
        """Below all clients."""
        name = base64.urlsafe_b64encode(known.client_id.encode()).decode()
        return below(errand.desk.registration_url, name), self.proof(errand)

    def renew_secret(self, errand: Errand, known: Registration) -> RegisteredClient:
        """`POST …/{client}/regenerate-consumer-secret`."""
        url, proof = self.management(errand, known)
        answered = errand.done(errand.json("POST", f"{url}/regenerate-consumer-secret", proof))
        return RegisteredClient(registration=known, client_secret=answered.text("client_secret"))
