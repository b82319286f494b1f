"""A comment is what a person says about an API; others may reply to it."""

from __future__ import annotations

from gatehouse.domain.errors import Forbidden, Invalid, NotFound

CONTENT_CHARACTERS_MAX = 512
PARENT = "parent"
"""The property of a comment's body that says what it replies to; "" for one that begins a thread."""


class CommentNotFound(NotFound):
    """The API has no such comment."""

    code = 901102
    message = "Comment not found"

    @classmethod
    def by_id(cls, comment_id: str) -> CommentNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Requested comment with Id '{comment_id}' not found")


class CommentTooLong(Invalid):
    """There is more to say than is kept."""

    code = 901103
    message = "The comment is too long"


class NotTheirComment(Forbidden):
    """Somebody else's comment is for its author, and for moderators, to change."""

    code = 901100
    message = "You may not change this comment"
