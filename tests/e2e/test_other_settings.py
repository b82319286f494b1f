"""The deployed gateway as an operator may set it otherwise. Each setting is changed as a deployment would change it, and back."""

from __future__ import annotations

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests import pki
from tests.collector import Collector
from tests.house import PUBLISHER, House, configured, unique

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx

OPEN = {"verb": "GET", "target": "/*", "authType": "None"}
MUTUAL = ["mutualssl", "mutualssl_mandatory"]
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
UNREACHABLE = (503, "101503")


def told(house: House, **settings: str) -> AbstractContextManager[None]:
    """The gateway's function has these settings meanwhile."""
    return configured(house, "gateway", **settings)


def outcome(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, "" if answer.is_success else str(answer.json().get("code", answer.text))


class Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def elsewhere(house: House, tmp_path: Path) -> Iterator[str]:
    """A backend on localhost whose certificate is trusted, and is another host's."""
    file = tmp_path / "elsewhere.pem"
    file.write_bytes(pki.private_key() + pki.pem("elsewhere.example"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, daemon=True).start()
    url, alias = f"https://localhost:{server.server_address[1]}", unique("elsewhere")
    files = {"certificate": ("elsewhere.crt", pki.pem("elsewhere.example"))}
    house.made("POST", f"{PUBLISHER}/endpoint-certificates", data={"alias": alias, "endpoint": url}, files=files)
    yield url
    house.made("DELETE", f"{PUBLISHER}/endpoint-certificates/{alias}")
    server.shutdown()
    server.server_close()


def test_whose_certificate_a_backend_may_show_is_the_operator_s_decision(house: House, elsewhere: str) -> None:
    endpoint = {"endpoint_type": "http", "production_endpoints": {"url": elsewhere}}
    path = f"{house.base_path(house.publish(OPEN, endpointConfig=endpoint))}/menu"
    with told(house, hostname_verification="Strict"):
        assert outcome(house.gateway(path)) == UNREACHABLE
    for mode in ("DefaultAndLocalhost", "AllowAll"):
        with told(house, hostname_verification=mode):
            assert outcome(house.gateway(path)) == (200, ""), mode


def test_where_backends_inside_are_not_allowed_none_is_asked_under_any_of_its_names(house: House) -> None:
    port = house.ports.backend
    assert outcome(house.gateway(f"{house.base_path(house.publish(OPEN))}/menu")) == (200, "")
    with told(house, local_backends_allowed="false"):
        for host in (
            "127.0.0.1",
            "localhost",
            "0.0.0.0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "169.254.169.254",
            "2130706433",
        ):
            endpoint = {"endpoint_type": "http", "production_endpoints": {"url": f"http://{host}:{port}"}}
            path = f"{house.base_path(house.publish(OPEN, endpointConfig=endpoint))}/menu"
            assert outcome(house.gateway(path)) == UNREACHABLE, host


def test_a_trusted_proxy_says_whose_certificate_it_saw(house: House) -> None:
    api_id = house.design(securityScheme=MUTUAL)
    path = f"{PUBLISHER}/apis/{api_id}/client-certs/PRODUCTION"
    files = {"certificate": ("kiosk.crt", pki.pem())}
    house.made("POST", path, data={"alias": "kiosk", "tier": "Unlimited"}, files=files)
    house.deploy(api_id)
    menu = f"{house.base_path(api_id)}/menu"
    shown = {"X-WSO2-CLIENT-CERTIFICATE": quote(pki.pem().decode())}
    stranger = {"X-WSO2-CLIENT-CERTIFICATE": quote(pki.pem("stranger").decode())}
    with told(house, trusted_proxies="127.0.0.1/32"):
        assert outcome(house.gateway(menu, headers=shown)) == (200, "")
        assert outcome(house.gateway(menu, headers=stranger)) == (401, "900901")
    with told(house, trusted_proxies="10.0.0.0/8"):
        assert outcome(house.gateway(menu, headers=shown)) == (401, "900902")


def test_calls_are_told_to_a_collector_as_a_part_of_their_callers_traces(house: House) -> None:
    path = f"{house.base_path(house.publish({'verb': 'GET', 'target': '/echo', 'authType': 'None'}))}/echo"
    collector = Collector()
    try:
        with told(house, trace_endpoint=collector.endpoint, trace_sample_ratio="0", trace_export_seconds="5"):
            headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
            at_backend = house.gateway(path, headers=headers).json()["headers"]["traceparent"]
    finally:
        collector.stop()
    spans = {span.name: span for span in collector.spans}
    call, backend = spans[f"GET {path}"], spans["backend"]
    assert (call.trace_id, call.parent_id) == (TRACE, PARENT)
    assert backend.parent_id == call.span_id
    assert at_backend == f"00-{TRACE}-{backend.span_id}-01"
