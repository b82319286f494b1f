"""Policies in memory. Verified by tests/contract/test_policies.py."""

from __future__ import annotations

import copy
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, Withdrawal
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.throttling.policy import PolicyExists, artifact_key

if TYPE_CHECKING:
    from gatehouse.domain.throttling.custom_rule import CustomRule
    from gatehouse.domain.throttling.policy import Policy, PolicyKind, Terms
    from gatehouse.ports.artifacts import Publication


class InMemoryPolicies:
    """`writes` counts what was written: "nothing written" is asserted on it."""

    def __init__(self, artifacts: Publication) -> None:
        self._artifacts = artifacts
        self._policies: dict[tuple[str, str], Policy] = {}
        self._lock = Lock()
        self.writes = 0

    def get(self, tenant: str, policy_id: str) -> Policy | None:
        return copy.deepcopy(self._policies.get((tenant, policy_id)))

    def named(self, tenant: str, kind: PolicyKind, name: str) -> Policy | None:
        return next((policy for policy in self.all(tenant, kind) if policy.name == name), None)

    def all(self, tenant: str, kind: PolicyKind) -> list[Policy]:
        found = [p for p in self._policies.values() if (p.tenant, p.kind) == (tenant, kind)]
        return copy.deepcopy(sorted(found, key=lambda policy: policy.name))

    def add(self, policy: Policy, terms: Terms | CustomRule) -> Policy:
        with self._lock:
            if self.named(policy.tenant, policy.kind, policy.name):
                raise PolicyExists
            if (policy.tenant, policy.id) in self._policies:
                raise Conflict
            return self._keep(replace(policy, version=1), terms)

    def save(self, policy: Policy, terms: Terms | CustomRule) -> Policy:
        with self._lock:
            self._refuse_changed(policy)
            return self._keep(replace(policy, version=policy.version + 1), terms)

    def remove(self, policy: Policy) -> None:
        with self._lock:
            self._refuse_changed(policy)
            del self._policies[policy.tenant, policy.id]
            self.writes += 1
            self._artifacts.publish([Withdrawal(artifact_key(policy))])

    def _keep(self, policy: Policy, terms: Terms | CustomRule) -> Policy:
        self._policies[policy.tenant, policy.id] = copy.deepcopy(policy)
        self.writes += 1
        self._artifacts.publish([Artifact(artifact_key(policy), terms.to_body())])
        return policy

    def _refuse_changed(self, policy: Policy) -> None:
        known = self._policies.get((policy.tenant, policy.id))
        if known is None or known.version != policy.version:
            raise Changed


class FixedAttachments:
    """Refers to the policies it was given, by (kind, name)."""

    def __init__(self, *attached: tuple[PolicyKind, str]) -> None:
        self._attached = set(attached)

    def refers_to(self, tenant: str, kind: PolicyKind, name: str) -> bool:
        return bool(tenant) and (kind, name) in self._attached
