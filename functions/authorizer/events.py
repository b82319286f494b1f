"""Events of API Gateway's Lambda authorizers become calls: HTTP APIs (payload 2.0 and 1.0), REST APIs (REQUEST and TOKEN).

A call's path says which API it is for, as at the gateway. An API Gateway whose paths are its own names the API in its
stage variables: `gatehouseApi` is the base path that is put before the path, `gatehouseTenant` the tenant.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from gatehouse.dataplane.call import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE_PATH_VARIABLE = "gatehouseApi"
TENANT_VARIABLE = "gatehouseTenant"
_OWN_STAGE = "$default"


class Form(Enum):
    """How the answer is to be given."""

    SIMPLE = auto()  # `{isAuthorized, context}`
    POLICY = auto()  # an IAM policy, to an HTTP API
    REST_POLICY = auto()  # an IAM policy, to a REST API, which knows 401 and usage plans besides


_ILL_SHAPED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What reading a part that is missing, or something else than API Gateway sends there, ends with."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What API Gateway wants to know: whether this call may pass. `arn` is what a policy is about."""

    form: Form
    arn: str
    call: Call


def asked(event: Mapping[str, Any], received_at: float) -> Asked:
    """The question in an event. `received_at` is in epoch seconds.

    Who may invoke the function can send anything: an event that none of the authorizers sends is a call that says of
    itself that it cannot be read.
    """
    try:
        return _asked(event, received_at)
    except _ILL_SHAPED as error:
        return _unreadable(event, received_at, error)


def _asked(event: Mapping[str, Any], received_at: float) -> Asked:
    if event.get("version") == "2.0":
        return Asked(Form.SIMPLE, _text(event["routeArn"]), _http_call(event, received_at))
    arn = _text(event["methodArn"])
    if event.get("type") == "TOKEN":
        return Asked(Form.REST_POLICY, arn, _token_call(event, received_at))
    if event.get("version") == "1.0":
        path = _without_stage(event["path"], event["requestContext"]["stage"])
        return Asked(Form.POLICY, arn, _request_call(event, path, received_at))
    return Asked(Form.REST_POLICY, arn, _request_call(event, _decoded(event["path"]), received_at))


def _unreadable(event: Any, received_at: float, error: Exception) -> Asked:
    """The question in an event that is not what it should be: its answer has the form that seems to be asked for."""
    # A value may be a credential; the name of what is missing is none.
    missing = (
        f"it has no {error.args[0]}" if isinstance(error, KeyError) else "a part of it is not what API Gateway sends"
    )
    given = event if isinstance(event, dict) else {}
    arn, form = given.get("methodArn"), Form.SIMPLE
    if isinstance(arn, str) and given.get("version") != "2.0":
        form = Form.POLICY if given.get("version") == "1.0" else Form.REST_POLICY
    call = Call(
        id="",
        received_at=received_at,
        method="",
        path="",
        query="",
        headers={},
        body=b"",
        source_ip="",
        unreadable=missing,
    )
    return Asked(form, arn if isinstance(arn, str) else "", call)


def _http_call(event: Mapping[str, Any], received_at: float) -> Call:
    """Payload 2.0. The path is decoded, and begins with the stage unless that is `$default`."""
    context = event["requestContext"]
    http = context["http"]
    headers = {_text(name.lower()): _text(value) for name, value in (event.get("headers") or {}).items()}
    if cookies := event.get("cookies"):
        headers["cookie"] = _text("; ".join(cookies))
    path = _without_stage(event["rawPath"], context.get("stage") or _OWN_STAGE)
    return Call(
        id=_text(context.get("requestId") or ""),
        received_at=received_at,
        method=_text(http["method"]),
        path=_text(_mounted(path, event.get("stageVariables"))),
        query=_text(event.get("rawQueryString") or ""),
        headers=headers,
        body=b"",
        source_ip=_text(http.get("sourceIp") or ""),
        client_certificate=_certificate(context.get("authentication")),
    )


def _request_call(event: Mapping[str, Any], path: str, received_at: float) -> Call:
    """Payload 1.0 of HTTP APIs, and REQUEST authorizers of REST APIs."""
    context = event["requestContext"]
    identity = context.get("identity") or {}
    several = event.get("multiValueHeaders") or {name: [value] for name, value in (event.get("headers") or {}).items()}
    return Call(
        id=_text(context.get("requestId") or ""),
        received_at=received_at,
        method=_text(event["httpMethod"]),
        path=_text(_mounted(path, event.get("stageVariables"))),
        query=urlencode(event.get("multiValueQueryStringParameters") or {}, doseq=True),
        headers={_text(name.lower()): _text(",".join(values)) for name, values in several.items()},
        body=b"",
        source_ip=_text(identity.get("sourceIp") or ""),
        client_certificate=_certificate(identity),
    )


def _token_call(event: Mapping[str, Any], received_at: float) -> Call:
    """TOKEN authorizers see one header and the ARN: `arn:aws:execute-api:region:account:api/stage/METHOD/path`."""
    _, _, method, *path = event["methodArn"].split(":", 5)[5].split("/", 3)
    return Call(
        id="",
        received_at=received_at,
        method=method,
        path=_text(_decoded(f"/{''.join(path)}")),
        query="",
        headers={"authorization": _text(event.get("authorizationToken") or "")},
        body=b"",
        source_ip="",
    )


def _certificate(shown: Mapping[str, Any] | None) -> str:
    """The client certificate of the connection: PEM, "" when the API Gateway asks for none."""
    return _text(((shown or {}).get("clientCert") or {}).get("clientCertPem") or "")


def _without_stage(path: str, stage: str) -> str:
    prefix = f"/{stage}"
    return path[len(prefix) :] or "/" if path == prefix or path.startswith(f"{prefix}/") else path


def _mounted(path: str, variables: Mapping[str, str] | None) -> str:
    """The path as the gateway would have it, where the API Gateway's own paths name neither API nor tenant."""
    given = variables or {}
    if base_path := given.get(BASE_PATH_VARIABLE, "").strip("/"):
        path = f"/{base_path}{path}"
    tenant = given.get(TENANT_VARIABLE, "")
    return f"/t/{tenant}{path}" if tenant else path


def _decoded(path: str) -> str:
    """A REST API's path is percent-encoded. A slash that is part of a segment stays so: it separates nothing there."""
    return "/".join(unquote(segment).replace("/", "%2F") for segment in path.split("/"))


def _text(text: Any) -> str:
    """The text without halves of surrogate pairs, which JSON can hold and no table can. Raises TypeError for what is none."""
    if not isinstance(text, str):
        raise TypeError(type(text).__name__)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
