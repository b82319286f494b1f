"""Users of table `identity`, as the call path reads them: one full key, a bare botocore client, nothing of pynamodb."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import DOMAIN_MAX, USERNAME_MAX, User

if TYPE_CHECKING:
    from collections.abc import Mapping


class UserReader:
    """Implements `ports.people.identity.UserLookup` on a botocore DynamoDB client (`adapters.aws.dynamodb_client`)."""

    def __init__(self, client: Any, table_name: str) -> None:
        """On the table of this name."""
        self._client = client
        self._table = table_name

    def get(self, tenant: str, name: str) -> User | None:
        """The user of this name, in any case, or None. Raises Unavailable."""
        if not is_possible(tenant, name):
            return None
        key = {"pk": {"S": users_partition(tenant)}, "sk": {"S": name.lower()}}
        try:
            item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error), operation="get_item") from error
        return user_of(tenant, json.loads(item["body"]["S"]), int(item["version"]["N"])) if item else None


def is_possible(tenant: str, name: str) -> bool:
    """Whether it can be a user's name: callers ask for whatever was typed into a login form."""
    return 0 < len(name) <= USERNAME_MAX and len(tenant) <= DOMAIN_MAX


def users_partition(tenant: str) -> str:
    """Where a tenant's users stand, each under its name in lower case."""
    return f"{tenant}#USER"


def user_of(tenant: str, body: Mapping[str, Any], version: int) -> User:
    """The user in a row's body."""
    return User(
        tenant=tenant,
        id=body["id"],
        name=body["name"],
        roles=frozenset(body["roles"]),
        password_hash=body["password_hash"],
        active=body["active"],
        profile=body["profile"],
        created_at=body["created_at"],
        modified_at=body.get("modified_at", body["created_at"]),
        workflow=body.get("workflow", ""),
        version=version,
    )
