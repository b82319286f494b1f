"""Rows of table `apis`, and where they stand."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from gatehouse.adapters.dynamo.table import Row
from gatehouse.domain.apis.api import Api
from gatehouse.domain.publishing.lifecycle import LifecycleState

META, REVISIONS = "META", "REVISIONS"
REVISION, DEPLOYMENT, HISTORY, PRODUCT = "REVISION#", "DEPLOYMENT#", "HISTORY#", "PRODUCT#"
DEPLOYED = "DEPLOYED"
"""Counts an API's deployments and withdrawals: who withdraws the last one must have seen all others."""
DOCUMENT, DOCUMENTS = "DOCUMENT#", "DOCUMENTS"
"""Documents are written by `records`: one in its API's item collection, and a copy where a tenant's are searched."""

RATING, RATINGS = "RATING#", "RATINGS"
"""Ratings: one in its API's item collection, and what they come to in a list of the tenant's."""


class ApiRow(Row):
    """One row of table `apis`."""

    removing = BooleanAttribute(null=True)
    context = UnicodeAttribute(null=True)
    number = NumberAttribute(null=True)


def api_pk(tenant: str, api_id: str) -> str:
    """Where the item collection of an API or a product stands."""
    return f"{tenant}#API#{api_id}"


def deployed_key(tenant: str, environment: str, api_id: str) -> tuple[str, str]:
    """Under which key it stands that an API is deployed in an environment: all of them are in one partition."""
    return f"{tenant}#{DEPLOYED}", f"{environment}#{api_id}"


def revision_sk(number: int) -> str:
    """Under which key a revision stands there."""
    return f"{REVISION}{number:06d}"


def api_of(row: ApiRow) -> Api:
    """The API that row `META` holds."""
    body: dict[str, Any] = row.body
    return Api(**{**body, "state": LifecycleState(body["state"])}, stored_version=int(row.version))
