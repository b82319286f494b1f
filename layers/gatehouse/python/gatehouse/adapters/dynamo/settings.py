"""Table `settings`: the throttling policies of a tenant.

| pk                | sk        | body                                                  |
|-------------------|-----------|-------------------------------------------------------|
| `T#POLICY#<kind>` | name      | `{id, document}`; also the list of this kind          |
| `T#POLICYID`      | policy id | `{kind, name}`: what the id stands for                |

What the gateway enforces of a policy is an artifact; it is written in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.table import Row, Transaction, bind, get, query
from gatehouse.domain.artifact import Artifact, Withdrawal
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.throttling.policy import Policy, PolicyExists, PolicyKind, artifact_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.throttling.custom_rule import CustomRule
    from gatehouse.domain.throttling.policy import Terms


class SettingsRow(Row):
    """One row of table `settings`."""


class PolicyTable:
    """Implements `ports.throttling.policies.Policies`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(SettingsRow, table_name)
        self._artifacts = artifacts

    def get(self, tenant: str, policy_id: str) -> Policy | None:
        """The policy with this id, of whatever kind, or None."""
        pointer = get(self._row, _ids_pk(tenant), policy_id)
        if pointer is None:
            return None
        found = self.named(tenant, PolicyKind(pointer.body["kind"]), str(pointer.body["name"]))
        # Between the two reads the name may have gone to another policy.
        return found if found and found.id == policy_id else None

    def named(self, tenant: str, kind: PolicyKind, name: str) -> Policy | None:
        """The policy of this kind and exactly this name, or None."""
        row = get(self._row, _kind_pk(tenant, kind), name)
        return _policy(tenant, kind, row) if row else None

    def all(self, tenant: str, kind: PolicyKind) -> list[Policy]:
        """Every policy of this kind, by name."""
        return [_policy(tenant, kind, row) for row in query(self._row, _kind_pk(tenant, kind))]

    def add(self, policy: Policy, terms: Terms | CustomRule) -> Policy:
        """Keep a new policy; returns it with its version. Raises PolicyExists."""
        row = self._policy_row(policy)
        transaction = Transaction()
        transaction.create(row, otherwise=PolicyExists(kind=policy.kind, policy=policy.name))
        transaction.create(self._pointer(policy), otherwise=Conflict(cause="policy id taken", id=policy.id))
        self._commit(transaction, [_artifact(policy, terms)])
        return _policy(policy.tenant, policy.kind, row)

    def save(self, policy: Policy, terms: Terms | CustomRule) -> Policy:
        """Replace the document of a policy read before; returns it with its new version. Raises Changed."""
        row = self._policy_row(policy)
        transaction = Transaction()
        transaction.replace(row, expected_version=policy.version)
        self._commit(transaction, [_artifact(policy, terms)])
        return _policy(policy.tenant, policy.kind, row)

    def remove(self, policy: Policy) -> None:
        """Forget a policy read before, and its terms. Raises Changed."""
        unchanged = self._row.version == policy.version
        transaction = Transaction()
        transaction.delete(self._policy_row(policy), when=unchanged, otherwise=Changed())
        transaction.delete(self._pointer(policy))
        self._commit(transaction, [Withdrawal(artifact_key(policy))])

    def _commit(self, transaction: Transaction, changes: Sequence[Change]) -> None:
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def _policy_row(self, policy: Policy) -> SettingsRow:
        body = {"id": policy.id, "document": dict(policy.document)}
        return self._row(_kind_pk(policy.tenant, policy.kind), policy.name, body=body)

    def _pointer(self, policy: Policy) -> SettingsRow:
        return self._row(_ids_pk(policy.tenant), policy.id, body={"kind": policy.kind, "name": policy.name})


def _kind_pk(tenant: str, kind: PolicyKind) -> str:
    return f"{tenant}#POLICY#{kind}"


def _ids_pk(tenant: str) -> str:
    return f"{tenant}#POLICYID"


def _artifact(policy: Policy, terms: Terms | CustomRule) -> Artifact:
    return Artifact(artifact_key(policy), terms.to_body())


def _policy(tenant: str, kind: PolicyKind, row: SettingsRow) -> Policy:
    return Policy(
        tenant=tenant,
        kind=kind,
        id=row.body["id"],
        name=row.sk,
        document=row.body["document"],
        version=int(row.version),
    )
