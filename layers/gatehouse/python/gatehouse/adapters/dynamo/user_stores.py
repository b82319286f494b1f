"""Descriptions of user stores in table `identity`, on a bare botocore client: the gateway reads them too.

| pk             | sk                 | body                                                       |
|----------------|--------------------|------------------------------------------------------------|
| `T#USERSTORE`  | domain, upper case | `{type, description, properties, sealed_password}`         |

The store's password is sealed (`adapters/user_stores/sealing`).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.identity import DOMAIN_MAX
from gatehouse.domain.user_store import StoreType, UserStore, UserStoreExists, is_domain

if TYPE_CHECKING:
    from gatehouse.domain.errors import GatehouseError

_CONDITION = "ConditionalCheckFailedException"
_UNCHANGED = {"ExpressionAttributeNames": {"#version": "version"}, "ConditionExpression": "#version = :version"}


class UserStoreTable:
    """Implements `ports.user_stores.UserStores` on a botocore DynamoDB client (`adapters.aws.dynamodb_client`)."""

    def __init__(self, client: Any, table_name: str) -> None:
        """On the table of this name."""
        self._client = client
        self._table = table_name

    def get(self, tenant: str, domain: str) -> UserStore | None:
        """The store of this domain, or None. Raises Unavailable."""
        if not is_domain(domain) or not 0 < len(tenant) <= DOMAIN_MAX:
            return None
        item = self._ask("get_item", Key=_key(tenant, domain), ConsistentRead=True).get("Item")
        return _store(tenant, item) if item else None

    def all(self, tenant: str) -> list[UserStore]:
        """Every store of the tenant, by domain: no more than a page, because there are few. Raises Unavailable."""
        answer = self._ask(
            "query",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": _partition(tenant)}},
            ConsistentRead=True,
        )
        return [_store(tenant, item) for item in answer["Items"]]

    def add(self, store: UserStore) -> UserStore:
        """Keep a new one. Raises UserStoreExists, Unavailable."""
        new = replace(store, version=1)
        self._write(
            "put_item",
            UserStoreExists(store=store.domain),
            Item=_item(new),
            ConditionExpression="attribute_not_exists(pk)",
        )
        return new

    def save(self, store: UserStore) -> UserStore:
        """Replace one read before. Raises Changed, Unavailable."""
        new = replace(store, version=store.version + 1)
        self._write("put_item", Changed(), Item=_item(new), **_as_it_was(store))
        return new

    def remove(self, store: UserStore) -> None:
        """Forget one read before. Raises Changed, Unavailable."""
        self._write("delete_item", Changed(), Key=_key(store.tenant, store.domain), **_as_it_was(store))

    def _write(self, operation: str, refusal: GatehouseError, **request: Any) -> None:
        try:
            getattr(self._client, operation)(TableName=self._table, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] == _CONDITION:
                raise refusal from error
            raise Unavailable(cause=str(error), operation=operation) from error
        except BotoCoreError as error:
            raise Unavailable(cause=str(error), operation=operation) from error

    def _ask(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client, operation)(TableName=self._table, **request)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error), operation=operation) from error


def _partition(tenant: str) -> str:
    return f"{tenant}#USERSTORE"


def _key(tenant: str, domain: str) -> dict[str, Any]:
    return {"pk": {"S": _partition(tenant)}, "sk": {"S": domain.upper()}}


def _as_it_was(store: UserStore) -> dict[str, Any]:
    return {**_UNCHANGED, "ExpressionAttributeValues": {":version": {"N": str(store.version)}}}


def _item(store: UserStore) -> dict[str, Any]:
    body = {
        "type": store.type.value,
        "description": store.description,
        "properties": dict(store.properties),
        "sealed_password": store.sealed_password,
    }
    return {
        **_key(store.tenant, store.domain),
        "body": {"S": json.dumps(body, ensure_ascii=False)},
        "version": {"N": str(store.version)},
    }


def _store(tenant: str, item: dict[str, Any]) -> UserStore:
    body = json.loads(item["body"]["S"])
    return UserStore(
        tenant=tenant,
        domain=item["sk"]["S"],
        type=StoreType(body["type"]),
        description=body["description"],
        properties=body["properties"],
        sealed_password=body["sealed_password"],
        version=int(item["version"]["N"]),
    )
