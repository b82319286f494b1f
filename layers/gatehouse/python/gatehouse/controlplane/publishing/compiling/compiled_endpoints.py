"""An API's `endpointConfig`, compiled: where calls go, how patiently, and how the gateway proves itself there.

WSO2 keeps durations as text in milliseconds; here they become seconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.controlplane.operation_policies.attaching import steps_of
from gatehouse.controlplane.publishing.compiling.compiled_security import (
    PRODUCTION,
    ROOT,
    SANDBOX,
    security_of,
    shown_certificate,
)
from gatehouse.domain.publishing.deployed import (
    ApiType,
    Endpoint,
    EndpointGroup,
    EndpointKind,
    EndpointSecurity,
    SecurityKind,
)
from gatehouse.domain.publishing.revision import NotServable
from gatehouse.domain.publishing.sequence_backend import SEQUENCES, Side, sequences_of
from gatehouse.mediation.specification import Flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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


@dataclass(frozen=True, slots=True)
class _Config:
    """An endpoint configuration, and the path below which its fields stand; its security may stand elsewhere."""

    fields: Mapping[str, Any]
    path: str = ROOT
    security_path: str = ROOT


def has_endpoint(document: Mapping[str, Any]) -> bool:
    """Whether calls of the API have anywhere to go."""
    if document.get("endpointImplementationType") in MOCKED:
        return True
    config = _config(document)
    if config.fields.get("endpoint_type") in _WITHOUT_ADDRESS:
        return True
    return any(bool(endpoint.get("url")) for side in (PRODUCTION, SANDBOX) for endpoint, _ in _listed(config, side))


def is_mocked(document: Mapping[str, Any]) -> bool:
    """Whether calls are answered with what the definition says, on one side at least."""
    if document.get("endpointImplementationType") in MOCKED:
        return True
    config = document.get("endpointConfig") or {}
    return config.get("endpoint_type") == EndpointKind.MOCK and len(sequences_of(document)) < len(Side)


def endpoint_groups(document: Mapping[str, Any]) -> tuple[EndpointGroup | None, EndpointGroup | None]:
    """The production and the sandbox side. Raises NotServable that names the field."""
    if document.get("endpointImplementationType") in MOCKED:
        mock = EndpointGroup(kind=EndpointKind.MOCK)
        return mock, mock
    config = _config(document)
    kind = _kind(config)
    if kind is EndpointKind.LAMBDA:
        function = EndpointGroup(
            kind=kind, function_access=_function_access(config.fields), assumed_role=_assumed_role(config.fields)
        )
        return function, function
    if kind is EndpointKind.MOCK:
        return _answering(document, Side.PRODUCTION), _answering(document, Side.SANDBOX)
    return _group(config, kind, PRODUCTION), _group(config, kind, SANDBOX)


def _answering(document: Mapping[str, Any], side: Side) -> EndpointGroup:
    """What answers at the gateway itself: a sequence, or what the definition says where there is none."""
    sequence = sequences_of(document).get(side)
    steps = steps_of(sequence.steps, {}, Flow.REQUEST, f"{SEQUENCES}.{side}") if sequence else ()
    return EndpointGroup(kind=EndpointKind.MOCK, sequence=steps)


def _config(document: Mapping[str, Any]) -> _Config:
    """The endpoint configuration; of a GraphQL API the part for HTTP, when it has others (`ws`) besides."""
    config: Mapping[str, Any] = document.get("endpointConfig") or {}
    if document.get("type") != ApiType.GRAPHQL or config.get("endpoint_type") != GRAPHQL:
        return _Config(config)
    http, path = config.get("http"), f"{ROOT}.http"
    if not isinstance(http, dict):
        raise NotServable.field(path, "must be an object: queries and mutations are sent there")
    inherited = {"endpoint_type": EndpointKind.HTTP, "endpoint_security": config.get("endpoint_security")}
    return _Config({**inherited, **http}, path, path if "endpoint_security" in http else ROOT)


def _kind(config: _Config) -> EndpointKind:
    given = str(config.fields.get("endpoint_type") or "")
    try:
        return EndpointKind(given)
    except ValueError:
        known = ", ".join(sorted(EndpointKind))
        raise NotServable.field(f"{config.path}.endpoint_type", f"'{given}' cannot be deployed; use {known}") from None


def _group(config: _Config, kind: EndpointKind, side: str) -> EndpointGroup | None:
    fields = config.fields
    security = security_of(fields, side, config.security_path)
    shown = shown_certificate(fields, side, config.security_path)
    if kind is EndpointKind.DYNAMIC:
        return EndpointGroup(kind=kind, security=security, client_certificate=shown)
    listed = [(endpoint, path) for endpoint, path in _listed(config, side) if endpoint.get("url")]
    members = tuple(_endpoint(endpoint, path, kind) for endpoint, path in listed)
    if not members:
        return None
    if shown is not None:
        _check_encrypted(members, [path for _, path in listed])
    return EndpointGroup(
        kind=kind,
        members=members,
        weighted="weight" in str(fields.get("algoClassName") or "").lower(),
        sticky=_sticky(fields),
        sticky_seconds=int(_seconds(fields.get("sessionTimeOut"), f"{config.path}.sessionTimeOut")),
        fails_over=kind is EndpointKind.FAILOVER or str(fields.get("failOver", "")).lower() == "true",
        security=security,
        client_certificate=shown,
    )


def _listed(config: _Config, side: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Every endpoint of a side with its path; the failovers come after the first choice."""
    for name in (f"{side}_endpoints", f"{side}_failovers"):
        given = config.fields.get(name)
        path = f"{config.path}.{name}"
        if isinstance(given, dict):
            yield given, path
        elif isinstance(given, list):
            for index, endpoint in enumerate(given):
                if not isinstance(endpoint, dict):
                    raise NotServable.field(f"{path}.{index}", "must be an object with a url")
                yield endpoint, f"{path}.{index}"


def _check_encrypted(members: Iterable[Endpoint], paths: Iterable[str]) -> None:
    for member, path in zip(members, paths, strict=True):
        if urlsplit(member.url).scheme != "https":
            raise NotServable.field(f"{path}.url", "must begin with https: only there is a client certificate shown")


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


def url_problem(url: str) -> str:
    """Why this cannot be a backend's URL, "" when it can."""
    try:
        parts = urlsplit(_VARIABLE.sub("x", url))
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.fragment
        _ = parts.port
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", url):
        return "must be an absolute http or https URL"
    return "must not hold credentials; use endpoint_security" if parts.username or parts.password else ""


def _address(endpoint: Mapping[str, Any], path: str) -> str:
    url = str(endpoint["url"]).rstrip("/")
    if problem := url_problem(url):
        raise NotServable.field(f"{path}.url", problem)
    return url


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
