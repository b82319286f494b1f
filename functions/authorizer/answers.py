"""A decision in API Gateway's words: `{isAuthorized, context}`, or an IAM policy for the method that was called.

Context values are strings and numbers, so that they may be mapped to headers: printable ASCII, short, and all of them
together well below the 10,240 bytes that an HTTP API has for a request's head.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from functions.authorizer.events import Form
from gatehouse.dataplane.decision import UNDECIDED, Allowed
from gatehouse.dataplane.throttle.headers import tightest

if TYPE_CHECKING:
    from functions.authorizer.events import Asked
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.decision import Decision

TEXT_MAX = 256
SCOPES_MAX = 1024
ANONYMOUS = "anonymous"
"""The application of who needs none. Never empty: a header that is overwritten with nothing might stay the client's."""

UNAUTHORIZED = "Unauthorized"
"""A REST API answers 401 to a function that fails with this very message."""

_PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")
_CUT_ESCAPE = re.compile(r"%[0-9A-F]?$")

Context = dict[str, str | int]


class Undecided(Exception):
    """A dependency failed: API Gateway answers 500 and remembers nothing."""


def answer(asked: Asked, decision: Decision) -> dict[str, Any]:
    """The answer in the form that is asked for.

    Raises Undecided when a dependency failed, and `Exception("Unauthorized")` for a REST API's 401.
    """
    if not isinstance(decision, Allowed):
        if decision in UNDECIDED:
            raise Undecided(decision.description)
        if asked.form is Form.REST_POLICY and decision.status == 401:  # noqa: PLR2004 -- the status named above
            raise Exception(UNAUTHORIZED)  # noqa: TRY002 -- API Gateway knows this one by its message
    if asked.form is Form.SIMPLE:
        return {"isAuthorized": isinstance(decision, Allowed), "context": context(decision)}
    return _policy(asked, decision)


def context(decision: Decision) -> Context:
    """What the backend, the access log and other mappings may know."""
    return _allowed(decision) if isinstance(decision, Allowed) else _refused(decision)


def _allowed(decision: Allowed) -> Context:
    found: Context = {
        "application": _short(decision.application or ANONYMOUS),
        "applicationId": _short(decision.application_id or ANONYMOUS),
        "subscription": _short(decision.subscription_id),
        "plan": _short(decision.plan),
        "scopes": _scopes(decision.scopes),
        "subject": _short(decision.subject or ANONYMOUS),
        "keyType": decision.key_type,
        "apiName": _short(decision.api_name),
        "apiVersion": _short(decision.api_version),
        "cacheSeconds": decision.cache_seconds,
    }
    if decision.standings:
        nearest = tightest(decision.standings)
        found |= {"remaining": nearest.remaining, "reset": nearest.reset}
    return found


def _refused(refusal: Refusal) -> Context:
    found: Context = {"errorCode": refusal.code, "errorDescription": _short(refusal.description)}
    if retry_after := dict(refusal.headers).get("retry-after"):
        found |= {"remaining": 0, "reset": int(retry_after)}
    return found


def _policy(asked: Asked, decision: Decision) -> dict[str, Any]:
    """An IAM policy for the method that was called and no other: another one has scopes and limits of its own."""
    allowed = isinstance(decision, Allowed)
    application_id = decision.application_id if isinstance(decision, Allowed) else ""
    subject = decision.subject if isinstance(decision, Allowed) else ""
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow" if allowed else "Deny",
        "Resource": asked.arn,
    }
    found: dict[str, Any] = {
        "principalId": _short(application_id or subject or ANONYMOUS),
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context(decision),
    }
    if application_id and asked.form is Form.REST_POLICY:
        # For a usage plan with `apiKeySource: AUTHORIZER` whose keys have application ids as values.
        found["usageIdentifierKey"] = application_id
    return found


def _short(text: str) -> str:
    """Printable ASCII, the rest percent-encoded (RFC 3986 §2.1), cut where it gets long."""
    return _CUT_ESCAPE.sub("", quote(text, safe=_PRINTABLE)[:TEXT_MAX])


def _scopes(scopes: tuple[str, ...]) -> str:
    """As many of the scopes as there is room for, separated by spaces."""
    text = ""
    for scope in scopes:
        longer = f"{text} {_short(scope)}".lstrip()
        if len(longer) > SCOPES_MAX:
            break
        text = longer
    return text
