"""Billing is other systems' work: what is answered about bills here, where none of those is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.errors import NotFound

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api


class NotMonetized(NotFound):
    """Nobody is billed for the API."""

    default_description = "The API is not monetized: nothing is billed for it."


class NoBilling(NotFound):
    """No billing engine is connected."""

    default_description = "No billing engine is connected to this deployment, so nothing is known of bills."


def check_billed(api: Api | None) -> None:
    """Raises NotMonetized, also for an API that is gone, and NoBilling, as long as no billing engine is connected."""
    if api is None or not (api.document.get("monetization") or {}).get("enabled"):
        raise NotMonetized
    raise NoBilling
