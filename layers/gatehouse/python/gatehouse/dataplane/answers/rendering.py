"""Rendering: a refusal becomes a wire error that the caller can read: JSON, XML, or a SOAP fault for a SOAP call.

The names of the XML elements are those of WSO2's gateway, so that its clients find them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gatehouse.dataplane.call import Reply
from gatehouse.domain.publishing.deployed import ApiType

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Target

JSON = "application/json; charset=UTF-8"
SOAP_12 = "application/soap+xml"
_XML = ("application/xml", "text/xml")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_THROTTLED, _CREDENTIALS = "9008", "9009"
_NAMESPACES = {
    _THROTTLED: ("amt", "http://wso2.org/apimanager/throttling"),
    _CREDENTIALS: ("ams", "http://wso2.org/apimanager/security"),
}
_OTHERS = ("am", "http://wso2.org/apimanager")


def rendered(refusal: Refusal, call: Call, target: Target | None) -> Reply:
    """The wire error, in the caller's language."""
    content_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_soap_api = target is not None and target.api.deployed.type is ApiType.SOAP
    if content_type == SOAP_12:
        return _reply(refusal, f"{SOAP_12}; charset=UTF-8", _soap_12(refusal))
    if is_soap_api or (content_type in _XML and "soapaction" in call.headers):
        return _reply(refusal, "text/xml; charset=UTF-8", _soap_11(refusal))
    if wanted := _xml_wanted(call, content_type):
        return _reply(refusal, f"{wanted}; charset=UTF-8", _fault(refusal))
    return _reply(refusal, JSON, json.dumps(_document(refusal)))


def _xml_wanted(call: Call, content_type: str) -> str:
    """The XML media type to answer in, "" for JSON. A body's own type goes before `Accept`."""
    if call.method in _WITH_BODY:
        return content_type if content_type in _XML else ""
    for part in call.headers.get("accept", "").split(","):
        accepted = part.partition(";")[0].strip().lower()
        if accepted in _XML:
            return accepted
        if accepted in {"application/json", "*/*", "application/*"}:
            return ""
    return ""


def _document(refusal: Refusal) -> dict[str, str]:
    document = {"code": refusal.code}
    if refusal.type:
        document["type"] = refusal.type
    document |= {"message": refusal.message, "description": refusal.description}
    if refusal.next_access_time:
        document["nextAccessTime"] = refusal.next_access_time
    return document


def _fault(refusal: Refusal) -> str:
    prefix, namespace = _NAMESPACES.get(refusal.code[:4], _OTHERS)
    parts = "".join(
        f"<{prefix}:{name}>{value.translate(_ESCAPES)}</{prefix}:{name}>" for name, value in _document(refusal).items()
    )
    return f'<{prefix}:fault xmlns:{prefix}="{namespace}">{parts}</{prefix}:fault>'


def _soap_11(refusal: Refusal) -> str:
    """SOAP 1.1 §4.4."""
    party = "Client" if refusal.status < 500 else "Server"  # noqa: PLR2004 -- where 5xx begins
    return (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>soapenv:{party}</faultcode><faultstring>{refusal.message.translate(_ESCAPES)}</faultstring>"
        f"<detail>{_fault(refusal)}</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )


def _soap_12(refusal: Refusal) -> str:
    """SOAP 1.2 part 1 §5.4."""
    party = "Sender" if refusal.status < 500 else "Receiver"  # noqa: PLR2004 -- where 5xx begins
    return (
        '<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope"><soapenv:Body><soapenv:Fault>'
        f"<soapenv:Code><soapenv:Value>soapenv:{party}</soapenv:Value></soapenv:Code>"
        f'<soapenv:Reason><soapenv:Text xml:lang="en">{refusal.message.translate(_ESCAPES)}</soapenv:Text></soapenv:Reason>'
        f"<soapenv:Detail>{_fault(refusal)}</soapenv:Detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )


def _reply(refusal: Refusal, content_type: str, body: str) -> Reply:
    return Reply(status=refusal.status, headers=(("content-type", content_type), *refusal.headers), body=body.encode())
