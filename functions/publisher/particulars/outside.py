"""What providers ask about an API that others answer: functions of AWS, bills, audits, other vendors' APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from gatehouse.controlplane.publishing.particulars.outside import NoVendor
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.particulars.outside import Outside
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

_READ = (s.MANAGE, s.VIEW)
VENDORS = "/apis/integrated-apis/{vendor}"


def routes(outside: Outside) -> tuple[Operation, ...]:
    """Lambda functions, revenue, usage, audit, integrated APIs."""

    def functions(request: Request) -> Answer:
        found = outside.functions_of(request.principal, request.path["apiId"])
        return Answer(body={"count": len(found), "list": found})

    def revenue(request: Request) -> Answer:
        outside.revenue(request.principal, request.path["apiId"])
        return Answer()

    def usage(request: Request) -> Answer:
        outside.usage(request.principal, request.path["subscriptionId"])
        return Answer()

    def audit(request: Request) -> Answer:
        outside.audit(request.principal, request.path["apiId"])
        return Answer()

    def vendor(request: Request) -> Answer:
        raise NoVendor.named(request.path["vendor"])

    money, integrated = Lines("API Monetization"), Lines("Integrated APIs")
    subscriptions = (s.VIEW, s.MCP_VIEW, s.SUBSCRIPTION_MANAGE, s.SUBSCRIPTION_VIEW)
    return (
        Lines("AWS Lambda (Individual)")(
            "GET",
            "/apis/{apiId}/amznResourceNames",
            "getAmazonResourceNamesOfAPI",
            "The AWS Lambda functions that an API's credentials can see",
            functions,
            _READ,
        ),
        money(
            "GET",
            "/apis/{apiId}/revenue",
            "getAPIRevenue",
            "What an API has earned, where a billing engine is connected",
            revenue,
            (s.MANAGE, s.PUBLISH, s.VIEW),
        ),
        money(
            "GET",
            "/subscriptions/{subscriptionId}/usage",
            "getSubscriptionUsage",
            "What is to be paid for a subscription, where a billing engine is connected",
            usage,
            subscriptions,
        ),
        Lines("API Audit")(
            "GET",
            "/apis/{apiId}/auditapi",
            "getAuditReportOfAPI",
            "What an audit found in an API's definition, where a service for it is connected",
            audit,
            _READ,
        ),
        integrated(
            "GET",
            VENDORS,
            "getIntegratedAPIs",
            "APIs of a vendor, where one is connected",
            vendor,
            (s.CREATE, s.MANAGE),
        ),
        integrated(
            "GET",
            f"{VENDORS}/definition",
            "getIntegratedApiDefinition",
            "The definition of one of them",
            vendor,
            (s.CREATE, s.MANAGE),
            query=("params",),
        ),
    )
