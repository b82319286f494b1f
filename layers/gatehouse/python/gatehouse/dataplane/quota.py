"""Throttle: which limits apply to a grant, in WSO2's order, and whether the call is within all of them.

Order: deny policies, API or operation, subscription and its burst, application (per user) and its burst, custom rules,
backend. The first that is exhausted fixes the code; the client must wait for the last.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.refusal import BLOCKED, QUOTA_SERVICE_DOWN, Refusal
from gatehouse.dataplane.evidence import Admission
from gatehouse.dataplane.limits import meters
from gatehouse.dataplane.limits.conditions import group_for
from gatehouse.dataplane.limits.costs import TOKENS, reserved, used
from gatehouse.dataplane.limits.rules import Rules
from gatehouse.dataplane.throttle.headers import limit_headers, next_access_time
from gatehouse.dataplane.throttle.meter import ONE_REQUEST, Admitted, Denied, Entity
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.publishing.deployed import ApiType
from gatehouse.domain.throttling import counter_key
from gatehouse.domain.throttling.limit import Unit
from gatehouse.domain.throttling.policy import UNAUTHENTICATED, UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.evidence import Grant
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.dataplane.throttle.engine import Throttle
    from gatehouse.dataplane.throttle.meter import Costs, Meter, Verdict
    from gatehouse.domain.throttling.custom_rule import CustomRule
    from gatehouse.ports.throttling.expressions import Expressions

ENTITIES_MAX = 20_000
"""How many entities an environment keeps made; they are made anew when their policy changes."""

_DESCRIPTION = "You have exceeded your quota .You can access API after {when}"
_THROTTLED = (429, "Message throttled out")
_OTHERWISE = {meters.BACKEND: (503, "API Limit Reached")}


class Quotas:
    """Counts a call on every limit that applies to its grant."""

    def __init__(self, catalogue: Catalogue, throttle: Throttle, expressions: Expressions) -> None:
        self._catalogue = catalogue
        self._throttle = throttle
        self._expressions = expressions
        self._made: dict[str, tuple[object, Entity | None]] = {}
        self._known_rules: Sequence[CustomRule] = ()
        self._rules = Rules((), expressions)

    def throttle(self, call: Call, grant: Grant) -> Admission | Refusal:
        """Admit the call, or say until when it is throttled, or that it is shut out."""
        verdict = self.judge(call, grant)
        if verdict is None or isinstance(verdict, Admitted):
            return Admission(grant, verdict)
        if isinstance(verdict, Denied):
            return throttled(verdict)
        return verdict if isinstance(verdict, Refusal) else QUOTA_SERVICE_DOWN

    def judge(self, call: Call, grant: Grant, costs: Costs | None = None) -> Verdict | Refusal | None:
        """Count the call: None where nothing limits it, a Refusal when it is shut out.

        `costs` are what the call takes when its body does not say so.
        """
        denials = self._catalogue.denials(grant.caller.target.api.deployed.tenant)
        if denials and denials.shuts_out(call, grant):
            return BLOCKED
        entities = [entity for entity in self._entities(call, grant) if entity is not None]
        if costs is None and grant.caller.target.api.deployed.type is ApiType.WEBSUB:
            entities = _without_events(entities)
        if not entities:
            return None
        return self._throttle.admit(entities, _costs(call, entities) if costs is None else costs)

    def settle(self, admission: Admission, outcome: Reply | Refusal | None) -> None:
        """Count what the backend used instead of what was reserved; None for a call that never went there."""
        counted = admission.counted
        if counted is not None and _counts_tokens(counted.entities):
            self._throttle.settle(counted, used(outcome))

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

    def _entities(self, call: Call, grant: Grant) -> Iterator[Entity | None]:
        yield from self._advanced(call, grant)
        yield self._subscription(call, grant)
        if (application := grant.application) is not None:
            home = grant.caller.identity.tenant  # an application's tier is its own tenant's, whoever's API it calls
            tenant = home or grant.caller.target.api.deployed.tenant
            key = counter_key.application_counter(tenant, application.application_id, grant.caller.identity.subject)
            yield self._limited(
                call, grant, PolicyKind.APPLICATION, application.policy, key, meters.APPLICATION, home=home
            )
        yield from self._custom(call, grant)
        yield self._backend(grant)

    def _advanced(self, call: Call, grant: Grant) -> Iterator[Entity | None]:
        """The cap of the whole API; those of the call's operations only when the API has none."""
        deployed = grant.caller.target.api.deployed
        if deployed.policy and deployed.policy != UNLIMITED:
            key = counter_key.api_counter(deployed.tenant, deployed.id)
            yield self._limited(call, grant, PolicyKind.ADVANCED, deployed.policy, key, meters.API)
            return
        for operation in grant.caller.target.operations:
            if operation.policy != UNLIMITED:
                key = counter_key.resource_counter(deployed.tenant, deployed.id, operation.verb, operation.target)
                yield self._limited(call, grant, PolicyKind.ADVANCED, operation.policy, key, meters.RESOURCE)

    def _subscription(self, call: Call, grant: Grant) -> Entity | None:
        deployed = grant.caller.target.api.deployed
        if grant.subscription is None:
            plan = UNAUTHENTICATED
            key = counter_key.address_counter(deployed.tenant, deployed.id, call.address)
        else:
            plan = grant.subscription.policy
            # A client certificate has a plan and no application.
            holder = grant.application.application_id if grant.application else grant.subscription.subscription_id
            key = counter_key.subscription_counter(deployed.tenant, holder, deployed.id)
        return self._limited(call, grant, PolicyKind.SUBSCRIPTION, plan, key, meters.SUBSCRIPTION)

    def _custom(self, call: Call, grant: Grant) -> Iterator[Entity | None]:
        known = self._catalogue.rules()
        if known is not self._known_rules:
            self._known_rules, self._rules = known, Rules(known, self._expressions)
        if self._rules:
            for rule, value in self._rules.about(call, grant):
                key = counter_key.rule_counter(rule.id, value)
                yield self._entity(key, rule, partial(meters.limit_meters, rule.name, [rule.limit], meters.CUSTOM_RULE))

    def _backend(self, grant: Grant) -> Entity | None:
        limits, target = grant.endpoints.limits, grant.caller.target
        if not limits:
            return None
        # The members of a product have a backend each, which it shares with the member's own callers.
        api_id = target.operation.api_id or target.api.deployed.id
        key = counter_key.backend_counter(target.api.deployed.tenant, api_id, grant.key_type)
        return self._entity(key, limits, partial(meters.limit_meters, "backend", limits, meters.BACKEND))

    def _limited(
        self, call: Call, grant: Grant, kind: PolicyKind, name: str, key: str, code: str, *, home: str = ""
    ) -> Entity | None:
        """`home` is whose policy it is, "" the API's tenant's."""
        if name == UNLIMITED:
            return None
        terms = self._catalogue.terms(home or grant.caller.target.api.deployed.tenant, kind, name)
        if terms is None:
            # A tier that is referred to and not there must not mean "without limit".
            raise Unavailable(policy=name, kind=kind)
        limits = terms.limits
        if terms.per_user:
            key = f"{key}#{counter_key.hashed(grant.caller.identity.subject or call.address)}"
        if terms.groups and (group := group_for(terms, call, grant.caller.identity)) is not None:
            key, limits = f"{key}#{group.id}", group.limits
        return self._entity(key, terms, partial(meters.policy_meters, kind, terms, limits, code))

    def _entity(self, key: str, origin: object, make: Callable[[], tuple[Meter, ...]]) -> Entity | None:
        """The entity under this key, made once for as long as what it was made of (`origin`) stays the same."""
        known = self._made.get(key)
        if known is not None and known[0] is origin:
            return known[1]
        made = make()
        entity = Entity(key, made) if made else None
        if len(self._made) >= ENTITIES_MAX:
            self._made.clear()
        self._made[key] = (origin, entity)
        return entity


def _costs(call: Call, entities: Sequence[Entity]) -> Costs:
    if all(meter.unit is Unit.REQUESTS for entity in entities for meter in entity.meters):
        return ONE_REQUEST
    return reserved(call, tokens=_counts_tokens(entities))


def _without_events(entities: Sequence[Entity]) -> list[Entity]:
    """What comes in at a hub is no event for who calls: subscribers are counted as events are delivered to them."""
    left = (Entity(one.key, tuple(meter for meter in one.meters if meter.unit is not Unit.EVENTS)) for one in entities)
    return [entity for entity in left if entity.meters]


def _counts_tokens(entities: Sequence[Entity]) -> bool:
    return any(meter.unit in TOKENS for entity in entities for meter in entity.meters)


def throttled(denied: Denied) -> Refusal:
    """What the client of a denied call reads."""
    when = next_access_time(denied.next_access)
    code = denied.violated[0].code
    status, message = _OTHERWISE.get(code, _THROTTLED)
    return Refusal(
        status=status,
        code=code,
        message=message,
        description=_DESCRIPTION.format(when=when),
        next_access_time=when,
        headers=(("retry-after", str(denied.retry_after)), *limit_headers(denied.standings)),
    )
