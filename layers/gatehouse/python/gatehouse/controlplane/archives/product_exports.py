"""API products leave as projects, with the projects of the APIs that they are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.exports import DEFINITION, Taken, deployment_files, taken
from gatehouse.controlplane.archives.finding import found
from gatehouse.controlplane.archives.parameters import DEPENDENT as MEMBERS
from gatehouse.controlplane.archives.project import enveloped
from gatehouse.domain.apis.api import Api
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.archives.exports import ApiExports, Wanted
    from gatehouse.controlplane.archives.parts import Part
    from gatehouse.domain.people.identity import Principal

PRODUCT = "api_product"

Show = Callable[[Api], Mapping[str, Any]]
"""A product as its interface shows it, without secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductExports:
    """Writes a tenant's API products."""

    exports: ApiExports
    parts: Sequence[Part]
    show: Show

    def export(self, principal: Principal, name: str, version: str, provider: str, wanted: Wanted) -> tuple[str, bytes]:
        """The name of the folder, and the zip that holds it. Raises ProductNotFound, RevisionNumberUnknown."""
        apis, archives = self.exports.apis, self.exports.archives
        product = found(apis, principal, name, version, provider=provider, product=True)
        chosen, folder = taken(apis, product, wanted), f"{product.name}-{product.version}"
        files = self._own(principal, chosen, wanted)
        for member in apis.some(product.tenant, chosen.api.members).values():
            inside = f"{MEMBERS}/{member.name}-{member.version}"
            whole = Taken(member, apis.deployments(member.tenant, member.id))
            files |= {f"{inside}/{path}": file for path, file in self.exports.files(principal, whole, wanted).items()}
        return folder, archives.pack({f"{folder}/{path}": file for path, file in files.items()})

    def _own(self, principal: Principal, chosen: Taken, wanted: Wanted) -> dict[str, bytes]:
        product, notation, render = chosen.api, wanted.notation, self.exports.archives.render
        state = product.state if wanted.status_kept else LifecycleState.CREATED
        data = {**self.show(product), "state": state.value}
        definition = json.loads(self.exports.blobs.get(product.tenant, product.definition))
        meta = {"name": product.name, "version": product.version}
        files = {
            PRODUCT + notation.suffix: render(enveloped(PRODUCT, data), notation),
            f"{PRODUCT}_meta{notation.suffix}": render(meta, notation),
            DEFINITION + notation.suffix: render(definition, notation),
            **deployment_files(chosen.deployments, notation, self.exports.archives),
        }
        for part in self.parts:
            files |= part.written(principal, product, notation)
        return files
