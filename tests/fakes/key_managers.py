"""External key managers in memory. Verified by tests/contract/test_key_managers.py."""

from __future__ import annotations

import copy
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, Withdrawal, issuer_key
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.tokens.key_manager import ExternalKeyManager, IssuerTaken, KeyManagerExists

if TYPE_CHECKING:
    from gatehouse.domain.tokens.issuer import Issuer
    from gatehouse.ports.artifacts import Publication


class InMemoryKeyManagers:
    """`writes` counts what was written: "nothing written" is asserted on it."""

    def __init__(self, artifacts: Publication) -> None:
        self._artifacts = artifacts
        self._kept: dict[tuple[str, str], ExternalKeyManager] = {}
        self._lock = Lock()
        self.writes = 0

    def get(self, tenant: str, key_manager_id: str) -> ExternalKeyManager | None:
        return copy.deepcopy(self._kept.get((tenant, key_manager_id)))

    def named(self, tenant: str, name: str) -> ExternalKeyManager | None:
        return next((one for one in self.all(tenant) if one.name.lower() == name.lower()), None)

    def all(self, tenant: str) -> list[ExternalKeyManager]:
        found = [one for one in self._kept.values() if one.tenant == tenant]
        return copy.deepcopy(sorted(found, key=lambda one: one.name.lower()))

    def add(self, key_manager: ExternalKeyManager, issuer: Issuer) -> ExternalKeyManager:
        with self._lock:
            if self.named(key_manager.tenant, key_manager.name):
                raise KeyManagerExists
            self._refuse_taken(key_manager)
            if (key_manager.tenant, key_manager.id) in self._kept:
                raise Conflict
            return self._keep(replace(key_manager, version=1), issuer)

    def save(self, key_manager: ExternalKeyManager, issuer: Issuer) -> ExternalKeyManager:
        with self._lock:
            known = self._refuse_changed(key_manager)
            self._refuse_taken(key_manager)
            if known.issuer != key_manager.issuer:
                self._artifacts.publish([Withdrawal(issuer_key(known.tenant, known.issuer))])
            return self._keep(replace(key_manager, version=key_manager.version + 1), issuer)

    def remove(self, key_manager: ExternalKeyManager) -> None:
        with self._lock:
            known = self._refuse_changed(key_manager)
            del self._kept[known.tenant, known.id]
            self.writes += 1
            self._artifacts.publish([Withdrawal(issuer_key(known.tenant, known.issuer))])

    def _keep(self, key_manager: ExternalKeyManager, issuer: Issuer) -> ExternalKeyManager:
        self.writes += 1
        self._kept[key_manager.tenant, key_manager.id] = copy.deepcopy(key_manager)
        self._artifacts.publish([Artifact(issuer_key(key_manager.tenant, key_manager.issuer), issuer.to_body())])
        return key_manager

    def _refuse_changed(self, key_manager: ExternalKeyManager) -> ExternalKeyManager:
        known = self._kept.get((key_manager.tenant, key_manager.id))
        if known is None or known.version != key_manager.version:
            raise Changed
        return known

    def _refuse_taken(self, key_manager: ExternalKeyManager) -> None:
        others = (one for one in self.all(key_manager.tenant) if one.id != key_manager.id)
        if any(set(one.issuers) & set(key_manager.issuers) for one in others):
            raise IssuerTaken
