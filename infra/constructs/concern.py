"""A concern is one Lambda function with its own code, settings, role and log: the unit of permission."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.code import ROOT, own_code
from infra.constructs.review import accept
from infra.stage import FUNCTION_TIMEOUT_SECONDS, LOG_RETENTION_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.settings import Settings
    from infra.constructs.table import Table
    from infra.stage import Stage

READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")
CHANGES_AT_ONCE = 10
PARTITIONS_AT_ONCE = 10
"""How many partitions of a table are followed beside each other, so that one tenant holds up few others."""
RETRIES = 2
"""How often changes are handed over again that a function broke down with; each time in halves."""

RETENTION = {30: logs.RetentionDays.ONE_MONTH}


class Concern(Construct):
    """The function of `functions/{name}`.

    Its asset is that folder where it stands in the repository, so the module is `functions.{name}.handler` everywhere and the
    asset's hash changes with that folder alone.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        settings: Settings,
        layers: Sequence[lambda_.ILayerVersion],
        memory_megabytes: int,
        environments_max: int | None = None,
        timeout_seconds: int = FUNCTION_TIMEOUT_SECONDS,
    ) -> None:
        super().__init__(scope, name)
        if not (ROOT / "functions" / name / "handler.py").is_file():
            message = f"functions/{name}/handler.py does not exist"
            raise FileNotFoundError(message)
        log_group = logs.LogGroup(
            self, "log", retention=RETENTION[LOG_RETENTION_DAYS], removal_policy=cdk.RemovalPolicy.DESTROY
        )
        self.role = iam.Role(self, "role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant(self.role, "logs:CreateLogStream", "logs:PutLogEvents")
        self.function = lambda_.Function(
            self,
            "function",
            description=f"Gatehouse {stage.name}: {name}",
            runtime=stage.lambda_runtime,
            architecture=stage.lambda_architecture,
            handler=f"functions.{name}.handler.handler",
            code=own_code(self, name, ROOT, [ROOT / "functions" / "__init__.py", ROOT / "functions" / name], stage),
            layers=list(layers),
            environment=settings.to_environment(),
            memory_size=memory_megabytes,
            timeout=cdk.Duration.seconds(timeout_seconds),
            role=self.role,
            log_group=log_group,
            reserved_concurrent_executions=environments_max,
        )
        accept(self.function, "L1", "The runtime is a setting of the stage; its wheels are built for it")

    def may_be_asked(self, *, by_service: str) -> None:
        """Let a service of Amazon's invoke the function, for this account only."""
        account = cdk.Stack.of(self).account
        self.function.add_permission(
            f"by-{by_service.partition('.')[0]}",
            principal=iam.ServicePrincipal(by_service),
            source_account=account,
        )

    def acts_daily(self, action: str) -> None:
        """Let EventBridge have the function carry out this action of its own once a day."""
        rule = events.Rule(self, action, schedule=events.Schedule.rate(cdk.Duration.days(1)))
        told = events.RuleTargetInput.from_object({"action": action})
        rule.add_target(targets.LambdaFunction(self.function, event=told))

    def watches(self, table: Table) -> None:
        """Have the function invoked with what changes in a table that has a stream; changes of one partition in their order."""
        self.may(f"{table.table_arn}/stream/*", *READ_STREAM)
        lambda_.EventSourceMapping(
            self,
            "changes",
            target=self.function,
            event_source_arn=table.table_stream_arn,
            starting_position=lambda_.StartingPosition.LATEST,
            batch_size=CHANGES_AT_ONCE,
            parallelization_factor=PARTITIONS_AT_ONCE,
            bisect_batch_on_error=True,
            retry_attempts=RETRIES,
            max_record_age=cdk.Duration.hours(1),
        ).node.add_dependency(self.role)

    def may(self, resource_arn: str, *actions: str) -> None:
        """Let the function do these actions on this resource, and nothing else."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[resource_arn]))

    def may_invoke_itself(self) -> None:
        """Let the function send itself on errands. A policy apart: the role's own must be there before the function is."""
        statement = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self.function.function_arn])
        iam.Policy(self, "errands", roles=[self.role], statements=[statement])

    def may_with_keys(self, table_arn: str, pattern: str, *actions: str) -> None:
        """Let the function do these actions on the items of a table whose partition keys are like this (`*` is anything)."""
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=list(actions),
                resources=[table_arn],
                conditions={
                    "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [pattern]},
                    # Of a request without keys the other condition would hold as well.
                    "Null": {"dynamodb:LeadingKeys": "false"},
                },
            )
        )
