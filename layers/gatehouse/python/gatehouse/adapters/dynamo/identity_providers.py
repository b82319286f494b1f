"""Identity providers in table `identity`, on a bare botocore client.

| pk       | sk | body                                                            |
|----------|----|-----------------------------------------------------------------|
| `T#IDP`  | id | `{name, protocol, issuer, settings, document, sealed_secret}`   |

The id is made of the name, so that a name is there once.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.identity import DOMAIN_MAX
from gatehouse.domain.identity_provider import IdentityProvider, IdentityProviderExists, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.errors import GatehouseError

ID_MAX = 36
_CONDITION = "ConditionalCheckFailedException"


class IdentityProviderTable:
    """Implements `ports.identity_providers.IdentityProviders` (`adapters.aws.dynamodb_client`)."""

    def __init__(self, client: Any, table_name: str) -> None:
        """On the table of this name."""
        self._client = client
        self._table = table_name

    def get(self, tenant: str, provider_id: str) -> IdentityProvider | None:
        """The provider with this id, or None. Raises Unavailable."""
        if not 0 < len(provider_id) <= ID_MAX or not 0 < len(tenant) <= DOMAIN_MAX:
            return None
        item = self._ask("get_item", Key=_key(tenant, provider_id), ConsistentRead=True).get("Item")
        return _provider(tenant, item) if item else None

    def all(self, tenant: str) -> list[IdentityProvider]:
        """Every provider of the tenant, by name. Raises Unavailable."""
        request: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": _partition(tenant)}},
            "ConsistentRead": True,
        }
        items: list[dict[str, Any]] = []
        while True:
            answer = self._ask("query", **request)
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                break
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        return sorted((_provider(tenant, item) for item in items), key=lambda provider: provider.name.lower())

    def add(self, provider: IdentityProvider) -> IdentityProvider:
        """Keep a new one. Raises IdentityProviderExists, Unavailable."""
        new = replace(provider, version=1)
        self._write(
            "put_item",
            IdentityProviderExists(provider=provider.name),
            Item=_item(new),
            ConditionExpression="attribute_not_exists(pk)",
        )
        return new

    def save(self, provider: IdentityProvider) -> IdentityProvider:
        """Replace one read before. Raises Changed, Unavailable."""
        new = replace(provider, version=provider.version + 1)
        self._write("put_item", Changed(), Item=_item(new), **_as_it_was(provider))
        return new

    def remove(self, provider: IdentityProvider) -> None:
        """Forget one read before. Raises Changed, Unavailable."""
        self._write("delete_item", Changed(), Key=_key(provider.tenant, provider.id), **_as_it_was(provider))

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
    return f"{tenant}#IDP"


def _key(tenant: str, provider_id: str) -> dict[str, Any]:
    return {"pk": {"S": _partition(tenant)}, "sk": {"S": provider_id}}


def _as_it_was(provider: IdentityProvider) -> dict[str, Any]:
    return {
        "ExpressionAttributeNames": {"#version": "version"},
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(provider.version)}},
    }


def _item(provider: IdentityProvider) -> dict[str, Any]:
    body = {
        "name": provider.name,
        "protocol": provider.protocol.value,
        "issuer": provider.issuer,
        "settings": dict(provider.settings),
        "document": dict(provider.document),
        "sealed_secret": provider.sealed_secret,
    }
    return {
        **_key(provider.tenant, provider.id),
        "body": {"S": json.dumps(body, ensure_ascii=False)},
        "version": {"N": str(provider.version)},
    }


def _provider(tenant: str, item: dict[str, Any]) -> IdentityProvider:
    body = json.loads(item["body"]["S"])
    return IdentityProvider(
        tenant=tenant,
        id=item["sk"]["S"],
        name=body["name"],
        protocol=Protocol(body["protocol"]),
        issuer=body["issuer"],
        settings=body["settings"],
        document=body["document"],
        sealed_secret=body["sealed_secret"],
        version=int(item["version"]["N"]),
    )
