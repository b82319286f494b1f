"""The front door does not tell environments apart: of a direct API it can lead to one revision only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.apis.direct import is_direct
from gatehouse.domain.publishing.revision import NotServable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.publishing.revision import Deployment, Revision
    from gatehouse.ports.apis.apis import Apis


def check_one_direct(apis: Apis, api: Api, revision: Revision, names: Sequence[str]) -> None:
    """Raises NotServable when this revision in these environments would make two of a direct API."""
    others = [one for one in apis.deployments(api.tenant, api.id) if one.environment not in names]
    served = {one.revision_id for one in others} - {revision.id}
    if not served:
        return
    documents = [one.document for one in apis.revisions(api.tenant, api.id) if one.id in served]
    if is_direct(revision.document) or any(is_direct(document) for document in documents):
        where = ", ".join(one.environment for one in others if one.revision_id in served)
        problem = f"all environments serve the same revision of a direct API; undeploy the other from {where} first"
        raise NotServable.field("gatewayType", problem)


def still_served(apis: Apis, api: Api, ended: Sequence[Deployment]) -> Revision | None:
    """A revision that is still deployed when these deployments have ended."""
    names = {one.environment for one in ended}
    left = {one.revision_id for one in apis.deployments(api.tenant, api.id) if one.environment not in names}
    return next((one for one in apis.revisions(api.tenant, api.id) if one.id in left), None) if left else None
