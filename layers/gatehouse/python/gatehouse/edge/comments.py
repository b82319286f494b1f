"""Comments on the wire: the interfaces of the publisher and of the store show them alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from gatehouse.domain.comment import PARENT
from gatehouse.domain.identity import SUPER_TENANT, split_username
from gatehouse.domain.page import Slice, page_of
from gatehouse.edge.paging import envelope
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.comments import Thread
    from gatehouse.domain.record import Record
    from gatehouse.ports.identity import UserLookup

    Commenter = Callable[[str], dict[str, str]]

REPLIES_SHOWN = 25
"""So many replies come with a comment; the rest have a list of their own."""


class CommentBody(Wire):
    """A new comment."""

    content: str
    category: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class CommentPatch(Wire):
    """What of a comment shall be otherwise."""

    content: str | None = None
    category: Annotated[str, Field(min_length=1, max_length=64)] | None = None


def thread_view(thread: Thread, resource: str, commenter: Commenter | None = None) -> dict[str, Any]:
    """A comment with its first replies. `resource` is the address of the API's comments below the interface's base."""
    replies = page_of(thread.replies, Slice(limit=REPLIES_SHOWN))
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


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
