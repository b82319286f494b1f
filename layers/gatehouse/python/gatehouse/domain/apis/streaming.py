"""APIs of events and streams: what clients do is to subscribe to channels and to publish to them; AsyncAPI describes them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SUBSCRIBE, PUBLISH = "SUBSCRIBE", "PUBLISH"
STREAM_VERBS = (SUBSCRIBE, PUBLISH)
"""What operations of these APIs have for a verb."""


class StreamType(StrEnum):
    """What such an API speaks; the values of `type` in its document."""

    WS = "WS"
    WEBSUB = "WEBSUB"
    SSE = "SSE"
    WEBHOOK = "WEBHOOK"
    ASYNC = "ASYNC"  # anything else: Kafka, MQTT, …; served elsewhere


_BY_PROTOCOL = {
    "ws": StreamType.WS,
    "wss": StreamType.WS,
    "websub": StreamType.WEBSUB,
    "websubhub": StreamType.WEBSUB,
    "sse": StreamType.SSE,
    "webhook": StreamType.WEBHOOK,
}

PUSHED = frozenset({StreamType.WEBSUB, StreamType.WEBHOOK})
"""Those whose backends call us: they have no endpoint."""


def is_streaming(document: Mapping[str, Any]) -> bool:
    """Whether AsyncAPI describes the API of this document."""
    return document.get("type") in set(StreamType)


def is_advertised(document: Mapping[str, Any]) -> bool:
    """Whether the API is shown here and served elsewhere."""
    return bool((document.get("advertiseInfo") or {}).get("advertised"))


def type_of(protocols: Iterable[str]) -> StreamType:
    """The type of an API whose servers speak these protocols. Raises ProtocolMissing for none."""
    known = list(protocols)
    if not known:
        raise ProtocolMissing.field("servers", "no server says which protocol it speaks; name the API's type instead")
    return next((_BY_PROTOCOL[one] for one in known if one in _BY_PROTOCOL), StreamType.ASYNC)


def server_of(url: str, protocol: str, version: str) -> dict[str, str]:
    """A server of an AsyncAPI document: version 2 has its URL, version 3 takes it apart."""
    if version.startswith("2."):
        return {"url": url, "protocol": protocol}
    parts = urlsplit(url)
    return {"host": parts.netloc, "pathname": parts.path, "protocol": protocol}


class AsyncApiInvalid(Invalid):
    """The definition cannot be understood, or breaks the rules of AsyncAPI."""

    code = 903231
    message = "Error while parsing the AsyncAPI definition"


class ProtocolMissing(Invalid):
    """Nothing in the definition says what the API speaks."""

    code = 900911
    message = "The AsyncAPI definition names no protocol"


class NotStreaming(NotFound):
    """The API has no AsyncAPI definition."""

    message = "The API is not described by AsyncAPI"

    @classmethod
    def of(cls, api_id: str, kind: object) -> NotStreaming:
        """For an API of this type."""
        return cls(f"API '{api_id}' is of type {kind}; {', '.join(StreamType)} ones have an AsyncAPI definition")


class NotOpenApi(NotFound):
    """The API has no OpenAPI definition."""

    message = "The API is not described by OpenAPI"

    @classmethod
    def of(cls, api_id: str, kind: object) -> NotOpenApi:
        """For an API of this type."""
        return cls(f"API '{api_id}' is of type {kind}; its definition is an AsyncAPI document")
