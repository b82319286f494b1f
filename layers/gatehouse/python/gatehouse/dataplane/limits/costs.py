"""What a call costs: one request, one event, the bytes of its body, and the tokens of a language model.

Tokens are known only when the model has answered. They are reserved first, as many as the call may use, and what was not
used is given back afterwards: so calls at the same time cannot use more together than there is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.answers.refusal import Refusal
from gatehouse.domain.throttling.limit import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.dataplane.call import Call, Reply

CHARACTERS_PER_TOKEN = 3
"""Prompts are reserved as if a token had so many bytes; most have four, and what is too much comes back."""

COMPLETION_TOKENS_RESERVED = 1_000
"""What a call reserves for the answer when it does not say how long the answer may be."""

READ_BYTES_MAX = 4_500_000
"""A longer body is not looked into for tokens."""

FAILED = 400
"""An answer from this status on, and without `usage`, used nothing."""

TOKENS = frozenset({Unit.PROMPT_TOKENS, Unit.COMPLETION_TOKENS, Unit.TOTAL_TOKENS})

_LONGEST_ANSWER = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_PROMPT = ("prompt_tokens", "input_tokens")
_COMPLETION = ("completion_tokens", "output_tokens")

Costs = dict[Unit, int]


def reserved(call: Call, *, tokens: bool) -> Costs:
    """What is counted before the backend is asked. Tokens only where a limit counts them: the body is read for it."""
    costs = {Unit.REQUESTS: 1, Unit.EVENTS: 1, Unit.BYTES: len(call.body)}
    if tokens:
        prompt = -(-len(call.body) // CHARACTERS_PER_TOKEN)
        answer = _first(_document(call.body), _LONGEST_ANSWER)
        costs |= _tokens(prompt, COMPLETION_TOKENS_RESERVED if answer is None else answer)
    return costs


def used(outcome: Reply | Refusal | None) -> Costs:
    """The tokens that an answer says were used (`usage`, as the models of OpenAI and their like tell).

    None at all for a call that never went to its backend, and for an error without `usage`. Where nobody knows, `{}`: what
    was reserved stays counted.
    """
    if outcome is None:
        return _tokens(0, 0)
    if isinstance(outcome, Refusal):
        return {}
    usage = _document(outcome.body).get("usage")
    if not isinstance(usage, dict):
        return _tokens(0, 0) if outcome.status >= FAILED else {}
    prompt, completion = _first(usage, _PROMPT), _first(usage, _COMPLETION)
    if prompt is None and completion is None:
        return {}
    costs = _tokens(prompt or 0, completion or 0)
    total = _first(usage, ("total_tokens",))
    return costs if total is None else costs | {Unit.TOTAL_TOKENS: total}


def _tokens(prompt: int, completion: int) -> Costs:
    return {
        Unit.PROMPT_TOKENS: prompt,
        Unit.COMPLETION_TOKENS: completion,
        Unit.TOTAL_TOKENS: prompt + completion,
    }


def _document(body: bytes) -> Mapping[str, Any]:
    if not body or len(body) > READ_BYTES_MAX:
        return {}
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _first(document: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = document.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None
