"""Deploy-time calls: CloudFormation asks a function to provision what the stack cannot describe.

The answer goes to a presigned URL, not back to the caller; without one, CloudFormation waits until it gives up. So every
path through `answer` ends in a PUT.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import urllib3
from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_log = Logger(service="gatehouse")
TIMEOUT_SECONDS = 10.0


def is_deployment(event: Mapping[str, Any]) -> bool:
    """Whether this event comes from CloudFormation."""
    return "RequestType" in event and "ResponseURL" in event


def answer(event: Mapping[str, Any], provision: Callable[[Mapping[str, Any]], None]) -> None:
    """Run `provision` with the resource's properties on create and update; on delete keep everything."""
    status, reason = "SUCCESS", ""
    if event["RequestType"] != "Delete":
        try:
            provision(event.get("ResourceProperties", {}))
        except Exception as error:
            _log.exception("provisioning failed")
            status, reason = "FAILED", f"{type(error).__name__}: {error}"
    body = {
        "Status": status,
        "Reason": reason or "See the function's log",
        "PhysicalResourceId": event.get("PhysicalResourceId") or event["LogicalResourceId"],
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    _log.info("provisioned", extra={"resource": event["LogicalResourceId"], "outcome": status})
    urllib3.request(
        "PUT",
        event["ResponseURL"],
        body=json.dumps(body).encode(),
        headers={"Content-Type": ""},
        timeout=TIMEOUT_SECONDS,
    )
