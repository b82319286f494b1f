"""Endpoint certificates: the promises of `ports/publishing/certificates`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.certificates import EndpointCertificateTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.domain.artifact import Artifact, Withdrawal, trust_key, trust_partition
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.certificate import AliasTaken, CertificateNotFound, EndpointCertificate
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.certificates import InMemoryEndpointCertificates
from tests.fakes.clock import StoppedClock

if TYPE_CHECKING:
    from gatehouse.domain.artifact import Change
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.publishing.certificates import EndpointCertificates
    from tests.conftest import DynamoDB

HOST = "backend.example"


@dataclass(frozen=True, kw_only=True)
class World:
    certificates: EndpointCertificates
    artifacts: Artifacts
    tenant: str

    def certificate(self, alias: str = "backend", content: str = "PEM") -> EndpointCertificate:
        return EndpointCertificate(tenant=self.tenant, alias=alias, endpoint=f"https://{HOST}", content=content)

    def add(self, alias: str = "backend") -> EndpointCertificate:
        certificate = self.certificate(alias)
        return self.certificates.add(certificate, [published(certificate)])

    def trusted(self) -> list[str]:
        return sorted(self.artifacts.partition(trust_partition(self.tenant, HOST)))


def published(certificate: EndpointCertificate) -> Change:
    return Artifact(trust_key(certificate.tenant, HOST, certificate.alias), {"content": certificate.content})


def withdrawn(certificate: EndpointCertificate) -> Change:
    return Withdrawal(trust_key(certificate.tenant, HOST, certificate.alias))


class Promises:
    """Held by every implementation."""

    def test_what_is_added_is_found_and_listed_by_alias_and_trusted_at_once(self, world: World) -> None:
        later, first = world.add("b"), world.add("a")
        assert world.certificates.get(world.tenant, "b") == later
        assert world.certificates.all(world.tenant) == [first, later]
        assert world.trusted() == ["a", "b"]

    def test_another_tenant_s_do_not_exist(self, world: World) -> None:
        world.add()
        assert world.certificates.all("other.example") == []
        with pytest.raises(CertificateNotFound):
            world.certificates.get("other.example", "backend")

    def test_an_alias_is_taken_once_however_many_ask(self, world: World) -> None:
        def add(_: int) -> bool:
            try:
                world.add()
            except AliasTaken:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(add, range(8))) == 1

    def test_what_was_replaced_meanwhile_is_neither_replaced_nor_removed(self, world: World) -> None:
        added = world.add()
        saved = world.certificates.save(replace(added, content="NEW"), [published(added)])
        assert world.certificates.get(world.tenant, "backend") == saved
        with pytest.raises(Changed):
            world.certificates.save(replace(added, content="OTHER"), [])
        with pytest.raises(Changed):
            world.certificates.remove(added, [withdrawn(added)])
        assert world.trusted() == ["backend"]

    def test_what_is_removed_is_neither_found_nor_trusted(self, world: World) -> None:
        added = world.add()
        before = dict(world.artifacts.epoch(world.tenant))
        world.certificates.remove(added, [withdrawn(added)])
        assert (world.certificates.all(world.tenant), world.trusted()) == ([], [])
        assert world.artifacts.epoch(world.tenant)["trust"] > before["trust"]
        with pytest.raises(Changed):
            world.certificates.save(added, [])


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        artifacts = InMemoryArtifacts(StoppedClock())
        return World(certificates=InMemoryEndpointCertificates(artifacts), artifacts=artifacts, tenant="a.example")


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        apis, artifacts = dynamodb.table("apis"), dynamodb.table("artifacts")
        return World(
            certificates=EndpointCertificateTable(apis, ArtifactTable(artifacts)),
            artifacts=ArtifactLookup(dynamodb.client, artifacts),
            tenant=f"{uuid.uuid4().hex}.example",
        )
