"""Mutual TLS: the client certificate of the connection, known by its fingerprint.

The front door has verified that the caller holds the certificate's private key. A proxy that stands in front of it and ends
TLS itself says in a header whose certificate it saw; whoever else sends that header is not listened to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from gatehouse.dataplane.answers.refusal import INVALID_CREDENTIALS
from gatehouse.dataplane.evidence import Identity, Scheme
from gatehouse.domain.applications.restriction import permits_address
from gatehouse.domain.publishing.certificate import CertificateUnreadable, der_of, fingerprint_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Target
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.applications.grant import CertificateGrant

HEADER = "x-wso2-client-certificate"


class ClientCertificates:
    """Compares with the certificates that the deployed revision knows. `trusted_proxies` are IP networks."""

    def __init__(self, catalogue: Catalogue, trusted_proxies: Sequence[str]) -> None:
        self._catalogue = catalogue
        self._trusted_proxies = tuple(trusted_proxies)

    def presented(self, call: Call, _target: Target) -> str:
        """The certificate, as PEM or base64: the one a trusted proxy names, else the one of the connection."""
        named = call.headers.get(HEADER, "").strip()
        # Only who is connected to us counts here: X-Forwarded-For is what anybody claims.
        if named and permits_address(self._trusted_proxies, call.source_ip):
            return unquote(named)
        return call.client_certificate

    def identify(self, presented: str, call: Call, target: Target) -> Identity | Refusal:
        """The certificate with its plan, if the API knows it and it is in time."""
        try:
            fingerprint = fingerprint_of(der_of(presented))
        except CertificateUnreadable:
            return INVALID_CREDENTIALS.for_target(target)
        grant = self._catalogue.certificate(target, fingerprint)
        if grant is None or not _valid(grant, call.received_at):
            return INVALID_CREDENTIALS.for_target(target)
        return Identity(
            scheme=Scheme.MUTUAL_TLS,
            key_type=grant.key_type,
            plan=grant.tier,
            credential_id=fingerprint,
        )


def _valid(grant: CertificateGrant, now: float) -> bool:
    return grant.not_before <= now <= grant.not_after
