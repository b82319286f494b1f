"""Users (RFC 7644 §3), for administrators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from scim2_models import Context, PatchOp

from functions.identity.scim.documents import draft_of, lock_told, user_document
from functions.identity.scim.guard import document_of, expect, is_known, understood
from functions.identity.scim.models import ENTRA_TOO, USER_SCHEMA, USERS, FullUser
from functions.identity.scim.queries import PARAMETERS, SHOWN, query_of, search_of
from gatehouse.controlplane.identity.rules import local_name
from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.domain.user_store import PRIMARY
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.scim import SCIM_MEDIA_TYPE

if TYPE_CHECKING:
    from functions.identity.scim.queries import Query
    from gatehouse.controlplane.identity.account_locks import AccountLocks
    from gatehouse.controlplane.identity.accounts import Accounts
    from gatehouse.controlplane.identity.groups import Groups
    from gatehouse.controlplane.identity.user_stores import UserStoreAdministration
    from gatehouse.domain.identity import User
    from gatehouse.domain.role import Role
    from gatehouse.edge.http import Request

TAG = "Users"
SCOPES = ("apim:admin",)
ACCEPTED = (SCIM_MEDIA_TYPE, "application/json")


class Users:
    """Routes of users. `root` is what locations begin with."""

    def __init__(
        self, accounts: Accounts, groups: Groups, locks: AccountLocks, stores: UserStoreAdministration, root: str
    ) -> None:
        self._accounts = accounts
        self._groups = groups
        self._locks = locks
        self._stores = stores
        self._root = root

    def create(self, request: Request) -> Answer:
        """201, 400, 409."""
        with understood():
            model = FullUser.model_validate(
                document_of(request, USER_SCHEMA), scim_ctx=Context.RESOURCE_CREATION_REQUEST
            )
        user = self._accounts.create(request.principal, draft_of(model))
        return self.answer(request, user, 201)

    def read(self, request: Request) -> Answer:
        """200, or 304 for a client that knows this version."""
        return self.answer(request, self._accounts.get(request.principal, request.path["id"]))

    def replace(self, request: Request) -> Answer:
        """200."""
        user = self._accounts.get(request.principal, request.path["id"])
        return self._changed(request, user, self.replaced(request, user))

    def patch(self, request: Request) -> Answer:
        """200 with the whole user."""
        user = self._accounts.get(request.principal, request.path["id"])
        return self._changed(request, user, self.patched(request, user))

    def delete(self, request: Request) -> Answer:
        """204."""
        user = self._accounts.get(request.principal, request.path["id"])
        expect(request, _version(user))
        self._accounts.delete(request.principal, user)
        return Answer(status=204)

    def find(self, request: Request) -> Answer:
        """200."""
        return self._found(request, query_of(request, FullUser))

    def search(self, request: Request) -> Answer:
        """200."""
        return self._found(request, search_of(request, FullUser))

    def replaced(self, request: Request, user: User) -> Any:
        """What a PUT makes of the user. Raises VersionMismatch, ScimInvalid."""
        expect(request, _version(user))
        with understood():
            model = FullUser.model_validate(
                document_of(request, USER_SCHEMA), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST
            )
            model.user_name = _as_shown(user.tenant, str(model.user_name), user)
        return model

    def patched(self, request: Request, user: User) -> Any:
        """What a PATCH makes of the user. Raises VersionMismatch, ScimInvalid."""
        expect(request, _version(user))
        with understood(), ENTRA_TOO:
            patch = PatchOp[FullUser].model_validate(request.json(), scim_ctx=Context.RESOURCE_PATCH_REQUEST)
            model = FullUser.model_validate(user_document(user, self._roles(user.tenant), self._root))
            patch.patch(model)
            # Removed is none at all, where a PUT that does not mention roles leaves them.
            model.roles = model.roles or []
        return model

    def answer(self, request: Request, user: User, status: int = 200) -> Answer:
        """The user, with location and version, or that the client knows this version."""
        locked = self._locks.is_locked(user.tenant, user.name)
        # A lock is no change of the user, so a version that is known does not tell of it.
        if request.method == "GET" and not locked and is_known(request, _version(user)):
            return Answer(status=304, headers={"ETag": _version(user)})
        document = user_document(user, self._roles(user.tenant), self._root, locked=locked)
        return Answer(
            status=status,
            body=query_of(request, FullUser).shown(document),
            headers={"Location": document["meta"]["location"], "ETag": _version(user)},
            media_type=SCIM_MEDIA_TYPE,
        )

    def _changed(self, request: Request, user: User, model: Any) -> Answer:
        new = self._accounts.replace(request.principal, user, draft_of(model))
        told, by = lock_told(model), request.principal.user
        if told is not None and told != self._locks.is_locked(new.tenant, new.name):
            change = self._locks.lock if told else self._locks.unlock
            change(new.tenant, new.name, by=by)
        return self.answer(request, new)

    def _found(self, request: Request, query: Query) -> Answer:
        roles = self._roles(request.principal.tenant)
        name = query.equal_to("userName")
        domain = request.query.get("domain", "").upper()
        if domain not in {"", PRIMARY}:
            elsewhere = self._stores.users(request.principal, domain)
            return query.page([user_document(user, roles, self._root) for user in elsewhere])
        if name is None:
            users = self._accounts.all(request.principal)
        else:
            named = self._accounts.named(request.principal, name)
            users = [named] if named else []
        found = [user_document(user, roles, self._root) for user in users]
        return query.page(found, filtered=name is not None)

    def documents(self, request: Request) -> list[dict[str, Any]]:
        """Every user."""
        roles = self._roles(request.principal.tenant)
        return [user_document(user, roles, self._root) for user in self._accounts.all(request.principal)]

    def _roles(self, tenant: str) -> dict[str, Role]:
        return {role.name: role for role in self._groups.roles.all(tenant)}

    def operations(self) -> tuple[Operation, ...]:
        """The operations on users."""
        operation = partial(Operation, tag=TAG, scopes=SCOPES)
        one = f"{USERS}/{{id}}"
        return (
            operation(
                method="POST",
                path=USERS,
                id="createUser",
                route=self.create,
                summary="Add a user.",
                accepts=ACCEPTED,
                query=SHOWN,
                answers=(201,),
            ),
            operation(
                method="GET", path=USERS, id="getUsers", route=self.find, summary="Find users.", query=PARAMETERS
            ),
            operation(
                method="POST",
                path=f"{USERS}/.search",
                id="searchUsers",
                route=self.search,
                summary="Find users by a query in the body.",
                accepts=ACCEPTED,
            ),
            operation(
                method="GET",
                path=one,
                id="getUser",
                route=self.read,
                summary="Read a user.",
                query=SHOWN,
                answers=(200, 304),
            ),
            operation(
                method="PUT",
                path=one,
                id="replaceUser",
                route=self.replace,
                summary="Replace a user.",
                accepts=ACCEPTED,
                query=SHOWN,
            ),
            operation(
                method="PATCH",
                path=one,
                id="patchUser",
                route=self.patch,
                summary="Change parts of a user.",
                accepts=ACCEPTED,
                query=SHOWN,
            ),
            operation(
                method="DELETE",
                path=one,
                id="deleteUser",
                route=self.delete,
                summary="Delete a user.",
                answers=(204,),
            ),
        )


def _version(user: User) -> str:
    return f'W/"{user.version}"'


def _as_shown(tenant: str, username: str, user: User) -> str:
    """The user's own name when it is this one in another spelling, so that it is not taken for a change."""
    same = local_name(tenant, username).lower() == user.name.lower()
    return user.name if same and tenant == SUPER_TENANT else username
