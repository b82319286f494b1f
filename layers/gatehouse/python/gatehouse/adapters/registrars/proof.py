"""Proof: how this server shows a provider that it may register clients there."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from gatehouse.domain.applications.registration import RegistrationFailed

if TYPE_CHECKING:
    from gatehouse.adapters.registrars.egress import Errand

Headers = dict[str, str]


def basic(username: str, password: str) -> Headers:
    """A user's name and password (RFC 7617)."""
    return {"authorization": f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"}


def client_basic(client_id: str, client_secret: str) -> Headers:
    """A client's id and secret (RFC 6749 §2.3.1, which encodes them first)."""
    return basic(quote_plus(client_id), quote_plus(client_secret))


def bearer(token: str) -> Headers:
    """An access token (RFC 6750 §2.1); none for "" ."""
    return {"authorization": f"Bearer {token}"} if token else {}


def client_token(errand: Errand, client: tuple[str, str], *, in_form: bool = False, **fields: str) -> Headers:
    """A token got by client credentials (RFC 6749 §4.4). Raises RegistrationFailed when there is none."""
    client_id, client_secret = client
    errand.hidden.add(client_secret)
    form = {"grant_type": "client_credentials", **fields}
    if in_form:
        form |= {"client_id": client_id, "client_secret": client_secret}
    proof = {} if in_form else client_basic(client_id, client_secret)
    answered = errand.form(errand.desk.token_url, proof, form)
    token = answered.text("access_token")
    if not answered.succeeded or not token:
        said = errand.said(answered)
        problem = f"'{errand.desk.name}' gives this server no token: {said}. An admin must check the key manager."
        raise RegistrationFailed(problem, key_manager=errand.desk.name, status=answered.status)
    errand.hidden.add(token)
    return bearer(token)
