"""The call path: the gateway and the authorizer. What decides a call in one is told the same, and may do the same, in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.settings import AuthorizerSettings, GatewaySettings, HubSettings
from infra.constructs.concern import Concern
from infra.constructs.responses import shared_responses
from infra.constructs.table import CHECK, READ, WRITE
from infra.stage import AUTHORIZER_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from infra.stacks.state import State
    from infra.stage import Stage

GATEWAY_MEMORY_MEGABYTES = 1024
HUB_MEMORY_MEGABYTES = 512
HUB_TIMEOUT_SECONDS = 60
"""A callback takes a few seconds at most; it takes longer to start thousands of deliveries."""

WEBHOOKS, HOLDERS, APPLICATIONS = "*#WEBHOOKS#*", "*#HOLDERS#*", "*#APP#*"
"""The partition keys of applications' webhooks, of who has any at an API, and of applications with their subscriptions."""
LOCKOUTS = "*#LOCKOUT"
"""The partition keys of what is remembered of failed log-ins."""
TENANTS, TENANT = "*#TENANTS", "*#TENANT"
"""The partition keys of the list of tenants, and of one tenant."""


class CallPath:
    """The two functions, each made once, in the scope given."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        state: State,
        layers: Sequence[lambda_.ILayerVersion],
        management_url: str,
    ) -> None:
        self._scope = scope
        self._stage = stage
        self._state = state
        self._layers = layers
        self._management_url = management_url

    def gateway(self, hub: Concern) -> Concern:
        """Answers every call itself, but those of direct APIs; what is for a hub it hands over."""
        stage = self._stage
        responses = shared_responses(self._scope, stage)
        gateway = Concern(
            self._scope,
            "gateway",
            stage=stage,
            settings=GatewaySettings(
                **self._deciding(),
                backend_connect_seconds=stage.backend_connect_seconds,
                backend_read_seconds=stage.backend_read_seconds,
                assertion_secret=self._state.assertion_secret.secret_arn,
                call_seconds=stage.call_seconds,
                hub_function=hub.function.function_name,
                hostname_verification=stage.hostname_verification,
                tls_minimum=stage.tls_minimum,
                responses_table=responses.table_name if responses else "",
                responses_seconds=stage.responses_seconds,
                trace_endpoint=stage.trace_endpoint,
                trace_sample_ratio=stage.trace_sample_ratio,
                trace_export_seconds=stage.trace_export_seconds,
            ),
            layers=self._layers,
            memory_megabytes=GATEWAY_MEMORY_MEGABYTES,
            environments_max=stage.environments_max if stage.reserve_concurrency else None,
        )
        self._may_decide(gateway)
        gateway.may(self._state.assertion_secret.secret_arn, "secretsmanager:GetSecretValue")
        gateway.may(hub.function.function_arn, "lambda:InvokeFunction")
        if responses:
            gateway.may(responses.table_arn, "dynamodb:GetItem", "dynamodb:PutItem")
        return gateway

    def hub(self, gateway_url: str) -> Concern:
        """Keeps the webhooks of WebSub APIs and brings events to them. No door leads to it."""
        state, stage = self._state, self._stage
        hub = Concern(
            self._scope,
            "hub",
            stage=stage,
            settings=HubSettings(
                **counting(stage, state),
                stage=stage.name,
                applications_table=state.applications.table_name,
                artifacts_table=state.artifacts.table_name,
                gateway_url=gateway_url,
                callback_connect_seconds=stage.callback_connect_seconds,
                callback_read_seconds=stage.callback_read_seconds,
                local_backends_allowed=stage.local,
                max_staleness_seconds=stage.max_staleness_seconds,
            ),
            layers=self._layers,
            memory_megabytes=HUB_MEMORY_MEGABYTES,
            timeout_seconds=HUB_TIMEOUT_SECONDS,
        )
        for keys in (WEBHOOKS, HOLDERS):
            hub.may_with_keys(state.applications.table_arn, keys, "dynamodb:GetItem", "dynamodb:Query", *WRITE)
        # A webhook is kept only while its subscription stands.
        hub.may_with_keys(state.applications.table_arn, APPLICATIONS, CHECK)
        hub.may(state.artifacts.table_arn, *READ)
        # Deliveries are counted like calls.
        hub.may(state.counters.table_arn, "dynamodb:GetItem", "dynamodb:UpdateItem")
        # Each delivery is an invocation of its own, which is run again when it fails.
        hub.may_invoke_itself()
        return hub

    def authorizer(self) -> Concern:
        """Takes the steps before the backend for routes that do not lead to the gateway."""
        authorizer = Concern(
            self._scope,
            "authorizer",
            stage=self._stage,
            settings=AuthorizerSettings(**self._deciding()),
            layers=self._layers,
            memory_megabytes=GATEWAY_MEMORY_MEGABYTES,
            timeout_seconds=AUTHORIZER_TIMEOUT_SECONDS,
        )
        self._may_decide(authorizer)
        authorizer.may_be_asked(by_service="apigateway.amazonaws.com")
        return authorizer

    def _deciding(self) -> dict[str, Any]:
        """What a function that decides calls is told: `CallSettings`."""
        state, stage = self._state, self._stage
        return {
            **counting(stage, state),
            "stage": stage.name,
            "artifacts_table": state.artifacts.table_name,
            **logging_in(stage, state),
            "management_url": self._management_url,
            "max_staleness_seconds": stage.max_staleness_seconds,
            "api_key_use_seconds": stage.api_key_use_seconds,
            "introspected_seconds": stage.introspected_seconds,
            "trusted_proxies": stage.trusted_proxies,
            "local_backends_allowed": stage.local,
        }

    def _may_decide(self, concern: Concern) -> None:
        concern.may(self._state.artifacts.table_arn, *READ)
        # A transaction needs what its parts do: what is given back is an UpdateItem.
        concern.may(self._state.counters.table_arn, "dynamodb:GetItem", "dynamodb:UpdateItem")
        # An API may take a user's name and password.
        may_log_in(concern, self._state)


def logging_in(stage: Stage, state: State) -> dict[str, Any]:
    """What a function that checks passwords is told: `LoginSettings`."""
    return {
        "identity_table": state.identity.table_name,
        "user_store_secret": state.user_store_secret.secret_arn,
        "lockout_threshold": stage.lockout_threshold,
        "lockout_first_seconds": stage.lockout_first_seconds,
        "lockout_growth": stage.lockout_growth,
        "lockout_seconds_max": stage.lockout_seconds_max,
        "address_failures": stage.address_failures,
        "address_seconds": stage.address_seconds,
    }


def may_log_in(concern: Concern, state: State) -> None:
    """Let a function read users one at a time, and count their failed log-ins, which have partitions of their own."""
    concern.may(state.identity.table_arn, "dynamodb:GetItem")
    concern.may(state.user_store_secret.secret_arn, "secretsmanager:GetSecretValue")
    concern.may_with_keys(state.identity.table_arn, LOCKOUTS, "dynamodb:UpdateItem")


def may_list_tenants(concern: Concern, state: State) -> None:
    """Let a function find out which tenants there are, and nothing else of them."""
    concern.may_with_keys(state.identity.table_arn, TENANTS, "dynamodb:Query")
    concern.may_with_keys(state.identity.table_arn, TENANT, "dynamodb:BatchGetItem")


def counting(stage: Stage, state: State) -> dict[str, Any]:
    """What a function that counts calls is told."""
    return {
        "counters_table": state.counters.table_name,
        "refresh_after_seconds": stage.refresh_after_seconds,
        "environments_max": stage.environments_max,
        "counter_seconds": stage.counter_seconds,
        "throttle_preset": stage.throttle_preset,
        "throttle_on_fault": stage.throttle_on_fault,
        "throttle_epsilon": stage.throttle_epsilon,
        "give_back_seconds": stage.give_back_seconds,
    }
