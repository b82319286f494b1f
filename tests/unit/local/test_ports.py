"""Where the local stack listens, and what it says when it cannot."""

from __future__ import annotations

import socket

import pytest

from local.ports import LOOPBACK, OFFSET_MAX, Ports, offset_from_environment
from local.trouble import Trouble


def test_an_offset_shifts_every_port() -> None:
    shifted = Ports.shifted(100)
    assert (shifted.management_https, shifted.gateway_http, shifted.backend) == (9543, 8380, 9190)


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Trouble, match=f"Port {port} .gateway https. is taken"):
            Ports(gateway_https=port).claim()


@pytest.mark.parametrize("text", ["-1", "1.5", "many", str(OFFSET_MAX + 1), "²"])
def test_an_offset_that_is_no_usable_number_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT_OFFSET", text)
    with pytest.raises(Trouble, match="PORT_OFFSET"):
        offset_from_environment()


@pytest.mark.parametrize(("text", "offset"), [("", 0), ("0", 0), ("100", 100)])
def test_an_offset_is_read_from_the_environment(text: str, offset: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT_OFFSET", text)
    assert offset_from_environment() == offset
