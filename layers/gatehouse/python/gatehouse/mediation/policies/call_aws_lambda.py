"""callAwsLambda: an AWS Lambda function gets the body; its answer replaces the body, or is only noted."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from gatehouse.mediation.bodies import Unreadable, is_encoded, parse_json, replace_body
from gatehouse.mediation.refusals import failed
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification
from gatehouse.ports.backends import BackendFailed, Invocation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

_TIMEOUT_MAX_MILLISECONDS = 20_000
_ERROR = 400

SPECIFICATION = Specification(
    name="callAwsLambda",
    display_name="Call AWS Lambda",
    description="Invokes an AWS Lambda function with the body, and puts its answer in the body's place.",
    flows=(Flow.REQUEST, Flow.RESPONSE),
    attributes=(
        Attribute(
            name="functionName",
            display_name="Function",
            required=True,
            pattern=r"[A-Za-z0-9:_$-]{1,170}",
            description="Name or ARN.",
        ),
        Attribute(
            name="replaceBody",
            display_name="Replace Body",
            kind=Kind.BOOLEAN,
            default=True,
            description="Whether the function's answer becomes the body. If not, a failure changes nothing.",
        ),
        Attribute(name="timeoutMilliseconds", display_name="Timeout (ms)", kind=Kind.INTEGER, default=5_000, least=1),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops with 601000 when the answer was to replace the body and there is none, or one with an error status."""
    name, replacing = parameters["functionName"], parameters["replaceBody"]
    seconds = min(parameters["timeoutMilliseconds"], _TIMEOUT_MAX_MILLISECONDS) / 1_000
    try:
        reply = situation.functions.invoke(Invocation(function=name, payload=_payload(message), seconds=seconds))
    except BackendFailed as failure:
        situation.note["lambda"] = failure.code
        return failed("A function that this API depends on could not be called") if replacing else None
    situation.note["lambda"] = reply.status
    if not replacing:
        return None
    if reply.status >= _ERROR:
        return failed("A function that this API depends on failed")
    kinds = (value for header, value in reply.headers if header.lower() == "content-type")
    replace_body(message, reply.body, next(kinds, "application/json"))
    return None


def _payload(message: Message) -> bytes:
    """The body when it is JSON, as AWS Lambda asks for; else `{body, isBase64Encoded}`, as in its proxy events."""
    if not message.body:
        return b"{}"
    if not is_encoded(message):
        try:
            parse_json(message.body, exact_numbers=True)
        except Unreadable:
            pass
        else:
            return message.body.removeprefix(b"\xef\xbb\xbf")
    try:
        wrapped: dict[str, Any] = {"body": message.body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        wrapped = {"body": base64.b64encode(message.body).decode(), "isBase64Encoded": True}
    return json.dumps(wrapped).encode()
