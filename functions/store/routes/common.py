"""What the routes of the store share: addresses, scopes, and who is looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.store.visitor import visitor
from gatehouse.domain.people.identity import SUPER_TENANT

if TYPE_CHECKING:
    from gatehouse.controlplane.store.visitor import Visitor
    from gatehouse.edge.http import Request

ROOT = "/api/am/devportal/v3"

SUBSCRIBE = "apim:subscribe"
APPLICATIONS = ("apim:app_manage", SUBSCRIBE)
APPLICATIONS_OR_EXPORT = ("apim:app_import_export", *APPLICATIONS)
API_KEYS = ("apim:api_key", *APPLICATIONS)
SUBSCRIPTIONS = ("apim:sub_manage", SUBSCRIBE)


def visiting(request: Request) -> Visitor:
    """Who looks at which tenant: the one the request names, else the caller's, else the super tenant."""
    named = request.headers.get("x-wso2-tenant") or request.query.get("X-WSO2-Tenant-Q") or ""
    own = request.caller.tenant if request.caller else SUPER_TENANT
    return visitor(named.strip().lower() or own, request.caller)


def environment_of(request: Request) -> str:
    """The gateway environment that is asked about, which older clients call a label; "" is any."""
    return request.query.get("environmentName") or request.query.get("labelName") or ""
