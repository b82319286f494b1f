"""PingFederate: its OAuth client management service, to which clients come with the id and the secret that we give them."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.registrars.proof import Headers, basic
from gatehouse.adapters.registrars.rfc7591 import below
from gatehouse.domain.applications.registration import RegisteredClient, Registration

if TYPE_CHECKING:
    from gatehouse.adapters.registrars.egress import Errand
    from gatehouse.domain.applications.registration import WantedClient

SECRET_BYTES = 32

_GONE = 404


class PingFederate:
    """`https://{server}:9999/pf-ws/rest/oauth/clients`."""

    def register(self, errand: Errand, wanted: WantedClient) -> RegisteredClient:
        """Make a client."""
        client_id, secret = str(uuid.uuid4()), secrets.token_urlsafe(SECRET_BYTES)
        errand.hidden.add(secret)
        body = _client(client_id, wanted) | {"secret": secret}
        errand.done(errand.json("POST", errand.desk.registration_url, self._proof(errand), {"client": [body]}))
        return RegisteredClient(registration=Registration(client_id=client_id), client_secret=secret)

    def update(self, errand: Errand, known: Registration, wanted: WantedClient) -> Registration:
        """Replace what it is like; without `forceSecretChange` its secret stays."""
        body = {"client": [_client(known.client_id, wanted)]}
        errand.done(errand.json("PUT", errand.desk.registration_url, self._proof(errand), body))
        return known

    def renew_secret(self, errand: Errand, known: Registration) -> RegisteredClient:
        """The client as it is, with another secret."""
        proof, secret = self._proof(errand), secrets.token_urlsafe(SECRET_BYTES)
        errand.hidden.add(secret)
        found = errand.done(errand.json("GET", below(errand.desk.registration_url, known.client_id), proof)).document
        listed = found.get("client")
        client = listed[0] if isinstance(listed, list) and listed else listed if isinstance(listed, dict) else found
        body = {"client": [{**client, "clientId": known.client_id, "secret": secret, "forceSecretChange": True}]}
        errand.done(errand.json("PUT", errand.desk.registration_url, proof, body))
        return RegisteredClient(registration=known, client_secret=secret)

    def delete(self, errand: Errand, known: Registration) -> None:
        """Forget it."""
        answered = errand.json("DELETE", below(errand.desk.registration_url, known.client_id), self._proof(errand))
        if answered.status != _GONE:
            errand.done(answered)

    def _proof(self, errand: Errand) -> Headers:
        return basic(errand.desk.property("username"), errand.desk.property("password"))


def _client(client_id: str, wanted: WantedClient) -> dict[str, Any]:
    restricted = wanted.properties.get("restrict_response_types") or []
    return {
        "clientId": client_id,
        "name": wanted.name,
        "description": wanted.name,
        "redirectUris": list(wanted.callback_urls),
        "grantTypes": list(wanted.grant_types),
        "clientAuthnType": "SECRET",
        "restrictedResponseTypes": restricted if isinstance(restricted, list) else [restricted],
        "bypassApprovalPage": str(wanted.properties.get("bypass_approval_pages", "")).lower() == "true",
    }
