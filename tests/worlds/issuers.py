"""External issuers with real keys: in a thread on loopback where HTTP matters, in memory where it does not."""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from gatehouse.domain.tokens.issuer import Introspection, Issuer

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUER = "https://idp.example/realms/menu"
OTHER_ISSUER = "https://other.example/"
JWKS_URL = "https://idp.example/jwks"
INTROSPECTION_URL = "https://idp.example/introspect"
CLIENT = "their-client"
KEY_MANAGER_ID = "1a7f3a52-6d6a-4f8e-8d6f-6f1f1a2b3c4d"


@cache
def rsa_key(name: str = "theirs", bits: int = 2048) -> rsa.RSAPrivateKey:
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(name: str = "theirs", curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    assert name
    return ec.generate_private_key(curve())


def jwk(key: Any, kid: str | None = "their-key", **members: Any) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    named = {"kid": kid} if kid else {}
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), **named, **members}


def issuer(**changes: Any) -> Issuer:
    values = {"key_manager": KEY_MANAGER_ID, "name": "Theirs", "issuer": ISSUER, "jwks_url": JWKS_URL}
    return Issuer(**{**values, **changes})


def introspecting(**changes: Any) -> Issuer:
    where = Introspection(url=INTROSPECTION_URL, username="gateway", password="open sesame")
    return issuer(**{"introspection": where, **changes})


def claims(now: float, **changes: Any) -> dict[str, Any]:
    """What their tokens say; None leaves a claim out."""
    document = {
        "iss": ISSUER,
        "sub": "mary",
        "aud": ["menu", "account"],
        "azp": CLIENT,
        "scope": "order read",
        "jti": str(uuid.uuid4()),
        "iat": int(now),
        "exp": int(now) + 300,
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def signed(
    document: dict[str, Any],
    key: Any = None,
    *,
    algorithm: str = "RS256",
    kid: str | None = "their-key",
    **header: Any,
) -> str:
    named = {"kid": kid} if kid else {}
    return jwt.encode(document, key or rsa_key(), algorithm=algorithm, headers={**named, **header})


class IssuerServer:
    """An issuer on a port of its own: `jwks` is its key set, `active` what it says of tokens. `asked` are the paths.

    `answer` replaces the answer to every request: a function of the handler.
    """

    def __init__(self) -> None:
        self.jwks: Any = {"keys": [jwk(rsa_key())]}
        self.active: dict[str, Any] = {}
        self.asked: list[str] = []
        self.forms: list[dict[str, list[str]]] = []
        self.authorizations: list[str | None] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._serve(self)

            def do_POST(self) -> None:
                outer._serve(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        body = handler.rfile.read(int(handler.headers.get("content-length", "0")))
        if self.answer is not None:
            self.answer(handler)
        elif handler.path == "/jwks":
            reply(handler, json.dumps(self.jwks).encode())
        elif handler.path == "/introspect":
            form = parse_qs(body.decode())
            self.forms.append(form)
            self.authorizations.append(handler.headers.get("authorization"))
            said = self.active.get(form["token"][0], {"active": False})
            reply(handler, json.dumps(said).encode())
        else:
            reply(handler, b"{}", 404)


def reply(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def trickle(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        pass


def basic_proof(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"
