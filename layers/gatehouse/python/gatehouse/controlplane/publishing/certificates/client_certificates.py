"""Client certificates: which certificates an API's callers may show, each with the plan it calls on.

They are part of the API's document: a revision takes them along, and the gateway knows those of the deployed revision, as in
WSO2. So a certificate opens nothing before the next deployment, and what is deleted opens the API until then.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing import access
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.publishing.certificate import (
    CERTIFICATES_MAX,
    CLIENT_CERTIFICATES,
    AliasTaken,
    CertificateExpired,
    CertificateNotFound,
    CertificateTaken,
    ClientCertificate,
    checked_alias,
    client_certificates,
)
from gatehouse.domain.throttling.policy import UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.grant import KeyType
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.certificate import Certificate
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.publishing.certificates import CertificateReader
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificates:
    """The client certificates of a tenant's APIs. Within an API, key type and alias name one."""

    apis: Apis
    policies: Policies
    reader: CertificateReader
    clock: Clock

    def all(self, principal: Principal, api_id: str, key_type: KeyType, alias: str) -> list[ClientCertificate]:
        """Those of this key type whose alias this is ("" for any), by alias. Raises ApiNotFound."""
        found = client_certificates(access.find_either(self.apis, principal, api_id).document)
        wanted = [one for one in found if one.key_type is key_type and alias in {"", one.alias}]
        return sorted(wanted, key=lambda one: one.alias)

    def get(self, principal: Principal, api_id: str, key_type: KeyType, alias: str) -> ClientCertificate:
        """The one of this alias. Raises ApiNotFound, CertificateNotFound."""
        return _named(client_certificates(access.find_either(self.apis, principal, api_id).document), key_type, alias)

    def read(self, certificate: ClientCertificate) -> Certificate:
        """What is written in it."""
        return self.reader.read(certificate.der)

    def add(
        self, principal: Principal, api_id: str, key_type: KeyType, *, alias: str, tier: str, content: bytes
    ) -> ClientCertificate:
        """A new one. Raises ApiNotFound, Invalid, CertificateUnreadable, CertificateExpired, AliasTaken, Changed."""
        api = access.find_either(self.apis, principal, api_id)
        there = client_certificates(api.document)
        alias = checked_alias(alias)
        if any((one.alias, one.key_type) == (alias, key_type) for one in there):
            raise AliasTaken(f"alias: the API has a certificate '{alias}' already")
        if len(there) >= CERTIFICATES_MAX:
            raise Invalid.field("certificate", f"an API has at most {CERTIFICATES_MAX} certificates")
        self._check_tier(api.tenant, tier)
        added = self._dated(
            ClientCertificate(
                alias=alias, key_type=key_type, tier=tier, fingerprint="", not_before=0, not_after=0, content=""
            ),
            content,
        )
        self._keep(principal, api, [*there, added])
        return added

    def update(
        self, principal: Principal, api_id: str, key_type: KeyType, alias: str, *, tier: str, content: bytes
    ) -> ClientCertificate:
        """Replace tier and certificate, each unless it is empty. Raises as `add` does, and CertificateNotFound."""
        api = access.find_either(self.apis, principal, api_id)
        there = client_certificates(api.document)
        before = _named(there, key_type, alias)
        updated = self._dated(before, content) if content else before
        if tier:
            self._check_tier(api.tenant, tier)
            updated = replace(updated, tier=tier)
        self._keep(principal, api, [updated if one == before else one for one in there])
        return updated

    def delete(self, principal: Principal, api_id: str, key_type: KeyType, alias: str) -> None:
        """Forget it. Raises ApiNotFound, CertificateNotFound, Changed."""
        api = access.find_either(self.apis, principal, api_id)
        there = client_certificates(api.document)
        gone = _named(there, key_type, alias)
        self._keep(principal, api, [one for one in there if one != gone])

    def _dated(self, certificate: ClientCertificate, content: bytes) -> ClientCertificate:
        read = self.reader.read(content)
        if read.not_after < self.clock.now():
            raise CertificateExpired("certificate: has expired; upload one that is valid")
        return replace(
            certificate,
            fingerprint=read.fingerprint,
            not_before=read.not_before,
            not_after=read.not_after,
            content=base64.b64encode(read.der).decode(),
        )

    def _check_tier(self, tenant: str, tier: str) -> None:
        if tier != UNLIMITED and self.policies.named(tenant, PolicyKind.SUBSCRIPTION, tier) is None:
            raise Invalid.field("tier", f"there is no subscription throttling policy '{tier}'")

    def _keep(self, principal: Principal, api: Api, certificates: Sequence[ClientCertificate]) -> None:
        """With the version that was read, so that of two who add at once the second is told. Raises Changed."""
        # A call says which certificate it shows, not under which alias.
        if len({one.fingerprint for one in certificates}) < len(certificates):
            raise CertificateTaken("certificate: the API has this certificate already")
        document = {**api.document, CLIENT_CERTIFICATES: [one.to_body() for one in certificates]}
        now, user = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        self.apis.save(replace(api, document=document, updated_at=now, updated_by=user), [])


def _named(certificates: Sequence[ClientCertificate], key_type: KeyType, alias: str) -> ClientCertificate:
    for certificate in certificates:
        if (certificate.key_type, certificate.alias) == (key_type, alias):
            return certificate
    raise CertificateNotFound.by_alias(alias)
