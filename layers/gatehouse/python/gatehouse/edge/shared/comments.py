"""Comments on the wire: the interfaces of the publisher and of the store show them alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from gatehouse.controlplane.comments import GENERAL
from gatehouse.domain.page import Slice, page_of
from gatehouse.domain.people.identity import SUPER_TENANT, split_username
from gatehouse.domain.portal.comment import PARENT
from gatehouse.edge.conditional import versioned, wanted_versions
from gatehouse.edge.http import Answer, created
from gatehouse.edge.lines import Lines
from gatehouse.edge.paging import envelope
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.comments import Comments, Thread
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation
    from gatehouse.ports.people.identity import UserLookup

    Commenter = Callable[[str], dict[str, str]]

ALL = "/apis/{apiId}/comments"
ONE = f"{ALL}/{{commentId}}"
COMMENTER = "includeCommenterInfo"
FIRST_REPLIES = Slice()
"""So many replies come with a comment; the rest have a list of their own."""


class CommentBody(Wire):
    """A new comment."""

    content: str
    category: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class CommentPatch(Wire):
    """What of a comment shall be otherwise."""

    content: str | None = None
    category: Annotated[str, Field(min_length=1, max_length=64)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRights:
    """The scopes, any of which let read, write, and delete; `read` None lets everybody."""

    read: tuple[str, ...] | None
    write: tuple[str, ...]
    delete: tuple[str, ...]


class CommentRoutes:
    """Answers what is asked about the comments on an API. `api_of` reads the API that a request is about."""

    def __init__(self, comments: Comments, api_of: Callable[[Request], Api], users: UserLookup, *, root: str) -> None:
        self._comments = comments
        self._api_of = api_of
        self._commenter = commenter_of(users)
        self._root = root

    def all(self, request: Request) -> Answer:
        """Those on an API, by pages."""
        wanted, api, told = request.slice(), self._api_of(request), self._told(request)
        page, resource = page_of(self._comments.threads(api), wanted), _resource(api)
        shown = envelope(page, lambda one: thread_view(one, resource, told), resource=resource, query=request.query)
        return Answer(body=shown)

    def add(self, request: Request, body: CommentBody) -> Answer:
        """A new one, or a reply to one."""
        api, reply_to = self._api_of(request), request.query.get("replyTo", "")
        thread = self._comments.add(request.principal, api, body.content, body.category or GENERAL, reply_to)
        shown = created(f"{self._root}{_resource(api)}/{thread.comment.id}", thread_view(thread, _resource(api)))
        return versioned(shown, thread.comment.version)

    def get(self, request: Request) -> Answer:
        """One with its replies, or those of them that are asked for."""
        replies, api = request.slice("replyLimit", "replyOffset"), self._api_of(request)
        thread = self._comments.thread(api, request.path["commentId"])
        shown = Answer(body=thread_view(thread, _resource(api), self._told(request), replies))
        return versioned(shown, thread.comment.version)

    def edit(self, request: Request, body: CommentPatch) -> Answer:
        """One of one's own, said otherwise."""
        api, wanted = self._api_of(request), wanted_versions(request)
        changes = body.content, body.category
        thread = self._comments.edit(request.principal, api, request.path["commentId"], *changes, wanted)
        return versioned(Answer(body=thread_view(thread, _resource(api))), thread.comment.version)

    def delete(self, request: Request) -> Answer:
        """One taken back."""
        api, wanted = self._api_of(request), wanted_versions(request)
        self._comments.remove(request.principal, api, request.path["commentId"], wanted)
        return Answer()

    def replies(self, request: Request) -> Answer:
        """The replies to one, by pages."""
        wanted, api, told = request.slice(), self._api_of(request), self._told(request)
        thread = self._comments.thread(api, request.path["commentId"])
        resource = f"{_resource(api)}/{thread.comment.id}/replies"
        page = page_of(thread.replies, wanted)
        shown = envelope(page, lambda one: comment_view(one, told), resource=resource, query=request.query)
        return Answer(body=shown)

    def _told(self, request: Request) -> Commenter | None:
        return self._commenter if request.query.get(COMMENTER, "").lower() == "true" else None


def comment_routes(routed: CommentRoutes, rights: CommentRights) -> tuple[Operation, ...]:
    """List, add, read, edit, delete; list replies."""
    line, write = Lines("Comments"), rights.write
    reading: dict[str, Any] = {"authenticated": False} if rights.read is None else {"scopes": rights.read}
    paged = ("limit", "offset", COMMENTER)
    return (
        line("GET", ALL, "getAllCommentsOfAPI", "The comments on an API", routed.all, query=paged, **reading),
        line(
            "POST",
            ALL,
            "addCommentToAPI",
            "Comment on an API, or reply to a comment",
            routed.add,
            write,
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
            **reading,
        ),
        line("PATCH", ONE, "editCommentOfAPI", "Edit a comment of one's own", routed.edit, write, body=CommentPatch),
        line("DELETE", ONE, "deleteComment", "Delete a comment and its replies", routed.delete, rights.delete),
        line(
            "GET",
            f"{ONE}/replies",
            "getRepliesOfComment",
            "The replies to a comment, the oldest first",
            routed.replies,
            query=paged,
            **reading,
        ),
    )


def thread_view(
    thread: Thread, resource: str, commenter: Commenter | None = None, wanted: Slice = FIRST_REPLIES
) -> dict[str, Any]:
    """A comment with some of its replies. `resource` is the address of the API's comments below the interface's base."""
    replies = page_of(thread.replies, wanted)
    address = f"{resource}/{thread.comment.id}/replies"
    return {
        **comment_view(thread.comment, commenter),
        "replies": envelope(replies, lambda reply: comment_view(reply, commenter), resource=address),
    }


def comment_view(comment: Record, commenter: Commenter | None = None) -> dict[str, Any]:
    """A comment by itself. `commenter` tells of whoever made it."""
    body = comment.body
    return {
        "id": comment.id,
        "content": body["content"],
        "createdTime": _time(comment.created_at),
        "createdBy": comment.by,
        "updatedTime": _time(comment.updated_at) if body["edited"] else None,
        "category": body["category"],
        "parentCommentId": body[PARENT] or None,
        "entryPoint": body["entryPoint"],
        "commenterInfo": commenter(comment.by) if commenter else None,
    }


def commenter_of(users: UserLookup) -> Commenter:
    """Tells of users what they say of themselves; nothing of those who are gone."""

    def info(username: str) -> dict[str, str]:
        user = users.get(*split_username(username)) or users.get(SUPER_TENANT, username)
        name = user.profile.get("name") if user else None
        names = name if isinstance(name, dict) else {}
        first, last = str(names.get("givenName", "")), str(names.get("familyName", ""))
        return {"firstName": first, "lastName": last, "fullName": f"{first} {last}".strip()}

    return info


def _resource(api: Api) -> str:
    return f"/apis/{api.id}/comments"


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
