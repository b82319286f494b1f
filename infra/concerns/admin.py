"""A tenant's settings, but for what is throttled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import AdminSettings
from infra.constructs.table import READ, WRITE

if TYPE_CHECKING:
    from infra.concerns.house import House
    from infra.constructs.concern import Concern


def admin(house: House, key_manager: Concern, store: Concern, publisher: Concern, identity: Concern) -> Concern:
    """What waits for an approval is decided by the functions that have it."""
    state = house.state
    admin = house.management_concern(
        "admin",
        AdminSettings(
            **house.management(),
            settings_table=state.settings.table_name,
            apis_table=state.apis.table_name,
            applications_table=state.applications.table_name,
            workflows_table=state.workflows.table_name,
            key_manager_function=key_manager.function.function_name,
            store_function=store.function.function_name,
            publisher_function=publisher.function.function_name,
            identity_function=identity.function.function_name,
            content_bucket=state.content.bucket_name,
            archive_entries_max=house.stage.archive_entries_max,
            archive_bytes_max=house.stage.archive_bytes_max,
            local_backends_allowed=house.stage.local,
        ),
    )
    # A category or a label that APIs have cannot be deleted; an API can be given to another provider.
    admin.may(state.apis.table_arn, *READ, *WRITE)
    admin.may(state.settings.table_arn, *READ, *WRITE)
    admin.may(state.artifacts.table_arn, *WRITE)
    # A key manager that keys were made at cannot be deleted; an application can, with its keys.
    admin.may(state.applications.table_arn, *READ, *WRITE)
    # What waits for an approval is decided by the function that has it; what is given up with an application, here.
    admin.may(state.workflows.table_arn, "dynamodb:GetItem", "dynamodb:Query", "dynamodb:DeleteItem")
    for asked in (key_manager, store, publisher, identity):
        admin.may(asked.function.function_arn, "lambda:InvokeFunction")
    # Themes are kept where definitions are.
    house.may_use_definitions(admin, "s3:GetObject", "s3:PutObject")
    return admin
