"""A front door is an HTTP API: its own address, throttle and access log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.constructs.concern import RETENTION
from infra.constructs.review import accept
from infra.stage import LOG_RETENTION_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.constructs.concern import Concern


_ACCESS_LOG = {
    "request_id": "$context.requestId",
    "source_ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "error": "$context.integrationErrorMessage",
}


class FrontDoor(Construct):
    """An HTTP API (payload 2.0) with one greedy route per prefix, or one for everything.

    `url` has no trailing slash. `burst` is in calls, `rate` in calls per second.
    """

    def __init__(self, scope: Construct, name: str, *, url: str, burst: int, rate: float) -> None:
        super().__init__(scope, name)
        self.api = apigateway.HttpApi(self, "api", create_default_stage=False)
        log_group = logs.LogGroup(
            self, "access", retention=RETENTION[LOG_RETENTION_DAYS], removal_policy=cdk.RemovalPolicy.DESTROY
        )
        apigateway.CfnStage(
            self,
            "stage",
            api_id=self.api.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log_group.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=burst, throttling_rate_limit=rate
            ),
        )
        self.url = url or self.api.api_endpoint

    def asks(self, authorizer: Concern) -> apigateway.CfnAuthorizer:
        """Let routes that do not lead to a function of ours ask this one. It counts calls, so it is asked every time."""
        stack = cdk.Stack.of(self)
        arn = authorizer.function.function_arn
        uri = f"arn:{stack.partition}:apigateway:{stack.region}:lambda:path/2015-03-31/functions/{arn}/invocations"
        asking = apigateway.CfnAuthorizer(
            self,
            "authorizer",
            api_id=self.api.api_id,
            name=authorizer.node.id,
            authorizer_type="REQUEST",
            authorizer_uri=uri,
            authorizer_payload_format_version="2.0",
            enable_simple_responses=True,
            # Without sources, a call without credentials is for the authorizer to judge, too.
            identity_source=[],
            authorizer_result_ttl_in_seconds=0,
        )
        # It goes when its HTTP API goes: by itself it could not, while routes made at run time ask it.
        asking.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        return asking

    def managed_by(self, concern: Concern, rights: Mapping[str, Sequence[str]], *, reason: str) -> None:
        """Let a function manage parts of this HTTP API at run time: `{"routes/*": ["apigateway:PATCH"]}`."""
        stack = cdk.Stack.of(self)
        name = stack.get_logical_id(cast("cdk.CfnElement", self.api.node.default_child))
        for path, actions in rights.items():
            concern.may(f"arn:{stack.partition}:apigateway:{stack.region}::/apis/{self.api.api_id}/{path}", *actions)
            if path.endswith("*"):
                arn = f"arn:<AWS::Partition>:apigateway:<AWS::Region>::/apis/<{name}>/{path}"
                accept(concern.role, f"IAM5[Resource::{arn}]", reason)

    def opens(self, *prefixes: str, onto: Concern) -> None:
        """Send what is below these path prefixes to a concern, which checks credentials itself."""
        integration = HttpLambdaIntegration(f"to-{onto.node.id}", onto.function)
        for prefix in prefixes:
            path = f"{prefix}/{{proxy+}}"
            for route in self.api.add_routes(path=path, integration=integration, methods=[apigateway.HttpMethod.ANY]):
                accept(route, "APIG4", "The function authenticates: it must answer with the product's own error bodies")

    def opens_exactly(self, path: str, *, onto: Concern) -> None:
        """Send this one path to a concern, which checks credentials itself."""
        integration = HttpLambdaIntegration(f"to-{onto.node.id}", onto.function)
        for route in self.api.add_routes(path=path, integration=integration, methods=[apigateway.HttpMethod.ANY]):
            accept(route, "APIG4", "The function authenticates: it must answer with the product's own error bodies")

    def opens_everything(self, *, onto: Concern) -> None:
        """Send every call to a concern, which checks credentials itself."""
        integration = HttpLambdaIntegration(f"to-{onto.node.id}", onto.function)
        route = apigateway.HttpRoute(
            self, "all", http_api=self.api, route_key=apigateway.HttpRouteKey.DEFAULT, integration=integration
        )
        accept(route, "APIG4", "The function authenticates: it must answer with the product's own error bodies")
