"""Counters as they stand at this moment: what is left of a limit, how many environments lease of it, until when.

Policies, subscriptions and deployed APIs are read where the gateway reads them, so what is shown is what is enforced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.throttling.custom_rules import check_tenant
from gatehouse.domain.applications.grant import ApplicationProfile, KeyType, SubscriptionGrant
from gatehouse.domain.artifact import (
    application_key,
    environment_partition,
    policy_key,
    revision_key,
    rule_key,
    subscription_key,
)
from gatehouse.domain.errors import Invalid, NotFound, Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import DeployedApi
from gatehouse.domain.publishing.revision import DEFAULT_ENVIRONMENT
from gatehouse.domain.throttling import counter_key
from gatehouse.domain.throttling.counter import BURST, KINDS
from gatehouse.domain.throttling.counter_view import CounterView, view
from gatehouse.domain.throttling.custom_rule import CustomRule
from gatehouse.domain.throttling.policy import UNAUTHENTICATED, UNLIMITED, PolicyKind, Terms
from gatehouse.ports.throttling.counters import CounterBusy, CountersDown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatehouse.domain.artifact import ArtifactKey
    from gatehouse.domain.throttling.limit import Rate, Unit
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.throttling.counters import CounterReading
    from gatehouse.ports.world import Clock


class NothingCounted(NotFound):
    """The gateway counts nothing for what was asked about: it is not there, or not deployed."""

    default_description = "Nothing is counted here."


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLimit:
    """One limit of what is asked about. `group` is the number of the policy's conditional group, None for its own limit."""

    unit: Unit
    seconds: int
    burst: bool
    group: int | None
    view: CounterView


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What limits apply, and where they stand. `policy` is "" where none names them: of custom rules and backends."""

    policy: str
    stops: bool
    limits: tuple[LiveLimit, ...]


@dataclass(frozen=True, slots=True)
class LiveCounters:
    """Looks at the counters of one tenant at a time. Every question raises NothingCounted and Unavailable."""

    artifacts: Artifacts
    counters: CounterReading
    clock: Clock

    def of_application(self, tenant: str, application_id: str, caller: str) -> Live:
        """Of one user of an application. `caller` is a full user name, or the consumer key of the application's own token."""
        profile = ApplicationProfile.from_body(self._found(application_key(tenant, application_id)))
        key = counter_key.application_counter(tenant, application_id, caller)
        return self._of_policy(tenant, PolicyKind.APPLICATION, profile.policy, key)

    def of_subscription(self, tenant: str, application_id: str, api_id: str) -> Live:
        """Of an application's subscription to an API."""
        grant = SubscriptionGrant.from_body(self._found(subscription_key(tenant, application_id, api_id)))
        key = counter_key.subscription_counter(tenant, application_id, api_id)
        return self._of_policy(tenant, PolicyKind.SUBSCRIPTION, grant.policy, key)

    def of_address(self, tenant: str, api_id: str, address: str) -> Live:
        """Of who calls an API from an address, without credentials."""
        self._deployed(tenant, api_id)
        key = counter_key.address_counter(tenant, api_id, address)
        return self._of_policy(tenant, PolicyKind.SUBSCRIPTION, UNAUTHENTICATED, key)

    def of_api(self, tenant: str, api_id: str, caller: str = "") -> Live:
        """Of all calls of an API that has a policy as a whole. `caller` is needed when the policy counts each by itself."""
        deployed = self._deployed(tenant, api_id)
        key = counter_key.api_counter(tenant, api_id)
        return self._of_policy(tenant, PolicyKind.ADVANCED, deployed.policy or UNLIMITED, key, caller)

    def of_operation(self, tenant: str, api_id: str, operation: str, caller: str = "") -> Live:
        """Of all calls of one operation, `GET /menu`."""
        deployed = self._deployed(tenant, api_id)
        verb, _, target = operation.partition(" ")
        found = next((one for one in deployed.operations if (one.verb, one.target) == (verb, target)), None)
        if found is None:
            raise NothingCounted(f"The deployed API has no operation '{operation}'.")
        # A policy of the whole API takes the place of those of its operations.
        policy = found.policy if (deployed.policy or UNLIMITED) == UNLIMITED else UNLIMITED
        key = counter_key.resource_counter(tenant, api_id, verb, target)
        return self._of_policy(tenant, PolicyKind.ADVANCED, policy, key, caller)

    def of_backend(self, tenant: str, api_id: str, key_type: KeyType) -> Live:
        """Of everything that goes to one side of an API's backend."""
        deployed = self._deployed(tenant, api_id)
        side = deployed.production if key_type is KeyType.PRODUCTION else deployed.sandbox
        if side is None:
            raise NothingCounted(f"The deployed API has no {key_type.lower()} endpoint.")
        limits = self._limits(counter_key.backend_counter(tenant, api_id, key_type), side.limits)
        return Live(policy="", stops=True, limits=tuple(limits))

    def of_rule(self, tenant: str, rule_id: str, value: str) -> Live:
        """Of a custom rule and one value of its key template. Raises OnlyTheSuperTenant."""
        check_tenant(tenant)
        rule = CustomRule.from_body(self._found(rule_key(SUPER_TENANT, rule_id)))
        limits = self._limits(counter_key.rule_counter(rule.id, value), [rule.limit])
        return Live(policy="", stops=True, limits=tuple(limits))

    def _of_policy(self, tenant: str, kind: PolicyKind, name: str, key: str, caller: str = "") -> Live:
        terms = Terms.from_body(self._found(policy_key(tenant, kind, name)))
        if terms.per_user:
            if not caller:
                raise Invalid.field("userName", f"is required: the policy '{name}' counts each user by itself")
            key = f"{key}#{counter_key.hashed(caller)}"
        limits = list(self._limits(key, terms.limits, burst=terms.burst))
        for number, group in enumerate(terms.groups):
            limits.extend(self._limits(f"{key}#{group.id}", group.limits, group=number))
        return Live(policy=name, stops=terms.stop, limits=tuple(limits))

    def _limits(
        self, key: str, rates: Iterable[Rate], *, burst: Rate | None = None, group: int | None = None
    ) -> Iterable[LiveLimit]:
        meters = [(KINDS[rate.unit], rate) for rate in rates] + ([(BURST, burst)] if burst else [])
        counts = self._counts(key) if meters else {}
        now = self.clock.now()
        for kind, rate in meters:
            yield LiveLimit(
                unit=rate.unit,
                seconds=rate.seconds,
                burst=kind == BURST,
                group=group,
                view=view(counts, kind, rate, now),
            )

    def _counts(self, key: str) -> Mapping[str, int]:
        try:
            return self.counters.read(key).counts
        except (CounterBusy, CountersDown) as error:
            raise Unavailable(cause=str(error), counter=key) from error

    def _deployed(self, tenant: str, api_id: str) -> DeployedApi:
        """The API as it is counted: in `Default`, or where else it is deployed. Environments share their counters."""
        others = sorted(self.artifacts.partition(environment_partition(tenant)))
        keys = [revision_key(tenant, api_id, environment) for environment in (DEFAULT_ENVIRONMENT, *others)]
        found = next(filter(None, self.artifacts.get(keys)), None)
        if found is None:
            raise NothingCounted(artifact=keys[0].name)
        return DeployedApi.from_body(found)

    def _found(self, key: ArtifactKey) -> Mapping[str, object]:
        (body,) = self.artifacts.get([key])
        if body is None:
            raise NothingCounted(artifact=key.name)
        return body
