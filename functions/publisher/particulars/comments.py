"""Comments on APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from functions.publisher.routes.apis import ROOT
from gatehouse.controlplane.comments import GENERAL
from gatehouse.domain.page import page_of
from gatehouse.edge.comments import CommentBody, CommentPatch, comment_view, commenter_of, thread_view
from gatehouse.edge.http import Answer, created
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from gatehouse.controlplane.comments import Comments
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.api import Api
    from gatehouse.edge.comments import Commenter
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.identity import UserLookup

ALL = "/apis/{apiId}/comments"
ONE = f"{ALL}/{{commentId}}"
_READ = (s.VIEW, s.COMMENT_MANAGE, s.COMMENT_VIEW)
_WRITE = (s.COMMENT_MANAGE, s.COMMENT_WRITE)


def routes(comments: Comments, design: Design, users: UserLookup) -> tuple[Operation, ...]:
    """List, add, read, edit, delete; list replies."""
    routed, line = _Comments(comments, design, users), Lines("Comments")
    paged = ("limit", "offset")
    return (
        line(
            "GET",
            ALL,
            "getAllCommentsOfAPI",
            "The comments on an API, the newest first",
            routed.list,
            _READ,
            query=(*paged, "includeCommenterInfo"),
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
            query=("includeCommenterInfo",),
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
            query=(*paged, "includeCommenterInfo"),
        ),
    )


class _Comments:
    def __init__(self, comments: Comments, design: Design, users: UserLookup) -> None:
        self._comments = comments
        self._design = design
        self._commenter = commenter_of(users)

    def list(self, request: Request) -> Answer:
        wanted, api, told = request.slice(), self._api(request), self._told(request)
        page, resource = page_of(self._comments.threads(api), wanted), _resource(api)
        shown = envelope(page, lambda one: thread_view(one, resource, told), resource=resource, query=request.query)
        return Answer(body=shown)

    def add(self, request: Request, body: CommentBody) -> Answer:
        api, reply_to = self._api(request), request.query.get("replyTo", "")
        thread = self._comments.add(request.principal, api, body.content, body.category or GENERAL, reply_to)
        address = f"{ROOT}{_resource(api)}/{thread.comment.id}"
        return created(address, thread_view(thread, _resource(api)))

    def get(self, request: Request) -> Answer:
        api = self._api(request)
        thread = self._comments.thread(api, request.path["commentId"])
        return Answer(body=thread_view(thread, _resource(api), self._told(request)))

    def edit(self, request: Request, body: CommentPatch) -> Answer:
        api = self._api(request)
        thread = self._comments.edit(request.principal, api, request.path["commentId"], body.content, body.category)
        return Answer(body=thread_view(thread, _resource(api)))

    def delete(self, request: Request) -> Answer:
        self._comments.remove(request.principal, self._api(request), request.path["commentId"])
        return Answer()

    def replies(self, request: Request) -> Answer:
        wanted, api, told = request.slice(), self._api(request), self._told(request)
        thread = self._comments.thread(api, request.path["commentId"])
        page = page_of(thread.replies, wanted)
        resource = f"{_resource(api)}/{thread.comment.id}/replies"
        shown = envelope(page, lambda one: comment_view(one, told), resource=resource, query=request.query)
        return Answer(body=shown)

    def _api(self, request: Request) -> Api:
        return self._design.get(request.principal, request.path["apiId"])

    def _told(self, request: Request) -> Commenter | None:
        return self._commenter if request.query.get("includeCommenterInfo", "").lower() == "true" else None


def _resource(api: Api) -> str:
    return f"/apis/{api.id}/comments"
