"""Deny policies in memory. Verified by tests/contract/test_denials.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, Withdrawal, denial_key
from gatehouse.domain.throttling.denial import Denial, DenialExists, DenialNotFound

if TYPE_CHECKING:
    from gatehouse.ports.artifacts import Publication


class InMemoryDenials:
    """`writes` counts what was written."""

    def __init__(self, artifacts: Publication) -> None:
        self._artifacts = artifacts
        self._denials: dict[tuple[str, str], Denial] = {}
        self.writes = 0

    def all(self, tenant: str) -> list[Denial]:
        return [denial for (owner, _), denial in sorted(self._denials.items()) if owner == tenant]

    def get(self, tenant: str, denial_id: str) -> Denial | None:
        return self._denials.get((tenant, denial_id))

    def add(self, tenant: str, denial: Denial) -> None:
        same = (denial.kind, denial.value, denial.inverted)
        if any((one.kind, one.value, one.inverted) == same or one.id == denial.id for one in self.all(tenant)):
            raise DenialExists
        self._keep(tenant, denial)

    def save(self, tenant: str, denial: Denial) -> None:
        if (tenant, denial.id) not in self._denials:
            raise DenialNotFound
        self._keep(tenant, denial)

    def remove(self, tenant: str, denial: Denial) -> None:
        self._denials.pop((tenant, denial.id), None)
        self.writes += 1
        self._artifacts.publish([Withdrawal(denial_key(tenant, denial.id))])

    def _keep(self, tenant: str, denial: Denial) -> None:
        self._denials[tenant, denial.id] = denial
        self.writes += 1
        key = denial_key(tenant, denial.id)
        change = Artifact(key, denial.to_body(), denial.until) if denial.enabled else Withdrawal(key)
        self._artifacts.publish([change])


class InMemoryTenantConfigurations:
    """What tenants have set. Verified by tests/contract/test_denials.py."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, object]] = {}

    def get(self, tenant: str) -> dict[str, object]:
        return dict(self._documents.get(tenant, {}))

    def save(self, tenant: str, document: object) -> None:
        self._documents[tenant] = dict(document)  # type: ignore[call-overload]
