"""What developers meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import StoreSettings
from infra.concerns.house import WAITING
from infra.concerns.sdk_generator import SDKS, SDKS_REASON, sdk_generator
from infra.constructs.table import CHECK, READ, WRITE

if TYPE_CHECKING:
    from infra.concerns.house import House
    from infra.constructs.concern import Concern


def store(house: House, key_manager: Concern) -> Concern:
    """It has SDKs made by a function of its own, and asks the key manager for tokens."""
    state = house.state
    generator = sdk_generator(house)
    store = house.management_concern(
        "store",
        StoreSettings(
            **house.management(),
            counters_table=state.counters.table_name,
            apis_table=state.apis.table_name,
            applications_table=state.applications.table_name,
            settings_table=state.settings.table_name,
            content_bucket=state.content.bucket_name,
            workflows_table=state.workflows.table_name,
            key_manager_function=key_manager.function.function_name,
            sdk_generator_function=generator.function.function_name,
            download_seconds=house.stage.download_seconds,
            archive_entries_max=house.stage.archive_entries_max,
            archive_bytes_max=house.stage.archive_bytes_max,
            local_backends_allowed=house.stage.local,
        ),
    )
    store.may(state.applications.table_arn, *READ, *WRITE)
    # Developers rate APIs and comment on them. A subscription is written only while its API is there.
    store.may(state.apis.table_arn, *READ, *WRITE, CHECK)
    # Visitors of one tenant's store look at another's.
    house.may_list_tenants(store)
    store.may(state.settings.table_arn, *READ)
    # What waits for an approval, and its subject, are written together.
    store.may(state.workflows.table_arn, *WAITING)
    # The calls of an application's user are counted anew when its owner says so.
    store.may(state.counters.table_arn, "dynamodb:DeleteItem")
    # The gateway tells there when API keys were used.
    store.may(state.counters.table_arn, "dynamodb:BatchGetItem")
    store.may(state.artifacts.table_arn, *WRITE)
    # Files are handed out at URLs that the store signs; definitions for callers are made when they are asked for.
    house.may_use_definitions(store, "s3:GetObject", "s3:PutObject")
    house.may_use(SDKS, store, "s3:GetObject", reason=SDKS_REASON)
    for asked in (key_manager, generator):
        store.may(asked.function.function_arn, "lambda:InvokeFunction")
    return store
