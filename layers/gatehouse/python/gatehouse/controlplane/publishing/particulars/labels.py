"""Labels on APIs. Providers attach and detach them; what labels there are is the administrator's to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.portal.vocabulary import LABELS, LabelNotAttachable, LabelNotDetachable
from gatehouse.domain.record import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.publishing.amending import Amendments
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.record import Record
    from gatehouse.ports.portal.records import RecordLookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labels of a tenant, and of APIs that callers have read before."""

    settings: RecordLookup
    amendments: Amendments

    def all(self, tenant: str) -> list[Record]:
        """Every one, by name."""
        return sorted(self.settings.all(tenant, Kind.LABEL), key=lambda label: label.name.lower())

    def of(self, api: Api) -> list[Record]:
        """Those of the API, by name. One that is deleted in this moment is none any more."""
        attached = set(api.document.get(LABELS) or ())
        return [label for label in self.all(api.tenant) if label.id in attached]

    def attach(self, principal: Principal, api: Api, label_ids: Sequence[str]) -> list[Record]:
        """Put labels on the API; those it has already stay. Raises LabelNotAttachable, Changed."""
        known = {label.id for label in self.all(api.tenant)}
        for index, label in enumerate(label_ids):
            if label not in known:
                raise LabelNotAttachable.field(f"labels.{index}", f"there is no label with id '{label}'")
        before = list(api.document.get(LABELS) or ())
        attached = [label for label in dict.fromkeys([*before, *label_ids]) if label in known]
        return self.of(self.amendments.keep(principal, api, **{LABELS: attached}))

    def detach(self, principal: Principal, api: Api, label_ids: Sequence[str]) -> list[Record]:
        """Take labels off the API. Raises LabelNotDetachable, Changed."""
        before = list(api.document.get(LABELS) or ())
        for index, label in enumerate(label_ids):
            if label not in before:
                raise LabelNotDetachable.field(f"labels.{index}", f"the API has no label with id '{label}'")
        left = [label for label in before if label not in label_ids]
        return self.of(self.amendments.keep(principal, api, **{LABELS: left}))
