"""Proofs that are the same for every request: user name and password, or an API key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from gatehouse.adapters.backends.security.exchange import basic_credentials, with_header_map, with_headers

if TYPE_CHECKING:
    from gatehouse.domain.publishing.deployed import EndpointSecurity
    from gatehouse.ports.backends import BackendRequest

_QUERY = frozenset({"QUERY", "QUERY_PARAMETER"})


def with_basic(request: BackendRequest, security: EndpointSecurity) -> BackendRequest:
    """The request with user name and password (RFC 7617)."""
    return with_headers(request, authorization=basic_credentials(security.username, security.password))


def with_api_key(request: BackendRequest, security: EndpointSecurity) -> BackendRequest:
    """The request with the key, in a header or as a parameter of the query, in place of one that the caller sent."""
    if security.key_in.upper() not in _QUERY:
        return with_header_map(request, {security.key_name.lower(): security.key_value})
    address, _, query = request.url.partition("#")[0].partition("?")
    kept = [pair for pair in query.split("&") if pair and unquote_plus(pair.partition("=")[0]) != security.key_name]
    kept.append(f"{quote(security.key_name, safe='')}={quote(security.key_value, safe='')}")
    return replace(request, url=f"{address}?{'&'.join(kept)}")
