"""Users over SCIM 2.0 (RFC 7644), for administrators."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from functions.identity.wire import ScimUser, list_response, user_resource
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import DEFAULT_LIMIT, MAX_LIMIT, Slice, page_of
from gatehouse.edge.errors import SCIM_MEDIA_TYPE
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.accounts import Accounts
    from gatehouse.domain.identity import User
    from gatehouse.edge.http import Request

TAG = "Users"
SCOPES = ("apim:admin",)
_BY_NAME = re.compile(r'userName\s+eq\s+"([^"]*)"', re.IGNORECASE)


def routes(accounts: Accounts, management_url: str) -> tuple[Operation, ...]:
    """The operations on users. `management_url` is what locations begin with."""

    def location(user: User) -> str:
        return f"{management_url}/scim2/Users/{user.id}"

    def answer(user: User, status: int = 200) -> Answer:
        where = location(user)
        return Answer(
            status=status,
            body=user_resource(user, where),
            headers={"Location": where},
            media_type=SCIM_MEDIA_TYPE,
        )

    def create(request: Request, body: ScimUser) -> Answer:
        return answer(accounts.create(request.principal, body.draft()), 201)

    def read(request: Request) -> Answer:
        return answer(accounts.get(request.principal, request.path["id"]))

    def replace(request: Request, body: ScimUser) -> Answer:
        return answer(accounts.replace(request.principal, request.path["id"], body.draft()))

    def delete(request: Request) -> Answer:
        accounts.delete(request.principal, request.path["id"])
        return Answer(status=204)

    def find(request: Request) -> Answer:
        wanted = _slice(request)
        page = page_of(_matching(accounts, request), wanted)
        resources = [user_resource(user, location(user)) for user in page.items]
        return Answer(body=list_response(resources, page.total, wanted.offset + 1), media_type=SCIM_MEDIA_TYPE)

    operation = partial(Operation, tag=TAG, scopes=SCOPES)
    return (
        operation(
            method="POST",
            path="/Users",
            id="createUser",
            route=create,
            summary="Add a user.",
            body=ScimUser,
            answers=(201,),
        ),
        operation(
            method="GET",
            path="/Users",
            id="getUsers",
            route=find,
            summary="List users, or find one by name.",
            query=("filter", "startIndex", "count"),
        ),
        operation(method="GET", path="/Users/{id}", id="getUser", route=read, summary="Read a user."),
        operation(
            method="PUT", path="/Users/{id}", id="replaceUser", route=replace, summary="Replace a user.", body=ScimUser
        ),
        operation(
            method="DELETE", path="/Users/{id}", id="deleteUser", route=delete, summary="Delete a user.", answers=(204,)
        ),
    )


def _matching(accounts: Accounts, request: Request) -> list[User]:
    """The users that `filter` asks for: all, or the one of a name."""
    expression = request.query.get("filter", "").strip()
    if not expression:
        return accounts.all(request.principal)
    match = _BY_NAME.fullmatch(expression)
    if match is None:
        raise Invalid.field("filter", 'only `userName eq "…"` is supported')
    found = accounts.named(request.principal, match[1])
    return [found] if found else []


def _slice(request: Request) -> Slice:
    """`startIndex` and `count` (RFC 7644 §3.4.2.4): less than 1 starts at the beginning."""
    start = max(_number(request, "startIndex", 1), 1)
    count = min(max(_number(request, "count", DEFAULT_LIMIT), 0), MAX_LIMIT)
    return Slice(limit=count, offset=start - 1)


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise Invalid.field(name, "must be a whole number")
    return int(text)
