"""A publisher in memory that is served over HTTP, as other API managers meet it."""

from __future__ import annotations

import base64
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.worlds.publisher import PublisherWorld

if TYPE_CHECKING:
    from collections.abc import Callable

POLL_SECONDS = 0.01
"""How long the server takes to notice that it is closed."""


class ServedPublisher:
    """Answers at `url` until it is closed. `asked` are the requests, as `GET /path`; `instead` answers before the world does."""

    def __init__(self) -> None:
        self.world = PublisherWorld()
        self.asked: list[str] = []
        self.instead: Callable[[str], tuple[int, bytes] | None] = lambda _: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(served) -> type[BaseHTTPRequestHandler]:  # noqa: N805 -- the handler's own self is another
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                parts, line = urlsplit(self.path), f"{self.command} {urlsplit(self.path).path}"
                served.asked.append(line)
                content = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, body = served.instead(line) or served._reply(self.command, parts, content, headers)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815 -- the standard library names its hooks so

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def _reply(self, method: str, parts: Any, content: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        query = dict(parse_qsl(parts.query))
        reply = self.world.call(method, parts.path, content or None, by=None, query=query, headers=headers, root="")
        if reply.headers.get("Content-Type") == "application/zip":
            return reply.status, base64.b64decode(reply.text)
        return reply.status, reply.text.encode()
