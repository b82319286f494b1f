"""Comments on APIs: everybody who sees an API reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.store.routes.common import ROOT, SUBSCRIBE, visiting
from gatehouse.edge.shared.comments import CommentRights, CommentRoutes, comment_routes

if TYPE_CHECKING:
    from gatehouse.controlplane.comments import Comments
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.people.identity import UserLookup

MODERATE = "apim:admin"
RIGHTS = CommentRights(read=None, write=(SUBSCRIBE,), delete=(SUBSCRIBE, MODERATE))


def routes(comments: Comments, storefront: Storefront, users: UserLookup) -> tuple[Operation, ...]:
    """List, add, read, edit, delete; list replies."""

    def api_of(request: Request) -> Api:
        return storefront.get(visiting(request), request.path["apiId"])

    return comment_routes(CommentRoutes(comments, api_of, users, root=ROOT), RIGHTS)
