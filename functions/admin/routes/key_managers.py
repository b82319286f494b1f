"""Routes of key managers: whose tokens the tenant's APIs take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.admin.wire.key_managers import (
    URL_CHARACTERS_MAX,
    KeyManagerBody,
    document_of,
    key_manager,
    key_manager_info,
    using_api,
    using_application,
)
from gatehouse.domain.errors import Invalid
from gatehouse.domain.page import page_of
from gatehouse.domain.tokens.key_manager import resident_id
from gatehouse.edge.http import Answer, created
from gatehouse.edge.multipart import MULTIPART, parts
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.controlplane.key_management.administration import KeyManagement
    from gatehouse.controlplane.key_management.documents import Document
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager
    from gatehouse.edge.http import Request

ALL = "/key-managers"
EVERYBODYS = "/global-key-managers"

_REMOVE = ("apim:admin", "apim:admin_operations")
_MANAGE = (*_REMOVE, "apim:keymanagers_manage")


def key_manager_routes(management: KeyManagement, root: str) -> tuple[Operation, ...]:
    """List, create, get, update, delete, discover; the same for those of all tenants. `root` is where the interface stands."""
    own = _KeyManagers(management, f"{root}{ALL}")
    everybodys = _KeyManagers(management, f"{root}{EVERYBODYS}", everybodys=True)
    discover = Operation(
        method="POST",
        path=f"{ALL}/discover",
        id="discoverKeyManager",
        route=own.discover,
        summary="What a provider publishes of itself, as a key manager to be completed",
        tag="Key Manager (Collection)",
        scopes=_MANAGE,
        accepts=(MULTIPART,),
    )
    return (*_operations(own, ALL), discover, *_usages(_Usages(management)), *_operations(everybodys, EVERYBODYS))


def _usages(routes: _Usages) -> tuple[Operation, ...]:
    tag, paged = "Key Manager (Individual)", ("limit", "offset")
    return (
        Operation(
            method="GET",
            path=f"{ALL}/{{keyManagerId}}/api-usages",
            id="getKeyManagerApiUsages",
            route=routes.by_apis,
            summary="The tenant's APIs that name the key manager, paged",
            tag=tag,
            scopes=_REMOVE,
            query=paged,
        ),
        Operation(
            method="GET",
            path=f"{ALL}/{{keyManagerId}}/app-usages",
            id="getKeyManagerAppUsages",
            route=routes.by_applications,
            summary="The applications that have keys at the key manager, paged",
            tag=tag,
            scopes=_REMOVE,
            query=paged,
        ),
    )


def _operations(routes: _KeyManagers, path: str) -> tuple[Operation, ...]:
    one = f"{path}/{{keyManagerId}}"
    kind, what = ("Global", "key manager of all tenants") if path == EVERYBODYS else ("", "external key manager")
    tag = f"{kind} Key Manager".lstrip()
    return (
        Operation(
            method="GET",
            path=path,
            id=f"list{kind}KeyManagers",
            route=routes.list,
            summary=f"Every {what}" if kind else "Every key manager of the tenant, the resident one first",
            tag=f"{tag} (Collection)",
            scopes=_MANAGE,
        ),
        Operation(
            method="POST",
            path=path,
            id=f"create{kind}KeyManager",
            route=routes.create,
            summary=f"Add a new {what}",
            tag=f"{tag} (Collection)",
            scopes=_MANAGE,
            body=KeyManagerBody,
            answers=(201,),
        ),
        Operation(
            method="GET",
            path=one,
            id=f"get{kind}KeyManager",
            route=routes.get,
            summary=f"One {what}, without its secrets",
            tag=f"{tag} (Individual)",
            scopes=_MANAGE,
        ),
        Operation(
            method="PUT",
            path=one,
            id=f"update{kind}KeyManager",
            route=routes.update,
            summary=f"Replace one {what}, save its name",
            tag=f"{tag} (Individual)",
            scopes=_MANAGE,
            body=KeyManagerBody,
        ),
        Operation(
            method="DELETE",
            path=one,
            id=f"delete{kind}KeyManager",
            route=routes.delete,
            summary=f"Delete one {what} at which no application has keys",
            tag=f"{tag} (Individual)",
            scopes=_MANAGE if kind else _REMOVE,
        ),
    )


class _KeyManagers:
    def __init__(self, management: KeyManagement, path: str, *, everybodys: bool = False) -> None:
        self._management = management
        self._path = path
        self._everybodys = everybodys

    def list(self, request: Request) -> Answer:
        tenant, management = request.principal.tenant, self._management
        found = management.everybodys(tenant) if self._everybodys else management.all(tenant)
        shown = [key_manager_info(one, is_used=management.usage.is_used(one)) for one in found]
        return Answer(body={"count": len(found), "list": shown})

    def create(self, request: Request, body: KeyManagerBody) -> Answer:
        made = self._management.create(request.principal.tenant, self._document(body))
        return created(f"{self._path}/{made.id}", key_manager(made))

    def get(self, request: Request) -> Answer:
        return Answer(body=key_manager(self._found(request), request.principal.tenant))

    def update(self, request: Request, body: KeyManagerBody) -> Answer:
        tenant, found = request.principal.tenant, self._found(request)
        if found.id == resident_id(tenant):
            return Answer(body=key_manager(self._management.update_resident(request.principal, document_of(body))))
        return Answer(body=key_manager(self._management.update(tenant, found.id, self._document(body))))

    def delete(self, request: Request) -> Answer:
        self._management.delete(request.principal.tenant, self._found(request).id)
        return Answer()

    def discover(self, request: Request) -> Answer:
        form = parts(request)
        try:
            url, kind = form.get("url", b"").decode().strip(), form.get("type", b"").decode().strip()
        except UnicodeDecodeError as error:
            raise Invalid.field("url", "is not valid UTF-8") from error
        if not url or len(url) > URL_CHARACTERS_MAX:
            raise Invalid.field("url", f"is required, in at most {URL_CHARACTERS_MAX} characters")
        return Answer(body={"valid": True, "value": self._management.discover(url, kind)})

    def _document(self, body: KeyManagerBody) -> Document:
        return {**document_of(body), "global": True} if self._everybodys else document_of(body)

    def _found(self, request: Request) -> ExternalKeyManager:
        tenant, key_manager_id = request.principal.tenant, request.path["keyManagerId"]
        if self._everybodys:
            return self._management.everybodys_one(tenant, key_manager_id)
        return self._management.get(tenant, key_manager_id)


class _Usages:
    def __init__(self, management: KeyManagement) -> None:
        self._management = management

    def by_apis(self, request: Request) -> Answer:
        tenant = request.principal.tenant
        wanted = request.slice()
        found = self._management.get(tenant, request.path["keyManagerId"])
        page = page_of(self._management.usage.by_apis(tenant, found), wanted)
        return Answer(body={"apiCount": page.total, "apis": [using_api(api) for api in page.items]})

    def by_applications(self, request: Request) -> Answer:
        tenant, usage = request.principal.tenant, self._management.usage
        wanted = request.slice()
        found = self._management.get(tenant, request.path["keyManagerId"])
        page = page_of(usage.by_applications(tenant, found), wanted)
        shown = [using_application(one) for one in usage.some(page.items)]
        return Answer(body={"applicationCount": page.total, "applications": shown})
