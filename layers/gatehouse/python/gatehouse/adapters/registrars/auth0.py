"""Auth0: clients over its Management API, with a token that a client of ours gets for it.

A client gets tokens of an API only when it is granted it: `POST /api/v2/client-grants`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.adapters.registrars.proof import Headers, client_token
from gatehouse.adapters.registrars.retreat import undone_on_failure
from gatehouse.adapters.registrars.rfc7591 import CLIENT_CREDENTIALS, below, chosen, registered

if TYPE_CHECKING:
    from gatehouse.adapters.registrars.egress import Errand
    from gatehouse.domain.applications.registration import RegisteredClient, Registration, WantedClient

_GONE = 404


class Auth0:
    """`https://{tenant}.{region}.auth0.com/api/v2/clients`."""

    def register(self, errand: Errand, wanted: WantedClient) -> RegisteredClient:
        """Make a client, and grant it the API whose tokens it shall get."""
        clients, proof = errand.desk.registration_url, self._proof(errand)
        made = registered(errand, errand.done(errand.json("POST", clients, proof, _metadata(wanted))))
        audience = wanted.properties.get("audience_of_api")
        if audience:
            grant = {"client_id": made.registration.client_id, "audience": audience, "scope": []}
            grants = f"{clients.rstrip('/').removesuffix('/clients')}/client-grants"
            with undone_on_failure(self, errand, made.registration):
                errand.done(errand.json("POST", grants, proof, grant))
        return made

    def update(self, errand: Errand, known: Registration, wanted: WantedClient) -> Registration:
        """Change what it is like."""
        url = below(errand.desk.registration_url, known.client_id)
        errand.done(errand.json("PATCH", url, self._proof(errand), _metadata(wanted)))
        return known

    def renew_secret(self, errand: Errand, known: Registration) -> RegisteredClient:
        """`POST …/{client}/rotate-secret`."""
        url = f"{below(errand.desk.registration_url, known.client_id)}/rotate-secret"
        return registered(errand, errand.done(errand.json("POST", url, self._proof(errand))))

    def delete(self, errand: Errand, known: Registration) -> None:
        """Forget it, and its grants."""
        url = below(errand.desk.registration_url, known.client_id)
        answered = errand.json("DELETE", url, self._proof(errand))
        if answered.status != _GONE:
            errand.done(answered)

    def _proof(self, errand: Errand) -> Headers:
        desk = errand.desk
        client = (desk.property("client_id"), desk.property("client_secret"))
        return client_token(errand, client, in_form=True, audience=desk.property("audience"))


def _metadata(wanted: WantedClient) -> dict[str, Any]:
    is_service = set(wanted.grant_types) <= {CLIENT_CREDENTIALS}
    return {
        "name": wanted.name,
        "grant_types": list(wanted.grant_types),
        "callbacks": list(wanted.callback_urls),
        "app_type": "non_interactive" if is_service else "regular_web",
        "token_endpoint_auth_method": "client_secret_basic",
        **chosen(wanted, "app_type", "token_endpoint_auth_method"),
    }
