"""Endpoint certificates: what backends may show besides certificates of the public authorities, by host. They hold at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.domain.artifact import Artifact, Withdrawal, trust_key
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.certificate import (
    CertificateExpired,
    EndpointCertificate,
    checked_alias,
    host_of,
    pem_of,
)

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.certificate import Certificate
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.publishing.certificates import CertificateReader
    from gatehouse.ports.publishing.certificates import EndpointCertificates as Kept
    from gatehouse.ports.world import Clock

ENDPOINT_LENGTH_MAX = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointCertificates:
    """The certificates of a tenant's backends."""

    kept: Kept
    apis: ApiLookup
    reader: CertificateReader
    clock: Clock

    def search(self, principal: Principal, *, alias: str, endpoint: str) -> list[EndpointCertificate]:
        """Those with this alias and for this endpoint's host, each "" for any; by alias."""
        host = host_of(endpoint)
        if endpoint and not host:
            return []
        return [one for one in self.kept.all(principal.tenant) if alias in {"", one.alias} and host in {"", one.host}]

    def get(self, principal: Principal, alias: str) -> EndpointCertificate:
        """The one of this alias. Raises CertificateNotFound."""
        return self.kept.get(principal.tenant, alias)

    def read(self, certificate: EndpointCertificate) -> Certificate:
        """What is written in it."""
        return self.reader.read(certificate.content.encode())

    def add(self, principal: Principal, *, alias: str, endpoint: str, content: bytes) -> EndpointCertificate:
        """A new one. Raises Invalid, CertificateUnreadable, CertificateExpired, AliasTaken."""
        if not host_of(endpoint) or len(endpoint) > ENDPOINT_LENGTH_MAX:
            raise Invalid.field("endpoint", "must be a host or a URL of one")
        certificate = EndpointCertificate(
            tenant=principal.tenant, alias=checked_alias(alias), endpoint=endpoint, content=self._pem(content)
        )
        return self.kept.add(certificate, [_trusted(certificate)])

    def update(self, principal: Principal, alias: str, content: bytes) -> EndpointCertificate:
        """Replace the certificate. Raises CertificateNotFound, CertificateUnreadable, CertificateExpired, Changed."""
        certificate = replace(self.get(principal, alias), content=self._pem(content))
        return self.kept.save(certificate, [_trusted(certificate)])

    def delete(self, principal: Principal, alias: str) -> None:
        """Trust it no more. Raises CertificateNotFound, Changed."""
        certificate = self.get(principal, alias)
        key = trust_key(certificate.tenant, certificate.host, certificate.alias)
        self.kept.remove(certificate, [Withdrawal(key)])

    def usage(self, principal: Principal, alias: str) -> list[ApiSummary]:
        """The APIs with an endpoint at its host, of those that the caller may see. Raises CertificateNotFound."""
        host = self.get(principal, alias).host
        return [
            summary
            for summary in self.apis.summaries(principal.tenant)
            if host in summary.info.get("endpointHosts", ()) and access.may_work_on(principal, summary)
        ]

    def _pem(self, content: bytes) -> str:
        read = self.reader.read(content)
        if read.not_after < self.clock.now():
            raise CertificateExpired("certificate: has expired; upload one that is valid")
        return pem_of(read.der)


def _trusted(certificate: EndpointCertificate) -> Change:
    key = trust_key(certificate.tenant, certificate.host, certificate.alias)
    return Artifact(key, {"content": certificate.content})
