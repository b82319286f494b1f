"""From where a key may be used: spellings of addresses, and globs that take no time."""

from __future__ import annotations

import time

import pytest

from gatehouse.domain.applications.restriction import (
    REFERER_LENGTH_MAX,
    is_referer_glob,
    normal_network,
    parsed_address,
    permits_referer,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("10.1.2.3", "10.1.2.3/32"),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8::1", "2001:db8::1/128"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("::ffff:10.1.2.3", "10.1.2.3/32"),
        ("::ffff:10.1.2.3/104", "10.0.0.0/8"),
    ],
)
def test_a_network_has_one_spelling(text: str, normal: str) -> None:
    assert normal_network(text) == normal


@pytest.mark.parametrize("text", ["", "x", "10.1.2", "10.1.2.3/33", "10.1.2.256", "fe80::1%eth0", "10.0.0.0-10.0.0.9"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- ipaddress words it
        normal_network(text)


@pytest.mark.parametrize("text", ["", "unknown", "10.1.2.3:80", "_hidden", "10.1.2.3/8"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert parsed_address(text) is None


@pytest.mark.parametrize(
    ("glob", "good"),
    [
        ("www.example.com", True),
        ("*", True),
        ("https://*.example.com:8443/a?b=*#c", True),
        ("localhost/a/*/b", True),
        ("", False),
        ("/a", False),
        ("https:///a", False),
        ("a b", False),
        ("bücher.example", False),
        ("a" * (REFERER_LENGTH_MAX + 1), False),
    ],
)
def test_a_glob_has_a_host(glob: str, good: bool) -> None:  # noqa: FBT001
    assert is_referer_glob(glob) is good


def test_a_glob_is_no_regular_expression() -> None:
    assert not permits_referer(["www.example.com/(a|b)+"], "https://www.example.com/a")
    assert permits_referer(["www.example.com/(a|b)+"], "https://www.example.com/(a|b)+")
    assert not permits_referer(["wwwXexample.com".replace("X", ".")], "https://wwwXexample.com/")


@pytest.mark.parametrize("glob", ["*a" * 120 + "/b", "h/" + "*a" * 120 + "b"])
def test_no_glob_and_no_referer_take_long_together(glob: str) -> None:
    started = time.perf_counter()
    assert not permits_referer([glob], "https://h/" + "a" * 8000)
    assert not permits_referer([glob], "a" * 8000)
    assert time.perf_counter() - started < 0.5
