"""Discovery (RFC 7644 §4): what this service can do. Anybody may know."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import scim2_models as scim
from scim2_models import Context, ListResponse, ResourceType

from functions.identity.scim.models import FullUser, Group, User
from functions.identity.scim.queries import COUNT_MAX
from gatehouse.domain.errors import Forbidden, NotFound
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.scim import SCIM_MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.edge.http import Request

OPERATIONS_MAX = 100
PAYLOAD_BYTES_MAX = 1_048_576
"""What one bulk request may hold."""

_DESCRIBED = (scim.ServiceProviderConfig, ResourceType, scim.Schema, User, scim.EnterpriseUser, Group)


_SCHEMES = (
    ("oauthbearertoken", "OAuth Bearer Token", "An access token with scope apim:admin", "rfc6750", True),
    ("httpbasic", "HTTP Basic", "User name and password of an administrator", "rfc7617", False),
)


class Discovery:
    """Routes of discovery. `root` is what locations begin with."""

    def __init__(self, root: str) -> None:
        self._root = root

    def provider(self, request: Request) -> Answer:
        """200."""
        _no_filter(request)
        return self._answer(self._provider(), "/ServiceProviderConfig")

    def resource_types(self, request: Request) -> Answer:
        """200."""
        _no_filter(request)
        return _page([self._located(one, f"/ResourceTypes/{one.id}") for one in _resource_types()])

    def resource_type(self, request: Request) -> Answer:
        """200, 404."""
        return self._one(_resource_types(), request.path["id"], "/ResourceTypes")

    def schemas(self, request: Request) -> Answer:
        """200."""
        _no_filter(request)
        return _page([self._located(one, f"/Schemas/{one.id}") for one in _schemas()])

    def schema(self, request: Request) -> Answer:
        """200, 404."""
        return self._one(_schemas(), request.path["id"], "/Schemas")

    def _one(self, among: Sequence[Any], wanted: str, path: str) -> Answer:
        found = next((one for one in among if str(one.id).lower() == wanted.lower()), None)
        if found is None:
            raise NotFound
        return self._answer(found, f"{path}/{found.id}")

    def _answer(self, resource: Any, path: str) -> Answer:
        return Answer(body=self._located(resource, path), media_type=SCIM_MEDIA_TYPE)

    def _located(self, resource: Any, path: str) -> dict[str, Any]:
        resource.meta = scim.Meta(resource_type=type(resource).__name__, location=f"{self._root}{path}")
        document: dict[str, Any] = resource.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
        return document

    def _provider(self) -> scim.ServiceProviderConfig:
        schemes = [
            scim.AuthenticationScheme(
                type=scim.AuthenticationScheme.Type(kind),
                name=name,
                description=told,
                spec_uri=scim.Reference[scim.External](f"https://www.rfc-editor.org/rfc/{rfc}"),
                primary=first,
            )
            for kind, name, told, rfc, first in _SCHEMES
        ]
        return scim.ServiceProviderConfig(
            patch=scim.Patch(supported=True),
            bulk=scim.Bulk(supported=True, max_operations=OPERATIONS_MAX, max_payload_size=PAYLOAD_BYTES_MAX),
            filter=scim.Filter(supported=True, max_results=COUNT_MAX),
            change_password=scim.ChangePassword(supported=True),
            sort=scim.Sort(supported=True),
            etag=scim.ETag(supported=True),
            authentication_schemes=schemes,
        )

    def operations(self) -> tuple[Operation, ...]:
        """The operations of discovery."""
        operation = partial(Operation, method="GET", tag="Discovery", authenticated=False)
        return (
            operation(
                path="/ServiceProviderConfig",
                id="getServiceProviderConfig",
                route=self.provider,
                summary="What this service can do.",
            ),
            operation(
                path="/ResourceTypes",
                id="getResourceTypes",
                route=self.resource_types,
                summary="Which resources it has.",
            ),
            operation(
                path="/ResourceTypes/{id}",
                id="getResourceType",
                route=self.resource_type,
                summary="One kind of resource.",
            ),
            operation(path="/Schemas", id="getSchemas", route=self.schemas, summary="What its resources look like."),
            operation(path="/Schemas/{id}", id="getSchema", route=self.schema, summary="What one of them looks like."),
        )


def _resource_types() -> list[Any]:
    return [ResourceType.from_resource(FullUser), ResourceType.from_resource(Group)]


def _schemas() -> list[Any]:
    return [model.to_schema() for model in _DESCRIBED]


def _page(documents: list[dict[str, Any]]) -> Answer:
    body = {
        "schemas": [str(ListResponse.__schema__)],
        "totalResults": len(documents),
        "startIndex": 1,
        "itemsPerPage": len(documents),
        "Resources": documents,
    }
    return Answer(body=body, media_type=SCIM_MEDIA_TYPE)


def _no_filter(request: Request) -> None:
    if request.query.get("filter"):
        raise Forbidden("What the service describes cannot be filtered (RFC 7644 §4).")
