"""AWS Signature Version 4, by botocore's signer, with an endpoint's credentials or the function's own role.

Signed are host, content type and the `x-amz-` headers, which nobody between us and the backend has a reason to change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError

from gatehouse.adapters.backends.address import split
from gatehouse.adapters.backends.security.exchange import with_header_map
from gatehouse.ports.backends import BackendSecurityFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session

    from gatehouse.domain.publishing.deployed import EndpointSecurity
    from gatehouse.ports.backends import BackendRequest

SERVICE = "execute-api"
"""Signed for when an endpoint names no service: an API of API Gateway."""

_OURS = frozenset({"authorization", "date", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"})
_SIGNED = frozenset({"host", "content-type"})
_UNRESERVED = "-_.~"


class Signature:
    """Signs requests. `session` gives the function's own credentials and region."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    def signed(self, request: BackendRequest, security: EndpointSecurity) -> BackendRequest:
        """The request with its signature, its query in the form that is signed. Raises BackendSecurityFailed."""
        address, target = split(request.url)
        path, _, query = target.partition("?")
        normal = f"{path}?{_normal(query)}" if query else path
        url = f"{'https' if address.secure else 'http'}://{address.authority}{normal}"
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
        lower = {name.lower(): value for name, value in headers.items()}
        signed = {name: value for name, value in lower.items() if name in _SIGNED or name.startswith("x-amz-")}
        draft = AWSRequest(
            method=request.method, url=url, headers={"host": address.authority, **signed}, data=request.body
        )
        self._signer(security).add_auth(draft)
        proofs = {name.lower(): str(value) for name, value in draft.headers.items() if name.lower() in _OURS}
        return with_header_map(replace(request, url=url, headers=headers), proofs)

    def _signer(self, security: EndpointSecurity) -> SigV4Auth:
        service = security.service or SERVICE
        try:
            region = security.region or self._session().get_config_variable("region")
            credentials = self._credentials(security)
        except BotoCoreError as error:
            raise BackendSecurityFailed(f"no credentials to sign with: {type(error).__name__}") from None
        if not region or credentials is None:
            raise BackendSecurityFailed("no region or no credentials to sign with")
        return (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region)

    def _credentials(self, security: EndpointSecurity) -> ReadOnlyCredentials | None:
        if security.access_key:
            return ReadOnlyCredentials(security.access_key, security.secret_key, None)
        own = self._session().get_credentials()
        return None if own is None else own.get_frozen_credentials()


def _normal(query: str) -> str:
    """The query as AWS will write it down before it compares signatures."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, _, value in pairs)


def _encoded(text: str) -> str:
    return quote(unquote_plus(text, encoding="latin-1"), safe=_UNRESERVED, encoding="latin-1")
