"""Table `apis`, the certificates of a tenant's endpoints.

| pk        | sk       | what                                                                 |
|-----------|----------|----------------------------------------------------------------------|
| `T#TRUST` | `<alias>` | an endpoint certificate; also the list of the tenant's certificates |
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.table import Row, Transaction, bind, get, query
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.certificate import AliasTaken, CertificateNotFound, EndpointCertificate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change


class CertificateRow(Row):
    """One endpoint certificate."""


class EndpointCertificateTable:
    """Implements `ports.publishing.certificates.EndpointCertificates`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(CertificateRow, table_name)
        self._artifacts = artifacts

    def all(self, tenant: str) -> list[EndpointCertificate]:
        """Every one of the tenant, by alias."""
        return [_certificate(row) for row in query(self._row, _pk(tenant))]

    def get(self, tenant: str, alias: str) -> EndpointCertificate:
        """The one of this alias. Raises CertificateNotFound."""
        row = get(self._row, _pk(tenant), alias)
        if row is None:
            raise CertificateNotFound.by_alias(alias)
        return _certificate(row)

    def add(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> EndpointCertificate:
        """Keep a new one. Raises AliasTaken."""
        transaction = Transaction()
        transaction.create(
            self._kept(certificate),
            otherwise=AliasTaken(f"alias: there is a certificate '{certificate.alias}' already"),
        )
        self._commit(transaction, changes)
        return replace(certificate, version=1)

    def save(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> EndpointCertificate:
        """Replace one read before; returns it with its new version. Raises Changed."""
        transaction = Transaction()
        transaction.replace(self._kept(certificate), expected_version=certificate.version)
        self._commit(transaction, changes)
        return replace(certificate, version=certificate.version + 1)

    def remove(self, certificate: EndpointCertificate, changes: Sequence[Change]) -> None:
        """Forget one read before. Raises Changed."""
        transaction = Transaction()
        unchanged = self._row.version == certificate.version
        transaction.delete(self._kept(certificate), when=unchanged, otherwise=Changed())
        self._commit(transaction, changes)

    def _commit(self, transaction: Transaction, changes: Sequence[Change]) -> None:
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def _kept(self, certificate: EndpointCertificate) -> CertificateRow:
        body = asdict(certificate)
        del body["version"]
        return self._row(_pk(certificate.tenant), certificate.alias, body=body)


def _pk(tenant: str) -> str:
    return f"{tenant}#TRUST"


def _certificate(row: CertificateRow) -> EndpointCertificate:
    return EndpointCertificate(**row.body, version=int(row.version))
