"""Keeping: the operation policies that a tenant has besides the product's, for all of its APIs or for one.

The product's names are its own: nobody else's policy can take one. Where an API and its tenant both have a policy of a name
and version, the API's is meant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.operation_policies.attaching import named
from gatehouse.controlplane.operation_policies.usage import attached_in, mapping_flows
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.publishing.operation_policy import (
    CustomPolicy,
    OperationPolicyExists,
    OperationPolicyInUse,
    OperationPolicyNotFound,
)
from gatehouse.domain.record import Kind, Record, new_id
from gatehouse.mediation.registry import specification

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatehouse.controlplane.operation_policies.reading import Draft
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Blobs, Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPolicies:
    """The custom policies of tenants. `owner` is the id of an API, "" for what all of a tenant's APIs can have."""

    records: Records
    apis: ApiLookup
    blobs: Blobs
    clock: Clock

    def all(self, tenant: str, owner: str = "") -> list[CustomPolicy]:
        """Every one, by name and version."""
        found = [_policy(record) for record in self.records.all(tenant, Kind.OPERATION_POLICY, owner)]
        return sorted(found, key=lambda policy: (policy.name.lower(), policy.version))

    def get(self, tenant: str, policy_id: str, owner: str = "") -> CustomPolicy:
        """One. Raises OperationPolicyNotFound."""
        record = self.records.get(tenant, Kind.OPERATION_POLICY, policy_id, owner)
        if record is None:
            raise OperationPolicyNotFound.by_id(policy_id)
        return _policy(record)

    def named(self, tenant: str, name: str, version: str, owner: str = "") -> CustomPolicy | None:
        """The one of exactly this name and version, None when there is none."""
        record = self.records.named(tenant, Kind.OPERATION_POLICY, _record_name(name, version), owner)
        found = _policy(record) if record else None
        return found if found and (found.name, found.version) == (name, version) else None

    def add(self, principal: Principal, draft: Draft, owner: str = "") -> CustomPolicy:
        """A new one. Raises OperationPolicyExists, ApiNotFound."""
        taken = OperationPolicyExists.named(draft.name, draft.version)
        if specification(draft.name, draft.version) is not None:
            raise taken
        record = self._record(principal, draft, new_id(), owner)
        return _policy(self.records.add(record, taken=taken))

    def put(self, principal: Principal, draft: Draft, owner: str = "") -> CustomPolicy:
        """As `add`, in place of one of the same name and version. Raises OperationPolicyExists for one of the product's."""
        before = self.records.named(
            principal.tenant, Kind.OPERATION_POLICY, _record_name(draft.name, draft.version), owner
        )
        if before is None:
            return self.add(principal, draft, owner)
        if (known := _policy(before)).fingerprint == draft.fingerprint:
            return known
        changed = self._record(principal, draft, before.id, owner)
        kept = replace(changed, created_at=before.created_at, by=before.by)
        return _policy(self.records.replace(before, kept, taken=OperationPolicyExists.named(draft.name, draft.version)))

    def copy(self, principal: Principal, api: Api, onto: Api) -> None:
        """The policies of one API for another one, which has none."""
        for record in self.records.all(api.tenant, Kind.OPERATION_POLICY, api.id):
            policy = replace(_policy(record), id=new_id(), owner=onto.id)
            self._keep_as(principal, policy)

    def revive(self, principal: Principal, policy: CustomPolicy, owner: str) -> None:
        """A policy that a revision has kept, as one of the API's own."""
        self._keep_as(principal, replace(policy, id=new_id(), owner=owner))

    def remove(self, tenant: str, policy_id: str, owner: str = "") -> None:
        """Forget one that nothing is made with. Raises OperationPolicyNotFound, OperationPolicyInUse, Changed."""
        policy = self.get(tenant, policy_id, owner)
        if user := self._user(tenant, policy):
            raise OperationPolicyInUse(f"'{policy.name}' {policy.version} is attached to {user}; detach it there first")
        record = self.records.get(tenant, Kind.OPERATION_POLICY, policy_id, owner)
        if record is not None:
            self.records.remove([record])

    def files(self, tenant: str, policy: CustomPolicy) -> dict[str, bytes]:
        """The definitions as they were sent, by suffix."""
        return {suffix: self.blobs.get(tenant, key) for suffix, key in policy.files.items()}

    def meant(self, tenant: str, owner: str, given: Mapping[str, Any]) -> CustomPolicy | None:
        """The policy that an API attaches: the one with its id, else of its name; the API's own first. None for none of these."""
        owners = (owner, "") if owner else ("",)
        name, version = named(given)
        if policy_id := str(given.get("policyId") or ""):
            for one in owners:
                record = self.records.get(tenant, Kind.OPERATION_POLICY, policy_id, one)
                found = _policy(record) if record else None
                if found and (found.name, found.version) == (name, version):
                    return found
        return next((own for one in owners if (own := self.named(tenant, name, version, one))), None)

    def custom_of(self, tenant: str, owner: str, attached: Iterable[Mapping[str, Any]]) -> list[CustomPolicy]:
        """The custom policies among what an API attaches, each once."""
        wanted = {(*named(one), str(one.get("policyId") or "")): one for one in attached}
        found = [
            policy
            for (name, version, _), one in wanted.items()
            if specification(name, version) is None and (policy := self.meant(tenant, owner, one)) is not None
        ]
        return list({policy.id: policy for policy in found}.values())

    def _user(self, tenant: str, policy: CustomPolicy) -> str:
        """What is made with it, in words; "" when nothing is."""
        key = f"{policy.name} {policy.version}"
        users = (
            [policy.owner]
            if policy.owner
            else [one.id for one in self.apis.summaries(tenant) if key in (one.info.get("attachedPolicies") or ())]
        )
        for api in self.apis.some(tenant, users).values():
            if policy.id in {one.id for one in self.custom_of(tenant, api.id, attached_in(api.document))}:
                return f"API '{api.name}' {api.version}"
        for record in () if policy.owner else self.records.all(tenant, Kind.GATEWAY_POLICY):
            if policy.id in {one.id for one in self.custom_of(tenant, "", mapping_flows(record.body))}:
                return f"the gateway policy '{record.body['displayName']}'"
        return ""

    def _keep_as(self, principal: Principal, policy: CustomPolicy) -> None:
        record = self._kept(principal, policy)
        self.records.add(record, taken=OperationPolicyExists.named(policy.name, policy.version))

    def _record(self, principal: Principal, draft: Draft, policy_id: str, owner: str) -> Record:
        files = {suffix: self.blobs.put(principal.tenant, content) for suffix, content in draft.files.items()}
        policy = CustomPolicy(
            id=policy_id,
            name=draft.name,
            version=draft.version,
            owner=owner,
            data=draft.data,
            files=files,
            fingerprint=draft.fingerprint,
            steps=draft.definition.steps,
            problem=draft.definition.problem,
        )
        return self._kept(principal, policy)

    def _kept(self, principal: Principal, policy: CustomPolicy) -> Record:
        now, user = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        return Record(
            tenant=principal.tenant,
            kind=Kind.OPERATION_POLICY,
            owner=policy.owner,
            id=policy.id,
            name=_record_name(policy.name, policy.version),
            body=policy.to_body(),
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )


def _record_name(name: str, version: str) -> str:
    return f"{name} {version}"


def _policy(record: Record) -> CustomPolicy:
    return CustomPolicy.from_body(record.body)
