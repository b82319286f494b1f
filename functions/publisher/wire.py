"""What the publisher interface's documents look like.

An API's document is kept as it is sent, so its shape is here and nowhere else. Read-only properties may be sent, because
clients send back what they got; they have no effect.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gatehouse.edge.wire import FIELD_NAME, Wire, spelled

NAME = spelled(r"""^[^~!@#;:%^*()+={}|\\<>"',&$\[\]/]*$""", """must have none of ~!@#;:%^*()+={}|\\<>"',&$[]/""")
_VERSION = spelled(
    r"""^[^~!@#;:%^*()+={}|\\<>"',&/$\[\]\s]+$""", """must have no spaces and none of ~!@#;:%^*()+={}|\\<>"',&/$[]"""
)
_SCOPE = spelled(r"^[^\s~!@#;%^*()+={}|\\<>\"',&$]+$", """must have no spaces and none of ~!@#;%^*()+={}|\\<>"',&$""")
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=NAME)]
Version = Annotated[str, Field(min_length=1, max_length=30, pattern=_VERSION)]
HeaderName = Annotated[str, Field(min_length=1, max_length=100, pattern=FIELD_NAME)]
Texts = list[Annotated[str, Field(max_length=1000)]]
TimeUnit = Literal["SECOND", "MINUTE", "HOUR"]
SecurityScheme = Literal[
    "oauth2", "basic_auth", "api_key", "mutualssl", "oauth_basic_auth_api_key_mandatory", "mutualssl_mandatory"
]


class OperationPolicy(Wire):
    """A mediation policy on a flow."""

    policyName: str
    policyVersion: str = "v1"
    policyType: str | None = None
    policyId: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)


class OperationPolicies(Wire):
    """The mediation policies of an operation or an API."""

    request: list[OperationPolicy] = Field(default_factory=list)
    response: list[OperationPolicy] = Field(default_factory=list)
    fault: list[OperationPolicy] = Field(default_factory=list)


class OperationBody(Wire):
    """A verb on a path template."""

    id: str | None = None
    target: Annotated[str, Field(max_length=1000)] | None = None
    verb: str | None = None
    authType: str | None = None
    throttlingPolicy: str | None = None
    scopes: Texts | None = None
    usedProductIds: Texts | None = None
    amznResourceName: str | None = None
    amznResourceTimeout: int | None = None
    amznResourceContentEncode: bool | None = None
    payloadSchema: str | None = None
    uriMapping: str | None = None
    operationPolicies: OperationPolicies | None = None
    operationHubPolicies: list[OperationPolicy] | None = None


class Scope(Wire):
    """A right that operations may ask for, bound to roles."""

    id: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=255, pattern=_SCOPE)]
    displayName: Annotated[str, Field(max_length=255)] | None = None
    description: Annotated[str, Field(max_length=512)] | None = None
    bindings: Texts | None = None
    usageCount: int | None = None


class ApiScope(Wire):
    """A scope of an API; a shared one belongs to the tenant."""

    scope: Scope
    shared: bool = False


class BusinessInformation(Wire):
    """Whom to ask about an API."""

    businessOwner: Annotated[str, Field(max_length=120)] | None = None
    businessOwnerEmail: str | None = None
    technicalOwner: Annotated[str, Field(max_length=120)] | None = None
    technicalOwnerEmail: str | None = None


class CorsConfiguration(Wire):
    """Cross-origin resource sharing."""

    corsConfigurationEnabled: bool = False
    accessControlAllowOrigins: Texts | None = None
    accessControlAllowCredentials: bool = False
    accessControlAllowHeaders: Texts | None = None
    accessControlAllowMethods: Texts | None = None


class TokenThrottling(Wire):
    """Limits on the tokens an AI backend spends."""

    productionMaxPromptTokenCount: int | None = None
    productionMaxCompletionTokenCount: int | None = None
    productionMaxTotalTokenCount: int | None = None
    sandboxMaxPromptTokenCount: int | None = None
    sandboxMaxCompletionTokenCount: int | None = None
    sandboxMaxTotalTokenCount: int | None = None
    isTokenBasedThrottlingEnabled: bool = False


class MaxTps(Wire):
    """Limits on the calls a backend gets."""

    production: Annotated[int, Field(ge=0)] | None = None
    productionTimeUnit: TimeUnit = "SECOND"
    sandbox: Annotated[int, Field(ge=0)] | None = None
    sandboxTimeUnit: TimeUnit = "SECOND"
    tokenBasedThrottlingConfiguration: TokenThrottling | None = None


class Property(Wire):
    """A custom property."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    value: str = ""
    display: bool = False


class AdvertiseInfo(Wire):
    """An API that is only advertised here and served elsewhere."""

    advertised: bool = False
    apiExternalProductionEndpoint: str | None = None
    apiExternalSandboxEndpoint: str | None = None
    originalDevPortalUrl: str | None = None
    apiOwner: str | None = None
    vendor: Literal["WSO2", "AWS"] = "WSO2"


class Monetization(Wire):
    """Whether calls are billed."""

    enabled: bool
    properties: dict[str, str] = Field(default_factory=dict)


class WebSub(Wire):
    """How a WebSub hub's events are verified."""

    enable: bool = False
    secret: str | None = None
    signingAlgorithm: str | None = None
    signatureHeader: str | None = None


class ServiceInfo(Wire):
    """The catalogued service an API was made from."""

    key: str | None = None
    name: str | None = None
    version: str | None = None
    outdated: bool | None = None


class OrganizationPolicies(Wire):
    """The business plans that an API offers to the people of an organization."""

    organizationID: str
    organizationName: str | None = None
    policies: Texts | None = None


class ApiProperties(Wire):
    """Everything of an API but what it is called and where it is served."""

    id: str | None = None
    displayName: Annotated[str, Field(max_length=200)] | None = None
    description: Annotated[str, Field(max_length=32766)] | None = None
    provider: Annotated[str, Field(max_length=200)] | None = None
    lifeCycleStatus: str | None = None
    wsdlInfo: dict[str, Any] | None = None
    wsdlUrl: str | None = None
    responseCachingEnabled: bool | None = None
    cacheTimeout: Annotated[int, Field(ge=0)] | None = None
    hasThumbnail: bool | None = None
    isDefaultVersion: bool | None = None
    isRevision: bool | None = None
    revisionedApiId: str | None = None
    revisionId: int | None = None
    enableSchemaValidation: bool | None = None
    enableSubscriberVerification: bool | None = None
    type: Literal["HTTP", "WS", "SOAPTOREST", "SOAP", "GRAPHQL", "WEBSUB", "SSE", "WEBHOOK", "ASYNC"] | None = None
    audience: Literal["PUBLIC", "SINGLE"] | None = None
    audiences: Texts | None = None
    transport: list[Literal["http", "https"]] | None = None
    tags: Texts | None = None
    policies: Texts | None = None
    organizationPolicies: list[OrganizationPolicies] | None = None
    apiThrottlingPolicy: str | None = None
    authorizationHeader: HeaderName | None = None
    apiKeyHeader: HeaderName | None = None
    securityScheme: list[SecurityScheme] | None = None
    maxTps: MaxTps | None = None
    visibility: Literal["PUBLIC", "PRIVATE", "RESTRICTED"] | None = None
    visibleRoles: Texts | None = None
    visibleTenants: Texts | None = None
    visibleOrganizations: Texts | None = None
    mediationPolicies: list[dict[str, Any]] | None = None
    apiPolicies: OperationPolicies | None = None
    apiHubPolicies: list[OperationPolicy] | None = None
    subscriptionAvailability: Literal["CURRENT_TENANT", "ALL_TENANTS", "SPECIFIC_TENANTS"] | None = None
    subscriptionAvailableTenants: Texts | None = None
    additionalProperties: list[Property] | None = None
    additionalPropertiesMap: dict[str, Any] | None = None
    monetization: Monetization | None = None
    accessControl: Literal["NONE", "RESTRICTED"] | None = None
    accessControlRoles: Texts | None = None
    businessInformation: BusinessInformation | None = None
    corsConfiguration: CorsConfiguration | None = None
    websubSubscriptionConfiguration: WebSub | None = None
    workflowStatus: str | None = None
    createdTime: str | None = None
    lastUpdatedTimestamp: str | None = None
    lastUpdatedTime: str | None = None
    endpointConfig: dict[str, Any] | None = None
    primaryProductionEndpointId: str | None = None
    primarySandboxEndpointId: str | None = None
    endpointImplementationType: Literal["INLINE", "ENDPOINT", "MOCKED_OAS"] | None = None
    subtypeConfiguration: dict[str, Any] | None = None
    scopes: list[ApiScope] | None = None
    operations: list[OperationBody] | None = None
    threatProtectionPolicies: dict[str, Any] | None = None
    categories: Texts | None = None
    keyManagers: Texts | None = None
    serviceInfo: ServiceInfo | None = None
    advertiseInfo: AdvertiseInfo | None = None
    gatewayVendor: str | None = None
    gatewayType: str | None = None
    initiatedFromGateway: bool | None = None
    asyncTransportProtocols: Texts | None = None
    egress: bool | None = None


class ApiBody(ApiProperties):
    """An API."""

    name: Name
    context: Annotated[str, Field(min_length=1, max_length=232)]
    version: Version

    def document(self) -> dict[str, Any]:
        """As it is kept: what was left out stays left out. How its WSDL is kept is not the client's to say."""
        return self.model_dump(exclude_none=True, exclude={"wsdlInfo"})


class ImportBody(ApiProperties):
    """The properties of an API whose definition is imported: name and version may come from the definition."""

    name: Name | None = None
    context: Annotated[str, Field(min_length=1, max_length=232)] | None = None
    version: Version | None = None


class RevisionBody(Wire):
    """A revision to be taken."""

    description: Annotated[str, Field(max_length=255)] | None = None
    displayName: str | None = None
    id: str | None = None
    createdTime: str | None = None
    apiInfo: dict[str, Any] | None = None
    deploymentInfo: list[dict[str, Any]] | None = None


class DeploymentBody(Wire):
    """Where a revision shall be, or shall no longer be."""

    revisionUuid: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=255)]
    status: str | None = None
    vhost: Annotated[str, Field(max_length=255)] | None = None
    displayOnDevportal: bool = True
    deployedTime: str | None = None
    successDeployedTime: str | None = None
    liveGatewayCount: int | None = None
    deployedGatewayCount: int | None = None
    failedGatewayCount: int | None = None
