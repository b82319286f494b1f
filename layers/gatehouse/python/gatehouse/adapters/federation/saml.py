"""SAML 2.0, the web browser profile (saml-profiles-2.0-os §4.1): a request by redirect, and the response by a form.

Only what a signature of the provider's covers is read, by its own certificate, whatever the response brings along. A response
is good for the request that this browser was sent with, and for no other.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from gatehouse.domain.people.identity_provider import NotVouchedFor, Voucher

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.people.identity_provider import IdentityProvider
    from gatehouse.ports.world import Clock

RESPONSE_CHARACTERS_MAX = 512 * 1024
LEEWAY_SECONDS = 60
REQUEST_ID_BYTES = 16

_SAML, _PROTOCOL = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
_NAMES = {"saml": _SAML, "samlp": _PROTOCOL}
_RESPONSE, _ASSERTION = f"{{{_PROTOCOL}}}Response", f"{{{_SAML}}}Assertion"
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
_REQUEST = (
    '<samlp:AuthnRequest xmlns:samlp="{protocol}" xmlns:saml="{saml}" ID={id} Version="2.0" IssueInstant={now} '
    'Destination={to} AssertionConsumerServiceURL={callback} ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">'
    '<saml:Issuer>{entity}</saml:Issuer><samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlWebBrowser:
    """Implements `ports.people.identity_providers.Vouching`."""

    clock: Clock

    def ask(self, provider: IdentityProvider, callback: str, state: str) -> tuple[str, Mapping[str, str]]:
        """The authentication request, by the redirect binding (saml-bindings-2.0-os §3.4)."""
        request = f"_{secrets.token_hex(REQUEST_ID_BYTES)}"
        moment = datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        document = _REQUEST.format(
            protocol=_PROTOCOL,
            saml=_SAML,
            id=quoteattr(request),
            now=quoteattr(moment),
            to=quoteattr(provider.settings["SSOUrl"]),
            callback=quoteattr(callback),
            entity=escape(provider.settings["SPEntityId"]),
        )
        # RFC 1951, without the header and the checksum of RFC 1950.
        deflated = zlib.compress(document.encode(), wbits=-zlib.MAX_WBITS)
        query = urlencode({"SAMLRequest": base64.b64encode(deflated).decode(), "RelayState": state})
        where = provider.settings["SSOUrl"]
        return f"{where}{'&' if '?' in where else '?'}{query}", {"request": request}

    def hear(
        self,
        provider: IdentityProvider,
        secret: str,  # noqa: ARG002 -- the port's: SAML proves us by where the answer goes
        callback: str,
        told: Mapping[str, str],
        asked: Mapping[str, str],
    ) -> Voucher:
        """Whom the assertion in the response is about. Raises NotVouchedFor."""
        document = _decoded(told.get("SAMLResponse", ""))
        _refuse_unsuccessful(document)
        assertion = _signed_assertion(document, provider.certificates, self.clock.now())
        _Checks(assertion, provider, callback, asked["request"], self.clock.now()).hold()
        name = _text(assertion.find("saml:Subject/saml:NameID", _NAMES))
        if not name:
            raise NotVouchedFor(cause="the assertion names nobody")
        return Voucher(issuer=provider.issuer, subject=name, claims=_attributes(assertion))


@dataclass(frozen=True, slots=True)
class _Checks:
    """What must be so of an assertion (saml-profiles-2.0-os §4.1.4.3)."""

    assertion: Any
    provider: IdentityProvider
    callback: str
    request: str
    now: float

    def hold(self) -> None:
        """Raises NotVouchedFor that names the first one that does not."""
        if _text(self.assertion.find("saml:Issuer", _NAMES)) != self.provider.issuer:
            raise NotVouchedFor(cause="the assertion is another issuer's")
        conditions = self.assertion.find("saml:Conditions", _NAMES)
        if conditions is None or not self._is_now(conditions):
            raise NotVouchedFor(cause="the assertion has no conditions, or is not valid now")
        restrictions = conditions.findall("saml:AudienceRestriction", _NAMES)
        ours = self.provider.settings["SPEntityId"]
        if not restrictions or not all(
            ours in map(_text, one.findall("saml:Audience", _NAMES)) for one in restrictions
        ):
            raise NotVouchedFor(cause="the assertion is for another audience")
        confirmations = self.assertion.findall("saml:Subject/saml:SubjectConfirmation", _NAMES)
        if not any(map(self._is_ours, confirmations)):
            raise NotVouchedFor(cause="the assertion is for another request, another place or another time")

    def _is_ours(self, confirmation: Any) -> bool:
        data = confirmation.find("saml:SubjectConfirmationData", _NAMES)
        return (
            data is not None
            and confirmation.get("Method") == _BEARER
            and data.get("Recipient") == self.callback
            and data.get("InResponseTo") == self.request
            and data.get("NotOnOrAfter") is not None
            and data.get("NotBefore") is None
            and self._is_now(data)
        )

    def _is_now(self, element: Any) -> bool:
        since, until = element.get("NotBefore"), element.get("NotOnOrAfter")
        return (since is None or _moment(since) - LEEWAY_SECONDS <= self.now) and (
            until is None or self.now < _moment(until) + LEEWAY_SECONDS
        )


def _decoded(text: str) -> Any:
    """The response's root element: well-formed XML without a document type, whose entities could be anything."""
    from lxml import etree  # noqa: PLC0415 -- see the package

    if not 0 < len(text) <= RESPONSE_CHARACTERS_MAX:
        raise NotVouchedFor(cause="there is no response, or it is too long")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(base64.b64decode("".join(text.split()), validate=True), parser)
    except (binascii.Error, ValueError, etree.XMLSyntaxError) as error:
        raise NotVouchedFor(cause="the response cannot be read") from error
    if root.getroottree().docinfo.doctype or root.tag != _RESPONSE:
        raise NotVouchedFor(cause="the document is no response")
    return root


def _refuse_unsuccessful(response: Any) -> None:
    code = response.find("samlp:Status/samlp:StatusCode", _NAMES)
    if code is None or code.get("Value") != _SUCCESS:
        said = "" if code is None else code.get("Value", "")
        raise NotVouchedFor(cause=f"the provider refuses: {said}"[:200])


def _signed_assertion(response: Any, certificates: Sequence[str], now: float) -> Any:
    """The one assertion, as the signature covers it: on the response around it, or on itself."""
    from lxml import etree  # noqa: PLC0415 -- see the package

    found = response.findall("saml:Assertion", _NAMES)
    if len(found) != 1:
        raise NotVouchedFor(cause="there is not one assertion that can be read")
    signature = "{http://www.w3.org/2000/09/xmldsig#}Signature"
    if found[0].find(signature) is not None:
        signed = _verified(etree.tostring(found[0], with_tail=False), certificates, now)
        if signed.tag == _ASSERTION and signed.get("ID") == found[0].get("ID"):
            return signed
    elif response.find(signature) is not None:
        signed = _verified(etree.tostring(response), certificates, now)
        whole = signed.tag == _RESPONSE and signed.get("ID") == response.get("ID")
        inside = signed.findall("saml:Assertion", _NAMES) if whole else []
        if len(inside) == 1:
            return inside[0]
    raise NotVouchedFor(cause="the assertion is not signed")


def _verified(document: bytes, certificates: Sequence[str], now: float) -> Any:
    """What one of the certificates' keys has signed of this document."""
    from lxml.etree import LxmlError  # noqa: PLC0415 -- see the package
    from signxml.exceptions import SignXMLException  # noqa: PLC0415
    from signxml.verifier import SignatureConfiguration, XMLVerifier  # noqa: PLC0415

    # The signature stands in what it covers: nothing may be wrapped around it.
    config = SignatureConfiguration(location="./", verification_time=datetime.fromtimestamp(now, UTC))
    for certificate in certificates:
        try:
            result = XMLVerifier().verify(document, x509_cert=certificate, expect_config=config)
        except (SignXMLException, LxmlError, ValueError, TypeError, KeyError):
            continue
        signed = None if isinstance(result, list) else result.signed_xml
        if signed is not None:
            return signed
    raise NotVouchedFor(cause="no certificate of the provider's fits the signature")


def _attributes(assertion: Any) -> dict[str, Any]:
    """The attributes by name, and by friendly name where there is one."""
    claims: dict[str, Any] = {}
    for attribute in assertion.findall("saml:AttributeStatement/saml:Attribute", _NAMES):
        values = [text for each in attribute.findall("saml:AttributeValue", _NAMES) if (text := _text(each))]
        for name in (attribute.get("FriendlyName"), attribute.get("Name")):
            if name:
                claims[name] = values
    return claims


def _moment(text: str) -> float:
    """Epoch seconds of a time in UTC (saml-core-2.0-os §1.3.3). Raises NotVouchedFor."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotVouchedFor(cause="the assertion has a time that is none") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _text(element: Any) -> str:
    return "" if element is None else "".join(element.itertext()).strip()
