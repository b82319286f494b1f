"""A record is a small thing that a tenant or one of its APIs has several of: a document, a comment, a label, a category.

What it is like is in its body, as the interface shows it; only what keeping it needs has a field of its own.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.people.identity import display_username

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity import Principal


class Kind(StrEnum):
    """What a record is. The value is part of its key."""

    API_LOG = "APILOG"
    CATEGORY = "CATEGORY"
    COMMENT = "COMMENT"
    COMPLIANCE = "COMPLIANCE"
    DOCUMENT = "DOCUMENT"
    ENDPOINT = "ENDPOINT"
    ENVIRONMENT = "ENVIRONMENT"
    ENVIRONMENT_KEYS = "ENVIRONMENTKEYS"
    EXTERNAL_COPY = "EXTERNALCOPY"
    GATEWAY_POLICY = "GATEWAYPOLICY"
    GATEWAY_POLICY_DEPLOYMENT = "GATEWAYPOLICYDEPLOYMENT"
    GOVERNANCE_POLICY = "GOVERNANCEPOLICY"
    LABEL = "LABEL"
    OPERATION_POLICY = "OPERATIONPOLICY"
    ORGANIZATION = "ORGANIZATION"
    RESIDENT_KEY_MANAGER = "RESIDENTKEYMANAGER"
    RULESET = "RULESET"
    SERVICE = "SERVICE"
    SHARED_SCOPE = "SHAREDSCOPE"
    TENANT_THEME = "TENANTTHEME"
    THEME = "THEME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One of a kind. `owner` is the id of the API or product it hangs on, "" when it is the tenant's.

    `name` is unique, regardless of case, among those of its kind and owner; "" is no name. `created_at` and `updated_at`
    are in epoch milliseconds, `by` and `updated_by` say whose doing they were, as the interfaces show users.
    """

    tenant: str
    kind: Kind
    owner: str = ""
    id: str
    name: str = ""
    body: Mapping[str, Any] = field(hash=False, default_factory=dict)
    created_at: int
    updated_at: int
    by: str
    updated_by: str
    version: int = 0


def new_id() -> str:
    """An id that nothing has."""
    return str(uuid.uuid4())


def made(
    by: Principal,
    now: float,
    kind: Kind,
    record_id: str,
    body: Mapping[str, Any],
    *,
    name: str = "",
    owner: str = "",
    tenant: str = "",
) -> Record:
    """A new one, of the maker's tenant unless another is named. `now` is in epoch seconds."""
    moment, user = int(now * 1000), display_username(by.tenant, by.user)
    return Record(
        tenant=tenant or by.tenant,
        kind=kind,
        owner=owner,
        id=record_id,
        name=name,
        body=body,
        created_at=moment,
        updated_at=moment,
        by=user,
        updated_by=user,
    )


def rewritten(before: Record, by: Principal, now: float, body: Mapping[str, Any]) -> Record:
    """What takes the place of `before`."""
    return replace(before, body=body, updated_at=int(now * 1000), updated_by=display_username(by.tenant, by.user))
