"""Tenants that are open: of one that is deactivated nobody logs in, and no token's user is anybody."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gatehouse.adapters.user_stores.routing import StoreUsers
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import DOMAIN_MAX, SUPER_TENANT

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.people.identity import PasswordCheck, UserLookup
    from gatehouse.ports.people.user_stores import Directories, UserStores
    from gatehouse.ports.world import Clock

REMEMBERED_SECONDS = 4.0
"""How long a tenant's state is not asked for again: less than `max_staleness`, within which a change must hold."""

REMEMBERED_MAX = 1_000


class TenantStates:
    """Whether tenants are open, by table `identity`, on a botocore DynamoDB client (`adapters.aws.dynamodb_client`)."""

    def __init__(self, client: Any, table_name: str, clock: Clock) -> None:
        self._client = client
        self._table = table_name
        self._clock = clock
        self._known: dict[str, tuple[float, bool | None]] = {}

    def is_open(self, tenant: str) -> bool:
        """Whether the tenant is active; the super tenant always is. Raises Unavailable."""
        return self._state(tenant) is not False

    def exists(self, tenant: str) -> bool:
        """Whether there is a tenant of this name. Raises Unavailable."""
        return len(tenant) <= DOMAIN_MAX and self._state(tenant) is not None

    def _state(self, tenant: str) -> bool | None:
        """Whether it is active; None for a tenant that is not there."""
        if tenant == SUPER_TENANT:
            return True
        now = self._clock.now()
        until, known = self._known.get(tenant, (0.0, None))
        if until > now:
            return known
        state = self._asked(tenant)
        self._known = {name: entry for name, entry in self._known.items() if entry[0] > now}
        if len(self._known) < REMEMBERED_MAX:
            self._known[tenant] = (now + REMEMBERED_SECONDS, state)
        return state

    def _asked(self, tenant: str) -> bool | None:
        key = {"pk": {"S": f"{tenant}#TENANT"}, "sk": {"S": "META"}}
        try:
            item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(cause=str(error), operation="get_item") from error
        return bool(json.loads(item["body"]["S"])["active"]) if item else None


class OpenTenants(StoreUsers):
    """The users of all stores; those of a tenant that is not open are not active."""

    def __init__(
        self,
        primary: UserLookup,
        passwords: PasswordCheck,
        stores: UserStores,
        directories: Directories,
        clock: Clock,
        states: TenantStates,
    ) -> None:
        super().__init__(primary, passwords, stores, directories, clock)
        self._states = states

    def get(self, tenant: str, name: str) -> User | None:
        """The user of this name, or None. Raises Unavailable."""
        found = super().get(tenant, name)
        if found is None or not found.active or self._states.is_open(tenant):
            return found
        return replace(found, active=False)
