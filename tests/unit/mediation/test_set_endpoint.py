"""Where a policy sends a request, and where no caller can."""

from __future__ import annotations

import pytest

from gatehouse.domain.errors import Invalid
from gatehouse.mediation.message import Message, Stop
from gatehouse.mediation.policies.set_endpoint import SPECIFICATION, apply
from tests.unit.mediation.messages import situation


def sent(url: str, **headers: str) -> Message | Stop:
    message = Message(headers=list(headers.items()), body=b"", path="/items/7", method="GET")
    stop = apply(message, SPECIFICATION.checked({"endpointUrl": url}, "parameters"), situation())
    return stop or message


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example", "http://a.example"),
        ("https://a.example:8443/v1${path}?m=${method}", "https://a.example:8443/v1/items/7?m=GET"),
        ("http://a.example/${header.region}/x", "http://a.example/eu/x"),
    ],
)
def test_the_address_is_the_provider_s_with_the_caller_s_parts_behind_it(url: str, expected: str) -> None:
    message = sent(url, region="eu")
    assert isinstance(message, Message)
    assert message.url == expected


@pytest.mark.parametrize("url", ["ftp://a", "http://${header.host}/x", "http://u:p@a/", "//a", "http://a b/", ""])
def test_a_host_cannot_be_left_to_the_caller(url: str) -> None:
    with pytest.raises(Invalid, match="endpointUrl"):
        SPECIFICATION.checked({"endpointUrl": url}, "parameters")


@pytest.mark.parametrize("region", ["a b", "ü", "x/../..", "a\r\nb", "/../"])
def test_400_for_parts_that_would_change_the_address(region: str) -> None:
    stop = sent("http://a.example/${header.region}/x", region=region)
    assert isinstance(stop, Stop)
    assert stop.status == 400
