"""What opens an API besides tokens, and what backends may show: passwords, keys for trying out, certificates."""

from __future__ import annotations

import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from local.stack import ADMIN
from tests import pki
from tests.house import MAX_STALENESS_SECONDS, PUBLISHER, House, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

BASIC = ["basic_auth", "oauth_basic_auth_api_key_mandatory"]
CERTIFICATES = ["mutualssl", "mutualssl_mandatory"]


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, "" if answer.is_success else str(answer.json().get("code", ""))


def soon(ask: Callable[[], httpx.Response], status: int) -> httpx.Response:
    """The answer with this status, which must come within the time a change may take."""
    deadline = time.monotonic() + MAX_STALENESS_SECONDS + 1
    answer = ask()
    while answer.status_code != status and time.monotonic() < deadline:
        time.sleep(0.5)
        answer = ask()
    return answer


@pytest.fixture(scope="module")
def base(house: House) -> str:
    """An API that takes passwords; one operation is for admins, another one for cooks."""
    admins, cooks = unique("admins"), unique("cooks")
    scopes = [
        {"scope": {"name": name, "displayName": name, "bindings": [role]}, "shared": False}
        for name, role in ((admins, "admin"), (cooks, "cook"))
    ]
    operations: tuple[dict[str, Any], ...] = (
        {"verb": "GET", "target": "/echo"},
        {"verb": "POST", "target": "/echo", "scopes": [admins]},
        {"verb": "PUT", "target": "/echo", "scopes": [cooks]},
    )
    return house.base_path(house.publish(*operations, scopes=scopes, securityScheme=BASIC))


class TestBasic:
    def test_200_for_a_user_s_password_which_the_backend_never_sees(self, house: House, base: str) -> None:
        answer = house.gateway(f"{base}/echo", auth=ADMIN)
        assert told(answer) == (200, "")
        assert "authorization" not in answer.json()["headers"]

    @pytest.mark.parametrize("by", [(ADMIN[0], "guessed"), ("nobody", ADMIN[1]), (f"{ADMIN[0]}@example.com", ADMIN[1])])
    def test_401_for_any_other(self, house: House, base: str, by: tuple[str, str]) -> None:
        assert told(house.gateway(f"{base}/echo", auth=by)) == (401, "900901")

    def test_401_without_one_names_the_header(self, house: House, base: str) -> None:
        answer = house.gateway(f"{base}/echo")
        assert told(answer) == (401, "900902")
        assert "Authorization : Basic" in answer.json()["description"]

    def test_a_user_has_the_scopes_of_their_roles(self, house: House, base: str) -> None:
        assert told(house.gateway(f"{base}/echo", method="POST", auth=ADMIN)) == (200, "")
        assert told(house.gateway(f"{base}/echo", method="PUT", auth=ADMIN)) == (403, "900910")


class TestInternalKeys:
    def test_200_for_an_api_that_nobody_has_published_or_subscribed_to(self, house: House) -> None:
        api_id, other = house.design(), house.design()
        house.deploy(api_id)
        house.deploy(other)
        made = house.made("POST", f"{PUBLISHER}/apis/{api_id}/generate-key")
        assert made["validityTime"] > 0
        key = {"Internal-Key": made["apikey"]}
        assert told(house.gateway(f"{house.base_path(api_id)}/menu", headers=key)) == (200, "")
        assert told(house.gateway(f"{house.base_path(other)}/menu", headers=key)) == (401, "900901")

    def test_401_for_a_key_that_is_not_ours(self, house: House) -> None:
        base = house.base_path(house.publish())
        assert told(house.gateway(f"{base}/menu", headers={"Internal-Key": "forged"})) == (401, "900901")


class TestClientCertificates:
    def test_a_certificate_in_a_header_opens_nothing_to_who_is_no_trusted_proxy(self, house: House) -> None:
        api_id = house.design(securityScheme=CERTIFICATES)
        files = {"certificate": ("kiosk.crt", pki.pem())}
        path = f"{PUBLISHER}/apis/{api_id}/client-certs/PRODUCTION"
        made = house.made("POST", path, data={"alias": "kiosk", "tier": "Unlimited"}, files=files)
        assert made == {"alias": "kiosk", "apiId": api_id, "tier": "Unlimited"}
        house.deploy(api_id)
        claimed = {"X-WSO2-CLIENT-CERTIFICATE": quote(pki.pem().decode()), "X-Forwarded-For": "127.0.0.1"}
        assert told(house.gateway(f"{house.base_path(api_id)}/menu", headers=claimed)) == (401, "900902")

    def test_what_was_uploaded_comes_back(self, house: House) -> None:
        path = f"{PUBLISHER}/apis/{house.design()}/client-certificates"
        house.made("POST", path, data={"alias": "kiosk", "tier": "Gold"}, files={"certificate": ("x.der", pki.der())})
        assert house.management("GET", f"{path}/kiosk/content").text == pki.pem().decode()
        assert house.made("GET", path)["certificates"][0]["tier"] == "Gold"
        assert house.management("DELETE", f"{path}/kiosk").status_code == 200
        assert house.management("GET", f"{path}/kiosk").status_code == 404


class Kitchen(BaseHTTPRequestHandler):
    """A backend behind TLS."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class TestEndpointCertificates:
    @pytest.fixture
    def kitchen(self, tmp_path: Path) -> Iterator[str]:
        """The address of a backend whose certificate no public authority has signed."""
        file = tmp_path / "kitchen.pem"
        file.write_bytes(pki.private_key() + pki.pem("localhost"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Kitchen)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_address[1]}"
        server.shutdown()
        server.server_close()

    def test_a_backend_is_trusted_once_its_certificate_is_uploaded(self, house: House, kitchen: str) -> None:
        endpoint = {"endpoint_type": "http", "production_endpoints": {"url": kitchen}}
        api_id = house.publish(endpointConfig=endpoint)
        token, path = house.customer(api_id), f"{house.base_path(api_id)}/menu"
        assert told(house.gateway(path, token)) == (503, "101503")
        alias = unique("kitchen")
        files = {"certificate": ("kitchen.crt", pki.pem("localhost"))}
        house.made(
            "POST", f"{PUBLISHER}/endpoint-certificates", data={"alias": alias, "endpoint": kitchen}, files=files
        )
        try:
            assert told(soon(lambda: house.gateway(path, token), 200)) == (200, "")
            used = house.made("GET", f"{PUBLISHER}/endpoint-certificates/{alias}/usage")
            assert api_id in [api["id"] for api in used["list"]]
        finally:
            house.made("DELETE", f"{PUBLISHER}/endpoint-certificates/{alias}")
