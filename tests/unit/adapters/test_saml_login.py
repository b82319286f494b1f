"""Logging in by SAML 2.0: a response that a provider signed in earnest, and every way in which it is not believed."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.signer import XMLSigner

from gatehouse.adapters.federation.saml import SamlWebBrowser
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.people.identity_provider import NotVouchedFor, Protocol, foreign_user_id
from tests.fakes.clock import StoppedClock
from tests.worlds.federation import CALLBACK, RETURN_TO, FederationWorld

if TYPE_CHECKING:
    from gatehouse.controlplane.identity.federation import Departure
    from gatehouse.domain.people.identity import User

ENTITY, OURS = "https://saml.corp.example/idp", "gatehouse"
SAML, SAMLP = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
CLOCK = StoppedClock()
NOW = datetime.fromtimestamp(CLOCK.now(), UTC)


@cache
def identity(name: str) -> tuple[bytes, str]:
    """A key and its certificate, in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start, end = NOW - timedelta(days=1), NOW + timedelta(days=365)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), start, end)
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), certificate


def moment(seconds: int) -> str:
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def assertion(request_id: str, **changes: str) -> str:
    said = {
        "id": "_a1",
        "issuer": ENTITY,
        "name": "mary",
        "recipient": CALLBACK,
        "request": request_id,
        "until": moment(300),
        "since": moment(-10),
        "audience": OURS,
        "method": "urn:oasis:names:tc:SAML:2.0:cm:bearer",
        **changes,
    }
    return """
<saml:Assertion xmlns:saml="{saml}" ID="{id}" Version="2.0" IssueInstant="{since}">
<saml:Issuer>{issuer}</saml:Issuer>
<saml:Subject><saml:NameID>{name}</saml:NameID><saml:SubjectConfirmation Method="{method}">
<saml:SubjectConfirmationData Recipient="{recipient}" InResponseTo="{request}" NotOnOrAfter="{until}"/>
</saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}">
<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AttributeStatement>
<saml:Attribute Name="urn:oid:0.9.2342.19200300.100.1.3" FriendlyName="email">
<saml:AttributeValue>mary@corp.example</saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="groups"><saml:AttributeValue>cooks</saml:AttributeValue><saml:AttributeValue>x</saml:AttributeValue>
</saml:Attribute></saml:AttributeStatement>
</saml:Assertion>""".format(saml=SAML, **said).strip()


def response(inside: str, status: str = "urn:oasis:names:tc:SAML:2.0:status:Success") -> str:
    return (
        f'<samlp:Response xmlns:samlp="{SAMLP}" ID="_r1" Version="2.0" IssueInstant="{moment(0)}">'
        f'<samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>{inside}</samlp:Response>'
    )


def signed(document: str, by: str = "provider") -> str:
    key, certificate = identity(by)
    root = etree.fromstring(document)
    made = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#").sign(
        root, key=key, cert=certificate, reference_uri=f"#{root.get('ID')}", id_attribute="ID"
    )
    return etree.tostring(made).decode()


class World(FederationWorld):
    def __init__(self) -> None:
        super().__init__({Protocol.SAML: SamlWebBrowser(clock=CLOCK)}, CLOCK)
        self.corp = self.provider(
            protocol=Protocol.SAML,
            issuer=ENTITY,
            settings={"SSOUrl": "https://saml.corp.example/sso?tenant=1", "SPEntityId": OURS},
            certificate={"certificates": [identity("old")[1], identity("provider")[1]]},
        )
        self.departure = self.federation.begin(SUPER_TENANT, self.corp.id, RETURN_TO)
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(self.departure.url).query).items()}
        self.request = etree.fromstring(zlib.decompress(base64.b64decode(self.query["SAMLRequest"]), wbits=-15))

    def come_back(self, document: str, departure: Departure | None = None) -> User:
        told = {"SAMLResponse": base64.b64encode(document.encode()).decode(), "RelayState": self.query["RelayState"]}
        arrival = self.federation.finish(told, (departure or self.departure).ticket)
        assert arrival.return_to == RETURN_TO
        return arrival.user

    def assertion(self, **changes: str) -> str:
        return assertion(str(self.request.get("ID")), **changes)


@pytest.fixture
def world() -> World:
    return World()


def test_the_request_says_who_asks_and_where_the_answer_goes(world: World) -> None:
    assert world.departure.url.startswith("https://saml.corp.example/sso?tenant=1&SAMLRequest=")
    assert world.request.tag == f"{{{SAMLP}}}AuthnRequest"
    assert world.request.get("AssertionConsumerServiceURL") == CALLBACK
    assert world.request.findtext(f"{{{SAML}}}Issuer") == OURS


@pytest.mark.parametrize("which", ["assertion", "response", "both"])
def test_whom_a_signature_covers_is_one_of_ours(world: World, which: str) -> None:
    inner = signed(world.assertion()) if which != "response" else world.assertion()
    document = response(inner) if which == "assertion" else signed(response(inner))
    mary = world.come_back(document)
    assert mary.roles == {"Internal/everyone", "Internal/creator"}
    assert mary.profile["emails"] == [{"value": "mary@corp.example", "primary": True}]


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://other.example"},
        {"name": ""},
        {"recipient": "https://evil.example"},
        {"request": "_of-another-browser"},
        {"request": ""},
        {"until": moment(-120)},
        {"until": "soon"},
        {"since": moment(300)},
        {"audience": "somebody else"},
        {"method": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"},
    ],
)
def test_an_assertion_for_another_purpose_proves_nobody(world: World, changes: dict[str, str]) -> None:
    with pytest.raises(NotVouchedFor):
        world.come_back(response(signed(world.assertion(**changes))))


def test_what_nobody_or_somebody_else_signed_proves_nobody(world: World) -> None:
    for document in (
        response(world.assertion()),
        response(signed(world.assertion(), "stranger")),
        signed(response(world.assertion()), "stranger"),
    ):
        with pytest.raises(NotVouchedFor):
            world.come_back(document)


def test_what_was_changed_after_signing_proves_nobody(world: World) -> None:
    document = response(signed(world.assertion()))
    assert ">mary<" in document
    with pytest.raises(NotVouchedFor):
        world.come_back(document.replace(">mary<", ">admin<"))


def test_a_signed_assertion_wrapped_into_a_forged_one_proves_nobody(world: World) -> None:
    """Signature wrapping: the signature is good, and covers something else."""
    genuine = signed(world.assertion())
    forged = world.assertion(id="_evil", name="admin")
    inside = forged.replace("</saml:Assertion>", f"<saml:Advice>{genuine}</saml:Advice></saml:Assertion>")
    signature = genuine[genuine.index("<ds:Signature") : genuine.index("</ds:Signature>") + len("</ds:Signature>")]
    bare = genuine.replace(signature, "")
    wrapped = forged.replace("</saml:Assertion>", f"{signature}<saml:Advice>{bare}</saml:Advice></saml:Assertion>")
    for document in (
        response(inside),
        response(wrapped),
        response(forged + genuine),
        response(genuine + forged),
        response(f"<samlp:Extensions>{genuine}</samlp:Extensions>{forged}"),
    ):
        with pytest.raises(NotVouchedFor):
            world.come_back(document)


def test_a_comment_does_not_cut_a_name_short(world: World) -> None:
    """`admin<!-- -->.evil` is signed without its comment, and must be read so."""
    came = world.come_back(
        response(signed(world.assertion(name="admin.evil")).replace("admin.evil", "admin<!-- -->.evil"))
    )
    assert came.id == foreign_user_id(SUPER_TENANT, ENTITY, "admin.evil")


@pytest.mark.parametrize(
    "document",
    [
        "",
        "no xml",
        "<a/>",
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        f'<!DOCTYPE x [<!ENTITY a "aaaa">]><samlp:Response xmlns:samlp="{SAMLP}">&a;</samlp:Response>',
    ],
)
def test_what_is_no_response_proves_nobody(world: World, document: str) -> None:
    with pytest.raises(NotVouchedFor):
        world.come_back(document)


def test_a_refusal_of_the_provider_proves_nobody(world: World) -> None:
    failed = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    with pytest.raises(NotVouchedFor):
        world.come_back(signed(response(world.assertion(), failed)))


@pytest.mark.parametrize("told", [{}, {"SAMLResponse": "%%%"}, {"SAMLResponse": "x" * 600_000}])
def test_what_is_not_base64_proves_nobody(world: World, told: dict[str, Any]) -> None:
    with pytest.raises(NotVouchedFor):
        world.federation.finish({**told, "RelayState": world.query["RelayState"]}, world.departure.ticket)
