"""What API products look like in the publisher interface: on the way in, and on the way out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from functions.publisher.wire import (
    NAME,
    ApiScope,
    BusinessInformation,
    CorsConfiguration,
    HeaderName,
    Monetization,
    OperationBody,
    Property,
    SecurityScheme,
    Texts,
    Version,
)
from gatehouse.controlplane.publishing.endpoints import redacted
from gatehouse.domain.apis.product import MEMBERS
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api, ApiSummary

ProductName = Annotated[str, Field(min_length=1, max_length=50, pattern=NAME)]

_COMPUTED = frozenset(
    {
        "id",
        "provider",
        "state",
        "apiType",
        "isRevision",
        "revisionedApiProductId",
        "revisionId",
        "workflowStatus",
        "createdTime",
        "lastUpdatedTime",
        "lastUpdatedTimestamp",
        "gatewayVendor",
        "scopes",  # the members' own
    }
)
"""What the server sets, whatever the client sends."""


class ProductMember(Wire):
    """An API of a product, and which of its operations. What operations say beside verb and target is the API's to say."""

    apiId: Annotated[str, Field(min_length=1)]
    name: str | None = None
    version: str | None = None
    operations: list[OperationBody] | None = None


class ProductBody(Wire):
    """An API product."""

    id: str | None = None
    name: ProductName
    displayName: Annotated[str, Field(max_length=200)] | None = None
    context: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    version: Version | None = None
    description: Annotated[str, Field(max_length=32766)] | None = None
    provider: Annotated[str, Field(max_length=200)] | None = None
    hasThumbnail: bool | None = None
    state: str | None = None
    enableSchemaValidation: bool | None = None
    isDefaultVersion: bool | None = None
    isRevision: bool | None = None
    revisionedApiProductId: str | None = None
    revisionId: int | None = None
    responseCachingEnabled: bool | None = None
    cacheTimeout: Annotated[int, Field(ge=0)] | None = None
    visibility: Literal["PUBLIC", "PRIVATE", "RESTRICTED"] | None = None
    visibleRoles: Texts | None = None
    visibleTenants: Texts | None = None
    accessControl: Literal["NONE", "RESTRICTED"] | None = None
    accessControlRoles: Texts | None = None
    apiType: Literal["API", "APIPRODUCT"] | None = None
    transport: list[Literal["http", "https"]] | None = None
    tags: Texts | None = None
    policies: Texts | None = None
    apiThrottlingPolicy: str | None = None
    authorizationHeader: HeaderName | None = None
    apiKeyHeader: HeaderName | None = None
    securityScheme: list[SecurityScheme] | None = None
    subscriptionAvailability: Literal["CURRENT_TENANT", "ALL_TENANTS", "SPECIFIC_TENANTS"] | None = None
    subscriptionAvailableTenants: Texts | None = None
    additionalProperties: list[Property] | None = None
    additionalPropertiesMap: dict[str, Any] | None = None
    monetization: Monetization | None = None
    businessInformation: BusinessInformation | None = None
    corsConfiguration: CorsConfiguration | None = None
    createdTime: str | None = None
    lastUpdatedTime: str | None = None
    lastUpdatedTimestamp: str | None = None
    gatewayVendor: str | None = None
    apis: list[ProductMember] | None = None
    scopes: list[ApiScope] | None = None
    categories: Texts | None = None
    workflowStatus: str | None = None
    audiences: Texts | None = None
    egress: bool | None = None

    def document(self) -> dict[str, Any]:
        """As it is kept: what was left out stays left out, and so does what only the server says."""
        return self.model_dump(exclude_none=True, exclude=set(_COMPUTED))


class NewVersion(Wire):
    """The version of a copy."""

    newVersion: Version


def view(product: Api) -> dict[str, Any]:
    """The whole document, each operation with its member; how members reach their backends is theirs to show."""
    document = redacted(product.document)
    return {
        **{name: value for name, value in document.items() if name in ProductBody.model_fields},
        "id": product.id,
        "name": product.name,
        "context": product.context,
        "version": product.version,
        "provider": product.provider,
        "state": product.state,
        "apiType": "APIPRODUCT",
        "isRevision": False,
        "revisionId": 0,
        "workflowStatus": "CREATED" if product.workflow else None,
        "gatewayVendor": "wso2",
        "createdTime": str(product.created_at),
        "lastUpdatedTimestamp": str(product.updated_at),
        "lastUpdatedTime": datetime.fromtimestamp(product.updated_at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        MEMBERS: [
            {
                "apiId": entry["apiId"],
                "name": entry["name"],
                "version": entry["version"],
                "operations": [
                    {name: value for name, value in operation.items() if name != "apiId"}
                    for operation in document["operations"]
                    if operation["apiId"] == entry["apiId"]
                ],
            }
            for entry in document[MEMBERS]
        ],
    }


def line(summary: ApiSummary) -> dict[str, Any]:
    """A line of the list."""
    known = summary.info
    owners = known.get("businessInformation") or {}
    return {
        "id": summary.id,
        "name": summary.name,
        "displayName": known.get("displayName", summary.name),
        "context": summary.context,
        "description": known.get("description"),
        "provider": summary.provider,
        "version": summary.version,
        "hasThumbnail": known.get("hasThumbnail", False),
        "state": summary.state,
        "securityScheme": known.get("securityScheme", []),
        "createdTime": str(summary.created_at),
        "updatedTime": str(summary.updated_at),
        "gatewayVendor": "wso2",
        "audiences": known.get("audiences", []),
        "monetizedInfo": False,
        "businessOwner": owners.get("businessOwner"),
        "businessOwnerEmail": owners.get("businessOwnerEmail"),
        "TechnicalOwner": owners.get("technicalOwner"),
        "TechnicalOwnerEmail": owners.get("technicalOwnerEmail"),
        "egress": False,
    }
