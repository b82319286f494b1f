"""Backend limits: what a provider lets through to a backend at most (`maxTps`), of all callers together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid
from gatehouse.domain.throttling.limit import Rate, Unit, window_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.domain.publishing.deployed import EndpointGroup

PRODUCTION = "production"
SANDBOX = "sandbox"

_TOKENS = {
    "MaxPromptTokenCount": Unit.PROMPT_TOKENS,
    "MaxCompletionTokenCount": Unit.COMPLETION_TOKENS,
    "MaxTotalTokenCount": Unit.TOTAL_TOKENS,
}


def limited(group: EndpointGroup | None, document: Mapping[str, Any], side: str) -> EndpointGroup | None:
    """This side of the API with its backend limits. Raises Invalid that names the field."""
    limits = tuple(backend_limits(document, side))
    return replace(group, limits=limits) if group is not None and limits else group


def backend_limits(document: Mapping[str, Any], side: str) -> Iterator[Rate]:
    """The limits of `production` or `sandbox`; 0 and nothing are no limit. Tokens are counted in the same window."""
    given = document.get("maxTps") or {}
    seconds = window_seconds(given.get(f"{side}TimeUnit") or "SECOND", 1, path=f"maxTps.{side}TimeUnit")
    yield from _rate(given, side, seconds, Unit.REQUESTS, "maxTps")
    tokens = given.get("tokenBasedThrottlingConfiguration") or {}
    if tokens.get("isTokenBasedThrottlingEnabled"):
        for name, unit in _TOKENS.items():
            yield from _rate(tokens, f"{side}{name}", seconds, unit, "maxTps.tokenBasedThrottlingConfiguration")


def _rate(given: Mapping[str, Any], name: str, seconds: int, unit: Unit, path: str) -> Iterator[Rate]:
    count = given.get(name) or 0
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise Invalid.field(f"{path}.{name}", "must be a whole number, 0 for no limit")
    if count:
        yield Rate(count=count, seconds=seconds, unit=unit)
