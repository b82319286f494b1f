"""The service behind the sample API: a menu and its orders, in memory.

`python samples/menu/backend.py PORT`. `/echo` answers what it was sent, so that tests can see what reaches a backend.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

MENU = {"margherita": 8.5, "marinara": 7.0, "quattro-formaggi": 10.5}
ORDERS: dict[str, dict[str, object]] = {}


class Backend(BaseHTTPRequestHandler):
    """One request at a time per connection, connections kept alive."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Items, orders, or an echo."""
        path = urlsplit(self.path)
        match path.path.strip("/").split("/"):
            case ["menu"]:
                self._answer(HTTPStatus.OK, [_item(name) for name in sorted(MENU)])
            case ["menu", name] if unquote(name) in MENU:
                self._answer(HTTPStatus.OK, _item(unquote(name)))
            case ["orders", order] if order in ORDERS:
                self._answer(HTTPStatus.OK, ORDERS[order])
            case ["echo", *_]:
                time.sleep(float(parse_qs(path.query).get("seconds", ["0"])[0]))
                self._echo()
            case _:
                self._answer(HTTPStatus.NOT_FOUND, {"error": "there is nothing here"})

    def do_POST(self) -> None:
        """Place an order, or echo."""
        path = urlsplit(self.path).path
        if path.startswith("/echo"):
            self._echo()
            return
        try:
            wanted = json.loads(self._body() or b"{}")
        except json.JSONDecodeError:
            wanted = None
        if path != "/orders" or not isinstance(wanted, dict) or wanted.get("item") not in MENU:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "there is no such item"})
            return
        order = {"id": str(uuid.uuid4()), "item": wanted["item"], "quantity": wanted.get("quantity", 1)}
        ORDERS[str(order["id"])] = order
        self._answer(HTTPStatus.CREATED, order)

    def do_DELETE(self) -> None:
        """Cancel an order."""
        found = ORDERS.pop(urlsplit(self.path).path.removeprefix("/orders/"), None)
        if found is None:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "there is no such order"})
        else:
            self._answer(HTTPStatus.NO_CONTENT, None)

    def _echo(self) -> None:
        body = self._body()
        seen = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("latin-1"),
        }
        self._answer(HTTPStatus.OK, seen)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _answer(self, status: HTTPStatus, document: object) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        if body:
            self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the gateway writes a line per call."""


def _item(name: str) -> dict[str, object]:
    return {"name": name, "price": MENU[name]}


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Backend).serve_forever()
