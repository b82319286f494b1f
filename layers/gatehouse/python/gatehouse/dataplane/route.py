"""Route: which operation of which deployed API a call is for.

`/t/{domain}/menu/1.0.0/items/7` is tenant `domain`, base path `/menu/1.0.0`, suffix `/items/7`. The longest base path wins
of those at which an API is deployed in the gateway environment that the call's host belongs to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from gatehouse.dataplane.answers.cors import preflight
from gatehouse.dataplane.answers.refusal import (
    API_BLOCKED,
    METHOD_NOT_ALLOWED,
    NO_SUCH_API,
    NO_SUCH_RESOURCE,
    ORIGIN_BARRED,
)
from gatehouse.dataplane.evidence import Target
from gatehouse.dataplane.handshake import is_barred
from gatehouse.domain.artifact import first_segment
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import ApiType

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.dataplane.knowledge.served import ServedApi
    from gatehouse.ports.apis.graphql import GraphqlQueries

_TENANT_PREFIX = "/t/"
_BLOCKED = "BLOCKED"
_OPTIONS = "OPTIONS"
_DOTS = frozenset({".", ".."})


def tenant_and_path(path: str) -> tuple[str, str]:
    """The tenant a path belongs to, and the path without the tenant's prefix."""
    if not path.startswith(_TENANT_PREFIX):
        return SUPER_TENANT, path
    tenant, slash, rest = path[len(_TENANT_PREFIX) :].partition("/")
    return tenant.lower(), slash + rest


def route(call: Call, catalogue: Catalogue, queries: GraphqlQueries) -> Target | Refusal | Reply:
    """Find the operation, or say what is missing: the API (404), the path (404) or the method (405).

    A browser's preflight is answered on the spot, unless the API defines OPTIONS itself.
    """
    tenant, path = tenant_and_path(call.path)
    found = _served(call, catalogue, tenant, path)
    if found is None:
        return NO_SUCH_API
    base_path, api = found
    if api.state == _BLOCKED:
        return API_BLOCKED
    if is_barred(call, api.deployed.cors):
        return ORIGIN_BARRED
    suffix = path[len(base_path) :]
    if api.deployed.type is ApiType.GRAPHQL:
        from gatehouse.dataplane.graphql.target import graphql_target  # noqa: PLC0415 -- REST calls do not wait for it

        return graphql_target(call, api, suffix, catalogue, queries)
    if api.deployed.type is ApiType.WEBSUB:
        from gatehouse.dataplane.websub.target import hub_target  # noqa: PLC0415 -- REST calls do not wait for it

        return hub_target(call, api, suffix)
    return _by_path(call, api, suffix)


def _by_path(call: Call, api: ServedApi, suffix: str) -> Target | Refusal | Reply:
    verbs = None if climbs(suffix) else api.verbs(suffix)
    if verbs is None:
        return NO_SUCH_RESOURCE
    operation = verbs.get(call.method)
    if operation is None and call.method == _OPTIONS and api.deployed.cors is not None:
        return preflight(call, api.deployed.cors, verbs)
    if operation is None:
        return METHOD_NOT_ALLOWED.with_headers(("allow", ", ".join(sorted(verbs))))
    return Target(api, operation, suffix)


def climbs(path: str) -> bool:
    """Whether a path has a segment `.` or `..` (RFC 3986 §5.2.4), also encoded: a backend would read it as another path.

    What an operation is allowed for would then not be what is called.
    """
    if "." not in path and "%2" not in path:
        return False
    return not _DOTS.isdisjoint(unquote(path).replace("\\", "/").split("/"))


def _served(call: Call, catalogue: Catalogue, tenant: str, path: str) -> tuple[str, ServedApi] | None:
    """The longest base path that this path is, or is below, at which an API is served to callers of this host."""
    base_paths = catalogue.routes(tenant, first_segment(path))
    candidate = path.rstrip("/")
    while candidate:
        if candidate in base_paths and (api := _at(call, catalogue, tenant, base_paths[candidate])):
            return candidate, api
        candidate = candidate.rpartition("/")[0]
    return None


def _at(call: Call, catalogue: Catalogue, tenant: str, api_id: str) -> ServedApi | None:
    """The API in the first of the host's environments that it is deployed in, unless it is served at another host there."""
    host = call.host
    for environment in catalogue.environments(tenant, host):
        api = catalogue.api(tenant, api_id, environment)
        if api is not None and api.deployed.host in {"", host}:
            return api
    return None
