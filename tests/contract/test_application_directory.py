"""The directory of applications: the promises of its port, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.applications import ApplicationTable, directory
from gatehouse.adapters.dynamo.applications.directory import DirectoryTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.domain.applications.application import Application
from gatehouse.ports.applications.application_directory import listed
from tests.fakes.application_directory import InMemoryDirectory
from tests.fakes.applications import InMemoryApplications, Shelf
from tests.fakes.artifacts import InMemoryArtifacts

if TYPE_CHECKING:
    from gatehouse.ports.applications.application_directory import ApplicationDirectory
    from gatehouse.ports.applications.applications import Applications
    from tests.conftest import DynamoDB

OWNERS = ("mary", "Mary Ann", "a#b", "a%23b", "LDAP/john")


Parts = tuple["Applications", "ApplicationDirectory"]


class Promises:
    def test_every_application_is_listed_whoever_owns_it(self, parts: Parts) -> None:
        applications, shelf = parts
        tenant = f"{uuid.uuid4().hex}.example"
        kept = [
            applications.add(
                Application(tenant=tenant, id=str(uuid.uuid4()), name=name, owner=owner, policy="Unlimited")
            )
            for owner in OWNERS
            for name in ("Kiosk", "# till")
        ]
        wanted = set(map(listed, kept))
        found = shelf.listed(tenant)
        assert set(found) == wanted
        assert len(found) == len(wanted)
        assert shelf.listed("nobody.example") == []
        for owner in OWNERS:
            assert set(shelf.owned_by(tenant, owner)) == {line for line in wanted if line.owner == owner.lower()}

    def test_a_line_follows_its_application(self, parts: Parts) -> None:
        applications, shelf = parts
        tenant = f"{uuid.uuid4().hex}.example"
        kept = applications.add(
            Application(tenant=tenant, id=str(uuid.uuid4()), name="Kiosk", owner="mary", policy="Unlimited")
        )
        assert shelf.listed(tenant) == [listed(kept)]
        for change in ({"policy": "10PerMin"}, {"name": "Till"}, {"owner": "john"}):
            kept = applications.save(replace(kept, **change))
            assert shelf.listed(tenant) == shelf.owned_by(tenant, kept.owner) == [listed(kept)]
        assert shelf.owned_by(tenant, "mary") == []
        withdrawn = applications.withdraw(kept)
        assert shelf.listed(tenant) == [listed(withdrawn)]

    def test_a_removed_application_is_not_listed(self, parts: Parts) -> None:
        applications, shelf = parts
        tenant = f"{uuid.uuid4().hex}.example"
        application = Application(tenant=tenant, id=str(uuid.uuid4()), name="Kiosk", owner="mary", policy="Unlimited")
        applications.remove(applications.withdraw(applications.add(application)))
        assert shelf.listed(tenant) == []


class TestInMemory(Promises):
    @pytest.fixture
    def parts(self) -> Parts:
        shelf = Shelf(InMemoryArtifacts(SystemClock()))
        return InMemoryApplications(shelf), InMemoryDirectory(shelf)


class TestOnDynamoDB(Promises):
    @pytest.fixture(params=[directory.READ_MAX, 0], ids=["few", "many"])
    def parts(self, request: pytest.FixtureRequest, dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch) -> Parts:
        monkeypatch.setattr(directory, "READ_MAX", request.param)
        table = dynamodb.table("applications")
        return ApplicationTable(table, ArtifactTable(dynamodb.table("artifacts"))), DirectoryTable(table)
