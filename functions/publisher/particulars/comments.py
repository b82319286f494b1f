"""Comments on APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.edge.comments import COMMENTER, CommentBody, CommentPatch, CommentRoutes
from gatehouse.edge.lines import Lines

if TYPE_CHECKING:
    from gatehouse.controlplane.comments import Comments
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.apis.api import Api
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.people.identity import UserLookup

ALL = "/apis/{apiId}/comments"
ONE = f"{ALL}/{{commentId}}"
_READ = (s.VIEW, s.COMMENT_MANAGE, s.COMMENT_VIEW)
_WRITE = (s.COMMENT_MANAGE, s.COMMENT_WRITE)


def routes(comments: Comments, design: Design, users: UserLookup) -> tuple[Operation, ...]:
    """List, add, read, edit, delete; list replies."""

    def api_of(request: Request) -> Api:
        return design.get(request.principal, request.path["apiId"])

    routed, line = CommentRoutes(comments, api_of, users, root=ROOT), Lines("Comments")
    paged = ("limit", "offset")
    return (
        line(
            "GET",
            ALL,
            "getAllCommentsOfAPI",
            "The comments on an API, the newest first",
            routed.all,
            _READ,
            query=(*paged, COMMENTER),
        ),
        line(
            "POST",
            ALL,
            "addCommentToAPI",
            "Comment on an API, or reply to a comment",
            routed.add,
            _WRITE,
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
            _READ,
            query=(COMMENTER, "replyLimit", "replyOffset"),
        ),
        line("PATCH", ONE, "editCommentOfAPI", "Edit a comment of one's own", routed.edit, _WRITE, body=CommentPatch),
        line("DELETE", ONE, "deleteComment", "Delete a comment and its replies", routed.delete, (*_WRITE, s.ADMIN)),
        line(
            "GET",
            f"{ONE}/replies",
            "getRepliesOfComment",
            "The replies to a comment, the oldest first",
            routed.replies,
            _READ,
            query=(*paged, COMMENTER),
        ),
    )
