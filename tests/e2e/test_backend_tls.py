"""The deployed gateway and backends that ask for a certificate before they listen: it shows the API's, and no other."""

from __future__ import annotations

import json
import ssl
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests import pki
from tests.house import MAX_STALENESS_SECONDS, PUBLISHER, House, unique

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPEN = ({"verb": "GET", "target": "/*", "authType": "None"}, {"verb": "POST", "target": "/*", "authType": "None"})
GATEWAY, STRANGER = "gateway.example", "stranger.example"
SINCE = datetime(2021, 1, 1, tzinfo=UTC)
"""So that the backend's certificate is another one than those that other tests' backends show."""

REFUSED = (503, "101503", "Error connecting to the back end")
MARGIN_SECONDS = 1.0


@dataclass
class Vault:
    """A backend that talks to who shows the certificate of `GATEWAY`; `heard` are the requests it has read."""

    file: Path
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        heard = self.heard

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(self.path)
                self.rfile.read(int(self.headers.get("content-length") or 0))
                assert isinstance(self.connection, ssl.SSLSocket)
                shown = self.connection.getpeercert() or {}
                parts: Any = shown["subject"]
                body = json.dumps({name: value for [(name, value)] in parts}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.file.write_bytes(pki.private_key() + pki.pem("localhost", start=SINCE))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=pki.pem(GATEWAY).decode())
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        # The handshake is the business of the connection's own thread.
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refusing is what it is here for
        Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"https://localhost:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def vault(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """The backend, trusted by the gateway."""
    backend, alias = Vault(tmp_path_factory.mktemp("vault") / "vault.pem"), unique("vault")
    files = {"certificate": ("vault.crt", pki.pem("localhost", start=SINCE))}
    wanted = {"alias": alias, "endpoint": backend.url}
    house.made("POST", f"{PUBLISHER}/endpoint-certificates", data=wanted, files=files)
    yield backend
    house.made("DELETE", f"{PUBLISHER}/endpoint-certificates/{alias}")
    backend.stop()


def showing(name: str, **more: Any) -> dict[str, Any]:
    """An API's `endpoint_security` that shows this certificate in production."""
    shown = {"clientCertificate": pki.pem(name).decode(), "clientKey": pki.private_key().decode()}
    return {"production": {"enabled": True, "type": "MUTUAL_TLS", **shown, **more}}


def behind(backend: Vault, security: dict[str, Any]) -> dict[str, Any]:
    return {
        "endpoint_type": "http",
        "production_endpoints": {"url": backend.url},
        "endpoint_security": security,
    }


def told(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["code"], answer.json()["description"]


def test_a_backend_sees_the_certificate_of_the_api_in_every_call(house: House, vault: Vault) -> None:
    base = house.base_path(house.publish(*OPEN, endpointConfig=behind(vault, showing(GATEWAY))))
    for method in ("GET", "POST", "GET"):
        answer = house.gateway(f"{base}/safe", method=method)
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"countryName": "LK", "organizationName": "Menu", "commonName": GATEWAY}


def test_503_101503_without_a_certificate_and_with_one_that_the_backend_does_not_know(
    house: House, vault: Vault
) -> None:
    for security in ({}, showing(STRANGER)):
        base = house.base_path(house.publish(*OPEN, endpointConfig=behind(vault, security)))
        for method in ("GET", "POST"):
            assert told(house.gateway(f"{base}/in-vain", method=method)) == REFUSED
    assert "/in-vain" not in vault.heard, "a request that nobody read may be sent again"


def test_the_private_key_is_never_shown_and_outlives_an_update_that_does_not_name_it(
    house: House, vault: Vault
) -> None:
    api_id = house.publish(*OPEN, endpointConfig=behind(vault, showing(GATEWAY)))
    read = house.made("GET", f"{PUBLISHER}/apis/{api_id}")
    assert "PRIVATE KEY" not in json.dumps(read)
    house.made("PUT", f"{PUBLISHER}/apis/{api_id}", json={**read, "description": "Moved"})
    house.deploy(api_id)
    assert house.gateway(f"{house.base_path(api_id)}/safe").json()["commonName"] == GATEWAY


def test_a_certificate_that_is_taken_away_is_shown_no_longer_than_the_time_a_change_takes(
    house: House, vault: Vault
) -> None:
    api_id = house.publish(*OPEN, endpointConfig=behind(vault, showing(GATEWAY)))
    path = f"{house.base_path(api_id)}/safe"
    assert house.gateway(path).status_code == 200
    read = house.made("GET", f"{PUBLISHER}/apis/{api_id}")
    house.made("PUT", f"{PUBLISHER}/apis/{api_id}", json={**read, "endpointConfig": behind(vault, {})})
    house.deploy(api_id)
    deployed = time.monotonic()
    # The connection on which it was shown is kept by then, and is none for who shows nothing.
    while (answer := house.gateway(path)).status_code == 200:
        assert time.monotonic() - deployed < MAX_STALENESS_SECONDS + MARGIN_SECONDS
        time.sleep(0.1)
    assert told(answer) == REFUSED


def test_a_key_that_is_not_the_certificate_s_is_refused_when_it_is_designed(house: House, vault: Vault) -> None:
    security = showing(GATEWAY, clientKey="-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")
    api_id = house.design(*OPEN)
    read = house.made("GET", f"{PUBLISHER}/apis/{api_id}")
    refused = house.management(
        "PUT", f"{PUBLISHER}/apis/{api_id}", json={**read, "endpointConfig": behind(vault, security)}
    )
    assert refused.status_code == 400
    assert "endpointConfig.endpoint_security.production.clientKey" in refused.text
