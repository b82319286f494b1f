"""The entrance: the steps that every call passes before its backend, wherever that backend is called from.

route → Target → authenticate → Caller → authorize → Grant → throttle → Admission. The gateway and the authorizer share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.refusal import UNREADABLE, Refusal
from gatehouse.dataplane.authorize import authorize
from gatehouse.dataplane.evidence import Target, caller_of
from gatehouse.dataplane.handshake import unchecked
from gatehouse.dataplane.route import route, tenant_and_path
from gatehouse.domain.errors import Unavailable

if TYPE_CHECKING:
    from gatehouse.dataplane.authenticate import Authenticator
    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.credentials.key_uses import KeyUses
    from gatehouse.dataplane.evidence import Admission, Evidence
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.dataplane.observing.stopwatch import Stopwatch
    from gatehouse.dataplane.quota import Quotas
    from gatehouse.ports.apis.graphql import GraphqlQueries


@dataclass(frozen=True, slots=True)
class Stopped:
    """Where a call ends at the entrance: refused, or answered on the spot (a preflight); and what is known by then."""

    outcome: Reply | Refusal
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Admits calls, one at a time."""

    catalogue: Catalogue
    authenticate: Authenticator
    quotas: Quotas
    queries: GraphqlQueries
    key_uses: KeyUses

    def admit(self, call: Call, watch: Stopwatch) -> Admission | Stopped:
        """Count the call and let it in, or stop it. A refusal that may come of old knowledge is asked again first."""
        if call.unreadable:
            return Stopped(UNREADABLE.because(UNREADABLE.description.format(problem=call.unreadable)))
        outcome = self._checked(call, watch)
        if isinstance(outcome, Stopped) and _perhaps_stale(outcome) and self._heard_of_changes(call, outcome):
            outcome = self._checked(call, watch)
        if not isinstance(outcome, Stopped):
            self.key_uses.notice(outcome, call.received_at)
        return outcome

    def _checked(self, call: Call, watch: Stopwatch) -> Admission | Stopped:
        try:
            return self._steps(call, watch)
        except Unavailable:
            return Stopped(unchecked(call))

    def _steps(self, call: Call, watch: Stopwatch) -> Admission | Stopped:
        target = route(call, self.catalogue, self.queries)
        watch.lap("route")
        if not isinstance(target, Target):
            return Stopped(target)
        caller = self.authenticate(call, target)
        watch.lap("authenticate")
        if isinstance(caller, Refusal):
            return Stopped(caller, target)
        grant = authorize(caller, self.catalogue)
        watch.lap("authorize")
        if isinstance(grant, Refusal):
            return Stopped(grant, caller)
        admission = self.quotas.throttle(call, grant)
        watch.lap("throttle")
        if isinstance(admission, Refusal):
            return Stopped(admission, grant)
        if target.weight is not None and (refusal := self._too_heavy(admission)):
            return Stopped(refusal, admission)
        return admission

    def _too_heavy(self, admission: Admission) -> Refusal | None:
        from gatehouse.dataplane.graphql.target import over_limit  # noqa: PLC0415 -- only queries have a weight

        return over_limit(admission, self.catalogue)

    def _heard_of_changes(self, call: Call, stopped: Stopped) -> bool:
        """Whether anything of the tenant's, or of the caller's, has changed since this environment last asked."""
        tenant, _ = tenant_and_path(call.path)
        caller = caller_of(stopped.evidence)
        tenants = {tenant, caller.identity.tenant or tenant} if caller else {tenant}
        try:
            news = [self.catalogue.refresh(one) for one in sorted(tenants)]
        except Unavailable:
            return False
        return any(news)


def _perhaps_stale(stopped: Stopped) -> bool:
    return isinstance(stopped.outcome, Refusal) and stopped.outcome.perhaps_stale
