"""A foreign call came in at a gateway that is not ours, which asks whether the call is within its limits.

It is counted on the very counters that our own gateway uses. Who calls, and with which application, is the other
gateway's word: it has seen the credential. Subscriptions, deny policies and limits are judged as for any call.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.dataplane.answers.refusal import (
    API_BLOCKED,
    METHOD_NOT_ALLOWED,
    NO_SUCH_API,
    NO_SUCH_RESOURCE,
    NOT_SUBSCRIBED,
    Refusal,
)
from gatehouse.dataplane.authorize import authorize
from gatehouse.dataplane.call import Call
from gatehouse.dataplane.evidence import Caller, Grant, Identity, Scheme, Target
from gatehouse.dataplane.quota import throttled
from gatehouse.dataplane.throttle.meter import Admitted, Denied
from gatehouse.domain.artifact import first_segment
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.publishing.deployed import WITHOUT_PATHS
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.dataplane.knowledge.served import ServedApi
    from gatehouse.dataplane.quota import Quotas
    from gatehouse.dataplane.throttle.meter import Costs, Standing
    from gatehouse.domain.applications.grant import KeyType
    from gatehouse.domain.publishing.deployed import DeployedOperation
    from gatehouse.ports.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCall:
    """What another gateway tells of a call. The API is named by its id, or by its base path when that is "".

    `target` is an operation's template or a path that it matches, behind the base path; of a GraphQL API, a field.
    `caller` is a full user name, or the consumer key of an application's own token. Without an application the call is
    counted by its `address`. `query` is raw, header names are lower case. `costs` are what it takes of each unit.
    """

    tenant: str
    api_id: str = ""
    base_path: str = ""
    verb: str
    target: str
    application_id: str = ""
    caller: str = ""
    key_type: KeyType
    address: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    claims: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    costs: Costs = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether the call may go on: unless there is a `refusal`, the error that our gateway would answer.

    `standings` are the limits that apply, also when one of them is exhausted; then a call may succeed after `retry_after`
    seconds, 0 where waiting is of no use.
    """

    refusal: Refusal | None = None
    standings: tuple[Standing, ...] = ()
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges foreign calls, one at a time. Raises Unavailable when artifacts or counters do not answer."""

    catalogue: Catalogue
    quotas: Quotas
    clock: Clock

    def judge(self, foreign: ForeignCall) -> Judgement:
        """Count the call, or say why it may not go on. A refusal that may come of old knowledge is asked again first."""
        judgement = self._judged(foreign)
        refusal = judgement.refusal
        if refusal is not None and refusal.perhaps_stale and self.catalogue.refresh(foreign.tenant):
            judgement = self._judged(foreign)
        return judgement

    def _judged(self, foreign: ForeignCall) -> Judgement:
        target = self._target(foreign)
        grant = target if isinstance(target, Refusal) else self._grant(foreign, target)
        if isinstance(grant, Refusal):
            return Judgement(refusal=grant)
        verdict = self.quotas.judge(self._call(foreign, grant), grant, foreign.costs)
        if verdict is None:
            return Judgement()
        if isinstance(verdict, Admitted):
            return Judgement(standings=verdict.standings)
        if isinstance(verdict, Denied):
            return Judgement(refusal=throttled(verdict), standings=verdict.standings, retry_after=verdict.retry_after)
        if isinstance(verdict, Refusal):
            return Judgement(refusal=verdict)
        raise Unavailable("The call could not be counted. Try again.", api=grant.caller.target.api.deployed.id)

    def _target(self, foreign: ForeignCall) -> Target | Refusal:
        api_id = foreign.api_id or self._api_at(foreign)
        api = self.catalogue.anywhere(foreign.tenant, api_id) if api_id else None
        if api is None:
            return NO_SUCH_API.because("No API is deployed under this id, or this context and version")
        if api.state == LifecycleState.BLOCKED:
            return API_BLOCKED
        verbs = _verbs(api, foreign.target)
        if not verbs:
            return NO_SUCH_RESOURCE.because(f"The deployed API has no resource '{foreign.target}'")
        operation = verbs.get(foreign.verb)
        if operation is None:
            return METHOD_NOT_ALLOWED.because(f"The resource has {', '.join(sorted(verbs))}, not '{foreign.verb}'")
        return Target(api, operation, foreign.target)

    def _api_at(self, foreign: ForeignCall) -> str:
        """The id of the API at the base path, "" when none is deployed there."""
        routes = self.catalogue.routes(foreign.tenant, first_segment(foreign.base_path))
        return routes.get(foreign.base_path, "")

    def _grant(self, foreign: ForeignCall, target: Target) -> Grant | Refusal:
        caller = foreign.caller
        profile = None
        if foreign.application_id:
            profile = self.catalogue.profile(foreign.tenant, foreign.application_id)
            if profile is None:
                return NOT_SUBSCRIBED.because(f"There is no application '{foreign.application_id}'")
        identity = Identity(
            scheme=Scheme.VOUCHED if profile else Scheme.NONE,
            subject=caller,
            username=caller if "@" in caller else "",
            application=profile.with_key(foreign.key_type) if profile else None,
            key_type=foreign.key_type,
            claims=foreign.claims,
        )
        return authorize(Caller(target, identity), self.catalogue)

    def _call(self, foreign: ForeignCall, grant: Grant) -> Call:
        deployed = grant.caller.target.api.deployed
        return Call(
            id=str(uuid.uuid4()),
            received_at=self.clock.now(),
            method=foreign.verb,
            path=f"{deployed.base_path}{foreign.target}",
            query=foreign.query,
            headers=foreign.headers,
            body=b"",
            source_ip=foreign.address,
        )


def _verbs(api: ServedApi, target: str) -> Mapping[str, DeployedOperation]:
    """The operations under this template, path or field, by verb."""
    named = {one.verb: one for one in api.deployed.operations if one.target == target}
    if named or api.deployed.type in WITHOUT_PATHS:
        return named
    return api.verbs(target) or {}
