"""A server of somebody else's: routes by method and path, with what was asked of it."""

from __future__ import annotations

import base64
import json
import re
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = tuple[int, Any]

POLL_SECONDS = 0.01
"""How long the server takes to notice that it is closed."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request: `body` is parsed JSON, or a form's fields; `part` are the groups of the route's pattern."""

    method: str
    path: str
    query: dict[str, str]
    authorization: str
    body: Any
    part: tuple[str, ...] = ()

    @property
    def basic(self) -> tuple[str, str]:
        """The client or user that proves itself by Basic, decoded as RFC 6749 §2.3.1 has it."""
        kind, _, proof = self.authorization.partition(" ")
        name, _, password = base64.b64decode(proof).decode().partition(":") if kind == "Basic" else ("", "", "")
        return unquote_plus(name), unquote_plus(password)

    @property
    def bearer(self) -> str:
        kind, _, token = self.authorization.partition(" ")
        return token if kind == "Bearer" else ""


@dataclass
class KnownClient:
    secret: str
    body: dict[str, Any]


class Vendor:
    """Answers until it is closed. `clients` is by client id, `asked` is everything that came, in order."""

    def __init__(self) -> None:
        self.clients: dict[str, KnownClient] = {}
        self.asked: list[Asked] = []
        self.tokens: set[str] = set()
        self._routes: list[tuple[str, re.Pattern[str], Callable[[Asked], Answer]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def on(self, method: str, pattern: str, answer: Callable[[Asked], Answer]) -> None:
        """Answer what is asked at paths of this form."""
        self._routes.append((method, re.compile(pattern), answer))

    def calls(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]

    def keep(self, body: dict[str, Any], client_id: str = "") -> tuple[str, KnownClient]:
        client_id, known = client_id or uuid.uuid4().hex, KnownClient(uuid.uuid4().hex, body)
        self.clients[client_id] = known
        return client_id, known

    def token(self, scope: str = "") -> Answer:
        token = f"token-{uuid.uuid4().hex}"
        self.tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": scope}

    def application_token(self, asked: Asked) -> Answer:
        """A token for one of the clients, by Basic or in the form."""
        client_id, secret = asked.basic if asked.authorization else ("", "")
        client_id, secret = client_id or asked.body.get("client_id", ""), secret or asked.body.get("client_secret", "")
        if client_id not in self.clients or self.clients[client_id].secret != secret:
            return 401, {"error": "invalid_client", "error_description": "Client authentication failed"}
        return self.token(asked.body.get("scope", ""))

    def _answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        for method, pattern, answer in self._routes:
            found = pattern.fullmatch(asked.path)
            if found and method == asked.method:
                part = tuple(unquote(one) for one in found.groups())
                return answer(Asked(**{**asked.__dict__, "part": part}))
        return 404, {"error": "nothing is served here"}

    def _handler(vendor) -> type[BaseHTTPRequestHandler]:  # noqa: N805 -- the handler's own self is another
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                content = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                is_form = "form-urlencoded" in self.headers.get("content-type", "")
                parts = urlsplit(self.path)
                status, document = vendor._answer(
                    Asked(
                        method=self.command,
                        path=parts.path,
                        query=dict(parse_qsl(parts.query)),
                        authorization=self.headers.get("authorization", ""),
                        body=dict(parse_qsl(content)) if is_form else json.loads(content or "{}"),
                    )
                )
                body = (
                    document
                    if isinstance(document, bytes)
                    else b""
                    if document is None
                    else json.dumps(document).encode()
                )
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = answer  # noqa: N815 -- the standard library names its hooks so
            do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 -- as above

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What a dialect is told of its vendor, and what proves that it was listened to."""

    vendor: Vendor
    type: str
    registration_url: str
    token_url: str
    properties: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    """Properties with a wrong credential."""
