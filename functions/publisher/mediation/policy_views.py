"""Operation policies on the wire: the product's and custom ones look alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.operation_policies.builtin import policy_id
from gatehouse.controlplane.operation_policies.described import described
from gatehouse.controlplane.operation_policies.packing import packed_policy
from gatehouse.controlplane.operation_policies.reading import fingerprint
from gatehouse.domain.apis.archive import Notation
from gatehouse.domain.publishing.operation_policy import CustomPolicy

if TYPE_CHECKING:
    from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
    from gatehouse.mediation.specification import Specification
    from gatehouse.ports.apis.archives import Archives

ZIP = "application/zip"

_SHOWN = (
    "category",
    "name",
    "version",
    "displayName",
    "description",
    "applicableFlows",
    "supportedGateways",
    "supportedApiTypes",
    "policyAttributes",
)


@dataclass(frozen=True, slots=True)
class Views:
    """Shows policies, as documents and as archives."""

    policies: OperationPolicies
    archives: Archives

    def shown(self, found: Specification | CustomPolicy) -> dict[str, Any]:
        """The document. A policy that the gateway cannot run says why, in `problem`."""
        if not isinstance(found, CustomPolicy):
            data = described(found)
            return {**data, "id": policy_id(found), "isAPISpecific": False, "md5": fingerprint(data, {})}
        shown = {
            **{name: found.data[name] for name in _SHOWN},
            "id": found.id,
            "isAPISpecific": bool(found.owner),
            "md5": found.fingerprint,
        }
        return {**shown, "problem": found.problem} if found.problem else shown

    def packed(self, tenant: str, found: Specification | CustomPolicy) -> tuple[str, bytes]:
        """The name of the folder, and the zip that holds it."""
        return packed_policy(self.policies, self.archives, tenant, found, Notation.YAML)
