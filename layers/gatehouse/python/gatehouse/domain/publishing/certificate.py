"""A certificate is what one side of a TLS connection shows: an API's clients to us, and backends that we trust besides others.

Client certificates belong to an API: they are part of its document, so that revisions hold them and the gateway knows those
of the deployed revision. Endpoint certificates belong to the tenant, stand for a host and hold at once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.domain.applications.grant import CertificateGrant, KeyType
from gatehouse.domain.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CLIENT_CERTIFICATES = "clientCertificates"
"""The property of an API's document; the publisher interface never shows it."""

CERTIFICATES_MAX = 30
"""Of one API: a deployment replaces them all in one transaction."""

CERTIFICATE_BYTES_MAX = 4096
"""In DER: they stand in the API's row. A key of 4096 bits with a dozen names takes half of it."""

ALIAS_MAX = 30
PEM_BEGIN, PEM_END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"

_ALIAS = re.compile(r"[A-Za-z0-9._-]+")
_DER_SEQUENCE = 0x30
_LINE = 64


class KeyTrouble(StrEnum):
    """What is wrong with a private key, in the words of who reads of it."""

    UNREADABLE = "is no private key in PEM"
    LOCKED = "does not open the private key"
    UNUSABLE = "must be an RSA key of 2048 bits or more, or a key on an elliptic curve"
    FOREIGN = "does not belong to the certificate"


class CertificateUnreadable(Invalid):
    """It is no X.509 certificate."""

    message = "The certificate cannot be read"


class CertificateExpired(Invalid):
    """Its time is over."""

    message = "The certificate has expired"


class AliasMissing(Invalid):
    """A certificate needs a name to be found by."""

    code = 900855
    message = "The alias cannot be empty"


class AliasTaken(Conflict):
    """Another certificate has this alias."""

    message = "The alias exists already"


class CertificateTaken(Conflict):
    """This very certificate is there under another alias."""

    message = "The certificate exists already"


class CertificateNotFound(NotFound):
    """There is no certificate of this alias."""

    message = "Certificate not found"

    @classmethod
    def by_alias(cls, alias: str) -> CertificateNotFound:
        """The one sentence for all of them."""
        return cls(f"There is no certificate with alias '{alias}'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """An X.509 certificate. Times are epoch seconds; `subject` starts with its most specific part (`CN=kiosk, O=Menu`)."""

    der: bytes = field(repr=False)
    subject: str
    version: str  # V3
    not_before: int
    not_after: int

    @property
    def fingerprint(self) -> str:
        """What it is recognised by."""
        return fingerprint_of(self.der)

    def valid_at(self, now: float) -> bool:
        """Whether its time has come and is not over."""
        return self.not_before <= now <= self.not_after


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """A certificate that callers of an API may show. `tier` is a subscription tier; `content` is base64 DER."""

    alias: str
    key_type: KeyType
    tier: str
    fingerprint: str
    not_before: int
    not_after: int
    content: str = field(repr=False)

    @property
    def der(self) -> bytes:
        """The certificate itself."""
        return base64.b64decode(self.content)

    def to_body(self) -> dict[str, Any]:
        """As it stands in the API's document."""
        return {
            "alias": self.alias,
            "keyType": self.key_type,
            "tier": self.tier,
            "fingerprint": self.fingerprint,
            "notBefore": self.not_before,
            "notAfter": self.not_after,
            "content": self.content,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointCertificate:
    """A certificate that backends at a host may show, or an authority that signed theirs. `content` is PEM.

    `endpoint` is as the user gave it: a host, or a URL of one.
    """

    tenant: str
    alias: str
    endpoint: str
    content: str = field(repr=False)
    version: int = 0

    @property
    def host(self) -> str:
        """The host it stands for."""
        return host_of(self.endpoint)


def client_certificates(document: Mapping[str, Any]) -> tuple[ClientCertificate, ...]:
    """Those of an API's or a revision's document, in the order they came."""
    return tuple(
        ClientCertificate(
            alias=body["alias"],
            key_type=KeyType(body["keyType"]),
            tier=body["tier"],
            fingerprint=body["fingerprint"],
            not_before=body["notBefore"],
            not_after=body["notAfter"],
            content=body["content"],
        )
        for body in document.get(CLIENT_CERTIFICATES) or ()
    )


def certificate_grant(certificate: ClientCertificate) -> CertificateGrant:
    """What the gateway is told of it."""
    return CertificateGrant(
        alias=certificate.alias,
        tier=certificate.tier,
        key_type=certificate.key_type,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
    )


def referred(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """What of an API's document others ask for: the hosts of its endpoints, and the tiers of its client certificates."""
    found = {
        "endpointHosts": sorted(set(_hosts(document.get("endpointConfig")))),
        "certificateTiers": sorted({certificate.tier for certificate in client_certificates(document)}),
    }
    return {name: values for name, values in found.items() if values}


def checked_alias(alias: str) -> str:
    """The alias without blanks around it. Raises AliasMissing, Invalid."""
    trimmed = alias.strip()
    if not trimmed:
        raise AliasMissing("alias: is required")
    if len(trimmed) > ALIAS_MAX or not _ALIAS.fullmatch(trimmed):
        raise Invalid.field("alias", f"must have 1 to {ALIAS_MAX} letters, digits, dots, dashes and underscores")
    return trimmed


def host_of(endpoint: str) -> str:
    """`https://www.abc.com:8443/x` and `www.abc.com` → `www.abc.com`; "" when there is no host in it."""
    try:
        return (urlsplit(endpoint if "://" in endpoint else f"//{endpoint}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def fingerprint_of(der: bytes) -> str:
    """SHA-256 of the whole certificate, in hexadecimal."""
    return hashlib.sha256(der).hexdigest()


def pem_of(der: bytes) -> str:
    """RFC 7468 §5."""
    text = base64.b64encode(der).decode()
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join([PEM_BEGIN, *lines, PEM_END, ""])


def der_of(text: str) -> bytes:
    """The first certificate in PEM, however its lines are broken, or the one in base64. Raises CertificateUnreadable."""
    _, begin, rest = text.partition(PEM_BEGIN)
    content = rest.partition(PEM_END)[0] if begin else text
    try:
        der = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CertificateUnreadable("certificate: is neither PEM nor DER") from error
    if not der or der[0] != _DER_SEQUENCE:
        raise CertificateUnreadable("certificate: is neither PEM nor DER")
    return der


def _hosts(config: object) -> Iterator[str]:
    """The hosts of all addresses in an endpoint configuration."""
    if isinstance(config, dict):
        for name, value in config.items():
            if name == "url" and isinstance(value, str) and (host := host_of(value)):
                yield host
            yield from _hosts(value)
    elif isinstance(config, list):
        for item in config:
            yield from _hosts(item)
