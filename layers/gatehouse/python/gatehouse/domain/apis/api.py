"""An API as its provider designs it: a document and a definition. Its revisions are in `domain.publishing.revision`.

The document is the publisher interface's JSON, kept whole. Only what rules need has a field of its own; those fields win
over the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.abroad import availability_of
from gatehouse.domain.apis.service import SERVICE
from gatehouse.domain.errors import Conflict, Invalid, NotFound
from gatehouse.domain.publishing.certificate import referred
from gatehouse.domain.publishing.deployed import ALL, ApiType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.publishing.lifecycle import LifecycleState

VERSION_TEMPLATE = "{version}"
PUBLIC, PRIVATE, RESTRICTED = "PUBLIC", "PRIVATE", "RESTRICTED"
SERVICE_KEY = "serviceKey"
"""What a summary says of the service that the API was made of."""

_CONTEXT = re.compile(r"(?:/[A-Za-z0-9._~\-{}]+)+")
CONTEXT_LENGTH_MAX = 232


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """An API. Times are epoch milliseconds; `definition` is the blob key of its OpenAPI document.

    `schema` is that of a GraphQL API's SDL, or of a SOAP API's WSDL, and `graph` of what an SDL says; "" for all others.

    `workflow` is the reference of the change of state that waits for an approval, "" for none.

    `context` begins with a slash and has no version, unless as the template `{version}`. `version` of the row is
    `stored_version`.
    """

    tenant: str
    id: str
    name: str
    version: str
    context: str
    provider: str
    state: LifecycleState
    document: Mapping[str, Any] = field(hash=False)
    definition: str
    created_at: int
    updated_at: int
    updated_by: str
    schema: str = ""
    graph: str = ""
    workflow: str = ""
    stored_version: int = 0

    @property
    def base_path(self) -> str:
        """Where the gateway serves it: the context with the version in place."""
        return base_path_of(self.context, self.version)

    @property
    def default_path(self) -> str:
        """Where the default version is served besides: the base path without a version."""
        return self.context.replace(f"/{VERSION_TEMPLATE}", "") or "/"

    @property
    def is_default_version(self) -> bool:
        """Whether calls that name no version are for this one."""
        return bool(self.document.get("isDefaultVersion"))

    @property
    def policies(self) -> tuple[str, ...]:
        """The subscription tiers (business plans) it offers."""
        return tuple(self.document.get("policies") or ())

    @property
    def is_product(self) -> bool:
        """Whether it is an API product (`domain.apis.product`)."""
        return self.document.get("type") == ApiType.PRODUCT

    @property
    def members(self) -> tuple[str, ...]:
        """The ids of the APIs that it is made of, when it is a product."""
        return tuple(entry["apiId"] for entry in self.document.get("apis") or ()) if self.is_product else ()

    @property
    def family(self) -> str:
        """What all versions of one name share: their context, and whether they are products."""
        return f"{ApiType.PRODUCT} {self.context}" if self.is_product else self.context

    @property
    def scopes(self) -> dict[str, tuple[str, ...]]:
        """Its own scopes: name → the roles they are bound to. Those of a product are its members'."""
        if self.is_product:
            return {}
        found = (entry["scope"] for entry in self.document.get("scopes") or () if not entry.get("shared"))
        return {scope["name"]: tuple(scope.get("bindings") or ()) for scope in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSummary:
    """What lists and searches need of an API, kept beside it so that a list is one query."""

    tenant: str
    id: str
    name: str
    version: str
    context: str
    provider: str
    state: LifecycleState
    created_at: int
    updated_at: int
    updated_by: str
    info: Mapping[str, Any] = field(hash=False)

    @property
    def visibility(self) -> str:
        """PUBLIC, PRIVATE or RESTRICTED."""
        return str(self.info.get("visibility", PUBLIC))

    @property
    def is_product(self) -> bool:
        """Whether it is that of an API product."""
        return self.info.get("type") == ApiType.PRODUCT

    @property
    def visible_roles(self) -> frozenset[str]:
        """Who sees it when it is RESTRICTED."""
        return frozenset(self.info.get("visibleRoles") or ())

    @property
    def visible_tenants(self) -> frozenset[str]:
        """Whose users see it besides when it is PRIVATE."""
        return frozenset(str(domain).lower() for domain in self.info.get("visibleTenants") or ())

    @property
    def visible_organizations(self) -> frozenset[str]:
        """The ids of the organizations whose people see it (`domain.portal.organization`); none is no limit."""
        return frozenset(self.info.get("visibleOrganizations") or ())


# The properties of a document that a summary carries along.
SUMMARY_PROPERTIES = (
    "accessControl",
    "accessControlRoles",
    "additionalProperties",
    "apiThrottlingPolicy",
    "audience",
    "audiences",
    "businessInformation",
    "categories",
    "description",
    "displayName",
    "gatewayType",
    "hasThumbnail",
    "isDefaultVersion",
    "labels",
    "organizationPolicies",
    "policies",
    "securityScheme",
    "tags",
    "transport",
    "type",
    "visibility",
    "visibleOrganizations",
    "visibleRoles",
    "visibleTenants",
)


def summary_of(api: Api) -> ApiSummary:
    """The summary of an API, with the advanced policies of its operations for the question "is it in use?"."""
    info = {name: api.document[name] for name in SUMMARY_PROPERTIES if api.document.get(name) not in (None, [], "")}
    operations = api.document.get("operations") or ()
    info["operationPolicies"] = sorted({op.get("throttlingPolicy") or "Unlimited" for op in operations})
    if attached := _attached(api.document):
        info["attachedPolicies"] = attached
    info |= referred(api.document) | availability_of(api.document)
    if named := [name for name in api.document.get("keyManagers") or () if name != ALL]:
        info["keyManagers"] = named
    if (api.document.get("advertiseInfo") or {}).get("advertised"):
        info["advertised"] = True
    if subtype := (api.document.get("subtypeConfiguration") or {}).get("subtype"):
        info["subtype"] = subtype
    if (api.document.get("monetization") or {}).get("enabled"):
        info["monetized"] = True
    if api.workflow:
        info["waits"] = True
    if shared := [entry["scope"]["name"] for entry in api.document.get("scopes") or () if entry.get("shared")]:
        info["sharedScopes"] = shared
    if made_of := (api.document.get(SERVICE) or {}).get("key"):
        info[SERVICE_KEY] = made_of
    return ApiSummary(
        tenant=api.tenant,
        id=api.id,
        name=api.name,
        version=api.version,
        context=api.context,
        provider=api.provider,
        state=api.state,
        created_at=api.created_at,
        updated_at=api.updated_at,
        updated_by=api.updated_by,
        info=info,
    )


def _attached(document: Mapping[str, Any]) -> list[str]:
    """The operation policies of all its flows, as `name version`: whether one is in use is asked of all APIs at once."""
    flows = [document.get("apiPolicies"), *(one.get("operationPolicies") for one in document.get("operations") or ())]
    policies = [one for each in flows if each for flow in each.values() for one in flow or ()]
    return sorted({f"{one.get('policyName')} {one.get('policyVersion') or 'v1'}" for one in policies})


class ApiNotFound(NotFound):
    """The tenant has no API of this id, or the caller may not learn that it has."""

    code = 900308
    message = "API not found"

    @classmethod
    def by_id(cls, api_id: str) -> ApiNotFound:
        """The one sentence for absent and forbidden alike."""
        return cls(f"Requested API with Id '{api_id}' not found")


class ApiNameTaken(Conflict):
    """Another API, with another context, has the name."""

    code = 900250
    message = "The API name already exists"


class ContextTaken(Conflict):
    """Another API is served there."""

    code = 900251
    message = "The API context already exists"


class ApiVersionTaken(Conflict):
    """The API has this version."""

    code = 900252
    message = "The API version already exists"


class ContextMalformed(Invalid):
    """The context is no path."""

    code = 900253
    message = "The context is malformed"


class ApiInUse(Conflict):
    """Applications are subscribed to it."""

    message = "The API is in use"


class ScopeTaken(Invalid):
    """Another API of the tenant has a scope of this name. WSO2 answers 400."""

    code = 903204
    message = "The scope is taken"


def checked_context(context: str) -> str:
    """The context with a leading slash and none at the end. Raises ContextMalformed."""
    normal = "/" + context.strip("/")
    braces = normal.replace(VERSION_TEMPLATE, "v")
    if len(normal) > CONTEXT_LENGTH_MAX or not _CONTEXT.fullmatch(normal) or "{" in braces or "}" in braces:
        raise ContextMalformed(
            f"context: '{context}' must be a path of letters, digits and . _ ~ - of at most {CONTEXT_LENGTH_MAX} "
            "characters; {version} may stand for the version"
        )
    if not {".", ".."}.isdisjoint(normal.split("/")):
        raise ContextMalformed("context: '.' and '..' cannot be parts of a path; clients take them away")
    if normal == "/t" or normal.startswith("/t/"):
        raise ContextMalformed("context: paths below /t belong to tenants; choose another one")
    return normal


@lru_cache(maxsize=4096)
def version_order(version: str) -> tuple[tuple[bool, int, str], ...]:
    """What versions are compared by: part by part, numbers as numbers (`1.10` comes after `1.9`, `1.0` after `1.0-rc`).

    Words come before numbers.
    """
    parts = re.findall(r"\d+|[^\d.\-_]+", version)
    ordered = [(part.isdecimal(), int(part) if part.isdecimal() else 0, part.lower()) for part in parts]
    return (*ordered, (True, -1, ""))  # the end: above any word, below any number


def base_path_of(context: str, version: str) -> str:
    """`/menu` and `1.0.0` → `/menu/1.0.0`; `/{version}/menu` → `/1.0.0/menu`."""
    if VERSION_TEMPLATE in context:
        return context.replace(VERSION_TEMPLATE, version)
    return f"{context}/{version}"
