"""References: what an API names of the tenant's, which must be there when it is named first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid
from gatehouse.domain.portal.organization import ALL, NONE, POLICIES, VISIBLE, OrganizationUnknown
from gatehouse.domain.portal.vocabulary import CategoryInvalid
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.portal.records import RecordLookup

CATEGORIES = "categories"


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """`records` has the shared scopes, `settings` the categories and organizations."""

    records: RecordLookup
    settings: RecordLookup

    def check(self, tenant: str, document: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Look up what `before` does not name.

        Raises CategoryInvalid, OrganizationUnknown, and Invalid for a shared scope that there is not.
        """
        known = set(before.get(CATEGORIES) or ())
        for index, name in enumerate(document.get(CATEGORIES) or ()):
            if name not in known and self.settings.named(tenant, Kind.CATEGORY, name) is None:
                raise CategoryInvalid.field(f"{CATEGORIES}.{index}", f"there is no category '{name}'")
        used = set(_shared(before).values())
        for index, name in _shared(document).items():
            if name not in used and self.records.named(tenant, Kind.SHARED_SCOPE, name) is None:
                raise Invalid.field(f"scopes.{index}.scope.name", f"there is no shared scope '{name}'")
        shown = set(_organizations(before).values())
        for path, organization in _organizations(document).items():
            if organization in shown or self.settings.get(tenant, Kind.ORGANIZATION, organization) is not None:
                continue
            raise OrganizationUnknown.field(path, f"there is no organization '{organization}'")


def _organizations(document: Mapping[str, Any]) -> dict[str, str]:
    """The ids of those that are named, by the paths they are named at."""
    visible = {f"{VISIBLE}.{index}": str(one) for index, one in enumerate(document.get(VISIBLE) or ())}
    offered = {
        f"{POLICIES}.{index}.organizationID": str(entry.get("organizationID") or "")
        for index, entry in enumerate(document.get(POLICIES) or ())
    }
    return {path: one for path, one in (visible | offered).items() if one not in {ALL, NONE}}


def _shared(document: Mapping[str, Any]) -> dict[int, str]:
    entries = enumerate(document.get("scopes") or ())
    return {index: str(entry["scope"]["name"]) for index, entry in entries if entry.get("shared")}
