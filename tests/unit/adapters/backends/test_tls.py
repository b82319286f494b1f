"""TLS: whom the gateway believes to be a backend, and what it shows one that asks."""

from __future__ import annotations

import os
import socket
import ssl
import tempfile
import time
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gatehouse.adapters.backends.connection import Connection
from gatehouse.domain.publishing.deployed import ShownCertificate
from gatehouse.ports.backends import BackendClosed, BackendRequest, BackendUnreachable
from tests.unit.adapters.backends.certificates import Authority, Signed, private_pem, server_context
from tests.unit.adapters.backends.servers import OK, always

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.adapters.backends.conftest import Client
    from tests.unit.adapters.backends.servers import Backend, Peer


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def local(authority: Authority) -> Signed:
    return authority.sign("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def foreign(authority: Authority) -> Signed:
    return authority.sign("elsewhere.example")


def test_a_backend_of_a_trusted_authority_is_called_and_its_connection_kept(
    client: Client, serve: Callable[..., Backend], authority: Authority, local: Signed
) -> None:
    backend = serve(always(OK), server_context(local))
    for _ in range(3):
        assert client.get(backend.url, trusted=(authority.pem,)).body == b"ok"
    assert len(backend.peers) == 1


def test_a_backend_of_an_unknown_authority_is_not_called(
    client: Client, serve: Callable[..., Backend], local: Signed
) -> None:
    backend = serve(always(OK), server_context(local))
    for trusted in ((), (Authority("Another").pem,)):
        with pytest.raises(BackendUnreachable) as failed:
            client.get(backend.url, trusted=trusted)
        assert not failed.value.sent
    assert not backend.requests


def test_a_certificate_that_is_itself_trusted_needs_no_authority(
    client: Client, serve: Callable[..., Backend], local: Signed
) -> None:
    backend = serve(always(OK), server_context(local))
    assert client.get(backend.url, trusted=(local.certificate,)).body == b"ok"


def test_an_expired_certificate_is_not_believed(
    client: Client, serve: Callable[..., Backend], authority: Authority
) -> None:
    backend = serve(always(OK), server_context(authority.sign("127.0.0.1", valid_days=-1)))
    with pytest.raises(BackendUnreachable, match="expired"):
        client.get(backend.url, trusted=(authority.pem,))


@pytest.mark.parametrize(
    ("mode", "host", "believed"),
    [
        ("Strict", "localhost", False),
        ("Strict", "127.0.0.1", False),
        ("DefaultAndLocalhost", "localhost", True),
        ("DefaultAndLocalhost", "127.0.0.1", True),
        ("DefaultAndLocalhost", "127.0.0.2", False),
        ("AllowAll", "127.0.0.2", True),
    ],
)
def test_a_certificate_of_another_name_is_believed_as_the_mode_says(
    make_client: Callable[..., Client],
    serve: Callable[..., Backend],
    authority: Authority,
    foreign: Signed,
    *,
    mode: str,
    host: str,
    believed: bool,
) -> None:
    backend = serve(always(OK), server_context(foreign))
    url = backend.url.replace("127.0.0.1", host)
    client = make_client(hostname_verification=mode)
    # 127.0.0.2 is this machine as well, but the server listens on 127.0.0.1 only.
    if host == "127.0.0.2":
        backend.listen_also_on(host)
    if believed:
        assert client.get(url, trusted=(authority.pem,)).body == b"ok"
    else:
        with pytest.raises(BackendUnreachable, match="mismatch"):
            client.get(url, trusted=(authority.pem,))


@pytest.mark.parametrize("mode", ["Strict", "DefaultAndLocalhost", "AllowAll"])
def test_no_mode_believes_a_stranger(
    make_client: Callable[..., Client], serve: Callable[..., Backend], local: Signed, mode: str
) -> None:
    backend = serve(always(OK), server_context(local))
    with pytest.raises(BackendUnreachable):
        make_client(hostname_verification=mode).get(backend.url)


@pytest.mark.parametrize(("minimum", "agreed"), [("1.2", True), ("1.3", False)])
def test_an_old_version_of_tls_is_refused_below_the_minimum(
    make_client: Callable[..., Client],
    serve: Callable[..., Backend],
    authority: Authority,
    local: Signed,
    *,
    minimum: str,
    agreed: bool,
) -> None:
    backend = serve(always(OK), server_context(local, maximum=ssl.TLSVersion.TLSv1_2))
    client = make_client(tls_minimum=minimum)
    if agreed:
        assert client.get(backend.url, trusted=(authority.pem,)).body == b"ok"
    else:
        with pytest.raises(BackendUnreachable):
            client.get(backend.url, trusted=(authority.pem,))


@pytest.mark.parametrize("setting", [{"hostname_verification": "Sometimes"}, {"tls_minimum": "1.1"}])
def test_an_unknown_setting_fails_at_the_start(make_client: Callable[..., Client], setting: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"not a valid|no minimum"):
        make_client(**setting)


@pytest.fixture
def shown(authority: Authority) -> ShownCertificate:
    signed = authority.sign("gateway.example")
    return ShownCertificate(certificate=signed.certificate, private_key=signed.private_key)


def test_a_client_certificate_is_shown_and_leaves_no_file_behind(
    client: Client,
    serve: Callable[..., Backend],
    authority: Authority,
    local: Signed,
    shown: ShownCertificate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    backend = serve(always(OK), server_context(local, clients=authority.pem))
    assert client.get(backend.url, trusted=(authority.pem,), client_certificate=shown).body == b"ok"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("stranger", [False, True])
def test_a_backend_that_asks_for_a_certificate_in_vain_has_not_taken_the_request(
    client: Client,
    serve: Callable[..., Backend],
    authority: Authority,
    local: Signed,
    *,
    version: ssl.TLSVersion,
    stranger: bool,
) -> None:
    backend = serve(always(OK), server_context(local, clients=authority.pem, maximum=version))
    unknown = Authority("Another").sign("gateway.example")
    shown = ShownCertificate(certificate=unknown.certificate, private_key=unknown.private_key) if stranger else None
    for _ in range(5):
        with pytest.raises(BackendUnreachable, match=r"UNKNOWN_CA|CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE") as failed:
            client.get(backend.url, method="POST", body=b"x", trusted=(authority.pem,), client_certificate=shown)
        assert not failed.value.sent
    assert not backend.requests


def test_requests_of_different_profiles_never_share_a_connection(
    client: Client, serve: Callable[..., Backend], authority: Authority, local: Signed, shown: ShownCertificate
) -> None:
    backend = serve(always(OK), server_context(local))
    profiles = [
        {"trusted": (authority.pem,)},
        {"trusted": (authority.pem,), "client_certificate": shown},
        {"trusted": (authority.pem, local.certificate)},
    ]
    for _ in range(2):
        for profile in profiles:
            client.send(BackendRequest(method="GET", url=backend.url, headers={}, body=b"", **profile))  # type: ignore[arg-type]
    assert len(backend.peers) == len(profiles)
    with pytest.raises(BackendUnreachable):
        client.get(backend.url)


def test_an_unreadable_certificate_or_key_is_told_without_its_text(
    client: Client, tmp_path: Path, serve: Callable[..., Backend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    backend = serve(always(OK))
    locked = private_pem(ec.generate_private_key(ec.SECP256R1()), b"password")
    for profile in (
        {"trusted": ("no certificate",)},
        {"client_certificate": ShownCertificate(certificate="none", private_key="s3cret")},
        {"client_certificate": ShownCertificate(certificate=Authority().pem, private_key=locked)},
    ):
        with pytest.raises(BackendUnreachable, match="unreadable") as failed:
            client.get(f"https://127.0.0.1:{backend.port}/", **profile)
        assert "s3cret" not in repr(failed.value)
    assert not list(tmp_path.iterdir())


def test_a_body_without_length_that_ends_without_a_goodbye_is_no_body(
    client: Client, serve: Callable[..., Backend], authority: Authority, local: Signed
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\nperhaps cut by somebody between us")
        peer.socket.close()

    backend = serve(script, server_context(local))
    with pytest.raises(BackendClosed):
        client.get(backend.url, trusted=(authority.pem,))


def test_a_body_without_length_that_ends_properly_is_one(
    client: Client, serve: Callable[..., Backend], authority: Authority, local: Signed
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\nwhole")

    backend = serve(script, server_context(local))
    assert client.get(backend.url, trusted=(authority.pem,)).body == b"whole"


def test_megabytes_pass_both_ways_over_tls(
    client: Client, serve: Callable[..., Backend], authority: Authority, local: Signed
) -> None:
    body = bytes(range(256)) * 16_000

    def echo(peer: Peer) -> None:
        while request := peer.request():
            sent = request.partition(b"\r\n\r\n")[2]
            peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(sent) + sent)

    backend = serve(echo, server_context(local))
    for _ in range(2):
        assert client.get(backend.url, method="POST", body=body, trusted=(authority.pem,)).body == body
    assert len(backend.peers) == 1


@pytest.mark.parametrize(
    ("said", "usable"), [("nothing", True), ("half a record", True), ("something", False), ("goodbye", False)]
)
def test_an_idle_tls_connection_is_usable_until_the_backend_says_something(
    serve: Callable[..., Backend], authority: Authority, local: Signed, *, said: str, usable: bool
) -> None:
    def script(peer: Peer) -> None:
        peer.send(b"!")
        if said == "half a record":  # as of a session ticket that is still under way
            with socket.socket(fileno=os.dup(peer.socket.fileno())) as raw:
                raw.sendall(b"\x17\x03\x03\x00\x50")
        elif said == "something":
            peer.send(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
        elif said == "goodbye":
            return
        peer.socket.recv(1)

    context = ssl.create_default_context(cadata=authority.pem)
    with socket.create_connection(("127.0.0.1", serve(script, server_context(local)).port), 1) as plain:
        tls = context.wrap_socket(plain, server_hostname="localhost")
        connection = Connection(tls)
        assert tls.recv(1) == b"!"
        time.sleep(0.05)
        assert connection.is_usable() is usable
        connection.close()


def test_without_a_system_bundle_the_authorities_are_those_of_botocore(
    client: Client, monkeypatch: pytest.MonkeyPatch, serve: Callable[..., Backend], authority: Authority, local: Signed
) -> None:
    none = ssl.get_default_verify_paths()._replace(cafile="", capath="")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: none)
    backend = serve(always(OK), server_context(local))
    assert client.get(backend.url, trusted=(authority.pem,)).body == b"ok"
