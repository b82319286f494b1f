"""Comments on APIs, as providers read and make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.edge.shared.comments import CommentRights, CommentRoutes, comment_routes

if TYPE_CHECKING:
    from gatehouse.controlplane.comments import Comments
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.people.identity import UserLookup

_WRITE = (s.COMMENT_MANAGE, s.COMMENT_WRITE)
RIGHTS = CommentRights(read=(s.VIEW, s.COMMENT_MANAGE, s.COMMENT_VIEW), write=_WRITE, delete=(*_WRITE, s.ADMIN))


def routes(comments: Comments, design: Design, users: UserLookup) -> tuple[Operation, ...]:
    """List, add, read, edit, delete; list replies."""

    def api_of(request: Request) -> Api:
        return design.get(request.principal, request.path["apiId"])

    return comment_routes(CommentRoutes(comments, api_of, users, root=ROOT), RIGHTS)
