"""Routes of the tenant's configuration: one document of switches and texts, and its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field

from functions.admin.wire.applications import ApplicationSection
from functions.admin.wire.external_stores import ExternalStoreSection
from functions.admin.wire.lifecycle import PROPERTIES_MAX, REVISIONS_MAX, CustomProperty, LifeCycleSection
from functions.admin.wire.workflows import WorkflowSection
from gatehouse.controlplane.publishing.external.accounts import shown as accounts_shown
from gatehouse.controlplane.publishing.tenant_rules import REVISIONS_MAX as DEFAULT_REVISIONS
from gatehouse.controlplane.workflows.hooks import shown as hooks_shown
from gatehouse.domain.errors import Invalid
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.external.accounts import Accounts
    from gatehouse.controlplane.workflows.hooks import Hooks
    from gatehouse.edge.http import Request
    from gatehouse.ports.tenant_configuration import TenantConfigurations

DOCUMENT_BYTES_MAX = 100_000

_SCOPES = ("apim:admin",)
_TAG = "Tenant Config"


class TenantConfiguration(Wire):
    """The properties that have a meaning here, or a type at least; others are kept as they are.

    The three `Enable…BasedThrottling` allow conditions of that kind in advanced policies.
    """

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)

    EnableHeaderBasedThrottling: bool = False
    EnableQueryParamBasedThrottling: bool = False
    EnableJWTClaimBasedThrottling: bool = False
    EnableMonetization: bool = False
    IsUnlimitedTierPaid: bool = False
    EnableRecommendation: bool = False
    EnableAnonymousMode: bool = True
    DisplayMultipleVersions: bool = False
    DisplayDeprecatedAPIs: bool = False
    EnableApplicationSharing: bool = False
    EnableCrossTenantSubscriptions: bool = False
    NotificationsEnabled: str = "false"
    Notifications: Annotated[list[dict[str, Any]], Field(default_factory=list)]
    ExtensionHandlerPosition: str = "bottom"
    RESTAPIScopes: Annotated[dict[str, Any], Field(default_factory=dict)]
    DefaultRoles: Annotated[dict[str, Any], Field(default_factory=dict)]
    SelfSignUp: Annotated[dict[str, Any], Field(default_factory=dict)]
    Workflows: WorkflowSection = WorkflowSection()
    LifeCycle: LifeCycleSection = LifeCycleSection(States=[])
    CustomProperties: Annotated[list[CustomProperty], Field(default_factory=list, max_length=PROPERTIES_MAX)]
    ApiMaxRevisionCount: Annotated[int, Field(ge=1, le=REVISIONS_MAX)] = DEFAULT_REVISIONS
    ExternalAPIStores: Annotated[ExternalStoreSection, Field(default_factory=lambda: ExternalStoreSection(Stores=[]))]
    ApplicationConfiguration: Annotated[
        ApplicationSection, Field(default_factory=lambda: ApplicationSection(Attributes=[]))
    ]


def tenant_configuration_routes(
    configurations: TenantConfigurations, hooks: Hooks, accounts: Accounts
) -> tuple[Operation, ...]:
    """Get and replace the document, and get its schema. `hooks` and `accounts` keep secrets in it from being read."""
    routes = _TenantConfiguration(configurations, hooks, accounts)
    return (
        Operation(
            method="GET",
            path="/tenant-config",
            id="exportTenantConfig",
            route=routes.get,
            summary="The tenant's configuration",
            tag=_TAG,
            scopes=_SCOPES,
        ),
        Operation(
            method="PUT",
            path="/tenant-config",
            id="updateTenantConfig",
            route=routes.replace,
            summary="Replace the tenant's configuration",
            tag=_TAG,
            scopes=_SCOPES,
            body=TenantConfiguration,
        ),
        Operation(
            method="GET",
            path="/tenant-config-schema",
            id="exportTenantConfigSchema",
            route=routes.schema,
            summary="What the tenant's configuration looks like, as JSON Schema",
            tag="Tenant Config Schema",
            scopes=_SCOPES,
        ),
    )


class _TenantConfiguration:
    def __init__(self, configurations: TenantConfigurations, hooks: Hooks, accounts: Accounts) -> None:
        self._configurations = configurations
        self._hooks = hooks
        self._accounts = accounts

    def get(self, request: Request) -> Answer:
        """The whole document, defaults included."""
        kept = self._configurations.get(request.principal.tenant)
        shown = accounts_shown(hooks_shown(kept))
        return Answer(body=TenantConfiguration.model_validate(shown).model_dump())

    def replace(self, request: Request, body: TenantConfiguration) -> Answer:
        """The document as it is now. Raises Invalid when it is too long to be kept, or lacks a secret; Unavailable."""
        if len(request.body) > DOCUMENT_BYTES_MAX:
            raise Invalid.field("", f"the configuration may be at most {DOCUMENT_BYTES_MAX} bytes long")
        tenant = request.principal.tenant
        before = self._configurations.get(tenant)
        document = self._accounts.kept(tenant, body.model_dump(), before)
        self._configurations.save(tenant, self._hooks.kept(tenant, document, before))
        return self.get(request)

    def schema(self, _request: Request) -> Answer:
        """The schema."""
        return Answer(body=TenantConfiguration.model_json_schema())
