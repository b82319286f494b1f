"""The operations of an API of events and streams: who may subscribe to which channel, and publish to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.streaming import PUBLISH, STREAM_VERBS, SUBSCRIBE, StreamType, is_streaming
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.apis.api import Api

EVERYTHING = "/*"
"""The channel of an API of which no channels are named."""


def channels(operations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The operations, checked. Raises Invalid that names the field."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for index, operation in enumerate(operations):
        path = f"operations.{index}"
        verb, target = str(operation.get("verb") or "").upper(), str(operation.get("target") or "")
        if verb not in STREAM_VERBS:
            raise Invalid.field(f"{path}.verb", f"'{verb}' is none of {', '.join(STREAM_VERBS)}")
        if not target or not target.isprintable():
            raise Invalid.field(f"{path}.target", "must name a channel")
        if (verb, target) in found:
            raise Invalid.field(f"{path}.target", f"{verb} {target} is there twice")
        given = {name: value for name, value in operation.items() if value is not None}
        found[verb, target] = {**given, "verb": verb, "target": target}
    return list(found.values())


def all_channels(kind: str) -> list[tuple[str, str]]:
    """Verb and target of what an API of this type has when it names nothing: only sockets are published to."""
    verbs = (SUBSCRIBE, PUBLISH) if kind == StreamType.WS else (SUBSCRIBE,)
    return [(verb, EVERYTHING) for verb in verbs]


def same_type(api: Api, document: Mapping[str, Any]) -> dict[str, Any]:
    """A new document of an API, with the type that it had when it names none.

    Raises Invalid for one that another kind of definition would have to describe.
    """
    before, given = api.document.get("type"), document.get("type") or api.document.get("type")
    if given != before and (is_streaming(api.document) or is_streaming(document)):
        raise Invalid.field("type", f"cannot be changed (it is '{before}')")
    return {**document, "type": given}
