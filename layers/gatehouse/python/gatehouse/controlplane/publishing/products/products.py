"""Products are designed by choosing operations of APIs. They are revised and led through their lives as APIs are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing import access, endpoints
from gatehouse.controlplane.publishing.compiling.compiled_endpoints import has_endpoint
from gatehouse.controlplane.publishing.inventory import require_same_place
from gatehouse.controlplane.publishing.lifecycles import NotPublishable
from gatehouse.domain.apis.api import ApiNotFound, summary_of
from gatehouse.domain.apis.product import (
    MEMBERS,
    MEMBERS_MAX,
    Choice,
    MemberNotJoinable,
    MemberWithoutEndpoint,
    OperationMissingOnRestore,
    ProductNotFound,
    choices,
)
from gatehouse.domain.errors import Invalid
from gatehouse.domain.portal.search import matching
from gatehouse.domain.publishing.certificate import CLIENT_CERTIFICATES
from gatehouse.domain.publishing.deployed import ApiType
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gatehouse.controlplane.publishing.inventory import Inventory
    from gatehouse.controlplane.publishing.products.composition import Composed, Composition
    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.world import Blobs

FIRST_VERSION = "1.0.0"
"""Of a product that is made without one."""

_JOINABLE = frozenset({LifecycleState.CREATED, LifecycleState.PUBLISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    """The API products of a tenant. Implements `designs.Designs`."""

    apis: Apis
    blobs: Blobs
    composition: Composition
    inventory: Inventory

    def create(self, principal: Principal, document: Mapping[str, Any]) -> Api:
        """A new product in state CREATED, of the operations that `apis` names.

        Raises Invalid with the field, ApiNotFound and OperationUnknown that name it, DuplicateOperation,
        MemberNotJoinable, MemberWithoutEndpoint, ApiNameTaken, ProductVersionTaken, ProductContextTaken, Changed.
        """
        if not document.get("context"):
            raise Invalid.field("context", "is required: where the gateway shall serve the product")
        composed = self._chosen(principal, {"version": FIRST_VERSION, **document}, known=())
        return self.inventory.add(principal, composed.document, composed.definition, members=composed.members)

    def get(self, principal: Principal, api_id: str) -> Api:
        """The product. Raises ProductNotFound."""
        return access.find_product(self.apis, principal, api_id)

    def search(self, principal: Principal, query: str) -> list[ApiSummary]:
        """The tenant's products that match the query (`domain.portal.search`). Raises Invalid for an unknown attribute."""
        products = [one for one in self.apis.summaries(principal.tenant) if one.is_product]
        return matching([one for one in products if access.may_work_on(principal, one)], query)

    def update(
        self, principal: Principal, product_id: str, document: Mapping[str, Any], wanted: Collection[int] | None = None
    ) -> Api:
        """Replace the document, and take the operations that it names as they are now.

        `wanted` are the versions that may be replaced. Raises what `create` raises, Outdated, Changed.
        """
        product = self.get(principal, product_id)
        access.require_current(product, wanted)
        require_same_place(product, document)
        place = {"context": product.context, "version": product.version}
        kept = {**endpoints.with_kept_secrets(document, product.document), **place}
        composed = self._chosen(principal, kept, known=product.members)
        return self.inventory.keep(principal, product, composed.document, composed.definition, composed.members)

    def definition(self, principal: Principal, product_id: str) -> bytes:
        """One OpenAPI document of all the operations, as JSON. Raises ProductNotFound."""
        product = self.get(principal, product_id)
        return self.blobs.get(product.tenant, product.definition)

    def is_outdated(self, principal: Principal, product_id: str) -> bool:
        """Whether a member has changed, in what the product takes of it, since the product was kept last."""
        product = self.get(principal, product_id)
        composed = self._recomposed(product)
        if composed.document != product.document:
            return True
        return composed.definition != self.blobs.get(product.tenant, product.definition)

    def copy(self, principal: Principal, product_id: str, version: str, *, as_default: bool) -> Api:
        """A new version in state CREATED, of the same operations as they are now. Raises ProductVersionTaken, Changed."""
        product = self.get(principal, product_id)
        document = {**product.document, "version": version, "isDefaultVersion": as_default}
        document.pop(CLIENT_CERTIFICATES, None)
        members = self.apis.some(product.tenant, product.members)
        composed = self.composition.composed(product.tenant, document, choices(document), members)
        return self.inventory.add(principal, composed.document, composed.definition, members=composed.members)

    def delete(self, principal: Principal, product_id: str, wanted: Collection[int] | None = None) -> None:
        """Forget a product that nobody is subscribed to. `wanted` is as in `update`. Raises ApiInUse, Outdated, Changed."""
        try:
            found = self.apis.removable(principal.tenant, product_id)
        except ApiNotFound:
            raise ProductNotFound.by_id(product_id) from None
        product = access.checked_product(principal, found)
        access.require_current(product, wanted)
        self.inventory.remove(product)

    def snapshot(self, api: Api) -> Api:
        """As a revision keeps it: with its members as they are now, which its next deployment serves."""
        composed = self._recomposed(api)
        return replace(api, document=composed.document, definition=self.blobs.put(api.tenant, composed.definition))

    def restore(self, api: Api, restored: Api) -> Api:
        """Put what a revision kept in place of what was read. Raises OperationMissingOnRestore, Changed."""
        members = self.apis.some(api.tenant, restored.members)
        for choice in choices(restored.document):
            member = members.get(choice.api_id)
            known = {(one["verb"], one["target"]) for one in member.document["operations"]} if member else set()
            missing = [f"{verb} {target}" for verb, target in choice.operations if (verb, target) not in known]
            if missing:
                problem = f"API '{choice.api_id}' does not have {', '.join(missing)} any more"
                raise OperationMissingOnRestore(f"Cannot restore the revision: {problem}")
        taken = [members[choice.api_id] for choice in choices(restored.document)]
        return self.apis.save(restored, [], members=taken, words=self.inventory.wordings.of(restored))

    def check_reachable(self, api: Api) -> None:
        """Raises NotPublishable for a product of nothing."""
        if not api.document["operations"]:
            raise NotPublishable.field(MEMBERS, "an operation of an API is needed before the product can be published")

    def _chosen(self, principal: Principal, document: Mapping[str, Any], known: Sequence[str]) -> Composed:
        chosen = _choices(document.get(MEMBERS) or ())
        found = self.apis.some(principal.tenant, [choice.api_id for choice in chosen])
        for index, choice in enumerate(chosen):
            if choice.api_id not in known:
                _check_joinable(principal, found.get(choice.api_id), choice.api_id, f"{MEMBERS}.{index}.apiId")
        return self.composition.composed(principal.tenant, document, chosen, found)

    def _recomposed(self, product: Api) -> Composed:
        members = self.apis.some(product.tenant, product.members)
        return self.composition.composed(product.tenant, product.document, choices(product.document), members)


def _choices(entries: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    """What the `apis` of a document ask for. Raises Invalid."""
    if len(entries) > MEMBERS_MAX:
        raise Invalid.field(MEMBERS, f"at most {MEMBERS_MAX} APIs are possible in one product, not {len(entries)}")
    found: dict[str, Choice] = {}
    for index, entry in enumerate(entries):
        path = f"{MEMBERS}.{index}"
        if entry["apiId"] in found:
            raise Invalid.field(f"{path}.apiId", f"'{entry['apiId']}' is in the product already")
        operations = entry.get("operations") or ()
        if not operations:
            raise Invalid.field(f"{path}.operations", "name at least one operation of the API")
        for position, operation in enumerate(operations):
            for name in ("verb", "target"):
                if not operation.get(name):
                    raise Invalid.field(f"{path}.operations.{position}.{name}", "is required")
        chosen = tuple((str(one["verb"]).upper(), str(one["target"])) for one in operations)
        found[entry["apiId"]] = Choice(entry["apiId"], chosen)
    return tuple(found.values())


def _check_joinable(principal: Principal, api: Api | None, api_id: str, path: str) -> None:
    """Raises ApiNotFound, Invalid, MemberNotJoinable, MemberWithoutEndpoint for what no product can take in."""
    if api is None or not access.may_work_on(principal, summary_of(api)):
        raise ApiNotFound(f"{path}: Requested API with Id '{api_id}' not found")
    if (kind := api.document.get("type")) != ApiType.HTTP:
        raise Invalid.field(path, f"'{api.name}' {api.version} is of type {kind}; a product takes {ApiType.HTTP} ones")
    if api.state not in _JOINABLE:
        states = " or ".join(sorted(_JOINABLE))
        raise MemberNotJoinable(f"{path}: '{api.name}' {api.version} is {api.state}; it must be {states}")
    if not has_endpoint(api.document):
        raise MemberWithoutEndpoint(f"{path}: '{api.name}' {api.version} has no endpoint")
