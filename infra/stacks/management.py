"""The management functions: one per concern. What each may do is listed here, and is all it may do."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gatehouse.settings import (
    AdminSettings,
    GovernanceSettings,
    IdentitySettings,
    KeyManagerSettings,
    ManagementSettings,
    PublisherSettings,
    ServiceCatalogSettings,
    Settings,
    StoreSettings,
    ThrottlingSettings,
)
from infra.constructs.concern import Concern
from infra.constructs.mail import post_office
from infra.constructs.review import accept
from infra.constructs.table import CHECK, READ, WRITE
from infra.stacks.calls import counting, logging_in, may_list_tenants, may_log_in
from infra.stacks.courier import courier
from infra.stacks.sdks import SDKS, sdk_generator
from infra.stage import SECONDS_OF_A_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from infra.constructs.front_door import FrontDoor
    from infra.stacks.state import State
    from infra.stage import Stage

MANAGEMENT_MEMORY_MEGABYTES = 1024
DIRECT_RIGHTS = {
    "routes": ("apigateway:GET", "apigateway:POST"),
    "routes/*": ("apigateway:PATCH", "apigateway:DELETE"),
    "integrations": ("apigateway:GET", "apigateway:POST"),
    "integrations/*": ("apigateway:DELETE",),
}
WAITING = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem")
"""What it takes to open workflows, to decide them, and to give them up."""
RULESETS, GOVERNANCE_POLICIES, COMPLIANCE = "*#RULESET*", "*#GOVERNANCEPOLICY*", "*#COMPLIANCE*"
"""The partition keys of rulesets, of governance policies and of what APIs were judged to be."""
SERVICES = "*#SERVICE*"
"""The partition keys of services and of their names."""
DEFINITIONS = "definitions/*"
UPLOADS = "uploads/*"
CONTENT_EXPORT = "ExportsOutputFnGetAttcontent756C49DFArnED989DBC"
"""The name under which CloudFormation hands the bucket's ARN from one stack to the other."""


class Management:
    """The functions, each made once, in the scope given. The layers are our own code and its dependencies."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        state: State,
        layers: Sequence[lambda_.ILayerVersion],
        management_url: str,
        gateway_url: str,
    ) -> None:
        self._scope = scope
        self._stage = stage
        self._state = state
        self._layers = layers
        self._sender = post_office(scope, stage.mail_sender) if stage.mail_sender else ""
        self._common = ManagementSettings(
            stage=stage.name,
            management_url=management_url,
            gateway_url=gateway_url,
            max_staleness_seconds=stage.max_staleness_seconds,
            **logging_in(stage, state),
            artifacts_table=state.artifacts.table_name,
        )

    def publisher(self, gateway_door: FrontDoor, direct_authorizer: str) -> Concern:
        """The life of an API. `direct_authorizer` is the id of the authorizer that the routes of direct APIs ask."""
        state = self._state
        publisher = self._management_concern(
            "publisher",
            PublisherSettings(
                **self._shared(),
                gateway_api=gateway_door.api.api_id,
                direct_authorizer=direct_authorizer,
                apis_table=state.apis.table_name,
                applications_table=state.applications.table_name,
                settings_table=state.settings.table_name,
                workflows_table=state.workflows.table_name,
                mail_sender=self._stage.mail_sender,
                content_bucket=state.content.bucket_name,
                internal_key_seconds=self._stage.internal_key_seconds,
                local_backends_allowed=self._stage.local,
                archive_entries_max=self._stage.archive_entries_max,
                archive_bytes_max=self._stage.archive_bytes_max,
                upload_bytes_max=self._stage.upload_bytes_max,
                upload_seconds=self._stage.upload_seconds,
            ),
        )
        publisher.may(state.apis.table_arn, *READ, *WRITE, CHECK)
        publisher.may(state.settings.table_arn, *READ)
        # What waits for an approval, and its subject, are written together.
        publisher.may(state.workflows.table_arn, "dynamodb:Query", *WAITING)
        # Subscribers are told of new versions.
        self._may_write_letters(publisher)
        # APIs can be shown to other tenants, so there is a list of them.
        may_list_tenants(publisher, state)
        # Retiring an API ends its subscriptions.
        publisher.may(state.applications.table_arn, *READ, *WRITE)
        publisher.may(state.artifacts.table_arn, *WRITE)
        self._may_use_definitions(publisher, "s3:GetObject", "s3:PutObject")
        # What is too large for a function is put there by clients, at URLs that the publisher signs.
        self._may_use(UPLOADS, publisher, "s3:GetObject", "s3:PutObject", reason="Uploads have random names")
        # Direct APIs have routes and integrations of their own.
        gateway_door.managed_by(publisher, DIRECT_RIGHTS, reason="They are made when an API is deployed")
        return publisher

    def store(self, key_manager: Concern) -> Concern:
        """What developers meet."""
        state = self._state
        generator = sdk_generator(self._scope, self._stage, state, self._layers[0])
        store = self._management_concern(
            "store",
            StoreSettings(
                **self._shared(),
                counters_table=state.counters.table_name,
                apis_table=state.apis.table_name,
                applications_table=state.applications.table_name,
                settings_table=state.settings.table_name,
                content_bucket=state.content.bucket_name,
                workflows_table=state.workflows.table_name,
                key_manager_function=key_manager.function.function_name,
                sdk_generator_function=generator.function.function_name,
                download_seconds=self._stage.download_seconds,
                archive_entries_max=self._stage.archive_entries_max,
                archive_bytes_max=self._stage.archive_bytes_max,
                local_backends_allowed=self._stage.local,
            ),
        )
        store.may(state.applications.table_arn, *READ, *WRITE)
        # Developers rate APIs and comment on them. A subscription is written only while its API is there.
        store.may(state.apis.table_arn, *READ, *WRITE, CHECK)
        # Visitors of one tenant's store look at another's.
        may_list_tenants(store, state)
        store.may(state.settings.table_arn, *READ)
        # What waits for an approval, and its subject, are written together.
        store.may(state.workflows.table_arn, *WAITING)
        # The calls of an application's user are counted anew when its owner says so.
        store.may(state.counters.table_arn, "dynamodb:DeleteItem")
        # The gateway tells there when API keys were used.
        store.may(state.counters.table_arn, "dynamodb:BatchGetItem")
        store.may(state.artifacts.table_arn, *WRITE)
        # Files are handed out at URLs that the store signs; definitions for callers are made when they are asked for.
        self._may_use_definitions(store, "s3:GetObject", "s3:PutObject")
        self._may_use(SDKS, store, "s3:GetObject", reason="SDKs are named by what they are made of")
        self._may_use(SDKS, generator, "s3:PutObject", reason="SDKs are named by what they are made of")
        for asked in (key_manager, generator):
            store.may(asked.function.function_arn, "lambda:InvokeFunction")
        return store

    def key_manager(self) -> Concern:
        """Tokens, and the clients that ask for them."""
        state = self._state
        key_manager = self._management_concern(
            "key_manager",
            KeyManagerSettings(
                **self._shared(),
                oauth_table=state.oauth.table_name,
                signing_secret=state.signing_secret.secret_arn,
                assertion_secret=state.assertion_secret.secret_arn,
                session_seconds=self._stage.session_seconds,
                key_rotation_seconds=self._stage.key_rotation_days * SECONDS_OF_A_DAY,
                introspects_across_tenants=self._stage.introspects_across_tenants,
                implicit_allowed=self._stage.implicit_allowed,
                local_backends_allowed=self._stage.local,
            ),
        )
        key_manager.may(state.oauth.table_arn, *READ, *WRITE)
        key_manager.may(state.artifacts.table_arn, *WRITE)
        # Whom an identity provider vouches for is kept as a user, with the roles that are there.
        key_manager.may(state.identity.table_arn, *READ, *WRITE, CHECK)
        for secret in (state.signing_secret, state.assertion_secret):
            key_manager.may(secret.secret_arn, "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
        # A rotation takes several steps, so it is looked after more often than keys are replaced.
        key_manager.acts_daily("rotate_keys")
        return key_manager

    def identity(self) -> Concern:
        """Users, roles and tenants."""
        state = self._state
        identity = self._management_concern(
            "identity",
            IdentitySettings(
                **self._shared(),
                settings_table=state.settings.table_name,
                first_admin_secret=state.first_admin.secret_arn,
                apis_table=state.apis.table_name,
                applications_table=state.applications.table_name,
                oauth_table=state.oauth.table_name,
                workflows_table=state.workflows.table_name,
                content_bucket=state.content.bucket_name,
                mail_sender=self._stage.mail_sender,
            ),
        )
        # A user gets a role, and an administrator goes, only while another row says so.
        identity.may(state.identity.table_arn, *READ, *WRITE, CHECK)
        # Who signs up may have to wait for an approval.
        identity.may(state.workflows.table_arn, *WAITING)
        # A tenant is born with the default throttling policies.
        identity.may(state.settings.table_arn, *READ, *WRITE)
        identity.may(state.artifacts.table_arn, *WRITE)
        identity.may(state.first_admin.secret_arn, "secretsmanager:GetSecretValue")
        # A tenant is deleted with everything it owns.
        owned = (state.apis, state.applications, state.oauth, state.settings, state.artifacts, state.workflows)
        for table in (*owned, state.identity):
            identity.may(table.table_arn, "dynamodb:Query", "dynamodb:BatchWriteItem")
        # What it has with other tenants ends like any subscription.
        identity.may(
            state.applications.table_arn, "dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"
        )
        identity.may(state.content.bucket_arn, "s3:ListBucket")
        self._may_use_definitions(identity, "s3:DeleteObject")
        self._may_write_letters(identity)
        return identity

    def admin(self, key_manager: Concern, store: Concern, publisher: Concern, identity: Concern) -> Concern:
        """A tenant's settings, but for what is throttled. What waits for an approval is decided by the functions that have it."""
        state = self._state
        admin = self._management_concern(
            "admin",
            AdminSettings(
                **self._shared(),
                settings_table=state.settings.table_name,
                apis_table=state.apis.table_name,
                applications_table=state.applications.table_name,
                workflows_table=state.workflows.table_name,
                key_manager_function=key_manager.function.function_name,
                store_function=store.function.function_name,
                publisher_function=publisher.function.function_name,
                identity_function=identity.function.function_name,
                content_bucket=state.content.bucket_name,
                archive_entries_max=self._stage.archive_entries_max,
                archive_bytes_max=self._stage.archive_bytes_max,
                local_backends_allowed=self._stage.local,
            ),
        )
        # A category or a label that APIs have cannot be deleted; an API can be given to another provider.
        admin.may(state.apis.table_arn, *READ, *WRITE)
        admin.may(state.settings.table_arn, *READ, *WRITE)
        admin.may(state.artifacts.table_arn, *WRITE)
        # A key manager that keys were made at cannot be deleted; an application can, with its keys.
        admin.may(state.applications.table_arn, *READ, *WRITE)
        # What waits for an approval is decided by the function that has it; what is given up with an application, here.
        admin.may(state.workflows.table_arn, "dynamodb:GetItem", "dynamodb:Query", "dynamodb:DeleteItem")
        for asked in (key_manager, store, publisher, identity):
            admin.may(asked.function.function_arn, "lambda:InvokeFunction")
        # Themes are kept where definitions are.
        self._may_use_definitions(admin, "s3:GetObject", "s3:PutObject")
        return admin

    def governance(self) -> Concern:
        """Rulesets, policies, and who follows them."""
        state = self._state
        governance = self._management_concern(
            "governance",
            GovernanceSettings(
                **self._shared(),
                settings_table=state.settings.table_name,
                apis_table=state.apis.table_name,
                content_bucket=state.content.bucket_name,
            ),
        )
        governance.may(state.settings.table_arn, *READ)
        for keys in (RULESETS, GOVERNANCE_POLICIES):
            governance.may_with_keys(state.settings.table_arn, keys, *WRITE)
        # APIs are judged when somebody asks, and what came out is kept.
        governance.may(state.apis.table_arn, *READ)
        governance.may_with_keys(state.apis.table_arn, COMPLIANCE, *WRITE)
        self._may_use_definitions(governance, "s3:GetObject", "s3:PutObject")
        return governance

    def service_catalog(self) -> Concern:
        """Backends that APIs can be made of."""
        state = self._state
        catalog = self._management_concern(
            "service_catalog",
            ServiceCatalogSettings(
                **self._shared(),
                apis_table=state.apis.table_name,
                content_bucket=state.content.bucket_name,
                archive_entries_max=self._stage.archive_entries_max,
                archive_bytes_max=self._stage.archive_bytes_max,
                local_backends_allowed=self._stage.local,
            ),
        )
        # A service that APIs were made of cannot be deleted.
        catalog.may(state.apis.table_arn, *READ)
        catalog.may_with_keys(state.apis.table_arn, SERVICES, *WRITE)
        self._may_use_definitions(catalog, "s3:GetObject", "s3:PutObject")
        return catalog

    def courier(self) -> Concern:
        """Who tells people what waits for them and what was decided."""
        concern = courier(
            self._scope, self._stage, self._state, self._layers, management_url=self._common.management_url
        )
        self._may_write_letters(concern)
        return concern

    def throttling(self) -> Concern:
        """The traffic manager."""
        state = self._state
        throttling = self._management_concern(
            "throttling",
            ThrottlingSettings(
                **self._shared(),
                settings_table=state.settings.table_name,
                apis_table=state.apis.table_name,
                applications_table=state.applications.table_name,
                **counting(self._stage, self._state),
            ),
        )
        throttling.may(state.settings.table_arn, *READ, *WRITE)
        throttling.may(state.artifacts.table_arn, *WRITE)
        # A policy that is in use cannot be deleted, and only what exists can be shut out.
        throttling.may(state.apis.table_arn, *READ)
        throttling.may(state.applications.table_arn, *READ)
        # An admin looks at what is left of a limit; other gateways' calls are counted here.
        throttling.may(state.counters.table_arn, "dynamodb:GetItem", "dynamodb:UpdateItem")
        return throttling

    def _management_concern(self, name: str, settings: Settings) -> Concern:
        """A concern that serves the management interfaces: it must know callers' rights and the signing keys."""
        concern = Concern(
            self._scope,
            name,
            stage=self._stage,
            settings=settings,
            layers=self._layers,
            memory_megabytes=MANAGEMENT_MEMORY_MEGABYTES,
        )
        may_log_in(concern, self._state)
        concern.may(self._state.artifacts.table_arn, *READ)
        return concern

    def _may_write_letters(self, concern: Concern) -> None:
        if self._sender:
            concern.may(self._sender, "ses:SendEmail")

    def _may_use_definitions(self, concern: Concern, *actions: str) -> None:
        self._may_use(DEFINITIONS, concern, *actions, reason="Definitions are named by their content")

    def _may_use(self, objects: str, concern: Concern, *actions: str, reason: str) -> None:
        concern.may(self._state.content.arn_for_objects(objects), *actions)
        arn = f"{self._state.stack_name}:{CONTENT_EXPORT}/{objects}"
        accept(concern.role, f"IAM5[Resource::{arn}]", f"{reason}; the prefix bounds them")

    def _shared(self) -> dict[str, Any]:
        return asdict(self._common)
