"""Snapshots: a revision keeps the custom policies of its API as they were, so that nothing changes what it does."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.operation_policies.attaching import named
from gatehouse.controlplane.operation_policies.usage import attached_by_owner
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.operation_policy import SNAPSHOTS, CustomPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.operation_policies.attaching import Find
    from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal

_ATTACHED_BY, _POLICY = "attachedBy", "policy"

SNAPSHOT_BYTES_MAX = 150_000
"""How much of a revision's row its custom policies may take; the rest is for its document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySnapshots:
    """Takes custom policies into revisions, and back."""

    policies: OperationPolicies

    def taken(self, api: Api) -> Api:
        """The API with the custom policies that it attaches in its document. Raises Invalid for more than a row can hold."""
        kept = [
            {_ATTACHED_BY: owner, _POLICY: policy.to_body()}
            for owner, attached in attached_by_owner(api.document, api.id).items()
            for policy in self.policies.custom_of(api.tenant, owner, attached)
        ]
        size = len(json.dumps(kept, ensure_ascii=False).encode())
        if size > SNAPSHOT_BYTES_MAX:
            problem = f"their custom policies have {size} bytes; a revision keeps at most {SNAPSHOT_BYTES_MAX} of them"
            raise Invalid.field("operations", problem)
        return replace(api, document={**api.document, SNAPSHOTS: kept}) if kept else api

    def given_back(self, principal: Principal, api: Api, document: Mapping[str, Any]) -> dict[str, Any]:
        """A revision's document for its API. What it attaches and is there no longer becomes the API's own again."""
        for entry in document.get(SNAPSHOTS) or ():
            policy = CustomPolicy.from_body(entry[_POLICY])
            attached = {"policyName": policy.name, "policyVersion": policy.version}
            if entry[_ATTACHED_BY] == api.id and self.policies.meant(api.tenant, api.id, attached) is None:
                self.policies.revive(principal, policy, api.id)
        return {name: value for name, value in document.items() if name != SNAPSHOTS}


def snapshots_of(document: Mapping[str, Any]) -> list[CustomPolicy]:
    """The custom policies that a revision has kept."""
    return [CustomPolicy.from_body(entry[_POLICY]) for entry in document.get(SNAPSHOTS) or ()]


class KeptPolicies:
    """The custom policies that a revision has kept, to be found by what attaches them."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Of a revision's document."""
        self._by_owner: dict[str, list[CustomPolicy]] = {}
        for entry in document.get(SNAPSHOTS) or ():
            self._by_owner.setdefault(entry[_ATTACHED_BY], []).append(CustomPolicy.from_body(entry[_POLICY]))

    def of(self, owner: str) -> Find:
        """Finds those of one API: the one with the id, else of the name, the API's own first."""

        def find(given: Mapping[str, Any]) -> CustomPolicy | None:
            fitting = [one for one in self._by_owner.get(owner, ()) if (one.name, one.version) == named(given)]
            exact = (one for one in fitting if one.id == given.get("policyId"))
            return next(exact, next((one for one in fitting if one.owner), fitting[0] if fitting else None))

        return find
