"""A DynamoDB that misbehaves on command: a proxy before a real one."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import Enum, auto
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

FORWARDED = ("content-type", "x-amz-target", "x-amz-date", "authorization")
KEPT = ("content-type", "x-amz-crc32", "x-amzn-requestid")
THROTTLED = {
    "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    "message": "The level of configured provisioned throughput for the table was exceeded",
}
BROKEN = {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "Internal server error"}
SILENT_SECONDS = 3.0


class Fault(Enum):
    """What happens to a request."""

    REFUSED = auto()  # the connection closes and nothing is done
    LOST = auto()  # it is done, and the connection closes before the reply
    SILENT = auto()  # nothing comes back for longer than anybody waits
    THROTTLED = auto()
    BROKEN = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `GetItem`, and the tables that it is about."""

    operation: str
    tables: tuple[str, ...]


class FaultyDynamoDB:
    """Passes on to `behind`, but for what `faults` says of tables whose name has this in it.

    `clock_seconds` are added to the date of every reply. `asked` counts requests by operation.
    """

    def __init__(self, behind: str) -> None:
        self.faults: dict[str, Fault] = {}
        self.clock_seconds = 0.0
        self.asked: Counter[str] = Counter()
        self._behind = urlsplit(behind)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def heal(self) -> None:
        self.faults.clear()
        self.clock_seconds = 0.0

    def fault(self, asked: Asked) -> Fault | None:
        self.asked[asked.operation] += 1
        named = (fault for part, fault in self.faults.items() if any(part in table for table in asked.tables))
        return next(named, None)

    def pass_on(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(self._behind.hostname or "", self._behind.port, timeout=10)
        try:
            connection.request("POST", "/", body, headers)
            reply = connection.getresponse()
            content = reply.read()
            told = {name.lower(): value for name, value in reply.getheaders()}
        finally:
            connection.close()
        date = parsedate_to_datetime(told["date"]) if "date" in told else datetime.now(UTC)
        skewed = datetime.fromtimestamp(date.timestamp() + self.clock_seconds, UTC)
        kept = {name: value for name, value in told.items() if name in KEPT}
        return reply.status, {**kept, "date": format_datetime(skewed, usegmt=True)}, content


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: FaultyDynamoDB

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that do not wait are what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        proxy = self.server.proxy
        fault = proxy.fault(Asked(self.headers["x-amz-target"].rpartition(".")[2], _tables(json.loads(body))))
        if fault is Fault.SILENT:
            time.sleep(SILENT_SECONDS)
        if fault in {Fault.REFUSED, Fault.SILENT}:
            self._hang_up()
        elif fault is Fault.THROTTLED:
            self._reply(400, {"content-type": "application/x-amz-json-1.0"}, json.dumps(THROTTLED).encode())
        elif fault is Fault.BROKEN:
            self._reply(500, {"content-type": "application/x-amz-json-1.0"}, json.dumps(BROKEN).encode())
        else:
            headers = {name: value for name in FORWARDED if (value := self.headers.get(name))}
            reply = proxy.pass_on(headers, body)
            if fault is Fault.LOST:
                self._hang_up()
            else:
                self._reply(*reply)

    def _reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _tables(request: dict[str, Any]) -> tuple[str, ...]:
    return (str(request["TableName"]),) if "TableName" in request else tuple(request.get("RequestItems", ()))
