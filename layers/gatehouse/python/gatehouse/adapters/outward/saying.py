"""Saying: what others give as the reason of a refusal, fit to be passed on: it is their text, and it may repeat our secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

SAID_CHARACTERS_MAX = 300

_SECRET_CHARACTERS_MIN = 6
"""What is shorter hides nothing worth hiding, and would make words unreadable."""

_SAYING = (
    "error",
    "error_description",
    "errorCode",
    "errorSummary",
    "errorCauses",
    "code",
    "message",
    "description",
    "detail",
)
"""RFC 6749 §5.2 and RFC 7591 §3.2.2; Okta; Auth0, Graph and WSO2."""


def reason(document: Any, status: int, secrets: Collection[str]) -> str:
    """What the known members of an answer say, on one line, shortened, with asterisks for secrets; and the HTTP status."""
    text = "; ".join(dict.fromkeys(_texts(document))) or "no reason given"
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= _SECRET_CHARACTERS_MIN:
            text = text.replace(secret, "*****")
    readable = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"{readable[:SAID_CHARACTERS_MAX]} (HTTP {status})"


def _texts(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found] if found else []
    if isinstance(found, list):
        return [text for one in found for text in _texts(one)]
    if isinstance(found, dict):
        return [text for name in _SAYING for text in _texts(found.get(name))]
    return []
