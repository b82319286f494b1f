"""Tells people and other systems what waits for an approval, and what was decided. No front door leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import CourierSettings
from infra.constructs.concern import Concern
from infra.constructs.review import accept

if TYPE_CHECKING:
    from infra.concerns.house import House

MEMORY_MEGABYTES = 512
TIMEOUT_SECONDS = 300
"""Changes come ten at a time, and others may answer slowly."""
WORKFLOWS_EXPORT = "ExportsOutputFnGetAttworkflowsFFAF50C1Arn1C30824D"
"""The name under which CloudFormation hands the table's ARN from one stack to the other."""


def courier(house: House) -> Concern:
    """The function, woken by what changes in table `workflows`."""
    state, stage = house.state, house.stage
    concern = Concern(
        house.scope,
        "courier",
        stage=stage,
        settings=CourierSettings(
            stage=stage.name,
            **house.logging_in(),
            management_url=house.management_url,
            settings_table=state.settings.table_name,
            workflows_table=state.workflows.table_name,
            local_backends_allowed=stage.local,
            mail_sender=stage.mail_sender,
        ),
        layers=house.layers,
        memory_megabytes=MEMORY_MEGABYTES,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    concern.watches(state.workflows)
    streams = f"{state.stack_name}:{WORKFLOWS_EXPORT}/stream/*"
    accept(concern.role, f"IAM5[Resource::{streams}]", "A table has one stream at a time; its name is a moment")
    # People are found where log-ins find them, directories of tenants included.
    concern.may(state.identity.table_arn, "dynamodb:GetItem")
    concern.may(state.user_store_secret.secret_arn, "secretsmanager:GetSecretValue")
    concern.may(state.settings.table_arn, "dynamodb:GetItem")
    # Whether what does not wait any more was decided, or given up.
    concern.may(state.workflows.table_arn, "dynamodb:GetItem")
    house.may_write_letters(concern)
    return concern
