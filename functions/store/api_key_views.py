"""How the store interface shows API keys. Times are epoch milliseconds; null is a key that was not used, as far as is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gatehouse.controlplane.store.bound_keys import Associated
    from gatehouse.controlplane.store.mint import NewApiKey
    from gatehouse.domain.applications.api_key import ApiKey


def new_api_key(made: NewApiKey) -> dict[str, Any]:
    """A key, the one time it is shown. `validityTime` is what WSO2 called the period until 4.6."""
    validity = made.key.validity_seconds
    return {
        "keyName": made.key.name,
        "apikey": made.secret,
        "validityPeriod": validity,
        "validityTime": validity,
    }


def api_key(key: ApiKey) -> dict[str, Any]:
    """A key that is bound to an application."""
    return {
        "keyUUID": key.id,
        "keyName": key.name,
        "issuedOn": key.created_at * 1000,
        "validityPeriod": key.validity_seconds,
        "lastUsed": key.last_used_at * 1000 or None,
    }


def bound_api_key(found: Associated) -> dict[str, Any]:
    """A key that is bound to an API, and the application that it stands for."""
    return {**api_key(found.key), "associatedApp": found.application.name if found.application else None}


def association(found: Associated) -> dict[str, Any]:
    """That a key stands for an application."""
    return {
        "keyName": found.key.name,
        "apiName": found.api.name if found.api else None,
        "applicationName": found.application.name if found.application else None,
    }


def associated_key(found: Associated) -> dict[str, Any]:
    """A key that stands for an application, with its API."""
    return {**api_key(found.key), **_api_of(found)}


def associable_key(found: Associated) -> dict[str, Any]:
    """An API that an application is subscribed to, with a key that could stand for it."""
    return {"keyUUID": found.key.id, "keyName": found.key.name, **_api_of(found)}


def listed(items: Iterable[Any], view: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Keys are not paged."""
    shown = [view(item) for item in items]
    return {"count": len(shown), "list": shown}


def _api_of(found: Associated) -> dict[str, Any]:
    return {"apiName": found.api.name if found.api else None, "apiUUID": found.key.api_id}
