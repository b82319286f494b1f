"""Users, roles and tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import IdentitySettings
from infra.concerns.house import WAITING
from infra.constructs.table import CHECK, READ, WRITE

if TYPE_CHECKING:
    from infra.concerns.house import House
    from infra.constructs.concern import Concern


def identity(house: House) -> Concern:
    """It makes the first tenant when the stack is deployed."""
    state = house.state
    identity = house.management_concern(
        "identity",
        IdentitySettings(
            **house.management(),
            settings_table=state.settings.table_name,
            first_admin_secret=state.first_admin.secret_arn,
            apis_table=state.apis.table_name,
            applications_table=state.applications.table_name,
            oauth_table=state.oauth.table_name,
            workflows_table=state.workflows.table_name,
            content_bucket=state.content.bucket_name,
            mail_sender=house.stage.mail_sender,
        ),
    )
    # A user gets a role, and an administrator goes, only while another row says so.
    identity.may(state.identity.table_arn, *READ, *WRITE, CHECK)
    # Who signs up may have to wait for an approval.
    identity.may(state.workflows.table_arn, *WAITING)
    # A tenant is born with the default throttling policies.
    identity.may(state.settings.table_arn, *READ, *WRITE)
    identity.may(state.artifacts.table_arn, *WRITE)
    identity.may(state.first_admin.secret_arn, "secretsmanager:GetSecretValue")
    # A tenant is deleted with everything it owns.
    owned = (state.apis, state.applications, state.oauth, state.settings, state.artifacts, state.workflows)
    for table in (*owned, state.identity):
        identity.may(table.table_arn, "dynamodb:Query", "dynamodb:BatchWriteItem")
    # What it has with other tenants ends like any subscription.
    identity.may(state.applications.table_arn, "dynamodb:BatchGetItem", *WRITE)
    identity.may(state.content.bucket_arn, "s3:ListBucket")
    house.may_use_definitions(identity, "s3:DeleteObject")
    house.may_write_letters(identity)
    return identity
