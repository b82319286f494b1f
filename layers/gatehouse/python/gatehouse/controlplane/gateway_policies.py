"""Gateway policies: kept, and put in force in gateway environments, where the gateway applies them to every API.

What is in force in an environment is a record of its own, named after the environment: so two cannot be at a time, and what is
deployed takes the place of what was. The gateway reads it compiled, together with the API that a call is for.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.operation_policies.attaching import mediation_of
from gatehouse.controlplane.operation_policies.usage import POLICY_MAPPING
from gatehouse.controlplane.publishing.compiling.compilation import fitting
from gatehouse.domain.artifact import Artifact, Withdrawal, gateway_policy_key
from gatehouse.domain.body import to_body
from gatehouse.domain.errors import Changed, Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.publishing.gateway_policy import (
    GatewayPolicy,
    GatewayPolicyInForce,
    GatewayPolicyNotDeployed,
    GatewayPolicyNotFound,
)
from gatehouse.domain.publishing.revision import EnvironmentUnknown
from gatehouse.domain.record import Kind, Record, new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.controlplane.environments.lookup import Environments
    from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.operation_policy import CustomPolicy
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Clock

_DESCRIPTION, _IN_FORCE = "description", "policy"
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whether a policy shall be in force in an environment. `path` names it in errors."""

    environment: str
    in_force: bool
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPolicies:
    """The gateway policies of tenants."""

    records: Records
    policies: OperationPolicies
    environments: Environments
    clock: Clock

    def all(self, tenant: str) -> list[GatewayPolicy]:
        """Every one, oldest first."""
        in_force = self._in_force(tenant)
        return [_policy(record, in_force) for record in self.records.all(tenant, Kind.GATEWAY_POLICY)]

    def get(self, tenant: str, policy_id: str) -> GatewayPolicy:
        """One. Raises GatewayPolicyNotFound."""
        return _policy(self._record(tenant, policy_id), self._in_force(tenant))

    def add(self, principal: Principal, display_name: str, description: str, flows: Mapping[str, Any]) -> GatewayPolicy:
        """A new one, in force nowhere. Raises NotServable, Invalid for flows that the gateway could not run."""
        self._compiled(principal.tenant, flows)
        now, user = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        record = Record(
            tenant=principal.tenant,
            kind=Kind.GATEWAY_POLICY,
            id=new_id(),
            body=_body(display_name, description, flows),
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )
        return _policy(self.records.add(record, taken=Changed()), [])

    def update(
        self, principal: Principal, policy_id: str, display_name: str, description: str, flows: Mapping[str, Any]
    ) -> GatewayPolicy:
        """Replace one; where it is in force, the new flows are. Raises what `get` and `add` raise, Changed."""
        tenant = principal.tenant
        before = self._record(tenant, policy_id)
        self._compiled(tenant, flows)
        changed = replace(
            before,
            body=_body(display_name, description, flows),
            updated_at=int(self.clock.now() * 1000),
            updated_by=display_username(tenant, principal.user),
        )
        kept = self.records.replace(before, changed, taken=Changed())
        self._settle(tenant, policy_id, before.version)
        return _policy(kept, self._in_force(tenant))

    def remove(self, tenant: str, policy_id: str) -> None:
        """Forget one that is in force nowhere. Raises GatewayPolicyNotFound, GatewayPolicyInForce, Changed."""
        policy = self.get(tenant, policy_id)
        if policy.environments:
            places = ", ".join(policy.environments)
            raise GatewayPolicyInForce(f"'{policy.display_name}' is deployed in {places}; undeploy it first")
        self.records.remove([self._record(tenant, policy_id)])

    def engage(self, principal: Principal, policy_id: str, wanted: Sequence[Wanted]) -> None:
        """Put it in force, in place of what is, or take it out. All is checked before anything is done.

        Raises GatewayPolicyNotFound, EnvironmentUnknown, GatewayPolicyNotDeployed, NotServable, Changed.
        """
        tenant = principal.tenant
        record = self._record(tenant, policy_id)
        policy = _policy(record, self._in_force(tenant))
        if not wanted:
            raise Invalid.field("", "name at least one environment")
        for one in wanted:
            if self.environments.named(tenant, one.environment) is None:
                problem = f"there is no gateway environment '{one.environment}'"
                raise EnvironmentUnknown.field(f"{one.path}.gatewayLabel", problem)
            if not one.in_force and one.environment not in policy.environments:
                problem = f"'{policy.display_name}' is not deployed in '{one.environment}'"
                raise GatewayPolicyNotDeployed.field(f"{one.path}.gatewayDeployment", problem)
        compiled = self._compiled(tenant, record.body[POLICY_MAPPING])
        for one in wanted:
            if one.in_force:
                self._put_in_force(principal, policy_id, one.environment, compiled)
            else:
                self._take_out(tenant, policy_id, one.environment)
        self._settle(tenant, policy_id, record.version)

    def _put_in_force(
        self, principal: Principal, policy_id: str, environment: str, compiled: Mapping[str, Any]
    ) -> None:
        tenant = principal.tenant
        now, user = int(self.clock.now() * 1000), display_username(tenant, principal.user)
        changes = [Artifact(gateway_policy_key(tenant, environment), compiled)]
        before = self.records.named(tenant, Kind.GATEWAY_POLICY_DEPLOYMENT, environment)
        record = Record(
            tenant=tenant,
            kind=Kind.GATEWAY_POLICY_DEPLOYMENT,
            id=before.id if before else new_id(),
            name=environment,
            body={_IN_FORCE: policy_id},
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )
        if before is None:
            self.records.add(record, taken=Changed(), changes=changes)
        else:
            self.records.replace(before, record, taken=Changed(), changes=changes)

    def _take_out(self, tenant: str, policy_id: str, environment: str) -> None:
        record = self.records.named(tenant, Kind.GATEWAY_POLICY_DEPLOYMENT, environment)
        if record is not None and record.body[_IN_FORCE] == policy_id:
            self.records.remove([record], [Withdrawal(gateway_policy_key(tenant, environment))])

    def _settle(self, tenant: str, policy_id: str, version: int) -> None:
        """What is in force becomes what is kept, when that is not what was in `version`. Raises Changed, NotServable.

        Each environment is written with its record, so that nothing comes back that somebody takes out meanwhile.
        """
        for _ in range(_ATTEMPTS):
            kept = self.records.get(tenant, Kind.GATEWAY_POLICY, policy_id)
            if kept is not None and kept.version == version:
                return
            places = [one for one in self._in_force(tenant) if one.body[_IN_FORCE] == policy_id]
            if kept is None:
                for place in places:
                    self._take_out(tenant, policy_id, place.name)
                return
            compiled = self._compiled(tenant, kept.body[POLICY_MAPPING])
            with suppress(Changed):
                for place in places:
                    changes = [Artifact(gateway_policy_key(tenant, place.name), compiled)]
                    self.records.replace(place, place, taken=Changed(), changes=changes)
                version = kept.version
        raise Changed

    def _compiled(self, tenant: str, flows: Mapping[str, Any]) -> dict[str, Any]:
        def custom(given: Mapping[str, Any]) -> CustomPolicy | None:
            return self.policies.meant(tenant, "", given)

        return fitting(to_body(mediation_of(flows, POLICY_MAPPING, custom)), POLICY_MAPPING)

    def _record(self, tenant: str, policy_id: str) -> Record:
        record = self.records.get(tenant, Kind.GATEWAY_POLICY, policy_id)
        if record is None:
            raise GatewayPolicyNotFound.by_id(policy_id)
        return record

    def _in_force(self, tenant: str) -> list[Record]:
        return self.records.all(tenant, Kind.GATEWAY_POLICY_DEPLOYMENT)


def _body(display_name: str, description: str, flows: Mapping[str, Any]) -> dict[str, Any]:
    return {"displayName": display_name, _DESCRIPTION: description, POLICY_MAPPING: flows}


def _policy(record: Record, in_force: Sequence[Record]) -> GatewayPolicy:
    return GatewayPolicy(
        id=record.id,
        display_name=record.body["displayName"],
        description=record.body[_DESCRIPTION],
        flows=record.body[POLICY_MAPPING],
        environments=tuple(sorted(one.name for one in in_force if one.body[_IN_FORCE] == record.id)),
    )
