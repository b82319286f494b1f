"""Revisions and deployments in table `apis`: rows in the API's item collection."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.dynamo.apis.rows import (
    DEPLOYED,
    DEPLOYMENT,
    META,
    REVISION,
    REVISIONS,
    ApiRow,
    api_pk,
    deployed_key,
    revision_sk,
)
from gatehouse.adapters.dynamo.apis.wordings import WordingRows
from gatehouse.adapters.dynamo.table import Transaction, bind, get, query
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.revision import Deployment, DeploymentStatus, Revision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.artifact import Change
    from gatehouse.ports.publishing.workflows import Along

ASKED = "#ASKED"
"""What the sort key of a deployment that is asked for ends with."""


class RevisionTable:
    """The part of `ports.apis.apis.Apis` about revisions and where they are deployed."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(ApiRow, table_name)
        self._wordings = WordingRows(self._row)
        self._artifacts = artifacts

    def deployments(self, tenant: str, api_id: str) -> list[Deployment]:
        """Where the API is deployed, by environment."""
        return self.board(tenant, api_id)[0]

    def board(self, tenant: str, api_id: str) -> tuple[list[Deployment], list[Deployment]]:
        """Where the API is deployed, and the deployments that were asked for, each by environment."""
        rows = list(query(self._row, api_pk(tenant, api_id), prefix=DEPLOYMENT))
        found = [Deployment(**{**row.body, "status": _status(row.body)}) for row in rows]
        live = [one for one in found if one.status is DeploymentStatus.APPROVED]
        return live, [one for one in found if one.status is not DeploymentStatus.APPROVED]

    def request(self, api: Api, requests: Sequence[Deployment], *, along: Sequence[Along] = ()) -> None:
        """Keep deployments that are asked for, in place of earlier ones. Raises Changed."""
        transaction = Transaction()
        self.require_unchanged(transaction, api)
        for one in requests:
            transaction.put(self._request(one))
        self._commit(transaction, (), along)

    def settle(self, request: Deployment, rejected: Deployment | None = None, *, along: Sequence[Along] = ()) -> None:
        """Forget a deployment that was asked for, or keep it as rejected. Raises Changed when it is another one by now."""
        transaction, unchanged = Transaction(), self._row.context == request.workflow
        if rejected:
            transaction.put(self._request(rejected), when=unchanged)
        else:
            transaction.delete(self._request(request), when=unchanged, otherwise=Changed())
        self._commit(transaction, (), along)

    def _request(self, one: Deployment) -> ApiRow:
        # The attribute says which workflow the row is of, for conditions; the body's field does for everything else.
        sk = f"{DEPLOYMENT}{one.environment}{ASKED}"
        return self._row(api_pk(one.tenant, one.api_id), sk, body=asdict(one), context=one.workflow)

    def deployed_in(self, tenant: str, environment: str, limit: int | None = None) -> list[str]:
        """The ids of the APIs (at most so many) that are deployed in a gateway environment."""
        pk, prefix = deployed_key(tenant, environment, "")
        return [row.sk.removeprefix(prefix) for row in query(self._row, pk, prefix=prefix, limit=limit)]

    def add_revision(self, revision: Revision) -> None:
        """Keep a new revision. Raises Changed when another one took its number at the same time."""
        row, pk = self._row, api_pk(revision.tenant, revision.api_id)
        transaction = Transaction()
        transaction.check(row(pk, META), when=row.removing.does_not_exist() & row.pk.exists(), otherwise=Changed())
        transaction.update(
            row(pk, REVISIONS),
            [row.number.set(revision.number)],
            when=row.number.does_not_exist() | (row.number < revision.number),
            otherwise=Changed(),
        )
        transaction.create(row(pk, revision_sk(revision.number), body=asdict(revision)), otherwise=Changed())
        transaction.commit()

    def revisions(self, tenant: str, api_id: str) -> list[Revision]:
        """Every revision, oldest first."""
        rows = query(self._row, api_pk(tenant, api_id), prefix=REVISION)
        return [Revision(**{**row.body, "stored_version": int(row.version)}) for row in rows]

    def next_revision_number(self, tenant: str, api_id: str) -> int:
        """The number of the next revision."""
        row = get(self._row, api_pk(tenant, api_id), REVISIONS)
        return int(row.number) + 1 if row else 1

    def remove_revision(self, revision: Revision) -> None:
        """Forget a revision read before. Raises Changed when it is gone or has been deployed since."""
        row = self._row(api_pk(revision.tenant, revision.api_id), revision_sk(revision.number))
        transaction = Transaction()
        transaction.delete(row, when=self._row.version == revision.stored_version, otherwise=Changed())
        transaction.commit()

    def deploy(
        self,
        api: Api,
        deployments: Sequence[Deployment],
        changes: Sequence[Change],
        *,
        requests: Sequence[Deployment] = (),
        along: Sequence[Along] = (),
        words: bytes = b"",
    ) -> None:
        """Write deployments of one revision and what the gateway reads, in one transaction. Raises Changed."""
        row, pk = self._row, api_pk(api.tenant, api.id)
        transaction = Transaction()
        self.require_unchanged(transaction, api)
        for number in {deployment.revision_number for deployment in deployments}:
            transaction.update(row(pk, revision_sk(number)), [row.version.add(1)], when=row.pk.exists())
        for deployment in deployments:
            sk = f"{DEPLOYMENT}{deployment.environment}"
            transaction.put(row(pk, sk, body=asdict(deployment), number=deployment.revision_number))
            transaction.put(row(*deployed_key(api.tenant, deployment.environment, api.id)))
            self._wordings.deploy(transaction, deployment, words)
        for request in requests:
            transaction.delete(self._request(request), when=row.context == request.workflow, otherwise=Changed())
        transaction.update(row(pk, DEPLOYED), [row.number.add(1)])
        self._commit(transaction, changes, along)

    def save_deployment(self, deployment: Deployment) -> None:
        """Replace a deployment read before. Raises Changed when another revision has taken its place."""
        pk, sk = api_pk(deployment.tenant, deployment.api_id), f"{DEPLOYMENT}{deployment.environment}"
        transaction = Transaction()
        transaction.put(
            self._row(pk, sk, body=asdict(deployment), number=deployment.revision_number),
            when=self._row.number == deployment.revision_number,
        )
        self._wordings.display(transaction, deployment)
        transaction.commit()

    def undeploy(
        self, api: Api, deployments: Sequence[Deployment], changes: Sequence[Change], at_last: Sequence[Change] = ()
    ) -> None:
        """Withdraw deployments and what the gateway reads, in one transaction. Raises Changed."""
        row, pk = self._row, api_pk(api.tenant, api.id)
        ended = {deployment.environment for deployment in deployments}
        counted = get(row, pk, DEPLOYED)
        left = any(one.environment not in ended for one in self.deployments(api.tenant, api.id))
        transaction = Transaction()
        self.require_unchanged(transaction, api)
        for deployment in deployments:
            there = row.number == deployment.revision_number
            transaction.delete(row(pk, f"{DEPLOYMENT}{deployment.environment}"), when=there)
            transaction.delete(row(*deployed_key(api.tenant, deployment.environment, api.id)))
            self._wordings.undeploy(transaction, api.tenant, api.id, deployment.environment)
        # What is withdrawn at last must not go while somebody else deploys.
        unmoved = row.number == counted.number if counted else row.pk.does_not_exist()
        transaction.update(row(pk, DEPLOYED), [row.number.add(1)], when=unmoved, otherwise=Changed())
        self._commit(transaction, [*changes, *(() if left else at_last)])

    def require_unchanged(self, transaction: Transaction, api: Api) -> None:
        """Let a transaction, also of another table, go through only while the API is what was read."""
        row = self._row
        unchanged = (row.version == api.stored_version) & row.removing.does_not_exist()
        transaction.check(row(api_pk(api.tenant, api.id), META), when=unchanged, otherwise=Changed())

    def _commit(self, transaction: Transaction, changes: Sequence[Change], along: Sequence[Along] = ()) -> None:
        """Write rows and what the gateway reads in one transaction, and tell of it."""
        for write in along:
            write(transaction)
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)


def _status(body: Mapping[str, Any]) -> DeploymentStatus:
    return DeploymentStatus(body.get("status", DeploymentStatus.APPROVED))
