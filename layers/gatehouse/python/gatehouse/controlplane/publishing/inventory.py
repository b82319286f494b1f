"""The inventory of a tenant: its APIs and API products, which are added, kept and removed alike."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.compiling.compilation import last_changes, scope_changes, withdrawal_changes
from gatehouse.domain.apis.api import Api, ApiInUse, checked_context
from gatehouse.domain.artifact import Withdrawal, log_key
from gatehouse.domain.errors import GatehouseError, Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.publishing.governance import GovernedState
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.controlplane.governance.enforcement import Enforcement
    from gatehouse.controlplane.publishing.compiling.facts import Facts
    from gatehouse.controlplane.publishing.default_version import DefaultVersions
    from gatehouse.controlplane.publishing.direct import DirectRoutes
    from gatehouse.controlplane.publishing.external.copies import Copies
    from gatehouse.controlplane.publishing.references import References
    from gatehouse.controlplane.publishing.wordings import Wordings
    from gatehouse.controlplane.workflows.approvals import Approvals
    from gatehouse.domain.artifact import Change
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.applications.api_keys import ApiBoundKeys
    from gatehouse.ports.publishing.subscriptions import ApiSubscriptions
    from gatehouse.ports.world import Blobs, Clock

_IMMUTABLE = ("name", "context", "version", "provider")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Keeps what others have checked. `members` are those of a product, as they were read."""

    apis: Apis
    blobs: Blobs
    wordings: Wordings
    subscriptions: ApiSubscriptions
    keys: ApiBoundKeys
    facts: Facts
    defaults: DefaultVersions
    direct: DirectRoutes
    references: References
    governance: Enforcement
    approvals: Approvals
    copies: Copies
    clock: Clock

    def add(
        self,
        principal: Principal,
        document: dict[str, Any],
        content: bytes,
        *,
        schema: str = "",
        graph: str = "",
        members: Sequence[Api] = (),
    ) -> Api:
        """A new one in state CREATED, with this definition. Raises what `Apis.add` raises, ContextMalformed, NotCompliant."""
        self.references.check(principal.tenant, document, {})
        now = int(self.clock.now() * 1000)
        provider = display_username(principal.tenant, principal.user)
        api = Api(
            tenant=principal.tenant,
            id=str(uuid.uuid4()),
            name=document["name"],
            version=document["version"],
            context=checked_context(document["context"]),
            provider=provider,
            state=LifecycleState.CREATED,
            document=document,
            definition=self.blobs.put(principal.tenant, content),
            schema=schema,
            graph=graph,
            created_at=now,
            updated_at=now,
            updated_by=provider,
        )
        self.governance.check(GovernedState.API_CREATE, api, content)
        added = self.apis.add(api, scope_changes(api, {}), members, words=self.wordings.of(api))
        self._succeed_as_default(added)
        return added

    def keep(
        self,
        principal: Principal,
        api: Api,
        document: Mapping[str, Any],
        content: bytes,
        members: Sequence[Api] | None = None,
    ) -> Api:
        """Keep what was read before, with this document and this definition. Raises what `Apis.save` raises, NotCompliant."""
        self.references.check(api.tenant, document, api.document)
        changed = replace(
            api,
            document=document,
            definition=self.blobs.put(api.tenant, content),
            updated_at=int(self.clock.now() * 1000),
            updated_by=display_username(principal.tenant, principal.user),
        )
        self.governance.check(GovernedState.API_UPDATE, changed, content)
        scopes, words = self.scope_changes(changed, api.scopes), self.wordings.of(changed)
        saved = self.apis.save(changed, scopes, members=members, words=words)
        if not api.is_default_version:
            self._succeed_as_default(saved)
        self.defaults.settle(saved if saved.is_default_version else api)
        return saved

    def remove(self, api: Api) -> None:
        """Forget what nobody is subscribed to and no product uses, in the stores of others first.

        Raises ApiInUse, Changed, and ExternalStoreFailed when one of those does not let go of it; then it stays.
        """
        api = self.apis.mark_for_removal(api)
        # From here on nobody can subscribe or get keys, no product can take it in, nobody can put it into other stores: what
        # these questions answer stays true.
        if reason := self._in_use(api):
            self.apis.unmark(api)
            raise ApiInUse(reason)
        try:
            self.copies.take_all_back(api)
        except GatehouseError:
            self.apis.unmark(api)
            raise
        self.subscriptions.remove_of_api(api.tenant, api.id)  # there is none: what was kept about earlier ones goes
        self.keys.remove_of_api(api.tenant, api.id)
        gone = replace(api, document={**api.document, "scopes": []})
        for revision in self.apis.revisions(api.tenant, api.id):
            self.facts.withdraw(revision)
        deployments = self.apis.deployments(api.tenant, api.id)
        log = Withdrawal(log_key(api.tenant, api.id))
        served = [*withdrawal_changes(api, deployments), *last_changes(api), log]
        waiting = [api.workflow, *(one.workflow for one in self.apis.board(api.tenant, api.id)[1])]
        self.approvals.drop(api.tenant, waiting)
        with self.direct.led(api, None):
            self.apis.remove(api, [*served, *self.scope_changes(gone, api.scopes)])
        self.defaults.settle(api)

    def scope_changes(self, api: Api, before: Mapping[str, object]) -> list[Change]:
        """What tells the token endpoint of the API's scopes, which its versions share; `before` are those it had."""
        if set(before) <= set(api.scopes):
            return scope_changes(api, before)
        same = [one.id for one in self.apis.summaries(api.tenant) if one.name.lower() == api.name.lower()]
        others = self.apis.some(api.tenant, [one for one in same if one != api.id])
        return scope_changes(api, before, {scope for other in others.values() for scope in other.scopes})

    def _in_use(self, api: Api) -> str:
        """Why it cannot be removed; "" when it can."""
        noun = "API Product" if api.is_product else "API"
        if self.subscriptions.subscribed(api.tenant, api.id):
            return f"Cannot remove the {noun} {api.id} as active subscriptions exist"
        if users := self.apis.uses(api.tenant, api.id):
            names = ", ".join(f"{use.name} {use.version}" for use in users)
            return f"Cannot remove the {noun} {api.id} as API products use it: {names}"
        return ""

    def _succeed_as_default(self, api: Api) -> None:
        """An API has one default version: whoever makes a new one takes the flag off the old, seen or not."""
        if not api.is_default_version:
            return
        for summary in self.apis.summaries(api.tenant):
            same_name = summary.name.lower() == api.name.lower()
            if same_name and summary.id != api.id and summary.info.get("isDefaultVersion"):
                old = self.apis.get(api.tenant, summary.id)
                self.apis.save(replace(old, document={**old.document, "isDefaultVersion": False}), [])


def require_same_place(api: Api, document: Mapping[str, Any]) -> None:
    """Raises Invalid for a document that would change what is addressed by name, context or version."""
    for field in _IMMUTABLE:
        given = document.get(field)
        if given and field == "context":
            given = checked_context(given)
        if given and given != getattr(api, field):
            raise Invalid.field(field, f"cannot be changed (it is '{getattr(api, field)}')")
