"""The traffic manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import ThrottlingSettings
from infra.constructs.table import READ, WRITE

if TYPE_CHECKING:
    from infra.concerns.house import House
    from infra.constructs.concern import Concern


def throttling(house: House) -> Concern:
    """It counts the calls of other gateways, too."""
    state = house.state
    throttling = house.management_concern(
        "throttling",
        ThrottlingSettings(
            **house.management(),
            settings_table=state.settings.table_name,
            apis_table=state.apis.table_name,
            applications_table=state.applications.table_name,
            **house.counting(),
        ),
    )
    throttling.may(state.settings.table_arn, *READ, *WRITE)
    throttling.may(state.artifacts.table_arn, *WRITE)
    # A policy that is in use cannot be deleted, and only what exists can be shut out.
    throttling.may(state.apis.table_arn, *READ)
    throttling.may(state.applications.table_arn, *READ)
    # An admin looks at what is left of a limit; other gateways' calls are counted here.
    throttling.may(state.counters.table_arn, "dynamodb:GetItem", "dynamodb:UpdateItem")
    return throttling
