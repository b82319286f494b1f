"""Comments on APIs: everybody who sees an API reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store.routes.common import ROOT, SUBSCRIBE, visiting
from gatehouse.edge.comments import COMMENTER, CommentBody, CommentPatch, CommentRoutes
from gatehouse.edge.lines import Lines

if TYPE_CHECKING:
    from gatehouse.controlplane.comments import Comments
    from gatehouse.controlplane.store.storefront import Storefront
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.people.identity import UserLookup

ALL = "/apis/{apiId}/comments"
ONE = f"{ALL}/{{commentId}}"
MODERATE = "apim:admin"


def routes(comments: Comments, storefront: Storefront, users: UserLookup) -> tuple[Operation, ...]:
    """List, add, read, edit, delete; list replies."""

    def api_of(request: Request) -> Api:
        return storefront.get(visiting(request), request.path["apiId"])

    routed, line = CommentRoutes(comments, api_of, users, root=ROOT), Lines("Comments")
    paged = ("limit", "offset", COMMENTER)
    anybody: dict[str, Any] = {"authenticated": False}
    mine = (SUBSCRIBE,)
    return (
        line("GET", ALL, "getAllCommentsOfAPI", "The comments on an API", routed.all, query=paged, **anybody),
        line(
            "POST",
            ALL,
            "addCommentToAPI",
            "Comment on an API, or reply to a comment",
            routed.add,
            mine,
            body=CommentBody,
            query=("replyTo",),
            answers=(201,),
        ),
        line(
            "GET",
            ONE,
            "getCommentOfAPI",
            "A comment with its replies",
            routed.get,
            query=(COMMENTER, "replyLimit", "replyOffset"),
            **anybody,
        ),
        line("PATCH", ONE, "editCommentOfAPI", "Edit a comment of one's own", routed.edit, mine, body=CommentPatch),
        line("DELETE", ONE, "deleteComment", "Delete a comment and its replies", routed.delete, (SUBSCRIBE, MODERATE)),
        line(
            "GET",
            f"{ONE}/replies",
            "getRepliesOfComment",
            "The replies to a comment, the oldest first",
            routed.replies,
            query=paged,
            **anybody,
        ),
    )
