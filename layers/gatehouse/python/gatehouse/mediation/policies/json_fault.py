"""jsonFault: an error reads as JSON, in WSO2's shape, whatever it came as."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

from gatehouse.mediation.bodies import Unreadable, is_encoded, parse_json, replace_body
from gatehouse.mediation.specification import Flow, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation

SPECIFICATION = Specification(
    name="jsonFault",
    display_name="JSON Fault",
    description="Answers errors as JSON: code, type, message and description.",
    flows=(Flow.FAULT,),
)

_READ_BYTES_MAX = 20_000
_TEXT_CHARACTERS_MAX = 500
_FIELDS = ("code", "type", "message", "description")
_MARKUP = re.compile(r"<[^<>]{0,1000}>")
_ELSEWHERE = {"description": ("detail", "faultstring"), "message": ("faultstring", "reason"), "code": ("faultcode",)}


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> None:
    """Never stops. An error that is a JSON object already stays as it is."""
    del parameters, situation
    content = b"" if is_encoded(message) else message.body[:_READ_BYTES_MAX]
    if len(content) == len(message.body) and _is_object(content):
        message.set_header("content-type", "application/json")
        return
    found = _fields(content.decode("utf-8", "replace"))
    fault = {
        "code": found.get("code") or str(message.status),
        "type": found.get("type") or "Status report",
        "message": found.get("message") or "Runtime Error",
        "description": found.get("description") or found.get("") or "The call failed",
    }
    replace_body(message, json.dumps(fault, ensure_ascii=False).encode("utf-8", "replace"), "application/json")


def _is_object(content: bytes) -> bool:
    try:
        return isinstance(parse_json(content), dict)
    except Unreadable:
        return False


def _fields(text: str) -> dict[str, str]:
    """What elements with the names of the fields hold; under "" the whole text without markup."""
    found = {"": _plain(text)}
    for field in _FIELDS:
        for name in (field, *_ELSEWHERE.get(field, ())):
            match = re.search(rf"<(?:[\w.-]{{1,50}}:)?{name}>([^<]{{1,{_TEXT_CHARACTERS_MAX}}})</", text, re.IGNORECASE)
            if match and (value := _plain(match[1])):
                found[field] = value
                break
    return found


def _plain(text: str) -> str:
    return " ".join(unescape(_MARKUP.sub(" ", text)).split())[:_TEXT_CHARACTERS_MAX]
