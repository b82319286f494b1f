"""A front door is an HTTP API: its own address, throttle and access log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.constructs.concern import RETENTION
from infra.constructs.review import accept
from infra.stage import LOG_RETENTION_DAYS

if TYPE_CHECKING:
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

    def opens(self, *prefixes: str, onto: Concern) -> None:
        """Send what is below these path prefixes to a concern, which checks credentials itself."""
        integration = HttpLambdaIntegration(f"to-{onto.node.id}", onto.function)
        for prefix in prefixes:
            path = f"{prefix}/{{proxy+}}"
            for route in self.api.add_routes(path=path, integration=integration, methods=[apigateway.HttpMethod.ANY]):
                accept(route, "APIG4", "The function authenticates: it must answer with the product's own error bodies")

    def opens_everything(self, *, onto: Concern) -> None:
        """Send every call to a concern, which checks credentials itself."""
        integration = HttpLambdaIntegration(f"to-{onto.node.id}", onto.function)
        route = apigateway.HttpRoute(
            self, "all", http_api=self.api, route_key=apigateway.HttpRouteKey.DEFAULT, integration=integration
        )
        accept(route, "APIG4", "The function authenticates: it must answer with the product's own error bodies")
