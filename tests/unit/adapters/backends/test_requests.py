"""What is sent is what was asked for, framed so that no backend reads it as anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.backends.address import Address, split
from gatehouse.ports.backends import BackendFailed
from tests.unit.adapters.backends.servers import OK, always, header

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.adapters.backends.conftest import Client
    from tests.unit.adapters.backends.servers import Backend


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    return serve(always(OK))


def test_a_get_goes_out_with_its_headers_and_a_host_only(client: Client, backend: Backend) -> None:
    client.get(f"{backend.url}/a%20b//c?x=1&x=%2F", headers={"accept": "*/*", "x-a": "1"})
    expected = f"GET /a%20b//c?x=1&x=%2F HTTP/1.1\r\nhost: 127.0.0.1:{backend.port}\r\naccept: */*\r\nx-a: 1\r\n\r\n"
    assert backend.requests == [expected.encode()]


def test_a_body_goes_out_with_our_length_whatever_the_headers_say(client: Client, backend: Backend) -> None:
    lies = {"content-length": "3", "Transfer-Encoding": "chunked", "content-type": "text/plain"}
    client.get(backend.url, method="POST", body=b"0\r\n\r\nsmuggled", headers=lies)
    expected = (
        f"POST / HTTP/1.1\r\nhost: 127.0.0.1:{backend.port}\r\ncontent-type: text/plain\r\n"
        "content-length: 13\r\n\r\n0\r\n\r\nsmuggled"
    )
    assert backend.requests == [expected.encode()]


@pytest.mark.parametrize(
    ("method", "length"), [("POST", "0"), ("PATCH", "0"), ("PUT", "0"), ("GET", None), ("DELETE", None)]
)
def test_an_empty_body_is_announced_where_one_is_expected(
    client: Client, backend: Backend, method: str, length: str | None
) -> None:
    client.get(backend.url, method=method)
    assert header(backend.requests[0], "content-length") == length


def test_a_given_host_is_the_only_one(client: Client, backend: Backend) -> None:
    client.get(backend.url, headers={"host": "menu.example"})
    assert backend.requests == [b"GET / HTTP/1.1\r\nhost: menu.example\r\n\r\n"]


def test_header_bytes_are_latin_1_and_beyond_it_utf_8(client: Client, backend: Backend) -> None:
    client.get(backend.url, headers={"x-latin": "caf\xe9", "x-far": "猫"})
    assert b"x-latin: caf\xe9\r\n" in backend.requests[0]
    assert b"x-far: \xe7\x8c\xab\r\n" in backend.requests[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", "a\r\nhost: evil"),
        ("x", "a\nb"),
        ("x", "a\rb"),
        ("x", "a\0b"),
        ("x\r\ny", "a"),
        ("x: y", "a"),
        ("x ", "a"),
        ("", "a"),
        ("x\0", "a"),
        ("\xe9", "a"),
    ],
)
def test_a_header_that_would_be_two_is_refused_unsent(client: Client, backend: Backend, name: str, value: str) -> None:
    with pytest.raises(BackendFailed) as refused:
        client.get(backend.url, headers={name: value})
    assert not refused.value.sent
    assert "evil" not in str(refused.value)
    assert not backend.peers


@pytest.mark.parametrize("method", ["GET /x HTTP/1.1\r\n", "", "G T", "CONNECT", "connect"])
def test_a_method_that_is_none_is_refused_unsent(client: Client, backend: Backend, method: str) -> None:
    with pytest.raises(BackendFailed):
        client.get(backend.url, method=method)
    assert not backend.peers


@pytest.mark.parametrize(
    ("url", "address", "target"),
    [
        ("http://Menu.Example", Address(secure=False, host="menu.example", port=80, authority="menu.example"), "/"),
        ("HTTPS://a:443/x", Address(secure=True, host="a", port=443, authority="a"), "/x"),
        ("https://a:8443?q#f", Address(secure=True, host="a", port=8443, authority="a:8443"), "/?q"),
        ("http://[::1]:81/", Address(secure=False, host="::1", port=81, authority="[::1]:81"), "/"),
        ("http://bücher.example/ü é?ü", Address(
            secure=False, host="xn--bcher-kva.example", port=80, authority="xn--bcher-kva.example"
        ), "/%C3%BC%20%C3%A9?%C3%BC"),
        ('http://a/{"x"|y}?[z]', Address(secure=False, host="a", port=80, authority="a"), '/{"x"|y}?[z]'),
    ],
)  # fmt: skip
def test_an_address_is_read_once_and_its_target_left_as_it_is(url: str, address: Address, target: str) -> None:
    assert split(url) == (address, target)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "ftp://a/",
        "http://",
        "http:///x",
        "http://user:s3cret@a/",
        "http://a:0/",
        "http://a:99999/",
        "http://a:x/",
        "http://a b/",
        "http://a\\@evil/",
        "http://a%00/",
        "http://[::1%25eth0]/",
        "http://[::1/",
        "http://.a/",
        "http://a/\r\nx: y",
        "http://a/\0",
        "http://a/" + "x" * 20_000,
        "http://" + "ü" * 300,
        "http://\u2100.example/",
        "http://a\u00a0b/",
        "http://a,b/",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(BackendFailed) as refused:
        split(url)
    assert "s3cret" not in str(refused.value)
