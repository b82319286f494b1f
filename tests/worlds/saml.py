"""SAML 2.0 assertions of a provider with a real key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree
from signxml import XMLSigner, methods

from tests.worlds import issuers

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def assertion(now: float, endpoint: str, **changes: str) -> str:
    """An unsigned assertion about mary, for this token endpoint."""
    told_of = {
        "id": "_a1",
        "issuer": issuers.ISSUER,
        "name": "mary",
        "audience": endpoint,
        "recipient": endpoint,
        "since": moment(now - 10),
        "until": moment(now + 60),
        "method": "urn:oasis:names:tc:SAML:2.0:cm:bearer",
        **changes,
    }
    return """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id}" IssueInstant="{since}" Version="2.0">
<saml:Issuer>{issuer}</saml:Issuer>
<saml:Subject><saml:NameID>{name}</saml:NameID><saml:SubjectConfirmation Method="{method}">
<saml:SubjectConfirmationData Recipient="{recipient}" NotOnOrAfter="{until}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
</saml:Assertion>""".format(**told_of)


def certificate(key: rsa.RSAPrivateKey | None = None) -> x509.Certificate:
    """A certificate of the provider's key, by itself."""
    key = key or issuers.rsa_key()
    name = x509.Name([])
    since, until = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    return (
        builder.public_key(key.public_key()).not_valid_before(since).not_valid_after(until).sign(key, hashes.SHA256())
    )


def signed(document: str, key: rsa.RSAPrivateKey | None = None) -> bytes:
    """The document with an enveloped signature, by the provider's key unless said otherwise."""
    root = etree.fromstring(document)
    done = XMLSigner(method=methods.enveloped).sign(
        root, key=key or issuers.rsa_key(), cert=[certificate(key)], reference_uri=root.get("ID")
    )
    return bytes(etree.tostring(done))
