"""opaPolicy: an Open Policy Agent decides whether the request gets through. No answer is no."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gatehouse.mediation.bodies import Unreadable, parse_json
from gatehouse.mediation.headers import clean_value, is_secret
from gatehouse.mediation.refusals import forbidden
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification
from gatehouse.ports.backends import BackendFailed, BackendRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

_TIMEOUT_MAX_MILLISECONDS = 10_000
_REPLY_BYTES_MAX = 100_000
_OK = 200

SPECIFICATION = Specification(
    name="opaPolicy",
    display_name="Validate Request with OPA Policy",
    description="Asks an Open Policy Agent whether the request may pass, and refuses it unless the result is true.",
    category="Security",
    flows=(Flow.REQUEST,),
    attributes=(
        Attribute(
            name="serverUrl",
            display_name="OPA Server URL",
            required=True,
            pattern=r"https?://[^\s?#]+",
            description="Up to the policy: http://opa.example:8181/v1/data",
        ),
        Attribute(
            name="accessKey",
            display_name="Access Key",
            secret=True,
            default="",
            description="Sent as a bearer token.",
        ),
        Attribute(name="policy", display_name="Policy", required=True, description="menu/orders, or menu.orders"),
        Attribute(
            name="rule",
            display_name="Rule",
            default="",
            description="Without one, the policy's 'allow' decides.",
        ),
        Attribute(
            name="sendAccessToken",
            display_name="Send Access Token",
            kind=Kind.BOOLEAN,
            default=False,
            description="Whether the agent is told the caller's token.",
        ),
        Attribute(
            name="additionalProperties",
            display_name="Additional Properties",
            default="",
            description="Names of token claims, separated by commas, that are sent along.",
        ),
        Attribute(name="timeoutMilliseconds", display_name="Timeout (ms)", kind=Kind.INTEGER, default=1_000, least=1),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops with 403 unless the agent's result is true: also when it cannot be asked, which `note["opa"]` tells apart."""
    seconds = min(parameters["timeoutMilliseconds"], _TIMEOUT_MAX_MILLISECONDS) / 1_000
    headers = {"content-type": "application/json", "accept": "application/json"}
    if key := clean_value(parameters.get("accessKey", "")):
        headers["authorization"] = key if key.lower().startswith("bearer ") else f"Bearer {key}"
    request = BackendRequest(
        method="POST",
        url=_url(parameters),
        headers=headers,
        body=json.dumps({"input": _input(message, parameters, situation)}, default=str).encode("utf-8", "replace"),
        connect_seconds=seconds,
        read_seconds=seconds,
    )
    try:
        reply = situation.backends.send(request)
    except BackendFailed as failure:
        situation.note["opa"] = f"unreachable: {failure.code}"
        return _denied()
    if reply.status == _OK and _allows(reply.body, by_rule=bool(parameters.get("rule"))):
        return None
    situation.note["opa"] = "denied" if reply.status == _OK else f"answered {reply.status}"
    return _denied()


def _denied() -> Stop:
    return forbidden(description="The policy of this API does not allow the request")


def _url(parameters: Mapping[str, Any]) -> str:
    policy = parameters["policy"].strip("/").replace(".", "/")
    parts = [parameters["serverUrl"].rstrip("/"), quote(policy)]
    if rule := parameters.get("rule", "").strip("/"):
        parts.append(quote(rule))
    return "/".join(parts)


def _input(message: Message, parameters: Mapping[str, Any], situation: Situation) -> dict[str, Any]:
    """What the agent decides on; the names are WSO2's."""
    api, claims = situation.api, situation.claims
    context = {
        "apiName": api.name,
        "apiVersion": api.version,
        "apiPublisher": api.provider,
        "isAuthenticated": bool(claims),
        "issuer": claims.get("iss", ""),
        "username": claims.get("sub", ""),
        "consumerKey": claims.get("azp") or claims.get("client_id") or "",
    }
    if parameters["sendAccessToken"]:
        header = situation.request_headers.get(api.access.authorization_header.lower(), "")
        context["accessToken"] = header.partition(" ")[2]
    document: dict[str, Any] = {
        "apiContext": context,
        "requestOrigin": situation.source_ip,
        "method": message.method,
        "path": f"{api.base_path}{message.path}",
        "query": message.query,
        "electedResource": situation.operation.target,
        "transportHeaders": {name: value for name, value in message.headers if not is_secret(name, api)},
    }
    extra = (name.strip() for name in parameters.get("additionalProperties", "").split(","))
    return {**{name: claims[name] for name in extra if name in claims}, **document}


def _allows(body: bytes, *, by_rule: bool) -> bool:
    if len(body) > _REPLY_BYTES_MAX:
        return False
    try:
        answer = parse_json(body)
    except Unreadable:
        return False
    result = answer.get("result") if isinstance(answer, dict) else None
    if not by_rule and isinstance(result, dict):
        result = result.get("allow")
    return result is True
