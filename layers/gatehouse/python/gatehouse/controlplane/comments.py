"""Comments on APIs: the publisher and the store show the same ones, each says where its own were made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.currency import require_current
from gatehouse.domain.errors import Changed, Invalid
from gatehouse.domain.people.identity import display_username
from gatehouse.domain.portal.comment import (
    CONTENT_CHARACTERS_MAX,
    PARENT,
    CommentNotFound,
    CommentTooLong,
    NotTheirComment,
)
from gatehouse.domain.record import Kind, Record, new_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Clock

GENERAL = "general"
MODERATOR_SCOPE = "apim:admin"
_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its replies, oldest first."""

    comment: Record
    replies: tuple[Record, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """The comments on APIs that callers have read before. `entry_point` is where this part's are made."""

    records: Records
    clock: Clock
    entry_point: str

    def threads(self, api: Api) -> list[Thread]:
        """All of the API's, the newest thread first."""
        found = self.records.all(api.tenant, Kind.COMMENT, api.id)
        roots = [comment for comment in found if not comment.body[PARENT]]
        return [Thread(root, _replies(found, root.id)) for root in reversed(roots)]

    def thread(self, api: Api, comment_id: str) -> Thread:
        """One comment with its replies. Raises CommentNotFound."""
        found = self.records.all(api.tenant, Kind.COMMENT, api.id)
        comment = next((one for one in found if one.id == comment_id), None)
        if comment is None:
            raise CommentNotFound.by_id(comment_id)
        return Thread(comment, _replies(found, comment_id))

    def add(self, principal: Principal, api: Api, content: str, category: str = GENERAL, reply_to: str = "") -> Thread:
        """Say something. Raises Invalid, CommentTooLong, CommentNotFound for what there is no reply to."""
        if reply_to and self._get(api, reply_to).body[PARENT]:
            raise Invalid.field("replyTo", "is a reply itself; reply to the comment that it belongs to")
        now, user = int(self.clock.now() * 1000), display_username(principal.tenant, principal.user)
        comment = Record(
            tenant=api.tenant,
            kind=Kind.COMMENT,
            owner=api.id,
            id=new_id(),
            body={
                "content": _checked(content),
                "category": category,
                PARENT: reply_to,
                "entryPoint": self.entry_point,
                "edited": False,
            },
            created_at=now,
            updated_at=now,
            by=user,
            updated_by=user,
        )
        return Thread(self.records.add(comment, taken=Changed()), ())

    def edit(
        self,
        principal: Principal,
        api: Api,
        comment_id: str,
        content: str | None,
        category: str | None,
        wanted: Collection[int] | None = None,
    ) -> Thread:
        """Say it otherwise. `wanted` are the versions of the comment that may be changed.

        Raises CommentNotFound, NotTheirComment, Invalid, CommentTooLong, Outdated, Changed.
        """
        before = self._get(api, comment_id)
        require_current(comment_id, before.version, wanted)
        user = display_username(principal.tenant, principal.user)
        if before.by != user:
            raise NotTheirComment("Only who has made a comment may change it.")
        body = {**before.body, "edited": True}
        if content is not None:
            body["content"] = _checked(content)
        if category is not None:
            body["category"] = category
        edited = replace(before, body=body, updated_at=int(self.clock.now() * 1000), updated_by=user)
        self.records.replace(before, edited, taken=Changed())
        return self.thread(api, comment_id)

    def remove(self, principal: Principal, api: Api, comment_id: str, wanted: Collection[int] | None = None) -> None:
        """Take it back, with its replies. `wanted` is as in `edit`.

        Raises CommentNotFound, NotTheirComment, Outdated, Changed.
        """
        thread = self.thread(api, comment_id)
        require_current(comment_id, thread.comment.version, wanted)
        own = thread.comment.by == display_username(principal.tenant, principal.user)
        # Who moderates one tenant's comments is a guest in every other one.
        moderates = principal.tenant == api.tenant and (principal.is_admin or MODERATOR_SCOPE in principal.scopes)
        if not own and not moderates:
            raise NotTheirComment("Only who has made a comment, or an administrator, may delete it.")
        # Replies first: one that is left over would belong to nothing.
        for start in range(0, len(thread.replies), _AT_ONCE):
            self.records.remove(thread.replies[start : start + _AT_ONCE])
        self.records.remove([thread.comment])

    def _get(self, api: Api, comment_id: str) -> Record:
        found = self.records.get(api.tenant, Kind.COMMENT, comment_id, api.id)
        if found is None:
            raise CommentNotFound.by_id(comment_id)
        return found


def _replies(found: Sequence[Record], comment_id: str) -> tuple[Record, ...]:
    return tuple(comment for comment in found if comment.body[PARENT] == comment_id)


def _checked(content: str) -> str:
    if not content.strip():
        raise Invalid.field("content", "must say something")
    if len(content) > CONTENT_CHARACTERS_MAX:
        raise CommentTooLong.field("content", f"has more than {CONTENT_CHARACTERS_MAX} characters")
    return content
