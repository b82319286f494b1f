"""Design: APIs are created, read, changed and deleted, and their definitions with them.

The document's operations and the definition's are the same: whichever is edited, the other follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing import access, endpoints
from gatehouse.controlplane.publishing.compiling.compiled_endpoints import has_endpoint
from gatehouse.controlplane.publishing.compiling.root_fields import followed
from gatehouse.controlplane.publishing.documents import (
    check_servable,
    checked_document,
    defined_operations,
    defined_scopes,
    with_definition,
)
from gatehouse.controlplane.publishing.inventory import require_same_place
from gatehouse.controlplane.publishing.kinds.channels import same_type
from gatehouse.controlplane.publishing.lifecycles import NotPublishable
from gatehouse.domain.apis.product import OperationInUse, OperationInUseOnRestore
from gatehouse.domain.apis.streaming import PUSHED, NotOpenApi, is_advertised, is_streaming
from gatehouse.domain.errors import Invalid
from gatehouse.domain.portal.search import matching
from gatehouse.domain.publishing.deployed import ApiType
from gatehouse.domain.publishing.governance import GovernedState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gatehouse.controlplane.languages import Languages
    from gatehouse.controlplane.publishing.certificates.backend_certificates import BackendCertificates
    from gatehouse.controlplane.publishing.inventory import Inventory
    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.apis.definition import Definition
    from gatehouse.domain.apis.product import ProductUse
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.world import Blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Designing the APIs of a tenant."""

    apis: Apis
    definitions: Languages
    blobs: Blobs
    policies: Policies
    inventory: Inventory
    certificates: BackendCertificates

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
        definition's. `schema` and `graph` are as in `Api`. Raises Invalid with the field, and
        ApiNameTaken, ApiVersionTaken, ContextTaken, ScopeTaken.
        """
        _refuse_schemaless(document, schema)
        self.certificates.check(document, {})
        checked, content = self.drafted(principal, document, definition)
        return self.inventory.add(principal, checked, content, schema=schema, graph=graph)

    def drafted(
        self, principal: Principal, document: Mapping[str, Any], definition: bytes | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """The document and the definition as a new API of them would have them. Raises Invalid, DefinitionInvalid."""
        if definition is None:
            checked = checked_document(principal.tenant, document, self.policies)
            return checked, self._generated(checked)
        read = self.definitions.of(document).read(definition)
        return checked_document(principal.tenant, with_definition(document, read), self.policies), read.content

    def get(self, principal: Principal, api_id: str) -> Api:
        """The API. Raises ApiNotFound."""
        return access.find(self.apis, principal, api_id)

    def uses(self, api: Api) -> list[ProductUse]:
        """What API products use of the API."""
        return self.apis.uses(api.tenant, api.id)

    def search(self, principal: Principal, query: str) -> list[ApiSummary]:
        """The tenant's APIs that match the query (`domain.portal.search`). Raises Invalid for an attribute nobody knows."""
        apis = [one for one in self.apis.summaries(principal.tenant) if not one.is_product]
        seen = [one for one in apis if access.may_work_on(principal, one)]
        return matching(seen, query)

    def update(
        self, principal: Principal, api_id: str, document: Mapping[str, Any], wanted: Collection[int] | None = None
    ) -> Api:
        """Replace the document; the definition follows its operations. `wanted` are the versions that may be replaced.

        Raises Invalid, ScopeTaken, Outdated, Changed.
        """
        api = self.get(principal, api_id)
        access.require_current(api, wanted)
        checked = self._changed(principal, api, document)
        content = self.definitions.of(checked).align(
            self.blobs.get(api.tenant, api.definition), defined_operations(checked), defined_scopes(checked)
        )
        return self.keep(principal, api, checked, content)

    def replace(self, principal: Principal, api_id: str, document: Mapping[str, Any], definition: bytes) -> Api:
        """Replace the document and the definition at once; the operations are the definition's.

        Raises Invalid, DefinitionInvalid, OperationInUse, ScopeTaken, Changed.
        """
        api = self.get(principal, api_id)
        read = self.definitions.of(api.document).read(definition)
        return self.keep(principal, api, self._changed(principal, api, with_definition(document, read)), read.content)

    def described(self, principal: Principal, api_id: str) -> tuple[Api, bytes]:
        """The API, with its definition as JSON. Raises NotOpenApi."""
        api = self._openapi(principal, api_id)
        return api, self.blobs.get(api.tenant, api.definition)

    def redefine(
        self, principal: Principal, api_id: str, definition: bytes, wanted: Collection[int] | None = None
    ) -> tuple[Api, bytes]:
        """Replace the definition; the operations follow it. `wanted` is as in `update`, the answer as of `described`.

        Raises DefinitionInvalid, NotOpenApi, ScopeTaken, Outdated, Changed.
        """
        api = self._openapi(principal, api_id)
        access.require_current(api, wanted)
        if api.graph:
            problem = "the operations of a GraphQL API follow its schema; replace that instead"
            raise Invalid.field("apiDefinition", problem)
        return self.describe(principal, api, definition)

    def describe(self, principal: Principal, api: Api, definition: bytes) -> tuple[Api, bytes]:
        """As `redefine`, for an API that was read before, whatever describes it. Raises the same."""
        read = self.definitions.of(api.document).read(definition)
        checked = checked_document(principal.tenant, with_definition(api.document, read), self.policies)
        return self.keep(principal, api, checked, read.content), read.content

    def validate(self, definition: bytes) -> Definition:
        """What a definition says that an API can be made of, without keeping it. Raises DefinitionInvalid."""
        read = self.definitions.openapi.read(definition)
        check_servable(read)
        return read

    def delete(self, principal: Principal, api_id: str, wanted: Collection[int] | None = None) -> None:
        """Forget an API that nobody is subscribed to and no product uses. `wanted` is as in `update`.

        Raises ApiInUse, Outdated, Changed.
        """
        api = access.checked(principal, self.apis.removable(principal.tenant, api_id))
        access.require_current(api, wanted)
        self.inventory.remove(api)

    def keep(self, principal: Principal, api: Api, document: dict[str, Any], content: bytes) -> Api:
        """Keep an API that was read before, with this document, which is checked, and this definition.

        Raises OperationInUse, ScopeTaken, Changed.
        """
        if lost := self._lost(api, document):
            raise OperationInUse(f"Cannot remove operations that API products use: {lost}")
        return self.inventory.keep(principal, api, document, content)

    def snapshot(self, api: Api) -> Api:
        """As a revision keeps it."""
        return api

    def restore(self, api: Api, restored: Api) -> Api:
        """Put what a revision kept in place of what was read.

        Raises OperationInUseOnRestore, NotCompliant, ScopeTaken, Changed.
        """
        if lost := self._lost(api, restored.document):
            raise OperationInUseOnRestore(f"The revision does not have operations that API products use: {lost}")
        self.inventory.governance.check(GovernedState.API_UPDATE, restored)
        scopes, words = self.inventory.scope_changes(restored, api.scopes), self.inventory.wordings.of(restored)
        return self.apis.save(restored, scopes, words=words)

    def check_reachable(self, api: Api) -> None:
        """Raises NotPublishable for an API without an endpoint, unless it is served elsewhere or called by its backend."""
        elsewhere = is_advertised(api.document) or api.document.get("type") in PUSHED
        if not elsewhere and not has_endpoint(api.document):
            raise NotPublishable.field("endpointConfig", "an endpoint is needed before the API can be published")

    def _changed(self, principal: Principal, api: Api, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document that takes the place of an API's, checked, with the secrets that it leaves empty."""
        require_same_place(api, document)
        kept = endpoints.with_kept_secrets(document, api.document)
        self.certificates.check(kept, api.document)
        kept = followed(api, kept) if api.graph else same_type(api, kept)
        _refuse_schemaless(kept, api.schema)
        checked = checked_document(principal.tenant, {**kept, "name": api.name, "version": api.version}, self.policies)
        return {**checked, "context": api.context}

    def _lost(self, api: Api, document: Mapping[str, Any]) -> str:
        """The operations that products use and this document does not have, with the products; "" for none."""
        there = {f"{operation['verb']} {operation['target']}" for operation in document["operations"]}
        return "; ".join(
            f"{operation} ({use.name} {use.version})"
            for use in self.uses(api)
            for operation in use.operations
            if operation not in there
        )

    def _generated(self, document: Mapping[str, Any]) -> bytes:
        language = self.definitions.of(document)
        generated = language.generate(
            title=document["name"],
            version=document["version"],
            description=document.get("description") or "",
            operations=defined_operations(document),
        )
        return language.align(generated, defined_operations(document), defined_scopes(document))

    def _openapi(self, principal: Principal, api_id: str) -> Api:
        api = self.get(principal, api_id)
        if is_streaming(api.document):
            raise NotOpenApi.of(api_id, api.document["type"])
        return api


def _refuse_schemaless(document: Mapping[str, Any], schema: str) -> None:
    if document.get("type") == ApiType.GRAPHQL and not schema:
        raise Invalid.field("type", f"an API of type {ApiType.GRAPHQL} is made by importing its schema")
