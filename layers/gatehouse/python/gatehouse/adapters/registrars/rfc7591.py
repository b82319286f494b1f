"""Registration as the standards have it: RFC 7591 to make a client, RFC 7592 to change and to delete it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gatehouse.adapters.registrars.proof import Headers, bearer
from gatehouse.domain.applications.registration import RegisteredClient, Registration, RegistrationFailed
from gatehouse.domain.tokens.key_manager import MappingNotSupported

if TYPE_CHECKING:
    from gatehouse.adapters.registrars.egress import Answered, Errand
    from gatehouse.domain.applications.registration import WantedClient

AUTHORIZATION_CODE, IMPLICIT, CLIENT_CREDENTIALS = "authorization_code", "implicit", "client_credentials"
GONE = frozenset({401, 404, 410})
"""RFC 7592 §2: who manages a client that is not there any more gets 401, because its token died with it."""


class Rfc7591:
    """The dialect of the standards. Others differ in proof, addresses and names, and say so in a subclass."""

    gone = GONE

    def register(self, errand: Errand, wanted: WantedClient) -> RegisteredClient:
        """Make a client (RFC 7591 §3.1)."""
        desk = errand.desk
        answered = errand.done(errand.json("POST", desk.registration_url, self.proof(errand), self.metadata(wanted)))
        return registered(errand, answered)

    def update(self, errand: Errand, known: Registration, wanted: WantedClient) -> Registration:
        """Replace its metadata (RFC 7592 §2.2); the management token may change with it."""
        body = {**self.metadata(wanted), "client_id": known.client_id}
        url, proof = self.management(errand, known)
        answered = errand.done(errand.json("PUT", url, proof, body))
        return replace(
            known,
            management_url=answered.text("registration_client_uri") or known.management_url,
            management_token=answered.text("registration_access_token") or known.management_token,
        )

    def renew_secret(self, errand: Errand, known: Registration) -> RegisteredClient:
        """The standards have no way to ask for one."""
        problem = f"'{errand.desk.name}' renews no secrets: delete the keys of {known.client_id} and make new ones."
        raise MappingNotSupported(problem)

    def delete(self, errand: Errand, known: Registration) -> None:
        """Forget it (RFC 7592 §2.3)."""
        url, proof = self.management(errand, known)
        answered = errand.json("DELETE", url, proof)
        if answered.status not in self.gone:
            errand.done(answered)

    def proof(self, errand: Errand) -> Headers:
        """What a client is made with: an initial access token, unless everybody may."""
        token = errand.desk.property("initial_access_token", "accessToken")
        errand.hidden.add(token)
        return bearer(token)

    def management(self, errand: Errand, known: Registration) -> tuple[str, Headers]:
        """Where a client is managed, and with what. Raises MappingNotSupported."""
        if not known.management_url or not known.management_token:
            raise MappingNotSupported(f"'{errand.desk.name}' does not let its clients be changed: do it there.")
        errand.hidden.add(known.management_token)
        return known.management_url, bearer(known.management_token)

    def metadata(self, wanted: WantedClient) -> dict[str, Any]:
        """The client as the standard names it (RFC 7591 §2)."""
        return {
            "client_name": wanted.name,
            "grant_types": list(wanted.grant_types),
            "redirect_uris": list(wanted.callback_urls),
            "response_types": response_types(wanted),
            **chosen(wanted, "token_endpoint_auth_method", "application_type"),
        }


def registered(errand: Errand, answered: Answered) -> RegisteredClient:
    """The client in an answer (RFC 7591 §3.2.1). Raises RegistrationFailed when there is none."""
    client_id = answered.text("client_id")
    if not client_id:
        raise RegistrationFailed(f"'{errand.desk.name}' answers without a client_id.", key_manager=errand.desk.name)
    registration = Registration(
        client_id=client_id,
        management_url=answered.text("registration_client_uri"),
        management_token=answered.text("registration_access_token"),
    )
    return RegisteredClient(registration=registration, client_secret=answered.text("client_secret"))


def response_types(wanted: WantedClient) -> list[str]:
    """Those chosen, or those that the grants need (RFC 7591 §2.1)."""
    given = wanted.properties.get("response_types")
    if given:
        return list(given) if isinstance(given, list | tuple) else [str(given)]
    needed = {AUTHORIZATION_CODE: "code", IMPLICIT: "token"}
    return [needed[grant] for grant in wanted.grant_types if grant in needed]


def chosen(wanted: WantedClient, *names: str) -> dict[str, Any]:
    """Those of these properties that the developer has set."""
    return {name: wanted.properties[name] for name in names if wanted.properties.get(name)}


def below(url: str, client_id: str) -> str:
    """The address of a client below that of all."""
    return f"{url.rstrip('/')}/{quote(client_id, safe='')}"
