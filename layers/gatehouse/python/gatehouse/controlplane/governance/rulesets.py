"""Rulesets: kept by those who govern, and read by what judges. Those that we ship stand beside the tenant's, unchangeable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.governance.records import policy_of, record_of_ruleset, ruleset_of
from gatehouse.domain.errors import Forbidden
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.portal.search import terms_of
from gatehouse.domain.publishing.governance import (
    ArtifactType,
    Ruleset,
    RulesetInUse,
    RulesetNotFound,
    RulesetTaken,
    RuleType,
)
from gatehouse.domain.record import Kind, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.governance import Policy
    from gatehouse.ports.apis.linting import Linter
    from gatehouse.ports.portal.records import RecordLookup, Records
    from gatehouse.ports.world import Blobs, Clock

    Shipped = Callable[[], Mapping[str, tuple[Ruleset, bytes]]]
    """What we ship, by id, each with its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a ruleset shall be like."""

    name: str
    description: str
    rule_type: RuleType
    artifact_type: ArtifactType
    provider: str
    documentation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesetShelf:
    """Reading rulesets."""

    records: RecordLookup
    blobs: Blobs
    shipped: Shipped

    def all(self, tenant: str) -> list[Ruleset]:
        """Every one that the tenant has, by name."""
        own = [ruleset_of(record) for record in self.records.all(tenant, Kind.RULESET)]
        ours = [ruleset for ruleset, _ in self.shipped().values()]
        return sorted([*own, *ours], key=lambda one: one.name.lower())

    def find(self, tenant: str, ruleset_id: str) -> Ruleset | None:
        """The one of this id, or None."""
        if ours := self.shipped().get(ruleset_id):
            return ours[0]
        record = self.records.get(tenant, Kind.RULESET, ruleset_id)
        return ruleset_of(record) if record else None

    def content(self, tenant: str, ruleset: Ruleset) -> bytes:
        """Its text, as it was sent."""
        ours = self.shipped().get(ruleset.id)
        return ours[1] if ours else self.blobs.get(tenant, ruleset.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulesets:
    """Keeping the rulesets of a tenant."""

    records: Records
    shelf: RulesetShelf
    linter: Linter
    clock: Clock

    def search(self, tenant: str, query: str) -> list[Ruleset]:
        """Those that match `name:…`, `artifactType:…`, `ruleType:…`; a bare word is a part of the name."""
        terms = terms_of(query)
        return [
            one for one in self.shelf.all(tenant) if all(term.matches(_texts(one, term.attribute)) for term in terms)
        ]

    def get(self, tenant: str, ruleset_id: str) -> Ruleset:
        """One. Raises RulesetNotFound."""
        found = self.shelf.find(tenant, ruleset_id)
        if found is None:
            raise RulesetNotFound.by_id(ruleset_id)
        return found

    def policies(self, tenant: str, ruleset_id: str) -> list[Policy]:
        """The policies that have it. Raises RulesetNotFound."""
        self.get(tenant, ruleset_id)
        found = (policy_of(record) for record in self.records.all(tenant, Kind.GOVERNANCE_POLICY))
        return [policy for policy in found if ruleset_id in policy.rulesets]

    def add(self, principal: Principal, wanted: Wanted, content: bytes) -> Ruleset:
        """A new one. Raises RulesetInvalid, RulesetTaken."""
        rules = tuple(self.linter.rules(content))
        now, user = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        ruleset = Ruleset(
            tenant=principal.tenant,
            id=new_id(),
            name=wanted.name,
            description=wanted.description,
            rule_type=wanted.rule_type,
            artifact_type=wanted.artifact_type,
            provider=wanted.provider or user,
            documentation=wanted.documentation,
            content=self.shelf.blobs.put(principal.tenant, content),
            rules=rules,
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )
        taken = self._taken(wanted.name)
        if any(ours.name.lower() == wanted.name.lower() for ours, _ in self.shelf.shipped().values()):
            raise taken
        return ruleset_of(self.records.add(record_of_ruleset(ruleset), taken=taken))

    def update(self, principal: Principal, ruleset_id: str, wanted: Wanted, content: bytes) -> Ruleset:
        """Replace one. Raises RulesetNotFound, RulesetInvalid, RulesetTaken, Changed, Forbidden for one of ours."""
        before = self._own(principal.tenant, ruleset_id)
        changed = replace(
            before,
            name=wanted.name,
            description=wanted.description,
            rule_type=wanted.rule_type,
            artifact_type=wanted.artifact_type,
            provider=wanted.provider or before.provider,
            documentation=wanted.documentation,
            content=self.shelf.blobs.put(principal.tenant, content),
            rules=tuple(self.linter.rules(content)),
            updated_at=int(self.clock.now() * 1000),
            updated_by=display_username(principal.tenant, principal.user),
        )
        kept = self.records.replace(
            record_of_ruleset(before), record_of_ruleset(changed), taken=self._taken(wanted.name)
        )
        return ruleset_of(kept)

    def remove(self, tenant: str, ruleset_id: str) -> None:
        """Forget one that no policy has. Raises RulesetNotFound, RulesetInUse, Changed, Forbidden for one of ours."""
        ruleset = self._own(tenant, ruleset_id)
        if users := self.policies(tenant, ruleset_id):
            names = ", ".join(policy.name for policy in users)
            raise RulesetInUse(f"'{ruleset.name}' cannot be deleted: policies have it: {names}")
        self.records.remove([record_of_ruleset(ruleset)])

    def _own(self, tenant: str, ruleset_id: str) -> Ruleset:
        found = self.get(tenant, ruleset_id)
        if ruleset_id in self.shelf.shipped():
            raise Forbidden(f"'{found.name}' is the same for every tenant; make one of your own of its content")
        return found

    @staticmethod
    def _taken(name: str) -> RulesetTaken:
        return RulesetTaken(f"name: there is a ruleset '{name}' already")


def _texts(ruleset: Ruleset, attribute: str) -> list[str]:
    known = {
        "": ruleset.name,
        "name": ruleset.name,
        "artifacttype": ruleset.artifact_type,
        "ruletype": ruleset.rule_type,
        "provider": ruleset.provider,
    }
    return [known[attribute]] if attribute in known else []
