"""Foreseeing: what governance would say of an import, which is not carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.archives.exports import SCHEMA, stem_of
from gatehouse.controlplane.publishing.endpoints import with_kept_secrets
from gatehouse.domain.apis.api import Api
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.publishing.governance import GovernedState
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from gatehouse.controlplane.archives.imports import ApiImports, Plan
    from gatehouse.controlplane.governance.enforcement import Judged


def foreseen(imports: ApiImports, plan: Plan) -> list[Judged]:
    """What policies would say of every step that the import takes: creation or update, deployment, publication."""
    if SCHEMA in plan.project.files:
        return []
    document, definition = plan.document, None
    if path := plan.project.find(stem_of(plan.document)):
        document, definition = imports.defined(document, plan.project.files[path])
    before = plan.before
    if before is not None:
        # What no archive says stays: the labels among it, by which policies are chosen.
        document = with_kept_secrets(document, before.document)
    drafted, content = imports.design.drafted(plan.owner, document, definition)
    if before is None:
        before = Api(
            tenant=plan.owner.tenant,
            id="",
            name=drafted["name"],
            version=drafted["version"],
            context=drafted["context"],
            provider=display_username(plan.owner.tenant, plan.owner.user),
            state=LifecycleState.CREATED,
            document=drafted,
            definition="",
            created_at=0,
            updated_at=0,
            updated_by="",
        )
    steps = {GovernedState.API_CREATE if plan.before is None else GovernedState.API_UPDATE}
    if plan.environments:
        steps.add(GovernedState.API_DEPLOY)
    if plan.state == LifecycleState.PUBLISHED and before.state != LifecycleState.PUBLISHED:
        steps.add(GovernedState.API_PUBLISH)
    return imports.design.inventory.governance.preview(steps, replace(before, document=drafted), content)
