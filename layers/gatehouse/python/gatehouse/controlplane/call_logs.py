"""Call logs: how much of an API's calls is logged, as an operator says it; the gateway follows within `max_staleness`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.apis.api import ApiNotFound
from gatehouse.domain.artifact import Artifact, Withdrawal, log_key
from gatehouse.domain.errors import Changed, Invalid
from gatehouse.domain.publishing.log_level import WHOLE, LogLevel
from gatehouse.domain.record import Kind, made, rewritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedApi:
    """How much is logged of an API (`operation` "") or of one of its operations (`GET /menu`)."""

    api_id: str
    context: str
    level: LogLevel
    operation: str = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLogs:
    """Levels are kept by API, one record each."""

    records: Records
    apis: ApiLookup
    clock: Clock

    def all(self, tenant: str, level: LogLevel | None = None) -> list[LoggedApi]:
        """Of every API and of the operations with a level of their own; with `level` only those that have it."""
        kept = {one.id: one.body["levels"] for one in self.records.all(tenant, Kind.API_LOG)}
        found = [
            entry
            for summary in self.apis.summaries(tenant)
            for entry in _entries(summary.id, summary.context, kept.get(summary.id) or {})
        ]
        return [entry for entry in found if level in {None, entry.level}]

    def of(self, tenant: str, api_id: str) -> list[LoggedApi]:
        """Of one API. Raises ApiNotFound."""
        api = self._api(tenant, api_id)
        record = self.records.get(tenant, Kind.API_LOG, api.id)
        return _entries(api.id, api.context, record.body["levels"] if record else {})

    def set(self, by: Principal, tenant: str, api_id: str, level: LogLevel, operation: str = WHOLE) -> list[LoggedApi]:
        """Log this much of an API, or of one of its operations. Raises ApiNotFound, Invalid, Changed."""
        api = self._api(tenant, api_id)
        known = {f"{one['verb']} {one['target']}" for one in api.document.get("operations") or ()}
        if operation != WHOLE and operation not in known:
            raise Invalid.field("resourcePath", f"the API has no resource '{operation}'")
        before = self.records.get(tenant, Kind.API_LOG, api.id)
        levels = {**(before.body["levels"] if before else {}), operation: level.value}
        if levels[operation] == LogLevel.OFF and operation == WHOLE:
            del levels[WHOLE]
        now, body, changes = self.clock.now(), {"levels": levels}, [_told(tenant, api.id, levels)]
        if before is None:
            record = made(by, now, Kind.API_LOG, api.id, body, tenant=tenant)
            self.records.add(record, taken=Changed(), changes=changes)
        else:
            self.records.replace(before, rewritten(before, by, now, body), taken=Changed(), changes=changes)
        return _entries(api.id, api.context, levels)

    def _api(self, tenant: str, api_id: str) -> Api:
        found = self.apis.some(tenant, [api_id]).get(api_id)
        if found is None:
            raise ApiNotFound.by_id(api_id)
        return found


def _told(tenant: str, api_id: str, levels: Mapping[str, str]) -> Change:
    key = log_key(tenant, api_id)
    return Artifact(key, {"levels": dict(levels)}) if levels else Withdrawal(key)


def _entries(api_id: str, context: str, levels: Mapping[str, str]) -> list[LoggedApi]:
    whole = LogLevel(levels.get(WHOLE) or LogLevel.OFF)
    operations = sorted(name for name in levels if name != WHOLE)
    return [
        LoggedApi(api_id=api_id, context=context, level=whole),
        *(LoggedApi(api_id=api_id, context=context, level=LogLevel(levels[one]), operation=one) for one in operations),
    ]
