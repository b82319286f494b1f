"""Throttle: which limits apply to a grant, in WSO2's order, and whether the call is within all of them.

Order: API or operation, subscription and its burst, application (per user) and its burst. The first that is exhausted
fixes the code; the client must wait for the last.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gatehouse.dataplane.evidence import Admission
from gatehouse.dataplane.refusal import QUOTA_SERVICE_DOWN, Refusal
from gatehouse.dataplane.throttle.headers import limit_headers, next_access_time
from gatehouse.dataplane.throttle.meter import Admitted, Denied, Entity, Meter
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.policy import UNAUTHENTICATED, UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.catalogue import Catalogue
    from gatehouse.dataplane.evidence import Grant, Target
    from gatehouse.dataplane.throttle.engine import Throttle
    from gatehouse.domain.deployed import DeployedOperation
    from gatehouse.domain.policy import Terms

API = "900800"
RESOURCE = "900802"
APPLICATION = "900803"
SUBSCRIPTION = "900804"
SUBSCRIPTION_BURST = "900807"
APPLICATION_BURST = "900809"

ENTITIES_MAX = 20_000
"""How many entities an environment keeps made; they are made anew when their policy changes."""

_MESSAGE = "Message throttled out"
_DESCRIPTION = "You have exceeded your quota .You can access API after {when}"


class Quotas:
    """Counts a call on every limit that applies to its grant."""

    def __init__(self, catalogue: Catalogue, throttle: Throttle) -> None:
        self._catalogue = catalogue
        self._throttle = throttle
        self._entities_made: dict[str, tuple[Terms, Entity | None]] = {}

    def throttle(self, call: Call, grant: Grant) -> Admission | Refusal:
        """Admit the call, or say until when it is throttled."""
        entities = self._entities(call, grant)
        if not entities:
            return Admission(grant, None)
        verdict = self._throttle.admit(entities)
        if isinstance(verdict, Admitted):
            return Admission(grant, verdict)
        if isinstance(verdict, Denied):
            return _throttled(verdict)
        return QUOTA_SERVICE_DOWN

    def give_back(self, seconds: float) -> int:
        """Give back what this environment holds, because it ends; how many tokens were taken."""
        return self._throttle.give_back_all(seconds)

    def forget(self) -> None:
        """Hold nothing: this environment is a copy of another."""
        self._throttle.forget()

    def upkeep_due(self, admission: Admission) -> bool:
        """Whether there is anything to lease ahead."""
        return admission.counted is not None and self._throttle.upkeep_due(admission.counted)

    def upkeep(self, admission: Admission) -> None:
        """Lease ahead for the next calls."""
        if admission.counted is not None:
            self._throttle.upkeep(admission.counted)

    def _entities(self, call: Call, grant: Grant) -> list[Entity]:
        target = grant.caller.target
        deployed = target.api.deployed
        found = self._advanced(target)
        if grant.subscription is None:
            key = f"U#{deployed.tenant}#{deployed.id}#{_hashed(call.address)}"
            found.append(self._limited(PolicyKind.SUBSCRIPTION, UNAUTHENTICATED, key, target, SUBSCRIPTION, ""))
        else:
            # A client certificate has a plan and no application.
            holder = grant.application.application_id if grant.application else grant.subscription.subscription_id
            key = f"S#{deployed.tenant}#{holder}#{deployed.id}"
            plan = grant.subscription.policy
            found.append(self._limited(PolicyKind.SUBSCRIPTION, plan, key, target, SUBSCRIPTION, SUBSCRIPTION_BURST))
        if grant.application is not None:
            key = f"P#{deployed.tenant}#{grant.application.application_id}#{_hashed(grant.caller.identity.subject)}"
            tier = grant.application.policy
            found.append(self._limited(PolicyKind.APPLICATION, tier, key, target, APPLICATION, APPLICATION_BURST))
        return [entity for entity in found if entity is not None]

    def _advanced(self, target: Target) -> list[Entity | None]:
        """The cap of the whole API; those of the call's operations only when the API has none."""
        deployed = target.api.deployed
        if deployed.policy and deployed.policy != UNLIMITED:
            key = f"A#{deployed.tenant}#{deployed.id}"
            return [self._limited(PolicyKind.ADVANCED, deployed.policy, key, target, API, "")]
        return [self._resource(target, one) for one in target.operations if one.policy != UNLIMITED]

    def _resource(self, target: Target, operation: DeployedOperation) -> Entity | None:
        deployed = target.api.deployed
        key = f"R#{deployed.tenant}#{deployed.id}#{_hashed(f'{operation.verb} {operation.target}')}"
        return self._limited(PolicyKind.ADVANCED, operation.policy, key, target, RESOURCE, "")

    def _limited(
        self, kind: PolicyKind, name: str, key: str, target: Target, quota_code: str, burst_code: str
    ) -> Entity | None:
        if name == UNLIMITED:
            return None
        terms = self._catalogue.terms(target.api.deployed.tenant, kind, name)
        if terms is None:
            # A tier that is referred to and not there must not mean "without limit".
            raise Unavailable(policy=name, kind=kind)
        known = self._entities_made.get(key)
        if known is not None and known[0] is terms:
            return known[1]
        meters = _meters(kind, terms, quota_code, burst_code)
        entity = Entity(key, meters) if meters else None
        if len(self._entities_made) >= ENTITIES_MAX:
            self._entities_made.clear()
        self._entities_made[key] = (terms, entity)
        return entity


def _meters(kind: PolicyKind, terms: Terms, quota_code: str, burst_code: str) -> tuple[Meter, ...]:
    limits = terms.limits if terms.stop else ()
    meters = [Meter(kind, "r", limit.seconds, limit.count, quota_code) for limit in limits]
    if terms.burst is not None:
        meters.append(Meter(f"{kind}-burst", "b", terms.burst.seconds, terms.burst.count, burst_code))
    return tuple(meters)


def _throttled(denied: Denied) -> Refusal:
    when = next_access_time(denied.next_access)
    return Refusal(
        status=429,
        code=denied.violated[0].code,
        message=_MESSAGE,
        description=_DESCRIPTION.format(when=when),
        next_access_time=when,
        headers=(("retry-after", str(denied.retry_after)), *limit_headers(denied.standings)),
    )


def _hashed(text: str) -> str:
    """A short name for something that may be long or personal."""
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
