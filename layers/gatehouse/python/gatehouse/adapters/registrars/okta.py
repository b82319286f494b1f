"""Okta: the standard's metadata at `/oauth2/v1/clients`, proved by an API token (`SSWS`), which manages every client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.adapters.registrars.rfc7591 import CLIENT_CREDENTIALS, Rfc7591, below
from gatehouse.domain.applications.registration import RegisteredClient

if TYPE_CHECKING:
    from gatehouse.adapters.registrars.egress import Errand
    from gatehouse.adapters.registrars.proof import Headers
    from gatehouse.domain.applications.registration import Registration, WantedClient


class Okta(Rfc7591):
    """`https://{domain}/oauth2/v1/clients`."""

    gone = frozenset({404})

    def proof(self, errand: Errand) -> Headers:
        """The API token."""
        return {"authorization": f"SSWS {errand.desk.property('apiKey')}"}

    def management(self, errand: Errand, known: Registration) -> tuple[str, Headers]:
        """Below all clients."""
        return below(errand.desk.registration_url, known.client_id), self.proof(errand)

    def metadata(self, wanted: WantedClient) -> dict[str, Any]:
        """A client of nothing but its own credentials is a service there, and has the response type `token`."""
        body = super().metadata(wanted)
        if set(wanted.grant_types) <= {CLIENT_CREDENTIALS}:
            return body | {"application_type": "service", "response_types": ["token"]}
        return {"application_type": "web", "token_endpoint_auth_method": "client_secret_basic", **body}

    def renew_secret(self, errand: Errand, known: Registration) -> RegisteredClient:
        """`POST …/{client}/lifecycle/newSecret`."""
        url, proof = self.management(errand, known)
        answered = errand.done(errand.json("POST", f"{url}/lifecycle/newSecret", proof))
        return RegisteredClient(registration=known, client_secret=answered.text("client_secret"))
