"""A refusal is the value of a call that ends before its backend: which of WSO2's gateway errors the caller reads, and why.

Errors differ by family: those of credentials and quotas are `{code, message, description}`, all others have the type
"Status report". All values are strings, the code too. `rendering` writes them down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.dataplane.evidence import Target

_STATUS_REPORT = "Status report"
_REALM = "WSO2 API Manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One way to end a call early.

    `perhaps_stale` marks a refusal that an environment could give only because it has not heard of a change yet: the
    gateway asks again before it gives such an answer.
    """

    status: int
    code: str
    message: str
    description: str
    type: str = ""
    next_access_time: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    perhaps_stale: bool = False

    def because(self, description: str) -> Refusal:
        """The same refusal with a description that names the particulars."""
        return replace(self, description=description)

    def for_target(self, target: Target) -> Refusal:
        """The same refusal with the API's base path and version in its description."""
        deployed = target.api.deployed
        return self.because(self.description.format(base_path=deployed.base_path, version=deployed.version))

    def with_headers(self, *headers: tuple[str, str]) -> Refusal:
        """The same refusal with more headers."""
        return replace(self, headers=(*self.headers, *headers))


def _challenged(*, code: str, message: str, description: str, perhaps_stale: bool = False) -> Refusal:
    """A 401. RFC 6750 §3: the challenge names the scheme and what is wrong with the token."""
    challenge = f'Bearer realm="{_REALM}", error="invalid_token", error_description="The provided token is invalid"'
    return Refusal(
        status=401,
        code=code,
        message=message,
        description=description,
        headers=(("www-authenticate", challenge),),
        perhaps_stale=perhaps_stale,
    )


def _forbidden(*, code: str, message: str, description: str) -> Refusal:
    return Refusal(status=403, code=code, message=message, description=description, perhaps_stale=True)


def _status_report(*, status: int, message: str, description: str, code: str = "") -> Refusal:
    return Refusal(
        status=status, code=code or str(status), type=_STATUS_REPORT, message=message, description=description
    )


NO_SUCH_API = replace(
    _status_report(status=404, message="Not Found", description="The requested resource is not available."),
    perhaps_stale=True,
)
NO_SUCH_RESOURCE = replace(
    _status_report(status=404, message="Runtime Error", description="No matching resource found for given API Request"),
    perhaps_stale=True,
)
METHOD_NOT_ALLOWED = replace(
    _status_report(status=405, message="Runtime Error", description="Method not allowed for given API resource"),
    perhaps_stale=True,
)
API_BLOCKED = Refusal(
    status=503,
    code="700700",
    type="API blocked",
    message="API blocked",
    description="This API has been blocked temporarily. Please try again later or contact the system administrators.",
    perhaps_stale=True,
)

MISSING_CREDENTIALS = _challenged(
    code="900902",
    message="Missing Credentials",
    description="Invalid Credentials. Make sure your API invocation call has a header: {headers}",
)
INVALID_CREDENTIALS = _challenged(
    code="900901",
    message="Invalid Credentials",
    description="Access failure for API: {base_path}, version: {version}. Make sure you have provided the correct "
    "security credentials",
    perhaps_stale=True,
)
EXPIRED_CREDENTIALS = _challenged(
    code="900903",
    message="Access Token Expired",
    description="Access failure for API: {base_path}, version: {version}. Renew the access token and try again",
)
INACTIVE_CREDENTIALS = _challenged(
    code="900904",
    message="Access Token Inactive",
    description="Access failure for API: {base_path}, version: {version}. The access token is not valid yet",
)
WRONG_TOKEN_TYPE = _challenged(
    code="900905",
    message="Incorrect Access Token Type is provided",
    description="Access failure for API: {base_path}, version: {version}. The resource takes the token of a user and not "
    "that of an application, or the other way round",
    perhaps_stale=True,
)
SUBSCRIPTION_BLOCKED = _challenged(
    code="900907",
    message="The requested API is temporarily blocked",
    description="The subscription of this application to the API is blocked. Contact the provider of the API",
    perhaps_stale=True,
)
SUBSCRIPTION_INACTIVE = _challenged(
    code="900909",
    message="The subscription to the API is inactive",
    description="The subscription of this application to the API awaits approval or was rejected",
    perhaps_stale=True,
)
NO_SCHEME = _forbidden(
    code="900906",
    message="No matching resource found in the API for the given request",
    description="No way to authenticate is known of the resource. Ask the provider to choose one and to deploy again",
)
ORIGIN_BARRED = _forbidden(
    code="900425",
    message="CORS origin header validation failed",
    description="The API takes no WebSocket handshake from the page's origin",
)
NOT_SUBSCRIBED = _forbidden(
    code="900908",
    message="Resource forbidden",
    description="User is NOT authorized to access the Resource. API Subscription validation failed.",
)
SCOPE_MISSING = _forbidden(
    code="900910",
    message="The access token does not allow you to access the requested resource",
    description="User is NOT authorized to access the Resource: {resource}. Scope validation failed.",
)
WRONG_AUDIENCE = _forbidden(
    code="900914",
    message="Access Denied",
    description="The access token was not issued for this API: its audience does not match",
)
NO_ENDPOINT = _forbidden(
    code="900901",
    message="{Kind} key offered to the API with no {kind} endpoint",
    description="Use a key of the other type, or ask the provider to add a {kind} endpoint",
)
BLOCKED = Refusal(
    status=403,
    code="900805",
    message="Message blocked",
    description="You have been blocked from accessing the resource",
)
TOO_MANY_LOGINS = Refusal(
    status=429,
    code="900800",
    message="Message throttled out",
    description="Too many log-ins failed from your address, or too many were made at the same time. Try again later",
    headers=(("retry-after", "1"),),
)
AUTHENTICATION_DOWN = Refusal(
    status=500,
    code="900900",
    message="Unclassified Authentication Failure",
    description="The call could not be checked because a dependency does not answer. It was not forwarded. Try again",
    headers=(("retry-after", "1"),),
)
HANDSHAKE_DOWN = Refusal(
    status=503,
    code="900424",
    message="Temporary Server Error",
    description="The WebSocket handshake could not be checked because a dependency does not answer. Try again",
    headers=(("retry-after", "1"),),
)
DEFINITION_MISSING = Refusal(
    status=500,
    code="900911",
    message="Internal Server Error",
    description="The gateway misses the definition of this API. Ask the provider to deploy it again",
    perhaps_stale=True,
)
UNEXPECTED = Refusal(
    status=500,
    code="900967",
    message="General Error",
    description="The gateway failed in an unforeseen way; its log has the details under the id in header activityid",
)
QUOTA_SERVICE_DOWN = replace(
    _status_report(
        status=503,
        message="Runtime Error",
        description="The call could not be counted, so it was not forwarded. Try again",
    ),
    headers=(("retry-after", "1"),),
)
LIMIT_OF_PLATFORM = _status_report(
    status=413,
    message="Runtime Error",
    description="The message is larger than the platform can pass on: {limit} bytes",
)
UNREADABLE = _status_report(
    status=400, code="101001", message="Runtime Error", description="The request cannot be read: {problem}"
)
INVALID_QUERY = Refusal(
    status=422,
    code="900422",
    message="Invalid GraphQL query",
    description="The query cannot be understood",
)
QUERY_TOO_DEEP = Refusal(
    status=400,
    code="900820",
    message="QUERY TOO DEEP",
    description="The query is {depth} levels deep, and the plan of the subscription allows {limit}",
)
QUERY_TOO_COMPLEX = Refusal(
    status=400,
    code="900821",
    message="QUERY TOO COMPLEX",
    description="The complexity of the query is {complexity}, and the plan of the subscription allows {limit}",
)
MEDIATION_FAILED = _status_report(
    status=500, code="601000", message="Runtime Error", description="A policy of this API failed: {policy}"
)
NO_ADDRESS = _status_report(
    status=500,
    code="101503",
    message="Runtime Error",
    description="The endpoint of this API is dynamic, and no policy said where the call shall go",
)
NO_MOCK = _status_report(
    status=501, message="Runtime Error", description="This operation is mocked, and its definition has no example"
)
ENDPOINTS_SUSPENDED = replace(
    _status_report(
        status=503,
        code="101503",
        message="Runtime Error",
        description="Every endpoint of this API failed a moment ago and is left alone for a while",
    ),
    headers=(("retry-after", "1"),),
)
BACKEND_TOO_LARGE = _status_report(
    status=502,
    code="101510",
    message="Runtime Error",
    description="The answer of the back end is larger than the platform can pass on",
)
REPLY_TOO_LARGE = _status_report(
    status=502,
    code="101000",
    message="Runtime Error",
    description="Policies made the answer larger than the platform can pass on",
)
BACKEND_SECURITY_FAILED = _status_report(
    status=500, code="101507", message="Runtime Error", description="The gateway could not authenticate at the back end"
)
BACKEND_UNREACHABLE = _status_report(
    status=503, code="101503", message="Runtime Error", description="Error connecting to the back end"
)
BACKEND_REFUSED = _status_report(
    status=503, code="101503", message="Runtime Error", description="The back end's address is not allowed"
)
BACKEND_UNSENT = _status_report(
    status=503,
    code="101500",
    message="Runtime Error",
    description="The back end closed the connection before it had taken the request",
)
BACKEND_BROKEN = _status_report(
    status=503, code="101501", message="Runtime Error", description="The connection to the back end broke"
)
BACKEND_CLOSED = _status_report(
    status=503, code="101505", message="Runtime Error", description="The back end closed the connection"
)
BACKEND_GARBLED = _status_report(
    status=502, code="101506", message="Runtime Error", description="The answer of the back end cannot be understood"
)
BACKEND_CONNECT_TIMEOUT = _status_report(
    status=504, code="101508", message="Runtime Error", description="Connecting to the back end took too long"
)
BACKEND_TIMEOUT = _status_report(
    status=504, code="101504", message="Runtime Error", description="The back end took too long to answer"
)
SEND_ABORTED = _status_report(
    status=504, code="101509", message="Runtime Error", description="No time was left to ask the back end"
)
