"""Where the rows of API keys stand in table `applications`, and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.applications.rows import application_pk
from gatehouse.domain.applications.api_key import ApiKey
from gatehouse.domain.applications.grant import KeyType

if TYPE_CHECKING:
    from typing import Any

    from gatehouse.adapters.dynamo.applications.rows import ApplicationRow

API_KEY = "APIKEY#"
ASSOCIATION = "ASSOC#"


def bound_keys_pk(tenant: str, owner: str) -> str:
    """The partition of a user's keys that are bound to APIs."""
    return f"{tenant}#BOUNDKEYS#{owner.lower()}"


def bound_key_sk(api_id: str, key_id: str = "") -> str:
    """The sort key of a key that is bound to an API; without its id, what those of the API begin with."""
    return f"{api_id}#{key_id}"


def keys_of_api_pk(tenant: str, api_id: str) -> str:
    """The partition that lists all keys that are bound to an API, whoever owns them."""
    return f"{tenant}#APIKEYS#{api_id}"


def place_of(key: ApiKey) -> tuple[str, str]:
    """The full key of a key's row: with its application or, when it is bound to an API, with its owner."""
    if key.api_id:
        return bound_keys_pk(key.tenant, key.owner), bound_key_sk(key.api_id, key.id)
    return application_pk(key.tenant, key.application_id), f"{API_KEY}{key.id}"


def association_sk(key: ApiKey) -> str:
    """The sort key under which an application knows a key that is associated with it."""
    return f"{ASSOCIATION}{key.api_id}#{key.id}"


def api_key_body(key: ApiKey) -> dict[str, Any]:
    """The body of a key's row."""
    return {
        "id": key.id,
        "name": key.name,
        "owner": key.owner,
        "key_type": key.key_type,
        "digest": key.digest,
        "application_id": key.application_id,
        "api_id": key.api_id,
        "created_at": key.created_at,
        "validity_seconds": key.validity_seconds,
        "addresses": list(key.addresses),
        "referers": list(key.referers),
        "token_id": key.token_id,
    }


def api_key_of(tenant: str, row: ApplicationRow) -> ApiKey:
    """The key in a row."""
    body = row.body
    typed = {
        "key_type": KeyType(body["key_type"]),
        "addresses": tuple(body["addresses"]),
        "referers": tuple(body["referers"]),
    }
    return ApiKey(**{**body, **typed}, tenant=tenant, version=int(row.version))
