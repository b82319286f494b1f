"""A table of ours: keys `pk` and `sk`, expiry in `ttl`, paid per request, no index: lists are partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb

from infra.constructs.review import accept

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stage import Stage

READ = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
WRITE = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
CHECK = "dynamodb:ConditionCheckItem"  # a transaction goes through only while this holds of another row


class Table(dynamodb.Table):
    """`backed_up` is point-in-time recovery. `dynamodb.Table`, because `TableV2` is a global table, which we need not be.

    A table that is not `kept` goes with its stack: what is in it can be had again. One that is `watched` has a stream of its
    changes, with what was and what is.

    The emulator ignores the TTL of a template: expiry is checked on reading, so nothing depends on it.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        stage: Stage,
        *,
        sorted_by_key: bool = True,
        backed_up: bool = True,
        kept: bool = True,
        watched: bool = False,
    ) -> None:
        key = dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING)
        sort = dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING)
        recovery = dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=backed_up)
        super().__init__(
            scope,
            name,
            partition_key=key,
            sort_key=sort if sorted_by_key else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if watched else None,
            point_in_time_recovery_specification=recovery,
            deletion_protection=kept and not stage.local,
            removal_policy=stage.removal if kept else RemovalPolicy.DESTROY,
        )
        if not backed_up:
            reason = "Its contents are worthless after minutes (counters) or can be had again (usage, responses)"
            accept(self, "DDB3", reason)
