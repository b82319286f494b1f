"""Detail: what an administrator has asked to be logged of an API's calls besides the line. Loaded by those calls alone.

Bodies are whatever callers and backends wrote: they are there because somebody asked for them, and only their beginnings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.answers.platform import as_text
from gatehouse.domain.publishing.log_level import LogLevel, level_of
from gatehouse.mediation.headers import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.evidence import Target
    from gatehouse.domain.publishing.deployed import DeployedApi

BODY_CHARACTERS_MAX = 10_000
"""A line of CloudWatch Logs holds 256 kB; this leaves room for both bodies, however they are escaped."""

HIDDEN = "***"


def detail_of(call: Call, reply: Reply, target: Target) -> dict[str, Any]:
    """What is noted of this call, by its operation's level: nothing, headers, or headers and bodies."""
    level = level_of(target.api.levels, target.operation.verb, target.operation.target)
    if level not in {LogLevel.STANDARD, LogLevel.FULL}:
        return {}
    deployed = target.api.deployed
    noted: dict[str, Any] = {
        "request_headers": _shown(call.headers.items(), deployed),
        "response_headers": _shown(reply.headers, deployed),
    }
    if level is LogLevel.FULL:
        noted |= {"request_body": _beginning(call.body), "response_body": _beginning(reply.body)}
    return noted


def _shown(headers: Iterable[tuple[str, str]], api: DeployedApi) -> dict[str, str]:
    shown: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        text = HIDDEN if is_secret(key, api) else value
        shown[key] = f"{shown[key]}, {text}" if key in shown else text
    return shown


def _beginning(body: bytes) -> str:
    """The first characters of a text, else what there is too much or too little to say of."""
    text = as_text(body)
    if text is None:
        return f"({len(body)} bytes that are no text)"
    return text if len(text) <= BODY_CHARACTERS_MAX else f"{text[:BODY_CHARACTERS_MAX]}…"
