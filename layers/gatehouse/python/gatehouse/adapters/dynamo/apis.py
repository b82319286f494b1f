"""Table `apis`: an API's item collection, and what makes names unique.

| pk              | sk                       | what                                                                 |
|-----------------|--------------------------|----------------------------------------------------------------------|
| `T#API#<id>`    | `META`                   | the API; `removing` is there while it is being deleted                |
| `T#API#<id>`    | `REVISION#<number>`      | a snapshot; its version moves with each deployment                    |
| `T#API#<id>`    | `REVISIONS`              | `number`: the last one given out                                         |
| `T#API#<id>`    | `DEPLOYMENT#<env>`       | which revision (`number`) is in that environment                      |
| `T#API#<id>`    | `HISTORY#<time>#<n>`     | a step of its life, by time and version of the API                    |
| `T#API#<id>`    | `PRODUCT#<id>`           | what a product uses of it (`memberships`)                             |
| `T#APIS`        | `<name>#<version>#<id>`  | its summary: the list of a tenant is this partition                   |
| `T#NAME`        | `<name>`                 | `number` of versions of that name; `context` is their family          |
| `T#NAMEVERSION` | `<name>#<version>`       | sentinel                                                              |
| `T#CONTEXT`     | `<base path>`            | sentinel                                                              |
| `T#SCOPENAME`   | `<scope>`                | sentinel; `context` is the id of the API that has it                  |

Names are unique regardless of case.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from gatehouse.adapters.dynamo import memberships
from gatehouse.adapters.dynamo.memberships import META
from gatehouse.adapters.dynamo.memberships import api_pk as _api_pk
from gatehouse.adapters.dynamo.table import Row, Transaction, batch, bind, get, query
from gatehouse.domain.api import (
    Api,
    ApiNameTaken,
    ApiNotFound,
    ApiSummary,
    ApiVersionTaken,
    ContextTaken,
    ScopeTaken,
    summary_of,
)
from gatehouse.domain.errors import Changed
from gatehouse.domain.lifecycle import LifecycleState, Transition
from gatehouse.domain.product import ProductContextTaken, ProductVersionTaken
from gatehouse.domain.revision import Deployment, Revision

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.product import ProductUse

REVISION, REVISIONS, DEPLOYMENT, HISTORY = "REVISION#", "REVISIONS", "DEPLOYMENT#", "HISTORY#"


class ApiRow(Row):
    """One row of table `apis`."""

    removing = BooleanAttribute(null=True)
    context = UnicodeAttribute(null=True)
    number = NumberAttribute(null=True)


class ApiTable:
    """Implements `ports.apis.Apis`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(ApiRow, table_name)
        self._artifacts = artifacts

    def get(self, tenant: str, api_id: str) -> Api:
        """The API. Raises ApiNotFound."""
        row = get(self._row, _api_pk(tenant, api_id), META)
        if row is None or row.removing:
            raise ApiNotFound.by_id(api_id)
        return _api(row)

    def some(self, tenant: str, api_ids: Collection[str]) -> dict[str, Api]:
        """Those of these APIs that exist and are not being deleted, by id."""
        keys = [(_api_pk(tenant, api_id), META) for api_id in set(api_ids)]
        found = [_api(row) for row in batch(self._row, keys) if not row.removing] if keys else []
        return {api.id: api for api in found}

    def summaries(self, tenant: str) -> list[ApiSummary]:
        """Every API of the tenant, by name and version."""
        rows = query(self._row, f"{tenant}#APIS")
        return [ApiSummary(**{**row.body, "state": LifecycleState(row.body["state"])}) for row in rows]

    def deployments(self, tenant: str, api_id: str) -> list[Deployment]:
        """Where the API is deployed, by environment."""
        return [Deployment(**row.body) for row in query(self._row, _api_pk(tenant, api_id), prefix=DEPLOYMENT)]

    def add(self, api: Api, changes: Sequence[Change], members: Sequence[Api] = ()) -> Api:
        """Keep a new API or product. Raises ApiNameTaken, ApiVersionTaken, ContextTaken, ScopeTaken, Changed."""
        row, name = self._row, api.name.lower()
        version_taken = ProductVersionTaken if api.is_product else ApiVersionTaken
        context_taken = ProductContextTaken if api.is_product else ContextTaken
        transaction = Transaction()
        transaction.update(
            row(f"{api.tenant}#NAME", name),
            [row.context.set(api.family), row.number.add(1)],
            when=row.number.does_not_exist() | (row.number <= 0) | (row.context == api.family),
            otherwise=ApiNameTaken(f"name: an API named '{api.name}' exists already, with another context"),
        )
        transaction.create(
            row(f"{api.tenant}#NAMEVERSION", f"{name}#{api.version}"),
            otherwise=version_taken(f"version: '{api.name}' has a version {api.version} already"),
        )
        transaction.create(
            row(f"{api.tenant}#CONTEXT", api.base_path),
            otherwise=context_taken(f"context: another API is served at {api.base_path} already"),
        )
        transaction.create(self._meta(api), otherwise=Changed())
        transaction.put(self._summary(api))
        transaction.put(
            self._step(api, Transition(previous=None, next=api.state, user=api.provider, at=api.created_at))
        )
        self._claim_scopes(transaction, api, set(api.scopes))
        memberships.claim(transaction, row, api, members)
        self._commit(transaction, changes)
        return replace(api, stored_version=1)

    def save(
        self,
        api: Api,
        changes: Sequence[Change],
        transition: Transition | None = None,
        members: Sequence[Api] | None = None,
    ) -> Api:
        """Replace an API read before; returns it with its new version. Raises Changed, ScopeTaken."""
        known = self.get(api.tenant, api.id)
        before = set(known.scopes)
        transaction = Transaction()
        transaction.replace(self._meta(api), expected_version=api.stored_version)
        transaction.put(self._summary(api))
        if transition is not None:
            transaction.put(self._step(api, transition))
        self._claim_scopes(transaction, api, set(api.scopes) - before)
        for scope in before - set(api.scopes):
            transaction.delete(self._row(f"{api.tenant}#SCOPENAME", scope))
        if members is not None:
            memberships.release(transaction, self._row, api, set(known.members) - set(api.members))
            memberships.claim(transaction, self._row, api, members)
        self._commit(transaction, changes)
        return replace(api, stored_version=api.stored_version + 1)

    def uses(self, tenant: str, api_id: str) -> list[ProductUse]:
        """What products use of the API, by product."""
        return memberships.uses(self._row, tenant, api_id)

    def removable(self, tenant: str, api_id: str) -> Api:
        """The API, marked or not. Raises ApiNotFound."""
        row = get(self._row, _api_pk(tenant, api_id), META)
        if row is None:
            raise ApiNotFound.by_id(api_id)
        return _api(row)

    def mark_for_removal(self, api: Api) -> Api:
        """Let nobody find or subscribe to the API any more. Raises Changed."""
        row = self._row
        transaction = Transaction()
        transaction.update(
            row(_api_pk(api.tenant, api.id), META),
            [row.removing.set(True), row.version.add(1)],
            when=row.version == api.stored_version,
            otherwise=Changed(),
        )
        transaction.commit()
        return replace(api, stored_version=api.stored_version + 1)

    def unmark(self, api: Api) -> None:
        """Take `mark_for_removal` back. Raises Changed when somebody else has marked the API since."""
        row = self._row
        transaction = Transaction()
        ours = row.version == api.stored_version
        transaction.update(row(_api_pk(api.tenant, api.id), META), [row.removing.remove()], when=ours)
        transaction.commit()

    def remove(self, api: Api, changes: Sequence[Change]) -> None:
        """Forget a marked API and all that hangs on it. Raises Changed."""
        row, name = self._row, api.name.lower()
        transaction = Transaction()
        # The version too: a mark that was taken back and set again by somebody else is not ours.
        marked = row.removing.exists() & (row.version == api.stored_version)
        transaction.delete(row(_api_pk(api.tenant, api.id), META), when=marked)
        transaction.update(row(f"{api.tenant}#NAME", name), [row.number.add(-1)], when=row.number >= 1)
        transaction.delete(row(f"{api.tenant}#NAMEVERSION", f"{name}#{api.version}"))
        transaction.delete(row(f"{api.tenant}#CONTEXT", api.base_path))
        transaction.delete(self._summary(api))
        for scope in api.scopes:
            transaction.delete(row(f"{api.tenant}#SCOPENAME", scope))
        memberships.release(transaction, row, api, api.members)
        self._commit(transaction, changes)
        # Nothing leads here any more; a crash in between leaves rows that cost a few bytes and mean nothing.
        for left in query(row, _api_pk(api.tenant, api.id)):
            left.delete()

    def history(self, tenant: str, api_id: str) -> list[Transition]:
        """Its life so far, oldest first."""
        return [
            Transition(
                previous=LifecycleState(row.body["previous"]) if row.body["previous"] else None,
                next=LifecycleState(row.body["next"]),
                user=row.body["user"],
                at=row.body["at"],
            )
            for row in query(self._row, _api_pk(tenant, api_id), prefix=HISTORY)
        ]

    def add_revision(self, revision: Revision) -> None:
        """Keep a new revision. Raises Changed when another one took its number at the same time."""
        row, pk = self._row, _api_pk(revision.tenant, revision.api_id)
        transaction = Transaction()
        transaction.check(row(pk, META), when=row.removing.does_not_exist() & row.pk.exists(), otherwise=Changed())
        transaction.update(
            row(pk, REVISIONS),
            [row.number.set(revision.number)],
            when=row.number.does_not_exist() | (row.number < revision.number),
            otherwise=Changed(),
        )
        transaction.create(row(pk, _revision_sk(revision.number), body=asdict(revision)), otherwise=Changed())
        transaction.commit()

    def revisions(self, tenant: str, api_id: str) -> list[Revision]:
        """Every revision, oldest first."""
        rows = query(self._row, _api_pk(tenant, api_id), prefix=REVISION)
        return [Revision(**{**row.body, "stored_version": int(row.version)}) for row in rows]

    def next_revision_number(self, tenant: str, api_id: str) -> int:
        """The number of the next revision."""
        row = get(self._row, _api_pk(tenant, api_id), REVISIONS)
        return int(row.number) + 1 if row else 1

    def remove_revision(self, revision: Revision) -> None:
        """Forget a revision read before. Raises Changed when it is gone or has been deployed since."""
        row = self._row(_api_pk(revision.tenant, revision.api_id), _revision_sk(revision.number))
        transaction = Transaction()
        transaction.delete(row, when=self._row.version == revision.stored_version, otherwise=Changed())
        transaction.commit()

    def deploy(self, api: Api, deployments: Sequence[Deployment], changes: Sequence[Change]) -> None:
        """Write deployments of one revision and what the gateway reads, in one transaction. Raises Changed."""
        row, pk = self._row, _api_pk(api.tenant, api.id)
        transaction = Transaction()
        self.require_unchanged(transaction, api)
        for number in {deployment.revision_number for deployment in deployments}:
            transaction.update(row(pk, _revision_sk(number)), [row.version.add(1)], when=row.pk.exists())
        for deployment in deployments:
            sk = f"{DEPLOYMENT}{deployment.environment}"
            transaction.put(row(pk, sk, body=asdict(deployment), number=deployment.revision_number))
        self._commit(transaction, changes)

    def save_deployment(self, deployment: Deployment) -> None:
        """Replace a deployment read before. Raises Changed when another revision has taken its place."""
        pk, sk = _api_pk(deployment.tenant, deployment.api_id), f"{DEPLOYMENT}{deployment.environment}"
        transaction = Transaction()
        transaction.put(
            self._row(pk, sk, body=asdict(deployment), number=deployment.revision_number),
            when=self._row.number == deployment.revision_number,
        )
        transaction.commit()

    def undeploy(self, api: Api, deployments: Sequence[Deployment], changes: Sequence[Change]) -> None:
        """Withdraw deployments and what the gateway reads, in one transaction. Raises Changed."""
        row, pk = self._row, _api_pk(api.tenant, api.id)
        transaction = Transaction()
        self.require_unchanged(transaction, api)
        for deployment in deployments:
            there = row.number == deployment.revision_number
            transaction.delete(row(pk, f"{DEPLOYMENT}{deployment.environment}"), when=there)
        self._commit(transaction, changes)

    def require_unchanged(self, transaction: Transaction, api: Api) -> None:
        """Let a transaction, also of another table, go through only while the API is what was read."""
        row = self._row
        unchanged = (row.version == api.stored_version) & row.removing.does_not_exist()
        transaction.check(row(_api_pk(api.tenant, api.id), META), when=unchanged, otherwise=Changed())

    def _claim_scopes(self, transaction: Transaction, api: Api, scopes: set[str]) -> None:
        for scope in sorted(scopes):
            transaction.create(
                self._row(f"{api.tenant}#SCOPENAME", scope, context=api.id),
                otherwise=ScopeTaken.field("scopes", f"another API has a scope '{scope}' already"),
            )

    def _commit(self, transaction: Transaction, changes: Sequence[Change]) -> None:
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)

    def _meta(self, api: Api) -> ApiRow:
        body = asdict(api)
        del body["stored_version"]
        return self._row(_api_pk(api.tenant, api.id), META, body=body)

    def _summary(self, api: Api) -> ApiRow:
        return self._row(
            f"{api.tenant}#APIS", f"{api.name.lower()}#{api.version}#{api.id}", body=asdict(summary_of(api))
        )

    def _step(self, api: Api, transition: Transition) -> ApiRow:
        sk = f"{HISTORY}{transition.at:015d}#{api.stored_version:06d}"
        return self._row(_api_pk(api.tenant, api.id), sk, body=asdict(transition))


def _revision_sk(number: int) -> str:
    return f"{REVISION}{number:06d}"


def _api(row: ApiRow) -> Api:
    body: dict[str, Any] = row.body
    return Api(**{**body, "state": LifecycleState(body["state"])}, stored_version=int(row.version))
