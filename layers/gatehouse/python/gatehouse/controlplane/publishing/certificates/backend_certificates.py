"""Backend certificates: what the gateway shows backends that ask for one, checked when it is designed.

They stand in `endpoint_security` with their private keys, which are never shown, so an archive holds certificates without
keys: such a one can be kept, but not deployed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.compiling.compiled_security import (
    CERTIFICATE,
    KEY,
    PASSWORD,
    PRODUCTION,
    ROOT,
    SANDBOX,
)
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.certificate import KeyTrouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.domain.publishing.certificate import Certificate
    from gatehouse.ports.publishing.certificates import CertificateReader
    from gatehouse.ports.world import Clock

LENGTH_MAXIMA = {CERTIFICATE: 16_384, KEY: 16_384, PASSWORD: 1_023}
"""In characters. The longest password is OpenSSL's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendCertificates:
    """Reads certificates and their keys before the gateway has to."""

    reader: CertificateReader
    clock: Clock

    def check(self, document: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Raises Invalid that names the field of `document` that is wrong.

        What stands in `before` is not judged again: a certificate that has expired since must not block other changes.
        """
        known = dict(_pairs(before))
        for path, pair in _pairs(document):
            if pair != known.get(path):
                self._check_pair(path, *pair)

    def _check_pair(self, path: str, certificate: str, key: str, password: str) -> None:
        if not certificate:
            raise Invalid.field(f"{path}.{CERTIFICATE}", f"is required beside {KEY} and {PASSWORD}")
        chain = self.reader.chain(certificate)
        if not chain:
            raise Invalid.field(f"{path}.{CERTIFICATE}", "must be certificates in PEM, the gateway's own first")
        for one in chain:
            self._check_validity(path, one)
        if key and (trouble := self.reader.key_trouble(chain[0], key, password)):
            name = PASSWORD if trouble is KeyTrouble.LOCKED else KEY
            raise Invalid.field(f"{path}.{name}", trouble)

    def _check_validity(self, path: str, certificate: Certificate) -> None:
        if certificate.not_after < self.clock.now():
            end = datetime.fromtimestamp(certificate.not_after, UTC).date()
            raise Invalid.field(f"{path}.{CERTIFICATE}", f"that of {certificate.subject} expired on {end}")


def _pairs(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Certificate, key and password by their path; those of a GraphQL API may stand in its part for HTTP."""
    config = document.get(ROOT)
    parts = ((ROOT, config), (f"{ROOT}.http", config.get("http"))) if isinstance(config, dict) else ()
    for root, part in parts:
        sides = part.get("endpoint_security") if isinstance(part, dict) else None
        for side in (PRODUCTION, SANDBOX) if isinstance(sides, dict) else ():
            given = sides.get(side) if isinstance(sides, dict) else None
            path = f"{root}.endpoint_security.{side}"
            if isinstance(given, dict) and any(given.get(name) for name in LENGTH_MAXIMA):
                yield path, (_text(given, CERTIFICATE, path), _text(given, KEY, path), _text(given, PASSWORD, path))


def _text(given: Mapping[str, Any], name: str, path: str) -> str:
    value = given.get(name) or ""
    if not isinstance(value, str) or len(value.encode("utf-8", "replace")) > LENGTH_MAXIMA[name]:
        raise Invalid.field(f"{path}.{name}", f"must be text of at most {LENGTH_MAXIMA[name]} characters")
    return value
