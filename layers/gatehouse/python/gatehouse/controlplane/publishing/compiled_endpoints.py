"""An API's `endpointConfig`, compiled: where calls go, how patiently, and how the gateway proves itself there.

WSO2 keeps durations as text in milliseconds; here they become seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.domain.deployed import (
    ApiType,
    Endpoint,
    EndpointGroup,
    EndpointKind,
    EndpointSecurity,
    SecurityKind,
)
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PRODUCTION, SANDBOX = "production", "sandbox"
GRAPHQL = "graphql"
"""`endpoint_type` of a configuration with a part for each protocol."""

MOCKED = frozenset({"INLINE", "MOCKED_OAS"})
"""`endpointImplementationType` of an API that answers by itself."""

BALANCED_SUSPEND_SECONDS = 30.0
"""How long a member of several is left alone after a failure when its configuration says nothing."""

_SEVERAL = frozenset({EndpointKind.LOAD_BALANCE, EndpointKind.FAILOVER})
_WITHOUT_ADDRESS = frozenset({EndpointKind.MOCK, EndpointKind.LAMBDA, EndpointKind.DYNAMIC})
_STICKY = {"http": "cookie", "transport": "cookie", "soap": "cookie"}
_VARIABLE = re.compile(r"\{uri\.var\.[^{}/]+\}")


class NotServable(Invalid):
    """The revision asks for something that the gateway does not do."""

    message = "The revision cannot be deployed"


def has_endpoint(document: Mapping[str, Any]) -> bool:
    """Whether calls of the API have anywhere to go."""
    if document.get("endpointImplementationType") in MOCKED:
        return True
    config = _config(document)
    if config.get("endpoint_type") in _WITHOUT_ADDRESS:
        return True
    return any(bool(endpoint.get("url")) for side in (PRODUCTION, SANDBOX) for endpoint, _ in _listed(config, side))


def endpoint_groups(document: Mapping[str, Any]) -> tuple[EndpointGroup | None, EndpointGroup | None]:
    """The production and the sandbox side. Raises NotServable that names the field."""
    if document.get("endpointImplementationType") in MOCKED:
        mock = EndpointGroup(kind=EndpointKind.MOCK)
        return mock, mock
    config = _config(document)
    kind = _kind(config)
    if kind is EndpointKind.LAMBDA:
        function = EndpointGroup(
            kind=kind, function_access=_function_access(config), assumed_role=_assumed_role(config)
        )
        return function, function
    return _group(config, kind, PRODUCTION), _group(config, kind, SANDBOX)


def _config(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The endpoint configuration; of a GraphQL API the part for HTTP, when it has others (`ws`) besides."""
    config: Mapping[str, Any] = document.get("endpointConfig") or {}
    if document.get("type") != ApiType.GRAPHQL or config.get("endpoint_type") != GRAPHQL:
        return config
    http = config.get("http")
    if not isinstance(http, dict):
        raise NotServable.field("endpointConfig.http", "must be an object: queries and mutations are sent there")
    return {"endpoint_type": EndpointKind.HTTP, "endpoint_security": config.get("endpoint_security"), **http}


def _kind(config: Mapping[str, Any]) -> EndpointKind:
    given = str(config.get("endpoint_type") or "")
    try:
        return EndpointKind(given)
    except ValueError:
        known = ", ".join(sorted(EndpointKind))
        raise NotServable.field("endpointConfig.endpoint_type", f"'{given}' cannot be deployed; use {known}") from None


def _group(config: Mapping[str, Any], kind: EndpointKind, side: str) -> EndpointGroup | None:
    security = _security(config, side)
    if kind in {EndpointKind.MOCK, EndpointKind.DYNAMIC}:
        return EndpointGroup(kind=kind, security=security)
    members = tuple(_endpoint(endpoint, path, kind) for endpoint, path in _listed(config, side) if endpoint.get("url"))
    if not members:
        return None
    return EndpointGroup(
        kind=kind,
        members=members,
        weighted="weight" in str(config.get("algoClassName") or "").lower(),
        sticky=_sticky(config),
        sticky_seconds=int(_seconds(config.get("sessionTimeOut"), "endpointConfig.sessionTimeOut")),
        fails_over=kind is EndpointKind.FAILOVER or str(config.get("failOver", "")).lower() == "true",
        security=security,
    )


def _listed(config: Mapping[str, Any], side: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Every endpoint of a side with its path; the failovers come after the first choice."""
    for name in (f"{side}_endpoints", f"{side}_failovers"):
        given = config.get(name)
        path = f"endpointConfig.{name}"
        if isinstance(given, dict):
            yield given, path
        elif isinstance(given, list):
            for index, endpoint in enumerate(given):
                if not isinstance(endpoint, dict):
                    raise NotServable.field(f"{path}.{index}", "must be an object with a url")
                yield endpoint, f"{path}.{index}"


def _endpoint(endpoint: Mapping[str, Any], path: str, kind: EndpointKind) -> Endpoint:
    config = endpoint.get("config") if isinstance(endpoint.get("config"), dict) else {}
    given: Mapping[str, Any] = config or {}
    at = f"{path}.config"
    suspend = _seconds(given.get("suspendDuration"), f"{at}.suspendDuration")
    action = given.get("actionSelect") != "never"
    return Endpoint(
        url=_address(endpoint, path),
        read_seconds=_seconds(given.get("actionDuration"), f"{at}.actionDuration") if action else 0.0,
        connect_seconds=_seconds(given.get("connectDuration"), f"{at}.connectDuration"),
        retries=int(_number(given.get("retryTimeOut"), f"{at}.retryTimeOut", maximum=5)),
        retry_delay_seconds=_seconds(given.get("retryDelay"), f"{at}.retryDelay"),
        retry_codes=_codes(given.get("retryErroCode") or given.get("retryErrorCode")),
        suspend_codes=_codes(given.get("suspendErrorCode")),
        suspend_seconds=suspend or (BALANCED_SUSPEND_SECONDS if kind in _SEVERAL else 0.0),
        suspend_max_seconds=_seconds(given.get("suspendMaxDuration"), f"{at}.suspendMaxDuration") or 300.0,
        suspend_factor=_number(given.get("factor"), f"{at}.factor", maximum=100) or 1.0,
        weight=int(_number(endpoint.get("weight"), f"{path}.weight", maximum=1000)) or 1,
    )


def _address(endpoint: Mapping[str, Any], path: str) -> str:
    url = str(endpoint["url"]).rstrip("/")
    try:
        parts = urlsplit(_VARIABLE.sub("x", url))
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.fragment
        _ = parts.port
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", url):
        raise NotServable.field(f"{path}.url", "must be an absolute http or https URL")
    if parts.username or parts.password:
        raise NotServable.field(f"{path}.url", "must not hold credentials; use endpoint_security")
    return url


def _security(config: Mapping[str, Any], side: str) -> EndpointSecurity | None:
    sides = config.get("endpoint_security") or {}
    if not isinstance(sides, dict):
        raise NotServable.field("endpointConfig.endpoint_security", "must be an object with production and sandbox")
    given = sides.get(side)
    if not isinstance(given, dict) or not given.get("enabled"):
        return None
    path = f"endpointConfig.endpoint_security.{side}"
    kind = str(given.get("type") or "none").lower()
    if kind == "none":
        return None
    if kind not in set(SecurityKind):
        raise NotServable.field(f"{path}.type", f"'{given.get('type')}' is none of {', '.join(SecurityKind)}")

    def text(name: str) -> str:
        return str(given.get(name) or "")

    security = EndpointSecurity(
        kind=SecurityKind(kind),
        username=text("username"),
        password=text("password"),
        token_url=text("tokenUrl"),
        grant_type=(text("grantType") or "CLIENT_CREDENTIALS").upper(),
        client_id=text("clientId"),
        client_secret=text("clientSecret"),
        parameters=_parameters(given.get("customParameters")),
        key_name=text("apiKeyIdentifier"),
        key_value=text("apiKeyValue"),
        key_in=(text("apiKeyIdentifierType") or "HEADER").upper(),
        access_key=text("accessKey"),
        secret_key=text("secretKey"),
        region=text("region"),
        service=text("service"),
    )
    _check_security(security, path)
    return security


_NEEDED: dict[SecurityKind, tuple[tuple[str, str], ...]] = {
    SecurityKind.BASIC: (("username", "username"),),
    SecurityKind.DIGEST: (("username", "username"),),
    SecurityKind.OAUTH: (("token_url", "tokenUrl"), ("client_id", "clientId")),
    SecurityKind.API_KEY: (("key_name", "apiKeyIdentifier"), ("key_value", "apiKeyValue")),
    SecurityKind.AWS: (("region", "region"), ("service", "service")),
}


def _check_security(security: EndpointSecurity, path: str) -> None:
    for attribute, name in _NEEDED[security.kind]:
        if not getattr(security, attribute):
            raise NotServable.field(f"{path}.{name}", f"is required for type {security.kind}")
    if security.kind is SecurityKind.OAUTH and security.grant_type not in {"CLIENT_CREDENTIALS", "PASSWORD"}:
        raise NotServable.field(
            f"{path}.grantType", f"'{security.grant_type}' is neither CLIENT_CREDENTIALS nor PASSWORD"
        )
    if security.key_in not in {"HEADER", "QUERY", "QUERY_PARAMETER"}:
        raise NotServable.field(f"{path}.apiKeyIdentifierType", f"'{security.key_in}' is neither HEADER nor QUERY")


def _function_access(config: Mapping[str, Any]) -> EndpointSecurity | None:
    """The stored credentials of a Lambda endpoint; None for the role of the gateway."""
    if config.get("access_method") != "stored":
        region = str(config.get("amznRegion") or config.get("amznRoleRegion") or "")
        return EndpointSecurity(kind=SecurityKind.AWS, region=region, service="lambda") if region else None
    return EndpointSecurity(
        kind=SecurityKind.AWS,
        access_key=str(config.get("amznAccessKey") or ""),
        secret_key=str(config.get("amznSecretKey") or ""),
        region=str(config.get("amznRegion") or ""),
        service="lambda",
    )


def _assumed_role(config: Mapping[str, Any]) -> str:
    return str(config.get("amznRoleArn") or "") if str(config.get("assume_role", "")).lower() == "true" else ""


def _sticky(config: Mapping[str, Any]) -> str:
    given = str(config.get("sessionManagement") or "")
    return _STICKY.get(given, given.removeprefix("header:"))


def _parameters(given: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in given.items()) if isinstance(given, dict) else ()


def _codes(given: object) -> tuple[str, ...]:
    return tuple(str(code) for code in given) if isinstance(given, list) else ()


def _seconds(given: object, path: str) -> float:
    return _number(given, path, maximum=86_400_000) / 1000


def _number(given: object, path: str, *, maximum: float) -> float:
    if given is None or given == "":
        return 0.0
    try:
        value = float(str(given))
    except ValueError:
        value = -1.0
    if not 0 <= value <= maximum:
        raise NotServable.field(path, f"'{given}' is no number from 0 to {maximum:g}")
    return value
