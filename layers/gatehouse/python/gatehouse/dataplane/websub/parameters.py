"""Parameters of requests to a hub: form fields, as WebSub has them (§5.1), or the query, as WSO2's clients send them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call

FORM = "application/x-www-form-urlencoded"
FIELDS_MAX = 100


def is_form(call: Call) -> bool:
    """Whether the parameters stand in the body."""
    return call.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


def parameters_of(call: Call) -> dict[str, str]:
    """The parameters by name; a form's go before the query's, and of several of one name the first counts."""
    form = call.body.decode("utf-8", "replace") if is_form(call) else ""
    found: dict[str, str] = {}
    for text in (form, call.query):
        for name, value in _pairs(text):
            found.setdefault(name, value)
    return found


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        return []  # so many fields that none of them is meant
