"""Throttling policies and key managers in memory, to be administered through their surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.admin.interface import interface
from gatehouse.adapters.public_keys import PemKeys
from gatehouse.controlplane.key_managers import KeyManagement
from gatehouse.controlplane.policies import Throttling, seed
from gatehouse.domain.artifact import issuer_key, policy_key
from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.domain.policy import PolicyKind
from tests.callers import client
from tests.fakes.applications import InMemoryKeys, Shelf
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.clock import StoppedClock
from tests.fakes.key_managers import InMemoryKeyManagers
from tests.fakes.policies import FixedAttachments, InMemoryPolicies

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.callers import Reply

POLICIES = "/throttling/policies"
MANAGEMENT = "https://management.example:9443"


class AdminWorld:
    """`call` sends a request, by the admin unless said otherwise."""

    def __init__(self) -> None:
        self.artifacts = InMemoryArtifacts(StoppedClock())
        self.policies = InMemoryPolicies(self.artifacts)
        self.attachments = FixedAttachments(
            (PolicyKind.ADVANCED, "10KPerMin"), (PolicyKind.APPLICATION, "10PerMin"), (PolicyKind.SUBSCRIPTION, "Gold")
        )
        seed(self.policies, SUPER_TENANT)
        self.key_managers = InMemoryKeyManagers(self.artifacts)
        self.shelf = Shelf(self.artifacts)
        self.interface = interface(Throttling(self.policies, [self.attachments]), self.key_management())
        self.call: Callable[..., Reply] = client(self.interface)

    def key_management(self, *, plain_http_allowed: bool = False) -> KeyManagement:
        return KeyManagement(
            key_managers=self.key_managers,
            public_keys=PemKeys(),
            uses=InMemoryKeys(self.shelf),
            management_url=MANAGEMENT,
            plain_http_allowed=plain_http_allowed,
        )

    @property
    def writes(self) -> int:
        return self.policies.writes + self.key_managers.writes

    def issuer(self, issuer: str, tenant: str = SUPER_TENANT) -> Any:
        return self.artifacts.get([issuer_key(tenant, issuer)])[0]

    def terms(self, kind: str, name: str, tenant: str = SUPER_TENANT) -> Any:
        return self.artifacts.get([policy_key(tenant, kind, name)])[0]

    def id_of(self, kind: str, name: str) -> str:
        listed = self.call("GET", f"{POLICIES}/{kind}").json["list"]
        return str(next(policy["policyId"] for policy in listed if policy["policyName"] == name))
