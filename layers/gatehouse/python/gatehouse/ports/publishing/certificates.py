"""Certificates: reading them, and keeping those of a tenant's endpoints. An API's client certificates stand in its document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.publishing.certificate import Certificate, EndpointCertificate, KeyTrouble


class CertificateReader(Protocol):
    """Knows X.509."""

    def read(self, content: bytes) -> Certificate:
        """The certificate in PEM (the first one) or DER. Raises CertificateUnreadable."""
        ...

    def chain(self, content: str) -> tuple[Certificate, ...]:
        """The certificates in PEM, in their order; () when one is unreadable, or something else is among them."""
        ...

    def key_trouble(self, certificate: Certificate, private_key: str, password: str) -> KeyTrouble | None:
        """Why this key (PEM) is not the certificate's, None when it is. A password that is not needed is no trouble."""
        ...


class EndpointCertificates(Protocol):
    """Keeping endpoint certificates. Each write takes its artifacts along, and environments hear of them before it returns."""

    def all(self, tenant: str) -> list[EndpointCertificate]:
        """Every one of the tenant, by alias."""
        ...

    def get(self, tenant: str, alias: str) -> EndpointCertificate:
        """The one of this alias. Raises CertificateNotFound."""
        ...

    def add(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> EndpointCertificate:
        """Keep a new one. Raises AliasTaken."""
        ...

    def save(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> EndpointCertificate:
        """Replace one read before; returns it with its new version. Raises Changed, also when it is gone."""
        ...

    def remove(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> None:
        """Forget one read before. Raises Changed."""
        ...
