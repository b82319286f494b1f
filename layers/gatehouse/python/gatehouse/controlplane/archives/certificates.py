"""Certificates in a project: those that backends may show, and those that callers may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.parameters import CLIENT_CERTIFICATES, ENDPOINT_CERTIFICATES
from gatehouse.controlplane.archives.project import enveloped, listed, text_of
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.publishing.certificate import AliasTaken, checked_alias, client_certificates, pem_of, referred
from gatehouse.domain.throttling.policy import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.publishing.certificates.client_certificates import ClientCertificates
    from gatehouse.controlplane.publishing.certificates.endpoint_certificates import EndpointCertificates
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.certificate import ClientCertificate
    from gatehouse.ports.apis.archives import Archives

ENDPOINTS = "endpoint_certificates"
CLIENTS = "client_certificates"


@dataclass(frozen=True, slots=True)
class EndpointCertificatePart:
    """The tenant's certificates for the hosts of the API's endpoints."""

    certificates: EndpointCertificates
    archives: Archives

    def written(self, principal: Principal, api: Api, notation: Notation) -> dict[str, bytes]:
        """`Endpoint-certificates/`."""
        hosts = referred(api.document).get("endpointHosts", [])
        kept = self.certificates.search(principal, alias="", endpoint="")
        found = [one for one in kept if one.host in hosts]
        if not found:
            return {}
        data = [{"alias": one.alias, "endpoint": one.endpoint, "certificate": f"{one.alias}.crt"} for one in found]
        files = {f"{ENDPOINT_CERTIFICATES}/{one.alias}.crt": one.content.encode() for one in found}
        index = f"{ENDPOINT_CERTIFICATES}/{ENDPOINTS}{notation.suffix}"
        return {**files, index: self.archives.render(enveloped(ENDPOINTS, data), notation)}

    def check(self, principal: Principal, project: Project) -> None:
        """Raises ArchiveRefused, CertificateUnreadable, AliasTaken."""
        for alias, endpoint, content in self._given(project):
            self.certificates.reader.read(content)
            for kept in self.certificates.search(principal, alias=alias, endpoint=""):
                if kept.endpoint != endpoint:
                    raise AliasTaken(f"{alias}: the tenant has a certificate of this alias for {kept.endpoint}")

    def take(self, principal: Principal, api: Api, project: Project) -> None:  # noqa: ARG002 -- they are the tenant's
        """Add those that are new, and replace those that are not."""
        for alias, endpoint, content in self._given(project):
            if self.certificates.search(principal, alias=alias, endpoint=""):
                self.certificates.update(principal, alias, content)
            else:
                self.certificates.add(principal, alias=alias, endpoint=endpoint, content=content)

    def _given(self, project: Project) -> Iterator[tuple[str, str, bytes]]:
        folder = project.below(ENDPOINT_CERTIFICATES)
        for path, entry in _entries(folder, ENDPOINTS, ENDPOINT_CERTIFICATES):
            alias = checked_alias(text_of(entry.get("alias"), f"{path}.alias"))
            endpoint = text_of(entry.get("endpoint") or entry.get("hostName"), f"{path}.endpoint")
            yield alias, endpoint, _content(folder, entry, path)


@dataclass(frozen=True, slots=True)
class ClientCertificatePart:
    """The certificates that callers of the API may show."""

    certificates: ClientCertificates
    archives: Archives

    def written(self, principal: Principal, api: Api, notation: Notation) -> dict[str, bytes]:  # noqa: ARG002
        """`Client-certificates/PRODUCTION/`, `…/SANDBOX/`."""
        files: dict[str, bytes] = {}
        for key_type in KeyType:
            found = [one for one in client_certificates(api.document) if one.key_type is key_type]
            folder = f"{CLIENT_CERTIFICATES}/{key_type}"
            files |= {f"{folder}/{one.alias}.crt": pem_of(one.der).encode() for one in found}
            if found:
                data = [_described(api, one) for one in found]
                index = f"{folder}/{CLIENTS}{notation.suffix}"
                files[index] = self.archives.render(enveloped(CLIENTS, data), notation)
        return files

    def check(self, principal: Principal, project: Project) -> None:  # noqa: ARG002 -- nobody else's are touched
        """Raises ArchiveRefused, CertificateUnreadable."""
        for _, _, _, content in self._given(project):
            self.certificates.reader.read(content)

    def take(self, principal: Principal, api: Api, project: Project) -> None:
        """Make the API's certificates what the project has, if it has any."""
        given = {(key_type, alias): (tier, content) for key_type, alias, tier, content in self._given(project)}
        there = {(one.key_type, one.alias) for one in client_certificates(api.document)}
        for key_type, alias in sorted(there - given.keys()) if given else ():
            self.certificates.delete(principal, api.id, key_type, alias)
        for (key_type, alias), (tier, content) in given.items():
            keep = self.certificates.update if (key_type, alias) in there else self._add
            keep(principal, api.id, key_type, alias, tier=tier, content=content)

    def _add(
        self, principal: Principal, api_id: str, key_type: KeyType, alias: str, *, tier: str, content: bytes
    ) -> ClientCertificate:
        return self.certificates.add(principal, api_id, key_type, alias=alias, tier=tier, content=content)

    def _given(self, project: Project) -> Iterator[tuple[KeyType, str, str, bytes]]:
        top = project.below(CLIENT_CERTIFICATES)
        # Until 4.3 there were no sandbox ones, and no folders for the two.
        for folder, key_type in ((top, KeyType.PRODUCTION), *((top.below(one), one) for one in KeyType)):
            where = CLIENT_CERTIFICATES if folder is top else f"{CLIENT_CERTIFICATES}/{key_type}"
            for path, entry in _entries(folder, CLIENTS, where):
                alias = checked_alias(text_of(entry.get("alias"), f"{path}.alias"))
                tier = text_of(entry.get("tierName"), f"{path}.tierName") or UNLIMITED
                yield key_type, alias, tier, _content(folder, entry, path)


def _described(api: Api, certificate: ClientCertificate) -> dict[str, Any]:
    return {
        "alias": certificate.alias,
        "certificate": f"{certificate.alias}.crt",
        "tierName": certificate.tier,
        "keyType": certificate.key_type.value,
        "apiIdentifier": {"providerName": api.provider, "apiName": api.name, "version": api.version},
    }


def _entries(folder: Project, stem: str, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for index, entry in enumerate(listed(folder.data(stem, stem), f"{where}/{stem}")):
        yield f"{where}/{stem}: data.{index}", entry


def _content(folder: Project, entry: Mapping[str, Any], path: str) -> bytes:
    name = text_of(entry.get("certificate"), f"{path}.certificate")
    if name not in folder.files:
        raise ArchiveRefused.entry(f"{path}.certificate", f"there is no file '{name}' in {folder.name}")
    return folder.files[name]
