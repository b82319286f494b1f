"""Design: APIs are created, read, changed and deleted, and their definitions with them.

The document's operations and the definition's are the same: whichever is edited, the other follows.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing import access, endpoints
from gatehouse.controlplane.publishing.compilation import scope_changes, withdrawal_changes
from gatehouse.controlplane.publishing.documents import (
    checked_document,
    defined_operations,
    defined_scopes,
    with_definition,
)
from gatehouse.controlplane.publishing.root_fields import followed
from gatehouse.domain.api import Api, ApiInUse, checked_context
from gatehouse.domain.deployed import ApiType
from gatehouse.domain.errors import Invalid
from gatehouse.domain.identity import display_username
from gatehouse.domain.lifecycle import LifecycleState
from gatehouse.domain.search import matching

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.publishing.default_version import DefaultVersions
    from gatehouse.controlplane.publishing.direct import DirectRoutes
    from gatehouse.controlplane.publishing.facts import Facts
    from gatehouse.domain.api import ApiSummary
    from gatehouse.domain.definition import Definition
    from gatehouse.domain.identity import Principal
    from gatehouse.ports.apis import Apis
    from gatehouse.ports.definitions import Definitions
    from gatehouse.ports.policies import Policies
    from gatehouse.ports.subscriptions import ApiSubscriptions
    from gatehouse.ports.world import Blobs, Clock

_IMMUTABLE = ("name", "context", "version", "provider")


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Designing the APIs of a tenant."""

    apis: Apis
    definitions: Definitions
    blobs: Blobs
    policies: Policies
    subscriptions: ApiSubscriptions
    facts: Facts
    defaults: DefaultVersions
    direct: DirectRoutes
    clock: Clock

    def create(
        self,
        principal: Principal,
        document: Mapping[str, Any],
        definition: bytes | None = None,
        *,
        schema: str = "",
        graph: str = "",
    ) -> Api:
        """A new API in state CREATED.

        Without a definition, one is generated from the document's operations; with one, the operations are the
        definition's. `schema` and `graph` are a GraphQL API's (see `Api`). Raises Invalid with the field, and
        ApiNameTaken, ApiVersionTaken, ContextTaken, ScopeTaken.
        """
        _refuse_schemaless(document, schema)
        if definition is None:
            checked = checked_document(principal.tenant, document, self.policies)
            content = self._generated(checked)
        else:
            read = self.definitions.read(definition)
            checked = checked_document(principal.tenant, with_definition(document, read), self.policies)
            content = read.content
        now = int(self.clock.now() * 1000)
        provider = display_username(principal.tenant, principal.user)
        api = Api(
            tenant=principal.tenant,
            id=str(uuid.uuid4()),
            name=checked["name"],
            version=checked["version"],
            context=checked_context(checked["context"]),
            provider=provider,
            state=LifecycleState.CREATED,
            document=checked,
            definition=self.blobs.put(principal.tenant, content),
            schema=schema,
            graph=graph,
            created_at=now,
            updated_at=now,
            updated_by=provider,
        )
        added = self.apis.add(api, scope_changes(api, {}))
        self._succeed_as_default(added)
        return added

    def get(self, principal: Principal, api_id: str) -> Api:
        """The API. Raises ApiNotFound."""
        return access.find(self.apis, principal, api_id)

    def search(self, principal: Principal, query: str) -> list[ApiSummary]:
        """The tenant's APIs that match the query (`domain.search`). Raises Invalid for an attribute nobody knows."""
        seen = [one for one in self.apis.summaries(principal.tenant) if access.may_work_on(principal, one)]
        return matching(seen, query)

    def update(self, principal: Principal, api_id: str, document: Mapping[str, Any]) -> Api:
        """Replace the document; the definition follows its operations. Raises Invalid, ScopeTaken, Changed."""
        api = self.get(principal, api_id)
        _refuse_changes(api, document)
        kept = endpoints.with_kept_secrets(document, api.document)
        if api.schema:
            kept = followed(api, kept)
        _refuse_schemaless(kept, api.schema)
        checked = checked_document(principal.tenant, {**kept, "name": api.name, "version": api.version}, self.policies)
        checked["context"] = api.context
        content = self.definitions.align(
            self.blobs.get(api.tenant, api.definition), defined_operations(checked), defined_scopes(checked)
        )
        return self.keep(principal, api, checked, content)

    def definition(self, principal: Principal, api_id: str) -> bytes:
        """The API's definition, as JSON."""
        api = self.get(principal, api_id)
        return self.blobs.get(api.tenant, api.definition)

    def redefine(self, principal: Principal, api_id: str, definition: bytes) -> Api:
        """Replace the definition; the operations follow it. Raises DefinitionInvalid, ScopeTaken, Changed."""
        api = self.get(principal, api_id)
        if api.schema:
            problem = "the operations of a GraphQL API follow its schema; replace that instead"
            raise Invalid.field("apiDefinition", problem)
        read = self.definitions.read(definition)
        checked = checked_document(principal.tenant, with_definition(api.document, read), self.policies)
        return self.keep(principal, api, checked, read.content)

    def validate(self, definition: bytes) -> Definition:
        """What a definition says, without keeping it. Raises DefinitionInvalid."""
        return self.definitions.read(definition)

    def delete(self, principal: Principal, api_id: str) -> None:
        """Forget an API that nobody is subscribed to. Raises ApiInUse, Changed."""
        api = access.checked(principal, self.apis.removable(principal.tenant, api_id))
        api = self.apis.mark_for_removal(api)
        # From here on nobody can subscribe, so what this question answers stays true.
        if self.subscriptions.subscribed(api.tenant, api.id):
            self.apis.unmark(api)
            raise ApiInUse(f"Cannot remove the API {api_id} as active subscriptions exist")
        gone = replace(api, document={**api.document, "scopes": []})
        for revision in self.apis.revisions(api.tenant, api.id):
            self.facts.withdraw(revision)
        with self.direct.led(api, None):
            self.apis.remove(api, [*withdrawal_changes(api), *scope_changes(gone, api.scopes)])
        self.defaults.settle(api)

    def _generated(self, document: Mapping[str, Any]) -> bytes:
        generated = self.definitions.generate(
            title=document["name"],
            version=document["version"],
            description=document.get("description") or "",
            operations=defined_operations(document),
        )
        return self.definitions.align(generated, defined_operations(document), defined_scopes(document))

    def keep(self, principal: Principal, api: Api, document: dict[str, Any], content: bytes) -> Api:
        """Keep an API that was read before, with this document, which is checked, and this definition. Raises Changed."""
        changed = replace(
            api,
            document=document,
            definition=self.blobs.put(api.tenant, content),
            updated_at=int(self.clock.now() * 1000),
            updated_by=display_username(principal.tenant, principal.user),
        )
        saved = self.apis.save(changed, scope_changes(changed, api.scopes))
        if not api.is_default_version:
            self._succeed_as_default(saved)
        self.defaults.settle(saved if saved.is_default_version else api)
        return saved

    def _succeed_as_default(self, api: Api) -> None:
        """An API has one default version: whoever makes a new one takes the flag off the old, seen or not."""
        if not api.is_default_version:
            return
        for summary in self.apis.summaries(api.tenant):
            same_name = summary.name.lower() == api.name.lower()
            if same_name and summary.id != api.id and summary.info.get("isDefaultVersion"):
                old = self.apis.get(api.tenant, summary.id)
                self.apis.save(replace(old, document={**old.document, "isDefaultVersion": False}), [])


def _refuse_schemaless(document: Mapping[str, Any], schema: str) -> None:
    if document.get("type") == ApiType.GRAPHQL and not schema:
        raise Invalid.field("type", f"an API of type {ApiType.GRAPHQL} is made by importing its schema")


def _refuse_changes(api: Api, document: Mapping[str, Any]) -> None:
    for field in _IMMUTABLE:
        given = document.get(field)
        if given and field == "context":
            given = checked_context(given)
        if given and given != getattr(api, field):
            raise Invalid.field(field, f"cannot be changed (it is '{getattr(api, field)}')")
