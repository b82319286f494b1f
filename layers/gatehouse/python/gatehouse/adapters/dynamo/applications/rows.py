"""Where the rows of table `applications` stand, and what is in them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

from pynamodb.attributes import NumberAttribute

from gatehouse.adapters.dynamo.table import Row
from gatehouse.domain.applications.application import (
    Application,
    ApplicationKey,
    ApplicationStatus,
    KeyMode,
    KeyState,
    Subscription,
)
from gatehouse.domain.applications.grant import KeyType, SubscriptionStatus
from gatehouse.domain.applications.registration import Registration
from gatehouse.domain.artifact import ALL_TENANTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

T = TypeVar("T")

META = "META"
KEY = "KEY#"
SUBSCRIPTION = "SUB#"

ACTIONS_MAX = 100
"""How many writes DynamoDB takes in one transaction."""


class ApplicationRow(Row):
    """One row of table `applications`."""

    subscriptions = NumberAttribute(null=True)
    keys = NumberAttribute(null=True)


def application_pk(tenant: str, application_id: str) -> str:
    """The partition of an application and all it has."""
    return f"{tenant}#APP#{application_id}"


def directory_pk(tenant: str) -> str:
    """The partition that lists all applications of a tenant."""
    return f"{tenant}#APPS"


def owner_prefix(owner: str) -> str:
    """What the sort keys of an owner's applications begin with in the directory."""
    escaped = owner.lower().replace("%", "%25").replace("#", "%23")
    return f"{escaped}#"


def shared_pk(tenant: str) -> str:
    """The partition that lists shared applications by the circles that use them."""
    return f"{tenant}#SHARED"


def circle_prefix(circle: str) -> str:
    """What the sort keys of a circle's applications begin with."""
    return f"{circle.replace('%', '%25').replace('#', '%23')}#"


def welcomed_pk(tenant: str) -> str:
    """The partition of users who have had a default application."""
    return f"{tenant}#WELCOMED"


def subscription_ids_pk(tenant: str) -> str:
    """The partition of subscription ids."""
    return f"{tenant}#SUBID"


def subscribers_pk(tenant: str, api_id: str) -> str:
    """The partition of an API's subscribers."""
    return f"{tenant}#APISUBS#{api_id}"


def places_pk(tenant: str, api_id: str) -> str:
    """The partition of the plans of an API that take so many subscriptions and no more."""
    return f"{tenant}#PLACES#{api_id}"


def webhooks_pk(tenant: str, application_id: str) -> str:
    """The partition of an application's webhooks."""
    return f"{tenant}#WEBHOOKS#{application_id}"


def holders_pk(tenant: str, api_id: str) -> str:
    """The partition of the applications that have webhooks at an API, and how many."""
    return f"{tenant}#HOLDERS#{api_id}"


def clients_pk(tenant: str, key_manager_id: str) -> str:
    """The partition of the clients at a key manager ("": ours) that stand for applications; `tenant` may be ALL_TENANTS."""
    return f"{tenant}#CLIENTS#{key_manager_id}"


def client_pk(key: ApplicationKey) -> str:
    """The partition of the clients that this key's stands among."""
    return clients_pk(ALL_TENANTS if key.everybodys else key.tenant, key.key_manager_id)


def key_sk(key: ApplicationKey) -> str:
    """The sort key of a key."""
    return f"{KEY}{key.key_type}#{key.key_manager}"


def application_body(application: Application) -> dict[str, Any]:
    """The body of an application's META row."""
    return {
        "id": application.id,
        "name": application.name,
        "owner": application.owner,
        "policy": application.policy,
        "description": application.description,
        "attributes": dict(application.attributes),
        "status": application.status,
        "created_at": application.created_at,
        "updated_at": application.updated_at,
        "workflow": application.workflow,
        "groups": list(application.groups),
        "organization": application.organization,
    }


def application_of(tenant: str, row: ApplicationRow) -> Application:
    """The application in a META row."""
    body = row.body
    return Application(
        **{**body, "status": ApplicationStatus(body["status"]), "groups": tuple(body.get("groups", ()))},
        tenant=tenant,
        subscriptions=int(row.subscriptions or 0),
        version=int(row.version),
    )


def key_body(key: ApplicationKey) -> dict[str, Any]:
    """The body of a key's row."""
    return {
        "application_id": key.application_id,
        "id": key.id,
        "key_type": key.key_type,
        "client_id": key.client_id,
        "key_manager": key.key_manager,
        "key_manager_id": key.key_manager_id,
        "mode": key.mode,
        "grant_types": list(key.grant_types),
        "callback_url": key.callback_url,
        "properties": dict(key.properties),
        "everybodys": key.everybodys,
        "state": key.state,
        "workflow": key.workflow,
        "registration": asdict(key.registration) if key.registration else None,
    }


def key_of(tenant: str, row: ApplicationRow) -> ApplicationKey:
    """The key in a row."""
    body = row.body
    typed = {
        "key_type": KeyType(body["key_type"]),
        "mode": KeyMode(body.get("mode", KeyMode.CREATED)),
        "state": KeyState(body.get("state", KeyState.COMPLETED)),
        "grant_types": tuple(body["grant_types"]),
        "registration": Registration(**body["registration"]) if body.get("registration") else None,
    }
    return ApplicationKey(**{**body, **typed}, tenant=tenant, version=int(row.version))


def subscription_body(subscription: Subscription) -> dict[str, Any]:
    """The body of a subscription's row."""
    return {
        "id": subscription.id,
        "application_id": subscription.application_id,
        "api_id": subscription.api_id,
        "policy": subscription.policy,
        "status": subscription.status,
        "created_at": subscription.created_at,
        "requested": subscription.requested,
        "workflow": subscription.workflow,
        "blocked_as": subscription.blocked_as,
        "abroad": subscription.abroad,
    }


def subscription_of(row: ApplicationRow) -> Subscription:
    """The subscription in a row."""
    body, tenant = row.body, row.pk.partition("#")[0]
    blocked = SubscriptionStatus(body["blocked_as"]) if body.get("blocked_as") else None
    typed = {"status": SubscriptionStatus(body["status"]), "blocked_as": blocked}
    return Subscription(**{**body, **typed}, tenant=tenant, version=int(row.version))


def parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in their order, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
