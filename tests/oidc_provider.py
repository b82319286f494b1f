"""A certified OpenID Provider as a process on loopback: the npm package `oidc-provider`, which is none of ours.

It has discovery, a JWK set, client credentials, the authorization code with PKCE behind a login page, refresh tokens,
introspection, revocation, userinfo, and registration of clients with its management (RFC 7591, RFC 7592; the registration
access token rotates).
Access tokens are JWTs for `AUDIENCE`; ask for the resource `OPAQUE_AUDIENCE` to get opaque ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from local.node import environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AUDIENCE = "urn:menu"
OPAQUE_AUDIENCE = "urn:menu:opaque"
REGISTRATION_TOKEN = "initial-access-token"
REDIRECT_URI = "https://app.example/callback"
SCOPES = ("profile", "email", "order", "read")
ACCOUNTS: dict[str, dict[str, Any]] = {
    "mary": {
        "name": "Mary Major",
        "given_name": "Mary",
        "family_name": "Major",
        "preferred_username": "mary",
        "email": "mary@example.com",
        "groups": ["cooks", "waiters"],
    },
    "paul": {"name": "Paul Piano", "preferred_username": "paul", "email": "paul@example.com", "groups": ["guests"]},
}
START_SECONDS, STOP_SECONDS, HTTP_SECONDS = 30, 10, 10

_SCRIPT = Path(__file__).with_suffix(".mjs")
_STEPS_MAX = 10


class OidcProvider:
    """Started when made, until `stop`. `clients` are known from the start, in the form of RFC 7591 §2 with ids and secrets.

    A `registration_token` of "" lets everybody register. `accounts` are log-in names and their claims; any password will do.
    """

    def __init__(
        self,
        *,
        clients: Sequence[Mapping[str, Any]] = (),
        accounts: Mapping[str, Mapping[str, Any]] = ACCOUNTS,
        scopes: Sequence[str] = SCOPES,
        registration_token: str = REGISTRATION_TOKEN,
        lifetime_seconds: int = 3600,
    ) -> None:
        settings = {
            "clients": list(clients),
            "accounts": dict(accounts),
            "scopes": list(scopes),
            "registration_token": registration_token,
            "lifetime_seconds": lifetime_seconds,
            "audience": AUDIENCE,
            "opaque_audience": OPAQUE_AUDIENCE,
        }
        self.registration_token = registration_token
        self._process = subprocess.Popen(
            ["node", str(_SCRIPT), json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # warnings that this is no production
            env=environment(),
            text=True,
        )
        assert self._process.stdout is not None
        self.issuer = self._process.stdout.readline().strip()
        assert self.issuer, f"oidc-provider did not start: {self._process.wait(START_SECONDS)}"
        self.http = httpx.Client(timeout=HTTP_SECONDS, trust_env=False)
        self.discovery_url = f"{self.issuer}/.well-known/openid-configuration"
        self.metadata = self._json("GET", self.discovery_url)

    def stop(self) -> None:
        self.http.close()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(STOP_SECONDS)
        self._process.stdout.close()

    def register(self, **metadata: Any) -> dict[str, Any]:
        """A new client (RFC 7591 §3.2.1), with its `registration_client_uri` and `registration_access_token`."""
        wanted = {
            "client_name": "a test",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "client_credentials", "refresh_token"],
            "response_types": ["code"],
            **metadata,
        }
        headers = {"Authorization": f"Bearer {self.registration_token}"} if self.registration_token else {}
        return self._json("POST", self.metadata["registration_endpoint"], json=wanted, headers=headers)

    def token(self, client: Mapping[str, Any], **form: str) -> httpx.Response:
        """The answer of the token endpoint to a client that has a secret; by client credentials unless said otherwise."""
        wanted = {"grant_type": "client_credentials", **form}
        by = (client["client_id"], client["client_secret"])
        return self.http.post(self.metadata["token_endpoint"], data=wanted, auth=by)

    def access_token(self, client: Mapping[str, Any], **form: str) -> str:
        """A token that must be given: a JWT, or opaque with `resource=OPAQUE_AUDIENCE`."""
        answer = self.token(client, **form)
        assert answer.is_success, answer.text
        return str(answer.json()["access_token"])

    def log_in(
        self,
        client: Mapping[str, Any],
        account: str = "mary",
        *,
        scope: str = "openid",
        redirect_uri: str = REDIRECT_URI,
    ) -> dict[str, Any]:
        """What the token endpoint gives for a code with PKCE: `access_token`, `id_token`, perhaps `refresh_token`."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": client["client_id"],
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scope": scope,
            "state": secrets.token_urlsafe(8),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = str(httpx.URL(self.metadata["authorization_endpoint"], params=query))
        back = parse_qs(urlsplit(self.visit(address, account, until=redirect_uri)).query)
        assert back.get("state") == [query["state"]], back
        form = {"code": back["code"][0], "redirect_uri": redirect_uri, "code_verifier": verifier}
        answer = self.token(client, grant_type="authorization_code", **form)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def visit(self, address: str, account: str = "mary", *, until: str) -> str:
        """Where the browser of somebody ends who goes to an authorization address, logs in and consents: below `until`."""
        with httpx.Client(timeout=HTTP_SECONDS, trust_env=False) as browser:
            answer = browser.get(address)
            for _ in range(_STEPS_MAX):
                if answer.is_redirect:
                    address = urljoin(str(answer.url), answer.headers["location"])
                    if address.startswith(until):
                        return address
                    answer = browser.get(address)
                    continue
                assert answer.is_success, answer.text
                prompt = "login" if 'value="login"' in answer.text else "consent"
                form = {"prompt": prompt, "login": account, "password": "any"}
                answer = browser.post(f"{answer.url}", data=form)
        raise AssertionError(f"the login did not end at {until}")

    def _json(self, method: str, address: str, **parts: Any) -> dict[str, Any]:
        answer = self.http.request(method, address, **parts)
        assert answer.is_success, answer.text
        return dict(answer.json())
