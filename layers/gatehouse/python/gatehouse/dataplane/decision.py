"""A decision says whether a call may go to its backend when somebody else will take it there: API Gateway, for instance.

It is made by the gateway's own steps and counts the call as the gateway would. A decision that counted must never be used
for a second call; one where no limit applies may be remembered for `cache_seconds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.dataplane import record
from gatehouse.dataplane.answers.refusal import (
    AUTHENTICATION_DOWN,
    METHOD_NOT_ALLOWED,
    NO_SUCH_RESOURCE,
    QUOTA_SERVICE_DOWN,
    Refusal,
)
from gatehouse.dataplane.entrance import Stopped
from gatehouse.dataplane.observing.stopwatch import Stopwatch
from gatehouse.dataplane.route import tenant_and_path
from gatehouse.domain.publishing.deployed import WITHOUT_PATHS
from gatehouse.domain.throttling.policy import UNAUTHENTICATED

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.entrance import Entrance
    from gatehouse.dataplane.evidence import Admission, Identity, Scheme
    from gatehouse.dataplane.throttle.meter import Standing

UNDECIDED = (AUTHENTICATION_DOWN, QUOTA_SERVICE_DOWN)
"""Refusals that say nothing about the call: a dependency failed. Nobody may remember them."""

WITHOUT_BODY = (
    "GraphQL and WebSub APIs are served by the gateway only: what a call is for is in its body, which is not seen here"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The call is admitted, and counted where a limit applies (`standings`: what is left of each).

    Application and subscription are "" for who needs none; `plan` is then what limits the unknown. `tier` is the
    application's. `cache_seconds` is for how long the decision holds for calls like this one, 0 when it holds once.
    """

    tenant: str
    api_id: str
    api_name: str
    api_version: str
    key_type: str
    scheme: Scheme
    subject: str
    scopes: tuple[str, ...]
    application_id: str
    application: str
    owner: str
    tier: str
    subscription_id: str
    plan: str
    standings: tuple[Standing, ...]
    cache_seconds: int


Decision = Allowed | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Decides calls, one at a time; their bodies are not needed. `write` takes the line that records a decision."""

    entrance: Entrance
    max_staleness_seconds: float
    now: Callable[[], float]
    write: Callable[[str], object]

    def decide(self, call: Call) -> Decision:
        """Admit the call or say why not, and record it."""
        watch = Stopwatch()
        outcome = self.entrance.admit(call, watch)
        decision = self._decision(outcome, call)
        tenant, _ = tenant_and_path(call.path)
        self.write(
            record.decision_line(
                call,
                evidence=outcome.evidence if isinstance(outcome, Stopped) else outcome,
                refusal=decision if isinstance(decision, Refusal) else None,
                laps=watch.laps,
                total_seconds=self.now() - call.received_at,
                config_version=self.entrance.catalogue.version(tenant),
            )
        )
        return decision

    def _decision(self, outcome: Admission | Stopped, call: Call) -> Decision:
        if not isinstance(outcome, Stopped):
            whole = outcome.grant.caller.target.api.deployed.type in WITHOUT_PATHS
            return NO_SUCH_RESOURCE.because(WITHOUT_BODY) if whole else self._allowed(outcome, call)
        # A browser's preflight can only be answered by who takes the call to the backend.
        return outcome.outcome if isinstance(outcome.outcome, Refusal) else METHOD_NOT_ALLOWED

    def _allowed(self, admission: Admission, call: Call) -> Allowed:
        grant = admission.grant
        identity, deployed = grant.caller.identity, grant.caller.target.api.deployed
        application, subscription = grant.application, grant.subscription
        counted = admission.counted
        return Allowed(
            tenant=deployed.tenant,
            api_id=deployed.id,
            api_name=deployed.name,
            api_version=deployed.version,
            key_type=grant.key_type,
            scheme=identity.scheme,
            subject=identity.subject,
            scopes=tuple(sorted(identity.scopes)),
            application_id=application.application_id if application else "",
            application=application.name if application else "",
            owner=application.owner if application else "",
            tier=application.policy if application else "",
            subscription_id=subscription.subscription_id if subscription else "",
            plan=subscription.policy if subscription else UNAUTHENTICATED,
            standings=counted.standings if counted else (),
            cache_seconds=0 if counted else self._cache_seconds(identity, call),
        )

    def _cache_seconds(self, identity: Identity, call: Call) -> int:
        """No longer than a change may take to be heard of, and not beyond the token's end."""
        expires_at = identity.claims.get("exp")
        left = float(expires_at) - call.received_at if isinstance(expires_at, int | float) else float("inf")
        return max(0, int(min(self.max_staleness_seconds, left)))
