"""Of a tenant that is closed nobody is active, on DynamoDB; and on the call path nothing of it is served."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.identity import TenantTable, UserTable
from gatehouse.adapters.dynamo.user_stores import UserStoreTable
from gatehouse.adapters.dynamo.users import UserReader
from gatehouse.adapters.login.tenants import REMEMBERED_SECONDS, OpenTenants, TenantStates
from gatehouse.domain.people.identity import SUPER_TENANT, Tenant, User
from tests.callers import PlainPasswords
from tests.fakes.clock import StoppedClock

if TYPE_CHECKING:
    from gatehouse.domain.people.user_store import UserStore
    from gatehouse.ports.people.user_stores import Directory
    from tests.conftest import DynamoDB


class NoDirectories:
    def open(self, store: UserStore) -> Directory:
        raise AssertionError(store)


def test_the_users_of_a_closed_tenant_are_not_active_until_it_opens(dynamodb: DynamoDB) -> None:
    identity, clock = dynamodb.table("identity"), StoppedClock()
    artifacts = ArtifactTable(dynamodb.table("artifacts"))
    tenants, users = TenantTable(identity, artifacts), UserTable(identity, artifacts)
    domain = f"{uuid.uuid4().hex}.example"
    tenants.add(Tenant(domain=domain, id=str(uuid.uuid4()), version=1))
    for tenant in (domain, SUPER_TENANT):
        users.add(User(tenant=tenant, id=str(uuid.uuid4()), name=domain, roles=frozenset(), password_hash=""))
    lookup = OpenTenants(
        UserReader(dynamodb.client, identity),
        PlainPasswords(),
        UserStoreTable(dynamodb.client, identity),
        NoDirectories(),
        clock,
        TenantStates(dynamodb.client, identity, clock),
    )

    def active(tenant: str) -> bool:
        found = lookup.get(tenant, domain)
        assert found is not None
        return found.active

    assert active(domain)
    known = tenants.get(domain)
    assert known is not None
    closed = tenants.save(replace(known, active=False))
    clock.advance(REMEMBERED_SECONDS + 0.1)
    assert not active(domain)
    assert active(SUPER_TENANT)
    assert lookup.get(domain, "nobody") is None
    tenants.save(replace(closed, active=True))
    clock.advance(REMEMBERED_SECONDS + 0.1)
    assert active(domain)


def test_a_tenant_that_is_there_is_told_from_a_domain_that_is_none(dynamodb: DynamoDB) -> None:
    identity, clock = dynamodb.table("identity"), StoppedClock()
    domain = f"{uuid.uuid4().hex}.example"
    TenantTable(identity, ArtifactTable(dynamodb.table("artifacts"))).add(
        Tenant(domain=domain, id=str(uuid.uuid4()), version=1, active=False)
    )
    states = TenantStates(dynamodb.client, identity, clock)
    assert states.exists(SUPER_TENANT)
    assert states.exists(domain)
    assert not states.is_open(domain)
    assert not states.exists("mail.example")
    assert not states.exists("x" * 5_000)
