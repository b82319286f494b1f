"""The life of an API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import PublisherSettings
from infra.concerns.house import WAITING
from infra.constructs.table import CHECK, READ, WRITE

if TYPE_CHECKING:
    from infra.concerns.house import House
    from infra.constructs.concern import Concern
    from infra.constructs.front_door import FrontDoor

DIRECT_RIGHTS = {
    "routes": ("apigateway:GET", "apigateway:POST"),
    "routes/*": ("apigateway:PATCH", "apigateway:DELETE"),
    "integrations": ("apigateway:GET", "apigateway:POST"),
    "integrations/*": ("apigateway:DELETE",),
}
UPLOADS = "uploads/*"


def publisher(house: House, gateway_door: FrontDoor, direct_authorizer: str) -> Concern:
    """`direct_authorizer` is the id of the authorizer that the routes of direct APIs ask."""
    state = house.state
    publisher = house.management_concern(
        "publisher",
        PublisherSettings(
            **house.management(),
            gateway_api=gateway_door.api.api_id,
            direct_authorizer=direct_authorizer,
            apis_table=state.apis.table_name,
            applications_table=state.applications.table_name,
            settings_table=state.settings.table_name,
            workflows_table=state.workflows.table_name,
            mail_sender=house.stage.mail_sender,
            content_bucket=state.content.bucket_name,
            internal_key_seconds=house.stage.internal_key_seconds,
            local_backends_allowed=house.stage.local,
            archive_entries_max=house.stage.archive_entries_max,
            archive_bytes_max=house.stage.archive_bytes_max,
            upload_bytes_max=house.stage.upload_bytes_max,
            upload_seconds=house.stage.upload_seconds,
        ),
    )
    publisher.may(state.apis.table_arn, *READ, *WRITE, CHECK)
    publisher.may(state.settings.table_arn, *READ)
    # What waits for an approval, and its subject, are written together.
    publisher.may(state.workflows.table_arn, "dynamodb:Query", *WAITING)
    # Subscribers are told of new versions.
    house.may_write_letters(publisher)
    # APIs can be shown to other tenants, so there is a list of them.
    house.may_list_tenants(publisher)
    # Retiring an API ends its subscriptions.
    publisher.may(state.applications.table_arn, *READ, *WRITE)
    publisher.may(state.artifacts.table_arn, *WRITE)
    house.may_use_definitions(publisher, "s3:GetObject", "s3:PutObject")
    # What is too large for a function is put there by clients, at URLs that the publisher signs.
    house.may_use(UPLOADS, publisher, "s3:GetObject", "s3:PutObject", reason="Uploads have random names")
    # Direct APIs have routes and integrations of their own.
    gateway_door.managed_by(publisher, DIRECT_RIGHTS, reason="They are made when an API is deployed")
    return publisher
