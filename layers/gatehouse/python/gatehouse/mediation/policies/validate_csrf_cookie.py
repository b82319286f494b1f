"""validateCsrfCookie: a double-submit cookie. Who can read the cookie repeats it in a header; another site cannot."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from gatehouse.mediation.headers import NAME_PATTERN
from gatehouse.mediation.refusals import forbidden
from gatehouse.mediation.specification import Attribute, Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

SPECIFICATION = Specification(
    name="validateCsrfCookie",
    display_name="Validate CSRF Cookie",
    description="Refuses requests that change something unless a header repeats the value of a cookie.",
    category="Security",
    flows=(Flow.REQUEST,),
    attributes=(
        Attribute(name="cookieName", display_name="Cookie Name", default="XSRF-TOKEN", pattern=NAME_PATTERN),
        Attribute(name="headerName", display_name="Header Name", default="X-XSRF-TOKEN", pattern=NAME_PATTERN),
    ),
)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""RFC 9110 §9.2.1: they change nothing."""


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops with 403. The caller's method counts, not one that a policy has put in its place."""
    if situation.operation.verb.upper() in _SAFE:
        return None
    cookies = _cookies(message, situation, parameters["cookieName"])
    repeated = message.header(parameters["headerName"])
    same = (hmac.compare_digest(_bytes(cookie), _bytes(repeated)) for cookie in cookies)
    if repeated and cookies and all(same):
        return None
    return forbidden(description="The CSRF cookie is missing, or the header does not repeat it")


def _cookies(message: Message, situation: Situation, name: str) -> list[str]:
    """All cookies of this name: with more than one, all must agree, since a neighbouring site may have set the other."""
    sent = [value for known, value in message.headers if known == "cookie"]
    if not sent and "cookie" in situation.request_headers:
        sent = [situation.request_headers["cookie"]]
    pairs = (pair.strip().partition("=") for value in sent for pair in value.split(";"))
    return [value.strip().strip('"') for known, _, value in pairs if known == name]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
