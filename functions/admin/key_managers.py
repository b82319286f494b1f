"""Routes of key managers: whose tokens the tenant's APIs take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.admin.wire_key_managers import KeyManagerBody, document_of, key_manager, key_manager_info
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.key_managers import KeyManagement
    from gatehouse.edge.http import Request

ALL = "/key-managers"
ONE = f"{ALL}/{{keyManagerId}}"

_REMOVE = ("apim:admin", "apim:admin_operations")
_MANAGE = (*_REMOVE, "apim:keymanagers_manage")
_COLLECTION, _INDIVIDUAL = "Key Manager (Collection)", "Key Manager (Individual)"


def key_manager_routes(management: KeyManagement, root: str) -> tuple[Operation, ...]:
    """List, create, get, update, delete. `root` is where the interface stands."""
    routes = _KeyManagers(management, root)
    return (
        Operation(
            method="GET",
            path=ALL,
            id="listKeyManagers",
            route=routes.list,
            summary="Every key manager of the tenant, the resident one first",
            tag=_COLLECTION,
            scopes=_MANAGE,
        ),
        Operation(
            method="POST",
            path=ALL,
            id="createKeyManager",
            route=routes.create,
            summary="Add an external key manager",
            tag=_COLLECTION,
            scopes=_MANAGE,
            body=KeyManagerBody,
            answers=(201,),
        ),
        Operation(
            method="GET",
            path=ONE,
            id="getKeyManager",
            route=routes.get,
            summary="One key manager, without its secrets",
            tag=_INDIVIDUAL,
            scopes=_MANAGE,
        ),
        Operation(
            method="PUT",
            path=ONE,
            id="updateKeyManager",
            route=routes.update,
            summary="Replace an external key manager, save its name",
            tag=_INDIVIDUAL,
            scopes=_MANAGE,
            body=KeyManagerBody,
        ),
        Operation(
            method="DELETE",
            path=ONE,
            id="deleteKeyManager",
            route=routes.delete,
            summary="Delete an external key manager at which no application has keys",
            tag=_INDIVIDUAL,
            scopes=_REMOVE,
        ),
    )


class _KeyManagers:
    def __init__(self, management: KeyManagement, root: str) -> None:
        self._management = management
        self._root = root

    def list(self, request: Request) -> Answer:
        found = self._management.all(request.principal.tenant)
        return Answer(body={"count": len(found), "list": [key_manager_info(one) for one in found]})

    def create(self, request: Request, body: KeyManagerBody) -> Answer:
        made = self._management.create(request.principal.tenant, document_of(body))
        return created(f"{self._root}{ALL}/{made.id}", key_manager(made))

    def get(self, request: Request) -> Answer:
        return Answer(body=key_manager(self._management.get(request.principal.tenant, request.path["keyManagerId"])))

    def update(self, request: Request, body: KeyManagerBody) -> Answer:
        tenant, key_manager_id = request.principal.tenant, request.path["keyManagerId"]
        return Answer(body=key_manager(self._management.update(tenant, key_manager_id, document_of(body))))

    def delete(self, request: Request) -> Answer:
        self._management.delete(request.principal.tenant, request.path["keyManagerId"])
        return Answer()
