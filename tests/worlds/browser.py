"""A browser at the key manager's pages: keeps its cookie, fills in forms, and stops where it is sent to a client."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.callers import PASSWORD
from tests.worlds.key_manager import FORM, KeyManagerWorld

if TYPE_CHECKING:
    from gatehouse.domain.tokens.oauth import ClientCredentials
    from tests.callers import Reply

CALLBACK = "https://app.example/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CODE_GRANTS = ("authorization_code", "refresh_token")


class Form(HTMLParser):
    """The first form of a page: where it goes, and its fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found["action"]
        if tag == "input" and "name" in found:
            self.fields[found["name"]] = found.get("value", "")


class Browser:
    def __init__(self, world: KeyManagerWorld, cookie: str = "") -> None:
        self.world = world
        self.cookie = cookie

    def open(self, path: str) -> Reply:
        return self._kept(self.world.send("GET", path, None, self._headers()))

    def ask(self, client: ClientCredentials, path: str = "/oauth2/authorize", **parameters: str | None) -> Reply:
        """Come to the authorization endpoint with what a client sends; None leaves a parameter out."""
        return self.open(f"{path}?{query(client, **parameters)}")

    def submit(self, shown: Reply, path: str = "/oauth2/authorize", **fields: str) -> Reply:
        form = Form(shown.text)
        body = urlencode({**form.fields, **fields}).encode()
        headers = {"content-type": FORM, **self._headers()}
        return self._kept(self.world.send("POST", path + form.action, body, headers))

    def log_in(self, shown: Reply, user: str = "mary", password: str = PASSWORD, **more: str) -> Reply:
        return self.submit(shown, **{"username": user, "password": password, **more})

    def authorized(self, client: ClientCredentials, user: str = "mary", **parameters: str | None) -> dict[str, str]:
        """What the client is told after the user has logged in and agreed."""
        return told(self.submit(self.log_in(self.ask(client, **parameters), user), decision="allow"))

    def _headers(self) -> dict[str, str]:
        return {"cookie": self.cookie} if self.cookie else {}

    def _kept(self, reply: Reply) -> Reply:
        if "Set-Cookie" in reply.headers:
            self.cookie = reply.headers["Set-Cookie"].partition(";")[0]
        return reply


def query(client: ClientCredentials, **parameters: str | None) -> str:
    asked: dict[str, Any] = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid apim:subscribe",
        "state": "xyz",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **parameters,
    }
    return urlencode({name: value for name, value in asked.items() if value is not None})


def told(reply: Reply, at: str = CALLBACK) -> dict[str, str]:
    """The parameters that a client gets at its redirect URI."""
    assert reply.status in {302, 303}, reply.text
    parts = urlsplit(reply.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == at
    return dict(parse_qsl(parts.query or parts.fragment))


def redeem(world: KeyManagerWorld, client: ClientCredentials, code: str, **changes: str) -> Reply:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return world.token(client, **{**form, **changes})
