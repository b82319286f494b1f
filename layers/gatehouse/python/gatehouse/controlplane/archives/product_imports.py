"""API products come in as projects; the APIs that they are made of come first, if that is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.arrival import environments_of
from gatehouse.controlplane.archives.finding import named
from gatehouse.controlplane.archives.imports import Options, owner_of
from gatehouse.controlplane.archives.parameters import DEPENDENT as MEMBERS
from gatehouse.controlplane.archives.parameters import merged
from gatehouse.controlplane.archives.product_exports import PRODUCT
from gatehouse.controlplane.archives.project import listed, mapped, opened, text_of
from gatehouse.controlplane.archives.upgrade import upgraded
from gatehouse.domain.apis.archive import ArchiveRefused, ImportExists
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.archives.arrival import Arrival
    from gatehouse.controlplane.archives.imports import ApiImports, Imported, Plan, Shape
    from gatehouse.controlplane.archives.parts import Part
    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.publishing.products.products import Products
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductOptions:
    """How an import is meant: `product` for the product, `members` for its APIs; None leaves those as they are."""

    product: Options
    members: Options | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductImports:
    """Takes API products in."""

    imports: ApiImports
    products: Products
    arrival: Arrival
    parts: Sequence[Part]

    def run(
        self, principal: Principal, content: bytes, options: ProductOptions, shape: Shape, member_shape: Shape
    ) -> Api:
        """The product. What is new and cannot be brought to its end is removed again, APIs too.

        Raises what `ApiImports.plan`, `Products.create` and `Products.update` raise.
        """
        project = merged(opened(self.imports.archives, content), document=PRODUCT, kind=PRODUCT)
        if not project.find(PRODUCT):
            raise ArchiveRefused.entry(f"{PRODUCT}.yaml", "is missing: the archive holds no API product")
        data = upgraded(mapped(project.data(PRODUCT, PRODUCT), "data"))
        document = shape(data)
        owner = owner_of(principal, text_of(data.get("provider"), "data.provider"), options.product)
        before = self._before(principal, document, options.product)
        named_state = data.get("state") or data.get("lifeCycleStatus")
        state = self.arrival.target(principal.tenant, named_state, before.state if before else _FIRST)
        wanted = environments_of(project)
        for part in self.parts:
            part.check(principal, project)
        plans = self._member_plans(principal, project, options.members, member_shape)
        new: list[Imported] = []
        try:
            for plan in plans:
                imported = self.imports.run(principal, plan, options.members or Options())
                new += [imported] if plan.before is None else []
            by = owner if before is None else principal
            product = self._kept(by, before, self._joined(principal, document))
        except GatehouseError:
            for one in new:
                self.imports.design.delete(principal, one.api.id)
            raise
        try:
            for part in self.parts:
                part.take(by, product, project)
            self.arrival.settle(by, product, environments=wanted, state=state, rotate=options.product.rotate)
        except GatehouseError:
            if before is None:
                self.products.delete(by, product.id)
                for one in new:
                    self.imports.design.delete(principal, one.api.id)
            raise
        return product

    def _before(self, principal: Principal, document: dict[str, Any], options: Options) -> Api | None:
        name, version = document["name"], document.get("version") or ""
        summary = named(self.products.apis, principal, name, version, product=True)
        if summary is None:
            return None
        if not options.overwrite:
            raise ImportExists(
                f"API product '{name}' {version} exists already; import it with overwriteAPIProduct=true to change it"
            )
        return self.products.get(principal, summary.id)

    def _kept(self, by: Principal, before: Api | None, document: dict[str, Any]) -> Api:
        return self.products.create(by, document) if before is None else self.products.update(by, before.id, document)

    def _member_plans(
        self, principal: Principal, project: Project, options: Options | None, shape: Shape
    ) -> list[Plan]:
        """The imports of the APIs that are not there, or that may be changed."""
        if options is None:
            return []
        top, plans = project.below(MEMBERS), []
        for folder in sorted({name.split("/", 1)[0] for name in top.files}):
            member = top.below(folder)
            try:
                plans.append(self.imports.plan_of(principal, member, options, shape))
            except ImportExists:
                continue
            except GatehouseError as error:
                fields = tuple(replace(one, path=f"{MEMBERS}/{folder}/{one.path}") for one in error.fields)
                raise type(error)(f"{MEMBERS}/{folder}: {error.description}", fields=fields) from error
        return plans

    def _joined(self, principal: Principal, document: dict[str, Any]) -> dict[str, Any]:
        """The document with the ids that its APIs have here. Raises ArchiveRefused for one that is not there."""
        entries = []
        for index, entry in enumerate(listed(document.get("apis"), "data.apis")):
            name, version = str(entry.get("name") or ""), str(entry.get("version") or "")
            summary = named(self.products.apis, principal, name, version)
            if summary is None:
                problem = f"there is no API '{name}' {version}; import it before, or with importAPIs=true"
                raise ArchiveRefused.entry(f"data.apis.{index}", problem)
            entries.append({**entry, "apiId": summary.id})
        return {**document, "apis": entries}


_FIRST = LifecycleState.CREATED
