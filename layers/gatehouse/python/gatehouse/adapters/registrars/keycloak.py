"""Keycloak: the standard registration, proved by a token of a service account that may manage clients.

A secret is renewed over the admin interface: `POST /admin/realms/{realm}/clients/{id}/client-secret`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from gatehouse.adapters.registrars.proof import Headers, client_token
from gatehouse.adapters.registrars.rfc7591 import Rfc7591, below, chosen
from gatehouse.domain.applications.registration import RegisteredClient, RegistrationFailed

if TYPE_CHECKING:
    from gatehouse.adapters.registrars.egress import Errand
    from gatehouse.domain.applications.registration import Registration, WantedClient

_REGISTRATIONS = "/clients-registrations/"


class Keycloak(Rfc7591):
    """`{server}/realms/{realm}/clients-registrations/openid-connect`."""

    gone = frozenset({404})

    def proof(self, errand: Errand) -> Headers:
        """A token of the service account."""
        return client_token(errand, (errand.desk.property("client_id"), errand.desk.property("client_secret")))

    def management(self, errand: Errand, known: Registration) -> tuple[str, Headers]:
        """The service account manages every client, so that no client's own token must be kept alive."""
        return below(errand.desk.registration_url, known.client_id), self.proof(errand)

    def metadata(self, wanted: WantedClient) -> dict[str, Any]:
        """The standard's, and whether tokens are bound to certificates (RFC 8705 §3.4)."""
        bound = chosen(wanted, "tls_client_certificate_bound_access_tokens")
        return super().metadata(wanted) | {name: str(value).lower() == "true" for name, value in bound.items()}

    def renew_secret(self, errand: Errand, known: Registration) -> RegisteredClient:
        """Find the client's own id, then let it have another secret."""
        proof, clients = self.proof(errand), self._clients(errand)
        url = f"{clients}?{urlencode({'clientId': known.client_id})}"
        found = errand.done(errand.json("GET", url, proof)).items
        internal = next((one.get("id") for one in found if one.get("clientId") == known.client_id), None)
        if not isinstance(internal, str):
            raise RegistrationFailed(f"'{errand.desk.name}' does not know the client any more.")
        answered = errand.done(errand.json("POST", f"{below(clients, internal)}/client-secret", proof))
        return RegisteredClient(registration=known, client_secret=answered.text("value"))

    def _clients(self, errand: Errand) -> str:
        """`{server}/admin/realms/{realm}/clients`, told from where clients are registered."""
        realm, separator, _ = errand.desk.registration_url.partition(_REGISTRATIONS)
        server, marker, name = realm.partition("/realms/")
        if not separator or not marker:
            problem = f"'{errand.desk.name}': its clientRegistrationEndpoint is none of a Keycloak realm."
            raise RegistrationFailed(problem)
        return f"{server}/admin/realms/{name}/clients"
