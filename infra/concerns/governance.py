"""Rulesets, policies, and who follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.settings import GovernanceSettings
from infra.constructs.table import READ, WRITE

if TYPE_CHECKING:
    from infra.concerns.house import House
    from infra.constructs.concern import Concern

RULESETS, GOVERNANCE_POLICIES, COMPLIANCE = "*#RULESET*", "*#GOVERNANCEPOLICY*", "*#COMPLIANCE*"
"""The partition keys of rulesets, of governance policies and of what APIs were judged to be."""


def governance(house: House) -> Concern:
    """APIs are judged when somebody asks."""
    state = house.state
    governance = house.management_concern(
        "governance",
        GovernanceSettings(
            **house.management(),
            settings_table=state.settings.table_name,
            apis_table=state.apis.table_name,
            content_bucket=state.content.bucket_name,
        ),
    )
    governance.may(state.settings.table_arn, *READ)
    for keys in (RULESETS, GOVERNANCE_POLICIES):
        governance.may_with_keys(state.settings.table_arn, keys, *WRITE)
    # APIs are judged when somebody asks, and what came out is kept.
    governance.may(state.apis.table_arn, *READ)
    governance.may_with_keys(state.apis.table_arn, COMPLIANCE, *WRITE)
    house.may_use_definitions(governance, "s3:GetObject", "s3:PutObject")
    return governance
