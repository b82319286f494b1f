"""The gateway: the story of a call, from the request to the line that records it."""

from __future__ import annotations

from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane import record
from gatehouse.dataplane.authorize import authorize
from gatehouse.dataplane.evidence import Admission
from gatehouse.dataplane.forward import forward
from gatehouse.dataplane.refusal import AUTHENTICATION_DOWN, Refusal
from gatehouse.dataplane.route import route, tenant_and_path
from gatehouse.dataplane.throttle.headers import NAMES, limit_headers
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor, Future

    from gatehouse.dataplane.authenticate import Authenticator
    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.catalogue import Catalogue
    from gatehouse.dataplane.evidence import Evidence
    from gatehouse.dataplane.quota import Quotas
    from gatehouse.ports.backends import Backends
    from gatehouse.ports.world import Clock

UPKEEP_SECONDS = 0.03
"""How long an answer waits for what was started beside the backend call; what is later is for the next call."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended, what is known of it by then, and how long its backend took."""

    outcome: Reply | Refusal
    evidence: Evidence | None
    backend_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Serves calls, one at a time. `write` takes the line that records a call; `beside` runs upkeep beside the backend."""

    catalogue: Catalogue
    authenticate: Authenticator
    quotas: Quotas
    backends: Backends
    clock: Clock
    beside: Executor
    write: Callable[[str], object]

    def handle(self, call: Call) -> Reply:
        """Serve a call and record it. A refusal that may come of old knowledge is asked again before it is given."""
        ending = self._serve(call)
        if isinstance(ending.outcome, Refusal) and ending.outcome.perhaps_stale and self._heard_of_changes(call):
            ending = self._serve(call)
        return self._record(call, ending)

    def _serve(self, call: Call) -> Ending:
        try:
            return self._steps(call)
        except Unavailable:
            return Ending(AUTHENTICATION_DOWN, None)

    def _steps(self, call: Call) -> Ending:
        target = route(call, self.catalogue)
        if isinstance(target, Refusal):
            return Ending(target, None)
        caller = self.authenticate(call, target)
        if isinstance(caller, Refusal):
            return Ending(caller, target)
        grant = authorize(caller, self.catalogue)
        if isinstance(grant, Refusal):
            return Ending(grant, caller)
        admission = self.quotas.throttle(call, grant)
        if isinstance(admission, Refusal):
            return Ending(admission, grant)
        return self._forward(call, admission)

    def _forward(self, call: Call, admission: Admission) -> Ending:
        with self._upkeep(admission):
            started = self.clock.now()
            outcome = forward(call, admission, self.backends)
            backend_seconds = self.clock.now() - started
        return Ending(outcome, admission, backend_seconds)

    @contextmanager
    def _upkeep(self, admission: Admission) -> Iterator[None]:
        """Renew knowledge and leases beside the backend call, when they are due; the answer waits a moment for them."""
        tenant = admission.grant.caller.target.api.deployed.tenant
        started: list[Future[Any]] = []
        if self.catalogue.refresh_due(tenant):
            started.append(self.beside.submit(self.catalogue.refresh, tenant))
        if self.quotas.upkeep_due(admission):
            started.append(self.beside.submit(self.quotas.upkeep, admission))
        try:
            yield
        finally:
            if started:
                wait(started, timeout=UPKEEP_SECONDS)

    def _heard_of_changes(self, call: Call) -> bool:
        """Whether anything of the tenant's has changed since this environment last asked."""
        tenant, _ = tenant_and_path(call.path)
        try:
            return self.catalogue.refresh(tenant)
        except Unavailable:
            return False

    def _record(self, call: Call, ending: Ending) -> Reply:
        refusal = ending.outcome if isinstance(ending.outcome, Refusal) else None
        reply = _dressed(call, ending)
        self.write(
            record.line(
                call,
                reply,
                refusal=refusal,
                evidence=ending.evidence,
                total_seconds=self.clock.now() - call.received_at,
                backend_seconds=ending.backend_seconds,
            )
        )
        return reply


def _dressed(call: Call, ending: Ending) -> Reply:
    """The reply with what every answer carries: where the client stands with its limits, and the call's id."""
    reply = ending.outcome.reply() if isinstance(ending.outcome, Refusal) else ending.outcome
    counted = ending.evidence.counted if isinstance(ending.evidence, Admission) else None
    limits = limit_headers(counted.standings) if counted else ()
    kept = (header for header in reply.headers if header[0].lower() not in NAMES) if limits else reply.headers
    return replace(reply, headers=(*kept, *limits, ("activityid", call.id)))
