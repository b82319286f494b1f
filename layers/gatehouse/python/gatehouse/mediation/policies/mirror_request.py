"""mirrorRequest: a second address gets a copy of the request. What it answers, and whether it does, changes nothing.

AWS Lambda freezes an environment once it has answered, so nothing may go on in the background: the copy is sent before the
call goes on, and the call waits for it no longer than the time-out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gatehouse.mediation.headers import is_framing, is_secret
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification
from gatehouse.ports.backends import BackendFailed, BackendRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

_TIMEOUT_MAX_MILLISECONDS = 5_000
_PATH_SAFE = "/:@!$&'()*+,;=~"

SPECIFICATION = Specification(
    name="mirrorRequest",
    display_name="Mirror Request",
    description="Sends a copy of the request to another address. The call waits for it no longer than the time-out.",
    flows=(Flow.REQUEST,),
    attributes=(
        Attribute(
            name="url",
            display_name="URL",
            required=True,
            pattern=r"https?://[^\s?#]+",
            description="The request's path and query are put behind it.",
        ),
        Attribute(name="includeBody", display_name="Include Body", kind=Kind.BOOLEAN, default=True),
        Attribute(
            name="includeCredentials",
            display_name="Include Credentials",
            kind=Kind.BOOLEAN,
            default=False,
            description="Whether headers with secrets, such as Authorization and Cookie, are copied too.",
        ),
        Attribute(name="timeoutMilliseconds", display_name="Timeout (ms)", kind=Kind.INTEGER, default=300, least=1),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops. `note["mirror"]` has the status, or WSO2's transport code of the failure."""
    seconds = min(parameters["timeoutMilliseconds"], _TIMEOUT_MAX_MILLISECONDS) / 1_000
    with_secrets = parameters["includeCredentials"]
    headers: dict[str, str] = {}
    for name, value in message.headers:
        if not is_framing(name) and (with_secrets or not is_secret(name, situation.api)):
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    path = quote(message.path, safe=_PATH_SAFE, errors="replace")
    query = f"?{message.query}" if message.query else ""
    request = BackendRequest(
        method=message.method,
        url=f"{parameters['url'].rstrip('/')}{path}{query}",
        headers=headers,
        body=message.body if parameters["includeBody"] else b"",
        connect_seconds=seconds,
        read_seconds=seconds,
    )
    try:
        situation.note["mirror"] = situation.backends.send(request).status
    except BackendFailed as failure:
        situation.note["mirror"] = failure.code
