"""How requests to a hub end that it does not accept."""

from __future__ import annotations

from gatehouse.dataplane.answers.refusal import NO_SUCH_RESOURCE, NOT_SUBSCRIBED, Refusal

_STATUS_REPORT = "Status report"

UNINTELLIGIBLE = Refusal(
    status=400,
    code="400",
    type=_STATUS_REPORT,
    message="Runtime Error",
    description="The hub cannot understand the request: {problem}",
)
NO_SUCH_TOPIC = NO_SUCH_RESOURCE.because("The API has no topic '{topic}'")
NO_APPLICATION = NOT_SUBSCRIBED.because(
    "Webhooks belong to an application with a subscription to the API, and the credential leads to none"
)
GUEST = NOT_SUBSCRIBED.because("An application of another tenant cannot have webhooks at this API")
BAD_SIGNATURE = Refusal(
    status=401,
    code="900901",
    message="Invalid Credentials",
    description="The event is not signed as this API asks for: header {header} must be '{method}=' and the HMAC of the body",
    headers=(("www-authenticate", 'HMAC realm="WSO2 API Manager"'),),
    perhaps_stale=True,
)
WEBHOOKS_FULL = Refusal(
    status=429,
    code="900808",
    message="Message throttled out",
    description="The application has as many webhooks at this API as its plan allows: {places}. Unsubscribe one of them first",
)
EVENT_TOO_LARGE = Refusal(
    status=413,
    code="413",
    type=_STATUS_REPORT,
    message="Runtime Error",
    description="The event is larger than a hub can keep: {limit} bytes",
)
HUB_DOWN = Refusal(
    status=503,
    code="503",
    type=_STATUS_REPORT,
    message="Runtime Error",
    description="The hub does not answer, so nothing was accepted. Try again",
    headers=(("retry-after", "1"),),
)
