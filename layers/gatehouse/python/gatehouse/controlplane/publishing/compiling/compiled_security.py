"""An API's `endpoint_security`, compiled: how the gateway proves itself to a side's backends.

A client certificate may stand beside any other proof, or, with the type `MUTUAL_TLS`, be the only one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.publishing.deployed import EndpointSecurity, SecurityKind, ShownCertificate
from gatehouse.domain.publishing.revision import NotServable

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = "endpointConfig"
PRODUCTION, SANDBOX = "production", "sandbox"

CERTIFICATE, KEY, PASSWORD = "clientCertificate", "clientKey", "clientKeyPassword"

_NONE, _MUTUAL_TLS = "none", "mutual_tls"
_NEEDED: dict[SecurityKind, tuple[tuple[str, str], ...]] = {
    SecurityKind.BASIC: (("username", "username"),),
    SecurityKind.DIGEST: (("username", "username"),),
    SecurityKind.OAUTH: (("token_url", "tokenUrl"), ("client_id", "clientId")),
    SecurityKind.API_KEY: (("key_name", "apiKeyIdentifier"), ("key_value", "apiKeyValue")),
    SecurityKind.AWS: (("region", "region"), ("service", "service")),
}


def security_of(config: Mapping[str, Any], side: str, path: str = ROOT) -> EndpointSecurity | None:
    """What goes into a request to this side, None when nothing does; `path` is where `endpoint_security` stands.

    Raises NotServable that names the field.
    """
    given, at = _side(config, side, path), f"{path}.endpoint_security.{side}"
    kind = _kind(given)
    if kind in {_NONE, _MUTUAL_TLS}:
        return None
    if kind not in set(SecurityKind):
        known = ", ".join((*SecurityKind, _MUTUAL_TLS))
        raise NotServable.field(f"{at}.type", f"'{given.get('type')}' is none of {known}")

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
    _check(security, at)
    return security


def shown_certificate(config: Mapping[str, Any], side: str, path: str = ROOT) -> ShownCertificate | None:
    """What this side's backends are shown when they ask for a certificate. Raises NotServable that names the field.

    That certificate and key are what they should be was checked when the API was designed.
    """
    given, at = _side(config, side, path), f"{path}.endpoint_security.{side}"
    kind = _kind(given)
    if kind == _NONE or (kind != _MUTUAL_TLS and not (given.get(CERTIFICATE) or given.get(KEY))):
        return None
    for name in (CERTIFICATE, KEY):
        if not given.get(name):
            raise NotServable.field(f"{at}.{name}", "is required to show backends a certificate")
    return ShownCertificate(
        certificate=str(given[CERTIFICATE]), private_key=str(given[KEY]), password=str(given.get(PASSWORD) or "")
    )


def _side(config: Mapping[str, Any], side: str, path: str) -> Mapping[str, Any]:
    """The security of a side; {} when it has none, or none that is on."""
    sides = config.get("endpoint_security") or {}
    if not isinstance(sides, dict):
        raise NotServable.field(f"{path}.endpoint_security", "must be an object with production and sandbox")
    given = sides.get(side)
    return given if isinstance(given, dict) and given.get("enabled") else {}


def _kind(given: Mapping[str, Any]) -> str:
    return str(given.get("type") or _NONE).lower()


def _check(security: EndpointSecurity, path: str) -> None:
    for attribute, name in _NEEDED[security.kind]:
        if not getattr(security, attribute):
            raise NotServable.field(f"{path}.{name}", f"is required for type {security.kind}")
    if security.kind is SecurityKind.OAUTH and security.grant_type not in {"CLIENT_CREDENTIALS", "PASSWORD"}:
        raise NotServable.field(
            f"{path}.grantType", f"'{security.grant_type}' is neither CLIENT_CREDENTIALS nor PASSWORD"
        )
    if security.key_in not in {"HEADER", "QUERY", "QUERY_PARAMETER"}:
        raise NotServable.field(f"{path}.apiKeyIdentifierType", f"'{security.key_in}' is neither HEADER nor QUERY")


def _parameters(given: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in given.items()) if isinstance(given, dict) else ()
