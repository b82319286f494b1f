"""What the authorizer answers, in which of API Gateway's forms."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.authorizer.answers import SCOPES_MAX, TEXT_MAX, Undecided, answer, context
from functions.authorizer.events import asked
from gatehouse.dataplane.answers.refusal import (
    API_BLOCKED,
    AUTHENTICATION_DOWN,
    MISSING_CREDENTIALS,
    QUOTA_SERVICE_DOWN,
    SCOPE_MISSING,
    SUBSCRIPTION_BLOCKED,
    Refusal,
)
from gatehouse.dataplane.decision import Allowed
from gatehouse.dataplane.evidence import Scheme
from gatehouse.dataplane.throttle.meter import Standing
from tests.events import METHOD_ARN, authorizer_event, rest_authorizer_event

NOW = 1_700_000_000.0
CONTEXT_BYTES_MAX = 4096
ALLOWED = Allowed(
    tenant="carbon.super",
    api_id="api-1",
    api_name="Menu",
    api_version="1.0.0",
    key_type="PRODUCTION",
    scheme=Scheme.OAUTH2,
    subject="mary@carbon.super",
    scopes=("order", "read"),
    application_id="6c4f27a2-4d1e-4f5e-8f14-1d6b6ab0c702",
    application="Kiosk",
    owner="mary@carbon.super",
    tier="50PerMin",
    subscription_id="s-1",
    plan="Gold",
    standings=(Standing("subscription", 5000, 4999, 41, 60), Standing("application", 50, 3, 12, 60)),
    cache_seconds=0,
)
THROTTLED = Refusal(
    status=429,
    code="900803",
    message="Message throttled out",
    description="You have exceeded your quota",
    headers=(("retry-after", "17"), ("x-ratelimit-remaining", "0")),
)


def test_an_http_api_is_told_yes_with_what_is_known() -> None:
    assert answer(asked(authorizer_event(), NOW), ALLOWED) == {
        "isAuthorized": True,
        "context": {
            "application": "Kiosk",
            "applicationId": "6c4f27a2-4d1e-4f5e-8f14-1d6b6ab0c702",
            "subscription": "s-1",
            "plan": "Gold",
            "scopes": "order read",
            "subject": "mary@carbon.super",
            "keyType": "PRODUCTION",
            "apiName": "Menu",
            "apiVersion": "1.0.0",
            "cacheSeconds": 0,
            "remaining": 3,
            "reset": 12,
        },
    }


def test_an_http_api_is_told_no_and_why() -> None:
    refused = {"errorCode": "900910", "errorDescription": SCOPE_MISSING.description}
    assert answer(asked(authorizer_event(), NOW), SCOPE_MISSING) == {"isAuthorized": False, "context": refused}


def test_a_throttled_caller_can_be_told_when_to_come_back() -> None:
    told = context(THROTTLED)
    assert (told["errorCode"], told["remaining"], told["reset"]) == ("900803", 0, 17)


def test_a_rest_api_gets_a_policy_for_the_method_that_was_called_and_the_application_for_its_usage_plan() -> None:
    told = answer(asked(rest_authorizer_event(), NOW), ALLOWED)
    [statement] = told["policyDocument"]["Statement"]
    assert statement == {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": METHOD_ARN}
    assert told["policyDocument"]["Version"] == "2012-10-17"
    assert told["principalId"] == told["usageIdentifierKey"] == ALLOWED.application_id
    assert told["context"] == context(ALLOWED)


def test_an_http_api_has_no_usage_plans() -> None:
    told = answer(asked(rest_authorizer_event(version="1.0"), NOW), ALLOWED)
    assert "usageIdentifierKey" not in told
    assert told["policyDocument"]["Statement"][0]["Effect"] == "Allow"


@pytest.mark.parametrize("refusal", [SCOPE_MISSING, THROTTLED, API_BLOCKED])
def test_a_rest_api_gets_a_denial_that_carries_the_code(refusal: Refusal) -> None:
    told = answer(asked(rest_authorizer_event(), NOW), refusal)
    [statement] = told["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", METHOD_ARN)
    assert told["context"]["errorCode"] == refusal.code
    assert "usageIdentifierKey" not in told


@pytest.mark.parametrize("refusal", [MISSING_CREDENTIALS, SUBSCRIPTION_BLOCKED])
def test_401_of_a_rest_api_is_exactly_this_exception(refusal: Refusal) -> None:
    token = {"type": "TOKEN", "authorizationToken": "", "methodArn": METHOD_ARN}
    for event in (rest_authorizer_event(), token):
        with pytest.raises(Exception, match=r"^Unauthorized$") as failure:
            answer(asked(event, NOW), refusal)
        assert type(failure.value) is Exception
    # An HTTP API would answer 500 to that.
    assert answer(asked(authorizer_event(), NOW), refusal)["isAuthorized"] is False
    assert (
        answer(asked(rest_authorizer_event(version="1.0"), NOW), refusal)["policyDocument"]["Statement"][0]["Effect"]
        == "Deny"
    )


@pytest.mark.parametrize("refusal", [AUTHENTICATION_DOWN, QUOTA_SERVICE_DOWN])
@pytest.mark.parametrize("event", [authorizer_event(), rest_authorizer_event(), rest_authorizer_event(version="1.0")])
def test_nobody_is_told_no_because_a_table_is_down(refusal: Refusal, event: dict[str, Any]) -> None:
    with pytest.raises(Undecided):
        answer(asked(event, NOW), refusal)


def test_what_is_mapped_to_a_header_is_never_empty() -> None:
    nobody = replace(
        ALLOWED, application="", application_id="", subject="", subscription_id="", plan="Unauthenticated", standings=()
    )
    told = context(nobody)
    assert (told["application"], told["applicationId"], told["subject"]) == ("anonymous", "anonymous", "anonymous")
    assert told["plan"] == "Unauthenticated"
    assert not {"remaining", "reset"} & set(told)
    assert answer(asked(rest_authorizer_event(), NOW), nobody)["principalId"] == "anonymous"


def test_context_values_can_stand_in_headers_and_are_short() -> None:
    long = "é\r\nX-Admin: yes " + "x" * 5000
    everything = replace(
        ALLOWED,
        application=long,
        application_id=long,
        subscription_id=long,
        subject=long,
        plan=long,
        api_name=long,
        api_version=long,
        scopes=tuple(f"scope-{number}" for number in range(1000)),
    )
    for told in (context(everything), context(SCOPE_MISSING.because(long))):
        for name, value in told.items():
            assert isinstance(value, str | int), name
            text = str(value)
            assert text.isascii()
            assert text.isprintable(), name
            assert len(text) <= (SCOPES_MAX if name == "scopes" else TEXT_MAX), name
        assert len(json.dumps(told)) < CONTEXT_BYTES_MAX
    assert str(context(everything)["application"]).startswith("%C3%A9%0D%0AX-Admin: yes xxx")
    assert set(str(context(everything)["scopes"]).split()) <= set(everything.scopes)


def test_a_value_is_not_cut_within_an_escape() -> None:
    told = context(replace(ALLOWED, application="x" * (TEXT_MAX - 1) + "é"))
    assert told["application"] == "x" * (TEXT_MAX - 1)
