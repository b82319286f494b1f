"""What an API of WebSub may ask of the gateway: it has topics and a source of events, and nothing that is forwarded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.compiling.compiled_endpoints import MOCKED
from gatehouse.domain.apis.direct import is_direct
from gatehouse.domain.apis.streaming import SUBSCRIBE
from gatehouse.domain.apis.websub import TOPIC_CHARACTERS_MAX
from gatehouse.domain.publishing.deployed import Algorithm, EventSource
from gatehouse.domain.publishing.revision import NotServable
from gatehouse.mediation.specification import Flow

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIGURATION = "websubSubscriptionConfiguration"

_HEADER = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""RFC 9110 §5.6.2: what the name of a header is made of."""

_NOT_MEDIATED = "cannot stand in an API of type WEBSUB: its hub hands events on as they are"


def event_source(document: Mapping[str, Any]) -> EventSource:
    """How events of this API are proved and handed on. Raises NotServable that names the field."""
    _check(document)
    given = document.get(CONFIGURATION) or {}
    standard = EventSource()
    algorithm = str(given.get("signingAlgorithm") or standard.algorithm).upper().replace("-", "")
    if algorithm not in set(Algorithm):
        raise NotServable.field(f"{CONFIGURATION}.signingAlgorithm", f"is none of {', '.join(Algorithm)}")
    header = str(given.get("signatureHeader") or standard.header)
    if not _HEADER.fullmatch(header):
        raise NotServable.field(f"{CONFIGURATION}.signatureHeader", "is no name of a header")
    signed, secret = bool(given.get("enable")), str(given.get("secret") or "")
    if signed and not secret:
        raise NotServable.field(f"{CONFIGURATION}.secret", "is needed to check the signatures of events")
    return EventSource(
        signed=signed,
        secret=secret if signed else "",
        algorithm=Algorithm(algorithm),
        header=header.lower(),
        verified=bool(document.get("enableSubscriberVerification")),
    )


def _check(document: Mapping[str, Any]) -> None:
    if is_direct(document):
        raise NotServable.field("gatewayType", "an API of type WEBSUB cannot be direct: its hub is the gateway's")
    if document.get("endpointImplementationType") in MOCKED:
        raise NotServable.field("endpointImplementationType", "an API of type WEBSUB has nothing to mock")
    if document.get("enableSchemaValidation"):
        raise NotServable.field("enableSchemaValidation", "events of an API of type WEBSUB are handed on unread")
    if _has_policies(document.get("apiPolicies")):
        raise NotServable.field("apiPolicies", _NOT_MEDIATED)
    for index, operation in enumerate(document["operations"]):
        path = f"operations.{index}"
        if operation["verb"] != SUBSCRIBE:
            problem = f"must be {SUBSCRIBE} in an API of type WEBSUB: events come from its backend alone"
            raise NotServable.field(f"{path}.verb", problem)
        if len(operation["target"]) > TOPIC_CHARACTERS_MAX:
            raise NotServable.field(f"{path}.target", f"must be at most {TOPIC_CHARACTERS_MAX} characters long")
        if _has_policies(operation.get("operationPolicies")):
            raise NotServable.field(f"{path}.operationPolicies", _NOT_MEDIATED)


def _has_policies(given: object) -> bool:
    return isinstance(given, dict) and any(given.get(flow) for flow in Flow)
