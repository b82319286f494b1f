"""Routes of user stores, for administrators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from functions.identity.server.wire_user_stores import (
    BASE,
    Change,
    Connection,
    Store,
    kind_listed,
    kind_shown,
    listed,
    shown,
)
from gatehouse.controlplane.identity.user_stores import StoreDraft
from gatehouse.domain.errors import Invalid, Unavailable
from gatehouse.domain.people.user_store import StoreType, UserStoreNotFound
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from gatehouse.controlplane.identity.user_stores import UserStoreAdministration
    from gatehouse.edge.http import Request

SCOPES = ("apim:admin",)
TAG = "User Stores"
CHANGES_MAX = 100


class UserStoreRoutes:
    """HTTP in, one call, HTTP out."""

    def __init__(self, stores: UserStoreAdministration) -> None:
        self._stores = stores

    def operations(self) -> tuple[Operation, ...]:
        """Everything about user stores."""
        operation = partial(Operation, tag=TAG, scopes=SCOPES)
        one = "/userstores/{id}"
        return (
            operation(
                method="GET", path="/userstores", id="getUserStores", route=self._all, summary="List user stores."
            ),
            operation(
                method="POST",
                path="/userstores",
                id="addUserStore",
                route=self._create,
                summary="Add a user store.",
                body=Store,
                answers=(201,),
            ),
            operation(
                method="POST",
                path="/userstores/test-connection",
                id="testUserStoreConnection",
                route=self._test,
                summary="Try whether a user store works as it is described.",
                body=Connection,
            ),
            operation(
                method="GET",
                path="/userstores/meta/types",
                id="getUserStoreTypes",
                route=self._kinds,
                summary="List the types of user stores.",
            ),
            operation(
                method="GET",
                path="/userstores/meta/types/{id}",
                id="getUserStoreType",
                route=self._kind,
                summary="The properties of a type of user stores.",
            ),
            operation(method="GET", path=one, id="getUserStore", route=self._one, summary="Read a user store."),
            operation(
                method="PUT", path=one, id="updateUserStore", route=self._replace, summary="Replace it.", body=Store
            ),
            operation(
                method="PATCH", path=one, id="patchUserStore", route=self._change, summary="Change some properties."
            ),
            operation(
                method="DELETE",
                path=one,
                id="deleteUserStore",
                route=self._remove,
                summary="Forget it.",
                answers=(204,),
            ),
        )

    def _all(self, request: Request) -> Answer:
        return Answer(body=[listed(store) for store in self._stores.all(request.principal)])

    def _create(self, request: Request, body: Store) -> Answer:
        store = self._stores.create(request.principal, body.draft())
        return created(f"{BASE}/{store.id}", shown(store))

    def _test(self, request: Request, body: Connection) -> Answer:
        """Whether it works is the answer, and not a failure of ours."""
        try:
            self._stores.test(request.principal, body.draft())
        except Unavailable as error:
            return Answer(body={"connection": False, "description": error.description})
        return Answer(body={"connection": True})

    def _kinds(self, _request: Request) -> Answer:
        return Answer(body=[kind_listed(kind) for kind in StoreType])

    def _kind(self, request: Request) -> Answer:
        kind = StoreType.of(request.path["id"])
        if kind is None:
            raise UserStoreNotFound("There is no such type of user stores.")
        return Answer(body=kind_shown(kind))

    def _one(self, request: Request) -> Answer:
        return Answer(body=shown(self._stores.get(request.principal, request.path["id"])))

    def _replace(self, request: Request, body: Store) -> Answer:
        return Answer(body=shown(self._stores.replace(request.principal, request.path["id"], body.draft())))

    def _change(self, request: Request) -> Answer:
        changes = _changes(request.json())
        known = self._stores.get(request.principal, request.path["id"])
        description, properties = known.description, dict(known.properties)
        for number, change in enumerate(changes):
            if change.path == "/description":
                description = change.value
            elif change.path.startswith("/properties/"):
                properties[change.path.removeprefix("/properties/")] = change.value
            else:
                raise Invalid.field(f"{number}.path", "is /description or /properties/{name}")
        draft = StoreDraft(domain=known.domain, type_id=known.type.id, description=description, properties=properties)
        return Answer(body=shown(self._stores.replace(request.principal, known.id, draft)))

    def _remove(self, request: Request) -> Answer:
        self._stores.remove(request.principal, request.path["id"])
        return Answer(status=204)


def _changes(document: Any) -> list[Change]:
    if not isinstance(document, list) or not 0 < len(document) <= CHANGES_MAX:
        raise Invalid.field("", f"must be a list of 1 to {CHANGES_MAX} changes")
    return [parse(Change, each, str(number)) for number, each in enumerate(document)]
