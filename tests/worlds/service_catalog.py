"""A service catalog in memory, to be called through its surface, beside a publisher that makes APIs of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.service_catalog.interface import interface
from functions.service_catalog.wire import described_in, written
from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.definitions import OpenApiDefinitions
from gatehouse.adapters.definitions.asyncapi import AsyncApiDefinitions
from gatehouse.adapters.graphql import CoreSchemas
from gatehouse.adapters.wsdl import LxmlWsdl
from gatehouse.controlplane.languages import Languages
from gatehouse.controlplane.service_catalog.contents import Contents
from gatehouse.controlplane.service_catalog.services import Services
from gatehouse.controlplane.service_catalog.transfers import Transfers
from gatehouse.domain.apis.archive import ArchiveLimits
from tests.callers import client
from tests.fakes.remote import InMemoryRemote
from tests.worlds.forms import multipart
from tests.worlds.publisher import PublisherWorld, definition

if TYPE_CHECKING:
    from tests.callers import Reply

ARCHIVE_LIMITS = ArchiveLimits(entries_max=50, bytes_max=1_000_000)


class CatalogWorld:
    """`call` sends a request, by the admin unless said otherwise."""

    def __init__(self) -> None:
        self.publisher = PublisherWorld()
        self.clock, self.apis, self.records = self.publisher.clock, self.publisher.apis, self.publisher.records
        self.remote = InMemoryRemote()
        self.archives = ZipArchives(ARCHIVE_LIMITS)
        services = Services(
            records=self.records,
            apis=self.apis,
            blobs=self.publisher.judge.blobs,
            contents=Contents(
                languages=Languages(openapi=OpenApiDefinitions(), asyncapi=AsyncApiDefinitions()),
                schemas=CoreSchemas(),
                wsdl=LxmlWsdl(self.archives),
            ),
            clock=self.clock,
        )
        transfers = Transfers(services=services, archives=self.archives, shape=described_in, show=written)
        self.interface = interface(services, transfers, self.remote)
        self.call = client(self.interface)

    def form(self, method: str, path: str, *, by: str = "admin", query: Any = None, **fields: str | bytes) -> Reply:
        body, headers = multipart(fields)
        return self.call(method, path, body, by=by, headers=headers, query=query)

    def add(self, name: str = "Pizza", version: str = "1.0.0", content: bytes = b"", **more: Any) -> Reply:
        metadata = json.dumps(service(name, version, **more))
        return self.form("POST", "/services", serviceMetadata=metadata, definitionFile=content or openapi(name))

    def added(self, name: str = "Pizza", version: str = "1.0.0", **more: Any) -> Any:
        reply = self.add(name, version, **more)
        assert reply.status == 201, reply.text
        return reply.json


def service(name: str = "Pizza", version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    """A service as a provider describes it."""
    known = {"serviceUrl": "https://backend.example/pizza", "definitionType": "OAS3"}
    return {"name": name, "version": version, **known, **more}


def openapi(title: str = "Pizza", **more: Any) -> bytes:
    """An OpenAPI definition of one operation."""
    return json.dumps(definition(title, **more)).encode()
