"""Groups (RFC 7644 §3), for administrators: a group is a role."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from scim2_models import Context, PatchOp

from functions.identity.scim.documents import group_document, member_ids
from functions.identity.scim.guard import document_of, expect, is_known, understood
from functions.identity.scim.models import ENTRA_TOO, GROUP_SCHEMA, GROUPS, Group
from functions.identity.scim.queries import PARAMETERS, SHOWN, query_of, search_of
from functions.identity.scim.users import ACCEPTED, SCOPES
from gatehouse.controlplane.identity.groups import plain_name
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.scim import SCIM_MEDIA_TYPE

if TYPE_CHECKING:
    from functions.identity.scim.queries import Query
    from gatehouse.controlplane.identity import groups as control
    from gatehouse.domain.people.role import Role
    from gatehouse.edge.http import Request

TAG = "Groups"


class Groups:
    """Routes of groups. `root` is what locations begin with."""

    def __init__(self, groups: control.Groups, root: str) -> None:
        self._groups = groups
        self._root = root

    def create(self, request: Request) -> Answer:
        """201, 400, 409."""
        with understood():
            model = Group.model_validate(document_of(request, GROUP_SCHEMA), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
        role = self._groups.create(
            request.principal, str(model.display_name), member_ids(model), model.external_id or ""
        )
        return self._answer(request, role, 201)

    def read(self, request: Request) -> Answer:
        """200, or 304 for a client that knows this version."""
        return self._answer(request, self._groups.get(request.principal, request.path["id"]))

    def replace(self, request: Request) -> Answer:
        """200."""
        role = self._groups.get(request.principal, request.path["id"])
        with understood():
            model = Group.model_validate(
                document_of(request, GROUP_SCHEMA), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST
            )
        if plain_name(str(model.display_name)) != role.name:
            raise Invalid.field("displayName", f"is '{role.name}' and cannot be changed")
        return self._answer(request, self._become(request, role, model))

    def patch(self, request: Request) -> Answer:
        """200 with the whole group."""
        role = self._groups.get(request.principal, request.path["id"])
        with understood(), ENTRA_TOO:
            patch = PatchOp[Group].model_validate(request.json(), scim_ctx=Context.RESOURCE_PATCH_REQUEST)
            model = Group.model_validate(self._document(role))
            patch.patch(model)
        return self._answer(request, self._become(request, role, model))

    def delete(self, request: Request) -> Answer:
        """204."""
        role = self._groups.get(request.principal, request.path["id"])
        expect(request, self._document(role)["meta"]["version"])
        self._groups.delete(request.principal, role)
        return Answer(status=204)

    def find(self, request: Request) -> Answer:
        """200."""
        return self._found(request, query_of(request, Group))

    def search(self, request: Request) -> Answer:
        """200."""
        return self._found(request, search_of(request, Group))

    def _become(self, request: Request, role: Role, model: Any) -> Role:
        present = self._groups.members(role)
        expect(request, group_document(role, present, self._root)["meta"]["version"])
        before, after = {member.user_id for member in present}, member_ids(model)
        self._groups.change_members(request.principal, role, added=after - before, removed=before - after)
        return self._groups.rename_outside(request.principal, role, model.external_id or "")

    def _found(self, request: Request, query: Query) -> Answer:
        return query.page(self.documents(request, query))

    def documents(self, request: Request, query: Query) -> list[dict[str, Any]]:
        """Every role, with its members if the query needs them."""
        with_members = query.mentions("members")
        return [self._document(role, with_members=with_members) for role in self._groups.all(request.principal)]

    def _document(self, role: Role, *, with_members: bool = True) -> dict[str, Any]:
        return group_document(role, self._groups.members(role) if with_members else None, self._root)

    def _answer(self, request: Request, role: Role, status: int = 200) -> Answer:
        query = query_of(request, Group)
        document = self._document(role)
        version = document["meta"]["version"]
        if request.method == "GET" and is_known(request, version):
            return Answer(status=304, headers={"ETag": version})
        return Answer(
            status=status,
            body=query.shown(document),
            headers={"Location": document["meta"]["location"], "ETag": version},
            media_type=SCIM_MEDIA_TYPE,
        )

    def operations(self) -> tuple[Operation, ...]:
        """The operations on groups."""
        operation = partial(Operation, tag=TAG, scopes=SCOPES)
        one = f"{GROUPS}/{{id}}"
        return (
            operation(
                method="POST",
                path=GROUPS,
                id="createGroup",
                route=self.create,
                summary="Add a role.",
                accepts=ACCEPTED,
                query=SHOWN,
                answers=(201,),
            ),
            operation(
                method="GET", path=GROUPS, id="getGroups", route=self.find, summary="Find roles.", query=PARAMETERS
            ),
            operation(
                method="POST",
                path=f"{GROUPS}/.search",
                id="searchGroups",
                route=self.search,
                summary="Find roles by a query in the body.",
                accepts=ACCEPTED,
            ),
            operation(
                method="GET",
                path=one,
                id="getGroup",
                route=self.read,
                summary="Read a role and who has it.",
                query=SHOWN,
                answers=(200, 304),
            ),
            operation(
                method="PUT",
                path=one,
                id="replaceGroup",
                route=self.replace,
                summary="Say anew who has a role.",
                accepts=ACCEPTED,
                query=SHOWN,
            ),
            operation(
                method="PATCH",
                path=one,
                id="patchGroup",
                route=self.patch,
                summary="Give users a role, or take it away.",
                accepts=ACCEPTED,
                query=SHOWN,
            ),
            operation(
                method="DELETE",
                path=one,
                id="deleteGroup",
                route=self.delete,
                summary="Delete a role.",
                answers=(204,),
            ),
        )
