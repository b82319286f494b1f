"""Every secret that a run issued or typed in, to be looked for in what the functions logged."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import httpx

CHARACTERS_MIN = 8
"""Shorter ones (`admin`) are found in any text."""

_SECRET_FIELDS = re.compile(
    r"(?i)(access|refresh|id|registration_access)_?token|.*secret(value)?|password|api_?key|assertion|code|device_code"
)
_AUTHORIZATION_CODE = re.compile(r"[?&]code=([^&#]+)")


class IssuedSecrets:
    """What must not be logged. Tokens count by their signature, since the rest of a JWT is no secret."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def note(self, answer: httpx.Response) -> None:
        """Take note of the secrets of an answer, and of those that were sent to get it."""
        sent = answer.request.headers.get("content-type", "")
        if sent.startswith("application/json"):
            with suppress(ValueError):  # tests send what is no JSON, too
                self._note_fields(json.loads(answer.request.content or b"null"))
        elif sent.startswith("application/x-www-form-urlencoded"):
            self._note_fields(dict(parse_qsl(answer.request.content.decode())))
        if answer.headers.get("content-type", "").startswith("application/json") and answer.content:
            self._note_fields(answer.json())
        self._note_all(_AUTHORIZATION_CODE.findall(answer.headers.get("location", "")))

    def leaked_in(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines that show a secret."""
        for line in lines:
            if any(secret in line for secret in self._seen):
                yield line

    def _note_fields(self, document: Any) -> None:
        if isinstance(document, dict):
            named = {name: value for name, value in document.items() if _SECRET_FIELDS.fullmatch(name)}
            self._note_all(value for value in named.values() if isinstance(value, str))
            for value in document.values():
                self._note_fields(value)
        elif isinstance(document, list):
            for value in document:
                self._note_fields(value)

    def _note_all(self, values: Iterable[str]) -> None:
        for value in values:
            secret = value.rpartition(".")[2] if value.count(".") == 2 else value
            if len(secret) >= CHARACTERS_MIN and not secret.isdigit():
                self._seen.add(secret)


def logged(client: Any) -> Iterator[str]:
    """Every line that the functions logged; `client` is one of CloudWatch Logs."""
    pages = client.get_paginator("filter_log_events")
    for group in client.describe_log_groups()["logGroups"]:
        for page in pages.paginate(logGroupName=group["logGroupName"]):
            yield from (event["message"] for event in page["events"])
