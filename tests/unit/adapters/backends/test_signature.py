"""AWS Signature Version 4: what the backend receives has the signature that botocore computes for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import CredentialRetrievalError

from gatehouse.domain.publishing.deployed import EndpointSecurity, SecurityKind
from gatehouse.ports.backends import BackendSecurityFailed
from tests.unit.adapters.backends.servers import OK, always, header

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.adapters.backends.conftest import Client
    from tests.unit.adapters.backends.servers import Backend

OWN = EndpointSecurity(
    kind=SecurityKind.AWS, access_key="AKEY", secret_key="s3cret", region="eu-west-1", service="execute-api"
)
ROLE = EndpointSecurity(kind=SecurityKind.AWS)


class Session:
    """The part of botocore's session that signing asks."""

    def __init__(self, *, region: str | None = "us-east-2", credentials: Credentials | None = None) -> None:
        self.region = region
        self.credentials = credentials

    def get_config_variable(self, name: str) -> str | None:
        assert name == "region"
        return self.region

    def get_credentials(self) -> Credentials | None:
        return self.credentials


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    return serve(always(OK))


def recomputed(raw: bytes, signer: Any, url: str) -> str:
    """The signature of a request as it was received, computed anew by botocore."""
    head, _, body = raw.partition(b"\r\n\r\n")
    method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
    named = re.search(r"SignedHeaders=([^,]+)", header(raw, "authorization") or "")
    assert named is not None
    headers = {name: header(raw, name) or "" for name in named[1].split(";")}
    request = AWSRequest(method=method, url=f"{url}{target}", headers=headers, data=body)
    request.context["timestamp"] = header(raw, "x-amz-date")
    return str(signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request))


def signature(raw: bytes) -> str:
    return (header(raw, "authorization") or "").rpartition("Signature=")[2]


@pytest.mark.parametrize(
    "target", ["/", "/a%20b/%C3%BC?b=2&a=1", "/x?q=a+b&c=%2f%c3%bc&d&e=f=g&time=12:30", "/a//b/../c"]
)
@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("POST", b'{"order": 1}')])
def test_the_signature_is_botocores(client: Client, backend: Backend, target: str, method: str, body: bytes) -> None:
    headers = {"content-type": "application/json", "x-amz-target": "Menu.Order", "x-forwarded-for": "198.51.100.1"}
    client.get(f"{backend.url}{target}", method=method, body=body, headers=headers, security=OWN)
    (raw,) = backend.requests
    signer = SigV4Auth(ReadOnlyCredentials("AKEY", "s3cret", None), "execute-api", "eu-west-1")
    assert signature(raw) == recomputed(raw, signer, backend.url)
    authorization = header(raw, "authorization") or ""
    assert re.match(r"AWS4-HMAC-SHA256 Credential=AKEY/\d{8}/eu-west-1/execute-api/aws4_request, ", authorization)
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-target," in authorization
    assert header(raw, "x-forwarded-for") == "198.51.100.1"


def test_the_query_is_sent_in_the_form_that_is_signed(client: Client, backend: Backend) -> None:
    client.get(f"{backend.url}/x?q=a+b&c=%2f%c3%bc&d&e=f=g&time=12:30", security=OWN)
    assert b"GET /x?q=a%20b&c=%2F%C3%BC&d=&e=f%3Dg&time=12%3A30 HTTP/1.1\r\n" in backend.requests[0]


def test_what_the_caller_sent_under_the_names_of_a_signature_is_gone(client: Client, backend: Backend) -> None:
    names = ("authorization", "x-amz-date", "X-Amz-Security-Token", "x-amz-content-sha256", "date")
    client.get(backend.url, headers=dict.fromkeys(names, "callers"), security=OWN)
    (raw,) = backend.requests
    assert b"callers" not in raw
    assert header(raw, "x-amz-security-token") is None


def test_a_given_host_is_the_one_that_is_signed(client: Client, backend: Backend) -> None:
    client.get(backend.url, headers={"host": "menu.example"}, security=OWN)
    (raw,) = backend.requests
    signer = SigV4Auth(ReadOnlyCredentials("AKEY", "s3cret", None), "execute-api", "eu-west-1")
    assert header(raw, "host") == "menu.example"
    assert signature(raw) == recomputed(raw, signer, backend.url)


def test_without_credentials_of_its_own_the_functions_role_signs(
    make_client: Callable[..., Client], backend: Backend
) -> None:
    session = Session(credentials=Credentials("ROLE", "role secret", "role token"))
    make_client(session=lambda: session).get(backend.url, security=ROLE)
    (raw,) = backend.requests
    signer = SigV4Auth(ReadOnlyCredentials("ROLE", "role secret", "role token"), "execute-api", "us-east-2")
    assert header(raw, "x-amz-security-token") == "role token"
    assert signature(raw) == recomputed(raw, signer, backend.url)


def test_s3_is_signed_in_its_own_way(client: Client, backend: Backend) -> None:
    security = EndpointSecurity(
        kind=SecurityKind.AWS, access_key="AKEY", secret_key="s3cret", region="eu-west-1", service="s3"
    )
    client.get(f"{backend.url}/bucket/a%20b//c", method="PUT", body=b"x", security=security)
    (raw,) = backend.requests
    signer = S3SigV4Auth(ReadOnlyCredentials("AKEY", "s3cret", None), "s3", "eu-west-1")
    assert header(raw, "x-amz-content-sha256") is not None
    assert signature(raw) == recomputed(raw, signer, backend.url)


class BrokenSession(Session):
    def get_credentials(self) -> Credentials | None:
        raise CredentialRetrievalError(provider="test", error_msg="s3cret")


@pytest.mark.parametrize(
    "session", [Session(), Session(region=None, credentials=Credentials("a", "b")), BrokenSession()]
)
def test_without_anything_to_sign_with_nothing_is_sent(
    make_client: Callable[..., Client], backend: Backend, session: Session
) -> None:
    with pytest.raises(BackendSecurityFailed) as failed:
        make_client(session=lambda: session).get(backend.url, security=ROLE)
    assert "s3cret" not in repr(failed.value)
    assert not backend.peers
