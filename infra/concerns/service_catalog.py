"""Backends that APIs can be made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import ServiceCatalogSettings
from infra.constructs.table import READ, WRITE

if TYPE_CHECKING:
    from infra.concerns.house import House
    from infra.constructs.concern import Concern

SERVICES = "*#SERVICE*"
"""The partition keys of services and of their names."""


def service_catalog(house: House) -> Concern:
    """A service that APIs were made of cannot be deleted."""
    state = house.state
    catalog = house.management_concern(
        "service_catalog",
        ServiceCatalogSettings(
            **house.management(),
            apis_table=state.apis.table_name,
            content_bucket=state.content.bucket_name,
            archive_entries_max=house.stage.archive_entries_max,
            archive_bytes_max=house.stage.archive_bytes_max,
            local_backends_allowed=house.stage.local,
        ),
    )
    # A service that APIs were made of cannot be deleted.
    catalog.may(state.apis.table_arn, *READ)
    catalog.may_with_keys(state.apis.table_arn, SERVICES, *WRITE)
    house.may_use_definitions(catalog, "s3:GetObject", "s3:PutObject")
    return catalog
