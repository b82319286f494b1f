"""What a developer asks of an API key, out of the interface's documents.

The restrictions are WSO2's: comma-separated texts among the additional properties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.store.api_keys import ApiKeyTerms
from gatehouse.domain.applications.api_key import NEVER
from gatehouse.domain.applications.restriction import (
    ADDRESSES_MAX,
    REFERER_LENGTH_MAX,
    REFERERS_MAX,
    is_referer_glob,
    normal_network,
)
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from functions.store import wire

_ADDRESSES = "additionalProperties.permittedIP"
_REFERERS = "additionalProperties.permittedReferer"


def api_key_terms(body: wire.ApiKeyBody) -> ApiKeyTerms:
    """What the key shall be like. Raises Invalid."""
    if body.validityPeriod == 0:
        raise Invalid.field("validityPeriod", "must be -1 (no expiry) or a number of seconds greater than 0")
    restrictions = body.additionalProperties
    return ApiKeyTerms(
        name=(body.keyName or "").strip(),
        validity_seconds=NEVER if body.validityPeriod is None else body.validityPeriod,
        addresses=_addresses((restrictions.permittedIP if restrictions else None) or ""),
        referers=_referers((restrictions.permittedReferer if restrictions else None) or ""),
        signed=restrictions is not None and restrictions.format == "JWT",
    )


def _addresses(text: str) -> tuple[str, ...]:
    networks = []
    for part in _parts(_ADDRESSES, text, ADDRESSES_MAX):
        try:
            networks.append(normal_network(part))
        except ValueError as error:
            raise Invalid.field(_ADDRESSES, f"'{part}' is neither an IP address nor a network (CIDR)") from error
    return tuple(dict.fromkeys(networks))


def _referers(text: str) -> tuple[str, ...]:
    globs = _parts(_REFERERS, text, REFERERS_MAX)
    for glob in globs:
        if not is_referer_glob(glob):
            problem = f"'{glob}' is no host with an optional path, or longer than {REFERER_LENGTH_MAX} characters"
            raise Invalid.field(_REFERERS, problem)
    return tuple(dict.fromkeys(globs))


def _parts(path: str, text: str, at_most: int) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > at_most:
        raise Invalid.field(path, f"has more than {at_most} entries")
    return parts
