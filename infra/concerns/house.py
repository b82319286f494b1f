"""What the functions of a stack have in common: where they are made, what several are told, and what several may do."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gatehouse.settings import ManagementSettings
from infra.constructs.concern import Concern
from infra.constructs.layers import shared
from infra.constructs.mail import post_office
from infra.constructs.review import accept
from infra.constructs.table import READ

if TYPE_CHECKING:
    from constructs import Construct

    from gatehouse.settings import Settings
    from infra.stacks.state import State
    from infra.stage import Stage

MANAGEMENT_MEMORY_MEGABYTES = 1024
WAITING = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem")
"""What it takes to open workflows, to decide them, and to give them up."""
LOCKOUTS = "*#LOCKOUT"
"""The partition keys of what is remembered of failed log-ins."""
TENANTS, TENANT = "*#TENANTS", "*#TENANT"
"""The partition keys of the list of tenants, and of one tenant."""
DEFINITIONS = "definitions/*"
CONTENT_EXPORT = "ExportsOutputFnGetAttcontent756C49DFArnED989DBC"
"""The name under which CloudFormation hands the bucket's ARN from one stack to the other."""


class House:
    """A stage, its state, the addresses of its front doors, and the layers of its functions, which stand in `scope`."""

    def __init__(self, scope: Construct, *, stage: Stage, state: State, management_url: str, gateway_url: str) -> None:
        self.scope = scope
        self.stage = stage
        self.state = state
        self.management_url = management_url
        self.gateway_url = gateway_url
        self.layers = shared(scope, stage)
        self._sender = post_office(scope, stage.mail_sender) if stage.mail_sender else ""

    def management_concern(self, name: str, settings: Settings) -> Concern:
        """A concern that serves the management interfaces: it must know callers' rights and the signing keys."""
        concern = Concern(
            self.scope,
            name,
            stage=self.stage,
            settings=settings,
            layers=self.layers,
            memory_megabytes=MANAGEMENT_MEMORY_MEGABYTES,
        )
        self.may_log_in(concern)
        concern.may(self.state.artifacts.table_arn, *READ)
        return concern

    def management(self) -> dict[str, Any]:
        """What a function that serves the management interfaces is told: `ManagementSettings`."""
        common = ManagementSettings(
            stage=self.stage.name,
            management_url=self.management_url,
            gateway_url=self.gateway_url,
            max_staleness_seconds=self.stage.max_staleness_seconds,
            **self.logging_in(),
            artifacts_table=self.state.artifacts.table_name,
        )
        return asdict(common)

    def deciding(self) -> dict[str, Any]:
        """What a function that decides calls is told: `CallSettings`."""
        stage = self.stage
        return {
            **self.counting(),
            "stage": stage.name,
            "artifacts_table": self.state.artifacts.table_name,
            **self.logging_in(),
            "management_url": self.management_url,
            "max_staleness_seconds": stage.max_staleness_seconds,
            "api_key_use_seconds": stage.api_key_use_seconds,
            "introspected_seconds": stage.introspected_seconds,
            "trusted_proxies": stage.trusted_proxies,
            "local_backends_allowed": stage.local,
        }

    def counting(self) -> dict[str, Any]:
        """What a function that counts calls is told."""
        stage = self.stage
        return {
            "counters_table": self.state.counters.table_name,
            "refresh_after_seconds": stage.refresh_after_seconds,
            "environments_max": stage.environments_max,
            "counter_seconds": stage.counter_seconds,
            "throttle_preset": stage.throttle_preset,
            "throttle_on_fault": stage.throttle_on_fault,
            "throttle_epsilon": stage.throttle_epsilon,
            "give_back_seconds": stage.give_back_seconds,
        }

    def logging_in(self) -> dict[str, Any]:
        """What a function that checks passwords is told: `LoginSettings`."""
        stage = self.stage
        return {
            "identity_table": self.state.identity.table_name,
            "user_store_secret": self.state.user_store_secret.secret_arn,
            "lockout_threshold": stage.lockout_threshold,
            "lockout_first_seconds": stage.lockout_first_seconds,
            "lockout_growth": stage.lockout_growth,
            "lockout_seconds_max": stage.lockout_seconds_max,
            "address_failures": stage.address_failures,
            "address_seconds": stage.address_seconds,
        }

    def may_decide(self, concern: Concern) -> None:
        """Let a function take the steps of a call before its backend."""
        concern.may(self.state.artifacts.table_arn, *READ)
        # A transaction needs what its parts do: what is given back is an UpdateItem.
        concern.may(self.state.counters.table_arn, "dynamodb:GetItem", "dynamodb:UpdateItem")
        # An API may take a user's name and password.
        self.may_log_in(concern)

    def may_log_in(self, concern: Concern) -> None:
        """Let a function read users one at a time, and count their failed log-ins, which have partitions of their own."""
        concern.may(self.state.identity.table_arn, "dynamodb:GetItem")
        concern.may(self.state.user_store_secret.secret_arn, "secretsmanager:GetSecretValue")
        concern.may_with_keys(self.state.identity.table_arn, LOCKOUTS, "dynamodb:UpdateItem")

    def may_list_tenants(self, concern: Concern) -> None:
        """Let a function find out which tenants there are, and nothing else of them."""
        concern.may_with_keys(self.state.identity.table_arn, TENANTS, "dynamodb:Query")
        concern.may_with_keys(self.state.identity.table_arn, TENANT, "dynamodb:BatchGetItem")

    def may_write_letters(self, concern: Concern) -> None:
        """Let a function send mail, where the stage has an address to send it from."""
        if self._sender:
            concern.may(self._sender, "ses:SendEmail")

    def may_use_definitions(self, concern: Concern, *actions: str) -> None:
        """Let a function do these actions on definitions and what else is named by its content."""
        self.may_use(DEFINITIONS, concern, *actions, reason="Definitions are named by their content")

    def may_use(self, objects: str, concern: Concern, *actions: str, reason: str) -> None:
        """Let a function do these actions on objects of the bucket; `reason` is why they cannot be named one by one."""
        concern.may(self.state.content.arn_for_objects(objects), *actions)
        arn = f"{self.state.stack_name}:{CONTENT_EXPORT}/{objects}"
        accept(concern.role, f"IAM5[Resource::{arn}]", f"{reason}; the prefix bounds them")
