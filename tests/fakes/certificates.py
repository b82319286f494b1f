"""Endpoint certificates in memory. Verified by tests/contract/test_certificates.py."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.certificate import AliasTaken, CertificateNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.publishing.certificate import EndpointCertificate
    from gatehouse.ports.artifacts import Publication


class InMemoryEndpointCertificates:
    """`writes` counts what was written: "nothing written" is asserted on it."""

    def __init__(self, artifacts: Publication) -> None:
        self._artifacts = artifacts
        self._kept: dict[tuple[str, str], EndpointCertificate] = {}
        self._lock = Lock()
        self.writes = 0

    def all(self, tenant: str) -> list[EndpointCertificate]:
        return [self._kept[key] for key in sorted(self._kept) if key[0] == tenant]

    def get(self, tenant: str, alias: str) -> EndpointCertificate:
        if (tenant, alias) not in self._kept:
            raise CertificateNotFound.by_alias(alias)
        return self._kept[tenant, alias]

    def add(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> EndpointCertificate:
        with self._lock:
            if (certificate.tenant, certificate.alias) in self._kept:
                raise AliasTaken
            return self._keep(replace(certificate, version=1), changes)

    def save(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> EndpointCertificate:
        with self._lock:
            self._refuse_changed(certificate)
            return self._keep(replace(certificate, version=certificate.version + 1), changes)

    def remove(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> None:
        with self._lock:
            self._refuse_changed(certificate)
            del self._kept[certificate.tenant, certificate.alias]
            self.writes += 1
            self._artifacts.publish(changes)

    def _keep(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> EndpointCertificate:
        self._kept[certificate.tenant, certificate.alias] = certificate
        self.writes += 1
        self._artifacts.publish(changes)
        return certificate

    def _refuse_changed(self, certificate: EndpointCertificate) -> None:
        known = self._kept.get((certificate.tenant, certificate.alias))
        if known is None or known.version != certificate.version:
            raise Changed
