"""SAML 2.0 assertions as authorization grants (RFC 7522 §3): whose word they are, whom they are about, for whom and until when.

Only what the signature covers is read. The key is the key manager's, whatever certificate the assertion brings along.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from gatehouse.domain.artifact import issuer_partition
from gatehouse.domain.tokens.issuer import Issuer
from gatehouse.domain.tokens.token import LEEWAY_SECONDS, Claims, TokenExpired, TokenInactive, TokenInvalid, issuer_of
from gatehouse.ports.tokens.trusted_tokens import TrustedSubject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.world import Clock

ASSERTION_CHARACTERS_MAX = 256 * 1024
NAMES = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_ASSERTION = f"{{{NAMES['saml']}}}Assertion"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlAssertions:
    """Implements `ports.tokens.trusted_tokens.TrustedTokens` for assertions in base64url."""

    artifacts: Artifacts
    clock: Clock
    management_url: str

    def subject(self, tenant: str, token: str) -> TrustedSubject:
        """Whom the assertion is about. Raises TokenExpired, TokenInactive, TokenInvalid."""
        document = _decoded(token)
        issuer = self._issuer(tenant, _named_issuer(document))
        assertion = _signed(document, issuer, self.clock.now())
        endpoint = issuer_of(self.management_url, tenant)
        return TrustedSubject(
            claims=_claims(assertion, issuer, endpoint, self.clock.now()),
            key_manager=issuer.key_manager,
            name=issuer.name,
        )

    def _issuer(self, tenant: str, name: str) -> Issuer:
        known = map(Issuer.from_body, self.artifacts.partition(issuer_partition(tenant)).values())
        found = next((issuer for issuer in known if name in issuer.names), None)
        if found is None or not found.enabled or not found.exchanged or not found.keys:
            raise TokenInvalid("no key manager with a certificate, whose tokens are exchanged, has this issuer")
        return found


def _decoded(token: str) -> bytes:
    if len(token) > ASSERTION_CHARACTERS_MAX:
        raise TokenInvalid("the assertion is too long")
    try:
        return base64.b64decode(token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenInvalid("the assertion is no base64url") from error


def _named_issuer(document: bytes) -> str:
    """Whom the assertion says it is by, to find the key: trust nothing of it."""
    from defusedxml import DefusedXmlException  # noqa: PLC0415 -- XML is for those who bring it
    from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415

    try:
        root = fromstring(document)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise TokenInvalid("the assertion is no XML that we read") from error
    if root.tag != _ASSERTION:
        raise TokenInvalid("the document is no assertion")
    return (root.findtext("saml:Issuer", "", NAMES) or "").strip()


def _signed(document: bytes, issuer: Issuer, now: float) -> Any:
    """The element that one of the issuer's keys has signed."""
    from lxml.etree import LxmlError  # noqa: PLC0415
    from signxml.exceptions import SignXMLException  # noqa: PLC0415
    from signxml.verifier import SignatureConfiguration, XMLVerifier  # noqa: PLC0415

    # The signature stands in the assertion itself, and covers it: nothing may be wrapped around it.
    config = SignatureConfiguration(location="./", verification_time=datetime.fromtimestamp(now, UTC))
    for key in issuer.keys:
        try:
            found = XMLVerifier().verify(document, x509_cert=_certificate(key, now), expect_config=config)
        except (SignXMLException, LxmlError, ValueError, TypeError, KeyError):
            continue
        signed = found.signed_xml if not isinstance(found, list) else None
        if signed is not None and signed.tag == _ASSERTION:
            return signed
    raise TokenInvalid("no key of the issuer signed this assertion")


def _certificate(jwk: Mapping[str, Any], now: float) -> Any:
    """The issuer's public key in the shape that the verifier takes. Who signed the certificate is of no account."""
    import jwt  # noqa: PLC0415
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    name = x509.Name([])
    moment = datetime.fromtimestamp(now, UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(jwt.PyJWK(dict(jwk)).key)
    builder = builder.serial_number(1).not_valid_before(moment - timedelta(days=1))
    builder = builder.not_valid_after(moment + timedelta(days=1))
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())


def _claims(assertion: Any, issuer: Issuer, endpoint: str, now: float) -> Claims:
    conditions = assertion.find("saml:Conditions", NAMES)
    if conditions is None:
        raise TokenInvalid("the assertion has no conditions")
    restrictions = conditions.findall("saml:AudienceRestriction", NAMES)
    wanted = issuer.audience or endpoint
    audiences = [_texts(one, "saml:Audience") for one in restrictions]
    if not audiences or not all(wanted in among for among in audiences):
        raise TokenInvalid("the assertion is for another audience")
    name = "".join(_texts(assertion, "saml:Subject/saml:NameID"))
    if not name:
        raise TokenInvalid("the assertion names no subject")
    until = min(_confirmed_until(assertion, endpoint), _moment(conditions, "NotOnOrAfter", float("inf")))
    since = _moment(conditions, "NotBefore", 0)
    if until + LEEWAY_SECONDS <= now:
        raise TokenExpired
    if since - LEEWAY_SECONDS > now:
        raise TokenInactive
    return Claims(
        issuer=issuer.issuer,
        subject=name,
        username=name,
        audience=tuple(audiences[0]),
        client_id="",
        token_type="",
        scopes=frozenset(),
        token_id=str(assertion.get("ID", "")),
        issued_at=int(_moment(assertion, "IssueInstant", now)),
        not_before=int(since),
        expires_at=int(until + LEEWAY_SECONDS) + 1,
    )


def _confirmed_until(assertion: Any, endpoint: str) -> float:
    """Until when whoever brings the assertion may use it here (RFC 7522 §3 number 5)."""
    ends = [
        _moment(data, "NotOnOrAfter", 0)
        for confirmation in assertion.findall("saml:Subject/saml:SubjectConfirmation", NAMES)
        if confirmation.get("Method") == BEARER
        for data in confirmation.findall("saml:SubjectConfirmationData", NAMES)
        if data.get("Recipient") == endpoint and data.get("NotBefore") is None
    ]
    if not ends:
        raise TokenInvalid("the assertion is not for whoever brings it to this endpoint")
    return max(ends)


def _texts(element: Any, path: str) -> list[str]:
    return ["".join(found.itertext()).strip() for found in element.findall(path, NAMES)]


def _moment(element: Any, attribute: str, default: float) -> float:
    text = element.get(attribute)
    if text is None:
        return default
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise TokenInvalid(f"the attribute {attribute} is no time") from error
