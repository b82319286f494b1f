"""The service catalog function's composition root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.service_catalog.interface import interface
from functions.service_catalog.wire import described_in, written
from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.definitions import OpenApiDefinitions
from gatehouse.adapters.definitions.asyncapi import AsyncApiDefinitions
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.adapters.graphql import CoreSchemas
from gatehouse.adapters.objects.blobs import BucketBlobs, blob_client
from gatehouse.adapters.outward.remote import HttpRemote
from gatehouse.adapters.wsdl import LxmlWsdl
from gatehouse.controlplane.languages import Languages
from gatehouse.controlplane.service_catalog.contents import Contents
from gatehouse.controlplane.service_catalog.services import Services
from gatehouse.controlplane.service_catalog.transfers import Transfers
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.edge.composition import callers
from gatehouse.edge.surface import Surface
from gatehouse.settings import ServiceCatalogSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = ServiceCatalogSettings.from_environment(os.environ)
_artifacts = ArtifactTable(_settings.artifacts_table)
_archives = ZipArchives(ArchiveLimits(entries_max=_settings.archive_entries_max, bytes_max=_settings.archive_bytes_max))
_services = Services(
    records=RecordTable(_settings.apis_table, _artifacts),
    apis=ApiTable(_settings.apis_table, _artifacts),
    blobs=BucketBlobs(blob_client(), _settings.content_bucket),
    contents=Contents(
        languages=Languages(openapi=OpenApiDefinitions(), asyncapi=AsyncApiDefinitions()),
        schemas=CoreSchemas(),
        wsdl=LxmlWsdl(_archives),
    ),
    clock=SystemClock(),
)
_catalog = Surface(
    interface(
        _services,
        Transfers(services=_services, archives=_archives, shape=described_in, show=written),
        HttpRemote(internal_allowed=_settings.local_backends_allowed),
    ),
    callers(_settings),
)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer an HTTP event."""
    return _catalog(event, context)
