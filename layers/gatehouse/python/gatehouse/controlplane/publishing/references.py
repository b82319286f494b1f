"""References: what an API names of the tenant's, which must be there when it is named first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid
from gatehouse.domain.record import Kind
from gatehouse.domain.vocabulary import CategoryInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.records import RecordLookup

CATEGORIES = "categories"


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """`records` has the shared scopes, `settings` the categories."""

    records: RecordLookup
    settings: RecordLookup

    def check(self, tenant: str, document: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Look up what `before` does not name. Raises CategoryInvalid, and Invalid for a shared scope that there is not."""
        known = set(before.get(CATEGORIES) or ())
        for index, name in enumerate(document.get(CATEGORIES) or ()):
            if name not in known and self.settings.named(tenant, Kind.CATEGORY, name) is None:
                raise CategoryInvalid.field(f"{CATEGORIES}.{index}", f"there is no category '{name}'")
        used = set(_shared(before).values())
        for index, name in _shared(document).items():
            if name not in used and self.records.named(tenant, Kind.SHARED_SCOPE, name) is None:
                raise Invalid.field(f"scopes.{index}.scope.name", f"there is no shared scope '{name}'")


def _shared(document: Mapping[str, Any]) -> dict[int, str]:
    entries = enumerate(document.get("scopes") or ())
    return {index: str(entry["scope"]["name"]) for index, entry in entries if entry.get("shared")}
