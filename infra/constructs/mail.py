"""Where letters to people come from: an address that SES must be allowed to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ses as ses

if TYPE_CHECKING:
    from constructs import Construct


def post_office(scope: Construct, sender: str) -> str:
    """The identity of this sender, as an ARN. SES asks by a letter to it whether it may be used: follow the link there."""
    ses.CfnEmailIdentity(scope, "sender", email_identity=sender)
    stack = cdk.Stack.of(scope)
    return f"arn:{stack.partition}:ses:{stack.region}:{stack.account}:identity/{sender}"
