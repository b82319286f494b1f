"""The vocabulary of a tenant's words: categories and labels, as its administrator keeps them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import display_username
from gatehouse.domain.portal.vocabulary import (
    LABELS,
    CategoryInUse,
    CategoryNotFound,
    CategoryTaken,
    LabelInUse,
    LabelNotFound,
    LabelTaken,
)
from gatehouse.domain.record import Kind, Record, new_id

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.errors import GatehouseError
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Clock

CATEGORIES = "categories"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Categories are named by APIs, labels are attached to them by id."""

    records: Records
    apis: ApiLookup
    clock: Clock

    def all(self, tenant: str, kind: Kind) -> list[Record]:
        """Every word of this kind, by name."""
        return sorted(self.records.all(tenant, kind), key=lambda word: word.name.lower())

    def get(self, tenant: str, kind: Kind, word_id: str) -> Record:
        """One. Raises CategoryNotFound, LabelNotFound."""
        found = self.records.get(tenant, kind, word_id)
        if found is None:
            raise LabelNotFound.by_id(word_id) if kind is Kind.LABEL else CategoryNotFound.by_id(word_id)
        return found

    def add(self, principal: Principal, kind: Kind, name: str, description: str) -> Record:
        """A new one. Raises CategoryTaken, LabelTaken."""
        now, user = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        word = Record(
            tenant=principal.tenant,
            kind=kind,
            id=new_id(),
            name=name,
            body={"description": description},
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )
        return self.records.add(word, taken=_taken(kind, name))

    def update(self, principal: Principal, kind: Kind, word_id: str, name: str, description: str) -> Record:
        """Replace one. A category that APIs are in keeps its name. Raises what `get` and `add` raise, CategoryInUse, Changed."""
        before = self.get(principal.tenant, kind, word_id)
        if kind is Kind.CATEGORY and name != before.name and self.users(before):
            raise CategoryInUse(f"APIs are in the category '{before.name}', and they name it; it cannot be renamed")
        changed = replace(
            before,
            name=name,
            body={"description": description},
            updated_at=int(self.clock.now() * 1000),
            updated_by=display_username(principal.tenant, principal.user),
        )
        return self.records.replace(before, changed, taken=_taken(kind, name))

    def remove(self, tenant: str, kind: Kind, word_id: str) -> None:
        """Forget one that no API has. Raises what `get` raises, CategoryInUse, LabelInUse, Changed."""
        word = self.get(tenant, kind, word_id)
        if users := self.users(word):
            problem = f"'{word.name}' cannot be deleted: {len(users)} APIs have it"
            raise LabelInUse(problem) if kind is Kind.LABEL else CategoryInUse(problem)
        self.records.remove([word])

    def users(self, word: Record) -> list[ApiSummary]:
        """The APIs that have it, by name and version."""
        return [one for one in self.apis.summaries(word.tenant) if _has(one, word)]

    def counts(self, tenant: str) -> dict[str, int]:
        """How many APIs are in each category, by its name."""
        found: dict[str, int] = {}
        for summary in self.apis.summaries(tenant):
            for name in summary.info.get(CATEGORIES) or ():
                found[name] = found.get(name, 0) + 1
        return found


def _has(summary: ApiSummary, word: Record) -> bool:
    if word.kind is Kind.LABEL:
        return word.id in (summary.info.get(LABELS) or ())
    return word.name in (summary.info.get(CATEGORIES) or ())


def _taken(kind: Kind, name: str) -> GatehouseError:
    if kind is Kind.LABEL:
        return LabelTaken(f"name: there is a label '{name}' already")
    return CategoryTaken(f"name: there is a category '{name}' already")
