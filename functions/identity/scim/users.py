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
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.people.user_store import PRIMARY, UserStoreReadOnly, split_domain
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.scim import SCIM_MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.identity.scim.queries import Query
    from gatehouse.controlplane.identity.account_locks import AccountLocks
    from gatehouse.controlplane.identity.accounts import AccountDraft, Accounts
    from gatehouse.controlplane.identity.directory_accounts import DirectoryAccounts
    from gatehouse.controlplane.identity.groups import Groups
    from gatehouse.domain.people.identity import User
    from gatehouse.domain.people.role import Role
    from gatehouse.edge.http import Request

TAG = "Users"
SCOPES = ("apim:admin",)
ACCEPTED = (SCIM_MEDIA_TYPE, "application/json")


class Users:
    """Routes of users. `root` is what locations begin with."""

    def __init__(
        self, accounts: Accounts, groups: Groups, locks: AccountLocks, elsewhere: DirectoryAccounts, root: str
    ) -> None:
        self._accounts = accounts
        self._groups = groups
        self._locks = locks
        self._elsewhere = elsewhere
        self._root = root

    def create(self, request: Request) -> Answer:
        """201, 400, 409."""
        with understood():
            model = FullUser.model_validate(
                document_of(request, USER_SCHEMA), scim_ctx=Context.RESOURCE_CREATION_REQUEST
            )
        draft = draft_of(model)
        if split_domain(draft.username)[0]:
            added = self._elsewhere.create(request.principal, draft.username, draft.password or "", draft.profile)
            return self.answer(request, added, 201)
        return self.answer(request, self._accounts.create(request.principal, draft), 201)

    def read(self, request: Request) -> Answer:
        """200, or 304 for a client that knows this version."""
        return self.answer(request, self._one(request))

    def replace(self, request: Request) -> Answer:
        """200."""
        user = self._one(request)
        return self._changed(request, user, self.replaced(request, user))

    def patch(self, request: Request) -> Answer:
        """200 with the whole user."""
        user = self._one(request)
        return self._changed(request, user, self.patched(request, user))

    def delete(self, request: Request) -> Answer:
        """204."""
        user = self._one(request)
        expect(request, _version(user))
        if _domain(user):
            self._elsewhere.remove(request.principal, user)
        else:
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
        # Nor is there one of a user who is kept elsewhere.
        if request.method == "GET" and not locked and not _domain(user) and is_known(request, _version(user)):
            return Answer(status=304, headers={"ETag": _version(user)})
        document = self._document(user, self._roles(user.tenant), locked=locked)
        return Answer(
            status=status,
            body=query_of(request, FullUser).shown(document),
            headers={"Location": document["meta"]["location"], "ETag": _version(user)},
            media_type=SCIM_MEDIA_TYPE,
        )

    def _changed(self, request: Request, user: User, model: Any) -> Answer:
        draft = draft_of(model)
        new = self._changed_elsewhere(request, user, draft) if _domain(user) else self._replaced(request, user, draft)
        told, by = lock_told(model), request.principal.user
        if told is not None and told != self._locks.is_locked(new.tenant, new.name):
            change = self._locks.lock if told else self._locks.unlock
            change(new.tenant, new.name, by=by)
        return self.answer(request, new)

    def _replaced(self, request: Request, user: User, draft: AccountDraft) -> User:
        return self._accounts.replace(request.principal, user, draft)

    def _changed_elsewhere(self, request: Request, user: User, draft: AccountDraft) -> User:
        """Of a directory's user, the directory keeps everything but the lock; the password is given to it."""
        as_it_was = draft.roles in {None, user.roles} and draft.active and dict(draft.profile) == dict(user.profile)
        if not as_it_was:
            raise UserStoreReadOnly("Of a user of this store only password and lock can be changed here.")
        if draft.password is not None:
            self._elsewhere.set_password(request.principal, user, draft.password)
        return user

    def _one(self, request: Request) -> User:
        domain, user_id = _asked_domain(request), request.path["id"]
        if domain:
            return self._elsewhere.get(request.principal, domain, user_id)
        return self._accounts.get(request.principal, user_id)

    def _document(self, user: User, roles: Mapping[str, Role], *, locked: bool = False) -> dict[str, Any]:
        document = user_document(user, roles, self._root, locked=locked)
        if _domain(user):
            document["meta"]["location"] += f"?domain={_domain(user)}"
        return document

    def _found(self, request: Request, query: Query) -> Answer:
        roles = self._roles(request.principal.tenant)
        name = query.equal_to("userName")
        if domain := _asked_domain(request):
            return query.page([self._document(user, roles) for user in self._elsewhere.all(request.principal, domain)])
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


def _domain(user: User) -> str:
    """The user store that the user stands in; "" for the tenant's own."""
    return split_domain(user.name)[0]


def _asked_domain(request: Request) -> str:
    """The user store that the request is about; "" for the tenant's own."""
    domain = request.query.get("domain", "").upper()
    return "" if domain == PRIMARY else domain
