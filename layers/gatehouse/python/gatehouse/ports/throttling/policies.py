"""Throttling policies: keeping them, and asking whether something refers to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.throttling.custom_rule import CustomRule
    from gatehouse.domain.throttling.policy import Policy, PolicyKind, Terms


class Policies(Protocol):
    """Keeping policies. Each write takes along what is enforced, and environments hear of it before it returns."""

    def get(self, tenant: str, policy_id: str) -> Policy | None:
        """The policy with this id, of whatever kind, or None."""
        ...

    def named(self, tenant: str, kind: PolicyKind, name: str) -> Policy | None:
        """The policy of this kind and exactly this name, or None."""
        ...

    def all(self, tenant: str, kind: PolicyKind) -> list[Policy]:
        """Every policy of this kind, by name."""
        ...

    def add(self, policy: Policy, terms: Terms | CustomRule) -> Policy:
        """Keep a new policy; returns it with its version. Raises PolicyExists."""
        ...

    def save(self, policy: Policy, terms: Terms | CustomRule) -> Policy:
        """Replace the document of a policy read before; returns it with its new version.

        Raises Changed, also when it is gone.
        """
        ...

    def remove(self, policy: Policy) -> None:
        """Forget a policy read before, and its terms. Raises Changed."""
        ...


class Attachments(Protocol):
    """Something that refers to policies by name: APIs, subscriptions, applications."""

    def refers_to(self, tenant: str, kind: PolicyKind, name: str) -> bool:
        """Whether at least one of them refers to this policy."""
        ...
