"""What the routes of the OAuth endpoints read in requests alike, and how they are declared: with a tenant and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.adapters.oauth.messages import FormRequest
from gatehouse.domain.errors import Invalid, NotFound
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.edge.http import Answer, Request
    from gatehouse.ports.people.identity import Tenants

FORM = "application/x-www-form-urlencoded"
TENANT = "/t/{tenant}"


def everywhere(
    method: str, path: str, name: str, route: Callable[[Request], Answer], summary: str
) -> tuple[Operation, Operation]:
    """The endpoint without a tenant, and the tenants' own."""
    return (
        for_anybody(method, path, name, route, summary),
        for_anybody(method, f"{TENANT}{path}", f"{name}OfTenant", route, summary),
    )


def for_anybody(method: str, path: str, name: str, route: Callable[[Request], Answer], summary: str) -> Operation:
    """An operation that sees to credentials itself."""
    return Operation(
        method=method,
        path=path,
        id=name,
        route=route,
        summary=summary,
        tag="OAuth 2.0",
        authenticated=False,
        ignores_credentials=True,
        accepts=(FORM,) if method == "POST" else (),
    )


def tenant_of(request: Request) -> str | None:
    """The tenant that the path names, if any."""
    tenant = request.path.get("tenant")
    return tenant.lower() if tenant else None


def existing_tenant(tenants: Tenants, request: Request) -> str:
    """The tenant of the path, the super tenant when it names none. Raises NotFound."""
    tenant = tenant_of(request) or SUPER_TENANT
    if tenants.get(tenant) is None:
        raise NotFound("There is no such tenant.", tenant=tenant)
    return tenant


def authorization_of(request: Request) -> str:
    """The `Authorization` header, "" for none."""
    return request.headers.get("authorization", "")


def form_of(request: Request) -> dict[str, str]:
    """The fields of the body. Raises Invalid when it is no form."""
    if request.media_type != FORM:
        raise Invalid(f"The body must be {FORM}.")
    return request.form()


def message_of(request: Request) -> FormRequest:
    """The request as Authlib reads it."""
    return FormRequest(
        request.method,
        form_of(request),
        authorization=authorization_of(request),
        tenant=tenant_of(request),
        address=request.address,
    )
