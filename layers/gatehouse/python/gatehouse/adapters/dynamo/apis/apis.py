"""APIs and API products in table `apis`."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.apis import memberships, scopes
from gatehouse.adapters.dynamo.apis.revisions import RevisionTable
from gatehouse.adapters.dynamo.apis.rows import (
    DEPLOYMENT,
    DOCUMENT,
    DOCUMENTS,
    HISTORY,
    META,
    RATINGS,
    ApiRow,
    api_of,
    api_pk,
    deployed_key,
)
from gatehouse.adapters.dynamo.mirror import Mirror
from gatehouse.adapters.dynamo.table import Transaction, batch, get, query
from gatehouse.domain.apis.api import (
    ApiNameTaken,
    ApiNotFound,
    ApiSummary,
    ApiVersionTaken,
    ContextTaken,
    summary_of,
)
from gatehouse.domain.apis.product import ProductContextTaken, ProductVersionTaken
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.lifecycle import LifecycleState, Transition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.product import ProductUse
    from gatehouse.domain.apis.wording import Wording
    from gatehouse.domain.artifact import Change
    from gatehouse.ports.publishing.workflows import Along


class ApiTable(RevisionTable):
    """Implements `ports.apis.apis.Apis`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        super().__init__(table_name, artifacts)
        self._summaries = Mirror(self._row, "APIS", _summary_of)
        # Of these two nothing is read here.
        self._documents: Mirror[None] = Mirror(self._row, DOCUMENTS, lambda _: None)
        self._ratings: Mirror[None] = Mirror(self._row, RATINGS, lambda _: None)

    def list_by(self, now: Callable[[], float]) -> None:
        """Keep the lists by another clock than the machine's (seconds since the epoch)."""
        self._summaries.now = now

    def get(self, tenant: str, api_id: str) -> Api:
        """The API. Raises ApiNotFound."""
        row = get(self._row, api_pk(tenant, api_id), META)
        if row is None or row.removing:
            raise ApiNotFound.by_id(api_id)
        return api_of(row)

    def some(self, tenant: str, api_ids: Collection[str]) -> dict[str, Api]:
        """Those of these APIs that exist and are not being deleted, by id."""
        keys = [(api_pk(tenant, api_id), META) for api_id in set(api_ids)]
        found = [api_of(row) for row in batch(self._row, keys) if not row.removing] if keys else []
        return {api.id: api for api in found}

    def summaries(self, tenant: str) -> list[ApiSummary]:
        """Every API of the tenant, by name and version."""
        return self._summaries.all(tenant)

    def wordings(self, tenant: str) -> list[Wording]:
        """What the designs of all APIs say in words."""
        return self._wordings.designs(tenant)

    def deployed_wordings(self, tenant: str) -> list[Wording]:
        """The same of all that is deployed."""
        return self._wordings.deployed(tenant)

    def add(self, api: Api, changes: Sequence[Change], members: Sequence[Api] = (), *, words: bytes = b"") -> Api:
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
        self._summaries.put(transaction, api.tenant, _summary_sk(api), asdict(summary_of(api)))
        self._wordings.put(transaction, api.tenant, api.id, words)
        transaction.put(
            self._step(api, Transition(previous=None, next=api.state, user=api.provider, at=api.created_at))
        )
        scopes.claim(transaction, row, api, set(api.scopes))
        memberships.claim(transaction, row, api, members)
        self._commit(transaction, changes)
        return replace(api, stored_version=1)

    def save(
        self,
        api: Api,
        changes: Sequence[Change],
        transition: Transition | None = None,
        members: Sequence[Api] | None = None,
        along: Sequence[Along] = (),
        *,
        words: bytes | None = None,
    ) -> Api:
        """Replace an API read before; returns it with its new version. Raises Changed, ScopeTaken."""
        known = self.get(api.tenant, api.id)
        before = set(known.scopes)
        transaction = Transaction()
        transaction.replace(self._meta(api), expected_version=api.stored_version)
        self._summaries.put(transaction, api.tenant, _summary_sk(api), asdict(summary_of(api)))
        if words is not None:
            self._wordings.put(transaction, api.tenant, api.id, words)
        if transition is not None:
            transaction.put(self._step(api, transition))
        scopes.claim(transaction, self._row, api, set(api.scopes) - before)
        scopes.release(transaction, self._row, api, before - set(api.scopes))
        if members is not None:
            memberships.release(transaction, self._row, api, set(known.members) - set(api.members))
            memberships.claim(transaction, self._row, api, members)
        self._commit(transaction, changes, along)
        return replace(api, stored_version=api.stored_version + 1)

    def uses(self, tenant: str, api_id: str) -> list[ProductUse]:
        """What products use of the API, by product."""
        return memberships.uses(self._row, tenant, api_id)

    def removable(self, tenant: str, api_id: str) -> Api:
        """The API, marked or not. Raises ApiNotFound."""
        row = get(self._row, api_pk(tenant, api_id), META)
        if row is None:
            raise ApiNotFound.by_id(api_id)
        return api_of(row)

    def mark_for_removal(self, api: Api) -> Api:
        """Let nobody find or subscribe to the API any more. Raises Changed."""
        row = self._row
        transaction = Transaction()
        transaction.update(
            row(api_pk(api.tenant, api.id), META),
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
        transaction.update(row(api_pk(api.tenant, api.id), META), [row.removing.remove()], when=ours)
        transaction.commit()

    def remove(self, api: Api, changes: Sequence[Change]) -> None:
        """Forget a marked API and all that hangs on it. Raises Changed."""
        row, name = self._row, api.name.lower()
        transaction = Transaction()
        # The version too: a mark that was taken back and set again by somebody else is not ours.
        marked = row.removing.exists() & (row.version == api.stored_version)
        transaction.delete(row(api_pk(api.tenant, api.id), META), when=marked)
        transaction.update(row(f"{api.tenant}#NAME", name), [row.number.add(-1)], when=row.number >= 1)
        transaction.delete(row(f"{api.tenant}#NAMEVERSION", f"{name}#{api.version}"))
        transaction.delete(row(f"{api.tenant}#CONTEXT", api.base_path))
        self._summaries.delete(transaction, api.tenant, _summary_sk(api))
        self._wordings.forget(transaction, api.tenant, api.id)
        self._ratings.delete(transaction, api.tenant, api.id)
        scopes.release(transaction, row, api, set(api.scopes))
        memberships.release(transaction, row, api, api.members)
        self._commit(transaction, changes)
        # Nothing leads here any more; a crash in between leaves rows that cost a few bytes and mean nothing.
        for left in query(row, api_pk(api.tenant, api.id)):
            if left.sk.startswith(DEPLOYMENT):
                self._forget_deployment(api, left.sk.removeprefix(DEPLOYMENT))
            if left.sk.startswith(DOCUMENT):
                forgotten = Transaction()
                self._documents.delete(forgotten, api.tenant, f"{api.id}#{left.sk.removeprefix(DOCUMENT)}")
                forgotten.commit()
            left.delete()

    def _forget_deployment(self, api: Api, environment: str) -> None:
        forgotten = Transaction()
        forgotten.delete(self._row(*deployed_key(api.tenant, environment, api.id)))
        self._wordings.undeploy(forgotten, api.tenant, api.id, environment)
        forgotten.commit()

    def history(self, tenant: str, api_id: str) -> list[Transition]:
        """Its life so far, oldest first."""
        return [
            Transition(
                previous=LifecycleState(row.body["previous"]) if row.body["previous"] else None,
                next=LifecycleState(row.body["next"]),
                user=row.body["user"],
                at=row.body["at"],
            )
            for row in query(self._row, api_pk(tenant, api_id), prefix=HISTORY)
        ]

    def _meta(self, api: Api) -> ApiRow:
        body = asdict(api)
        del body["stored_version"]
        return self._row(api_pk(api.tenant, api.id), META, body=body)

    def _step(self, api: Api, transition: Transition) -> ApiRow:
        sk = f"{HISTORY}{transition.at:015d}#{api.stored_version:06d}"
        return self._row(api_pk(api.tenant, api.id), sk, body=asdict(transition))


def _summary_sk(api: Api) -> str:
    return f"{api.name.lower()}#{api.version}#{api.id}"


def _summary_of(row: ApiRow) -> ApiSummary:
    return ApiSummary(**{**row.body, "state": LifecycleState(row.body["state"])})
