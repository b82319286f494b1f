"""What a backend is told of the caller, and how it can trust it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.mediation.message import CallerFacts, Message, SigningFailed, Situation, Stop
from gatehouse.mediation.policies.back_end_jwt import SPECIFICATION, apply
from tests.unit.mediation.messages import situation as about_a_call

if TYPE_CHECKING:
    from collections.abc import Mapping


class Signing:
    """Signs nothing: the claims come back as text, or no signature is to be had."""

    def __init__(self, *, fails: bool = False) -> None:
        self._fails = fails

    def sign(self, tenant: str, claims: Mapping[str, Any], seconds: int) -> str:
        if self._fails:
            raise SigningFailed
        body = json.dumps({"tenant": tenant, "seconds": seconds, **claims}).encode()
        return f"head.{base64.urlsafe_b64encode(body).decode()}.signature-_"


def situation(**parts: Any) -> Situation:
    return about_a_call(**{"signer": Signing(), **parts})


DIALECT = "http://wso2.org/claims/"
CALLER = CallerFacts(
    subject="mary@carbon.super",
    username="mary@carbon.super",
    application_id="app-1",
    application_name="Kiosk",
    application_owner="mary",
    application_tier="50PerMin",
    plan="Gold",
    key_type="PRODUCTION",
)
CLAIMS = {"iss": "us", "sub": "x", "aud": "y", "exp": 1, "jti": "j", "aut": "APPLICATION", "email": "m@example.com"}


def sent(about: Situation | None = None, **parameters: Any) -> str:
    message = Message(headers=[("x-jwt-assertion", "forged")], body=b"")
    given = SPECIFICATION.checked(parameters, "parameters")
    assert apply(message, given, about or situation(caller=CALLER, claims=CLAIMS)) is None
    (value,) = [value for name, value in message.headers if name == given["header"].lower()]
    return value


def told(assertion: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(assertion.split(".")[1]))


def test_every_claim_of_wso2_s_dialect_is_there() -> None:
    claims = told(sent())
    named = {name.removeprefix(DIALECT): value for name, value in claims.items() if name.startswith(DIALECT)}
    assert named == {
        "subscriber": "mary",
        "applicationid": "app-1",
        "applicationUUId": "app-1",
        "applicationname": "Kiosk",
        "applicationtier": "50PerMin",
        "apiname": "Menu",
        "apicontext": "/menu/1.0.0",
        "version": "1.0.0",
        "tier": "Gold",
        "keytype": "PRODUCTION",
        "usertype": "Application_User",
        "enduser": "mary@carbon.super",
        "enduserTenantId": "carbon.super",
    }
    assert (claims["iss"], claims["sub"]) == ("wso2.org/products/am", "mary@carbon.super")


def test_claims_about_the_caller_are_passed_on_and_those_about_the_token_are_not() -> None:
    assert told(sent())["email"] == "m@example.com"
    assert "jti" not in told(sent())
    assert "email" not in told(sent(tokenClaims="false"))


def test_what_is_not_known_is_not_claimed() -> None:
    assert f"{DIALECT}applicationname" not in told(sent(situation(caller=CallerFacts())))


def test_an_unsigned_one_says_so() -> None:
    head, body, signature = sent(signingAlgorithm="NONE").split(".")
    document = json.loads(base64.urlsafe_b64decode(head + "=="))
    assert (document["alg"], signature) == ("none", "")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert claims["exp"] - claims["iat"] == 900


def test_base64_is_for_backends_that_know_no_other() -> None:
    head, body, signature = sent(signingAlgorithm="NONE", encoding="base64").split(".")
    assert json.loads(base64.b64decode(head))["alg"] == "none"
    assert json.loads(base64.b64decode(body))["iss"] == "wso2.org/products/am"
    assert signature == ""
    assert sent(encoding="base64").endswith(".signature+/=")


def test_the_header_can_have_another_name() -> None:
    assert sent(header="X-Caller")


def test_500_when_there_is_no_signature_to_be_had() -> None:
    stop = apply(
        Message(headers=[], body=b""),
        SPECIFICATION.checked({}, "parameters"),
        situation(caller=CALLER, signer=Signing(fails=True)),
    )
    assert isinstance(stop, Stop)
    assert (stop.status, stop.code) == (500, "900900")


@pytest.mark.parametrize(
    ("parameters", "field"),
    [({"encoding": "rot13"}, "encoding"), ({"signingAlgorithm": "HS256"}, "signingAlgorithm"), ({"header": "a b"}, "header")],
)  # fmt: skip
def test_parameters_are_checked(parameters: dict[str, str], field: str) -> None:
    with pytest.raises(Exception, match=field):
        SPECIFICATION.checked(parameters, "parameters")
