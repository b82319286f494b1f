"""Endpoint security that is the same for every request, and that no secret is ever told."""

from __future__ import annotations

import base64
import logging
from typing import TYPE_CHECKING

import pytest

from gatehouse.domain.publishing.deployed import EndpointSecurity, SecurityKind
from gatehouse.ports.backends import BackendFailed, BackendRequest
from tests.unit.adapters.backends.servers import OK, always, answer, header

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.adapters.backends.conftest import Client
    from tests.unit.adapters.backends.servers import Backend


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    return serve(always(OK))


def test_basic_sends_user_and_password_in_place_of_the_callers(client: Client, backend: Backend) -> None:
    security = EndpointSecurity(kind=SecurityKind.BASIC, username="mary", password="pä:ss")
    client.get(backend.url, headers={"Authorization": "Bearer callers"}, security=security)
    encoded = base64.b64encode("mary:pä:ss".encode()).decode()
    assert header(backend.requests[0], "authorization") == f"Basic {encoded}"
    assert backend.requests[0].lower().count(b"authorization") == 1


def test_an_api_key_goes_into_its_header_in_place_of_the_callers(client: Client, backend: Backend) -> None:
    security = EndpointSecurity(kind=SecurityKind.API_KEY, key_name="X-Key", key_value="k1", key_in="HEADER")
    client.get(backend.url, headers={"x-key": "callers", "authorization": "kept"}, security=security)
    assert header(backend.requests[0], "x-key") == "k1"
    assert header(backend.requests[0], "authorization") == "kept"
    assert b"callers" not in backend.requests[0]


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("/a", "/a?api%20key=k%261"),
        ("/a?", "/a?api%20key=k%261"),
        ("/a?x=%2F&y", "/a?x=%2F&y&api%20key=k%261"),
        ("/a?api+key=callers&x=1&api%20key=again&apikey=2#f", "/a?x=1&apikey=2&api%20key=k%261"),
    ],
)
@pytest.mark.parametrize("place", ["QUERY", "QUERY_PARAMETER"])
def test_an_api_key_goes_into_the_query_in_place_of_the_callers(
    client: Client, backend: Backend, target: str, sent: str, place: str
) -> None:
    security = EndpointSecurity(kind=SecurityKind.API_KEY, key_name="api key", key_value="k&1", key_in=place)
    client.get(f"{backend.url}{target}", security=security)
    assert backend.requests[0].startswith(f"GET {sent} HTTP/1.1\r\n".encode())


SECRET = "s3cret"


@pytest.mark.parametrize(
    "security",
    [
        EndpointSecurity(kind=SecurityKind.BASIC, username="mary", password=SECRET),
        EndpointSecurity(kind=SecurityKind.API_KEY, key_name="k", key_value=SECRET, key_in="QUERY"),
        EndpointSecurity(kind=SecurityKind.API_KEY, key_name="k", key_value=f"{SECRET}\r\nx: y"),
        EndpointSecurity(kind=SecurityKind.API_KEY, key_name="k", key_value=f"{SECRET}猫\0"),
        EndpointSecurity(kind=SecurityKind.OAUTH, token_url="http://127.0.0.1:1/", client_secret=SECRET),
        EndpointSecurity(kind=SecurityKind.OAUTH, token_url=f"http://{SECRET}@127.0.0.1:1/"),
        EndpointSecurity(kind=SecurityKind.AWS, access_key="AK", secret_key=SECRET, region="eu-west-1"),
        EndpointSecurity(kind=SecurityKind.DIGEST, username="mary", password=SECRET),
    ],
)
def test_no_failure_and_no_log_tells_a_secret(
    client: Client, serve: Callable[..., Backend], security: EndpointSecurity, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    challenge = 'Digest realm="r", nonce="n"'
    backend = serve(lambda peer: peer.request() and peer.send(answer(401, www_authenticate=challenge)[:-5]))
    request = BackendRequest(method="POST", url=f"{backend.url}/", headers={}, body=b"", security=security)
    with pytest.raises(BackendFailed) as failed:
        client.send(request)
    told: list[BaseException] = [failed.value]
    while cause := (told[-1].__cause__ or told[-1].__context__):
        told.append(cause)
    assert SECRET not in repr(told) + str(told) + caplog.text
