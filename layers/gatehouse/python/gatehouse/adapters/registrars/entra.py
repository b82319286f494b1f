"""Microsoft Entra ID: app registrations over Microsoft Graph, each with a service principal and a password.

Tokens of version 2 name the client in `azp`. Addressed by the registration's object id, which is kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.adapters.registrars.proof import Headers, client_token
from gatehouse.adapters.registrars.retreat import undone_on_failure
from gatehouse.adapters.registrars.rfc7591 import IMPLICIT, below
from gatehouse.domain.applications.registration import RegisteredClient, Registration, RegistrationFailed

if TYPE_CHECKING:
    from gatehouse.adapters.registrars.egress import Errand
    from gatehouse.domain.applications.registration import WantedClient

PASSWORD_NAME = "gatehouse"

_GONE = 404


class Entra:
    """`https://graph.microsoft.com/v1.0/applications`."""

    def register(self, errand: Errand, wanted: WantedClient) -> RegisteredClient:
        """An app registration, its address as an API, its service principal, its password."""
        applications, proof = errand.desk.registration_url, self._proof(errand)
        made = errand.done(errand.json("POST", applications, proof, _application(wanted)))
        known = Registration(client_id=made.text("appId"), object_id=made.text("id"))
        if not known.client_id or not known.object_id:
            raise RegistrationFailed(
                f"'{errand.desk.name}' answers without an application.", key_manager=errand.desk.name
            )
        with undone_on_failure(self, errand, known):
            address = {"identifierUris": [f"api://{known.client_id}"]}
            errand.done(errand.json("PATCH", self._at(errand, known), proof, address))
            principals = f"{applications.rstrip('/').removesuffix('/applications')}/servicePrincipals"
            errand.done(errand.json("POST", principals, proof, {"appId": known.client_id}))
            return self._with_password(errand, known, proof)

    def update(self, errand: Errand, known: Registration, wanted: WantedClient) -> Registration:
        """Change name and addresses."""
        errand.done(errand.json("PATCH", self._at(errand, known), self._proof(errand), _application(wanted)))
        return known

    def renew_secret(self, errand: Errand, known: Registration) -> RegisteredClient:
        """Another password first, then the old ones go."""
        proof, url = self._proof(errand), self._at(errand, known)
        before = errand.done(errand.json("GET", f"{url}?$select=passwordCredentials", proof)).document
        made = self._with_password(errand, known, proof)
        for password in before.get("passwordCredentials") or ():
            errand.done(errand.json("POST", f"{url}/removePassword", proof, {"keyId": password.get("keyId")}))
        return made

    def delete(self, errand: Errand, known: Registration) -> None:
        """The app registration; its service principal goes with it."""
        answered = errand.json("DELETE", self._at(errand, known), self._proof(errand))
        if answered.status != _GONE:
            errand.done(answered)

    def _with_password(self, errand: Errand, known: Registration, proof: Headers) -> RegisteredClient:
        body = {"passwordCredential": {"displayName": PASSWORD_NAME}}
        answered = errand.done(errand.json("POST", f"{self._at(errand, known)}/addPassword", proof, body))
        return RegisteredClient(registration=replace(known), client_secret=answered.text("secretText"))

    def _at(self, errand: Errand, known: Registration) -> str:
        return below(errand.desk.registration_url, known.object_id)

    def _proof(self, errand: Errand) -> Headers:
        desk = errand.desk
        client = (desk.property("azure_ad_client_id"), desk.property("azure_ad_client_secret"))
        graph = urlsplit(desk.registration_url)
        return client_token(errand, client, in_form=True, scope=f"{graph.scheme}://{graph.netloc}/.default")


def _application(wanted: WantedClient) -> dict[str, Any]:
    return {
        "displayName": wanted.name,
        "signInAudience": "AzureADMyOrg",
        "api": {"requestedAccessTokenVersion": 2},
        "web": {
            "redirectUris": list(wanted.callback_urls),
            "implicitGrantSettings": {"enableAccessTokenIssuance": IMPLICIT in wanted.grant_types},
        },
    }
