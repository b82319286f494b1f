"""Whose address a call has."""

from __future__ import annotations

import pytest

from gatehouse.dataplane.call import Call
from gatehouse.dataplane.client_address import seen_through

CDN = ("203.0.113.0/24", "2001:db8:c::/48")


def address(forwarded: str, *, trusted: tuple[str, ...] = CDN, peer: str = "203.0.113.7") -> str:
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    call = Call(
        id="1", received_at=1.0, method="GET", path="/", query="", headers=headers, body=b"", source_ip=peer
    )  # fmt: skip
    return seen_through(call, trusted).address


@pytest.mark.parametrize("forwarded", ["", "198.51.100.9", "198.51.100.9, 203.0.113.7"])
def test_nobody_is_believed_unless_trusted(forwarded: str) -> None:
    assert address(forwarded, trusted=()) == "203.0.113.7"
    assert address(forwarded, peer="192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("198.51.100.9", "198.51.100.9"),
        ("198.51.100.9, 203.0.113.8", "198.51.100.9"),
        ("10.0.0.1, 198.51.100.9, 203.0.113.8, 203.0.113.7", "198.51.100.9"),
        ("2001:db8:a::1, 2001:db8:c::1", "2001:db8:a::1"),
        ("[2001:db8:a::1]", "2001:db8:a::1"),
        ("", "203.0.113.7"),
        ("unknown", "203.0.113.7"),
        ("198.51.100.9, unknown, 203.0.113.8", "203.0.113.8"),
    ],
)
def test_a_trusted_proxy_names_the_client_and_a_forged_beginning_is_not_read(forwarded: str, client: str) -> None:
    assert address(forwarded) == client


def test_trusting_everybody_believes_the_first_entry_as_wso2_does() -> None:
    assert address("198.51.100.9, 203.0.113.7", trusted=("0.0.0.0/0", "::/0")) == "198.51.100.9"
