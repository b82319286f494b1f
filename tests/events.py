"""What API Gateway hands to a management function: HTTP API events, payload 2.0."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

CONTEXT = None
"""No route reads Lambda's context."""

ROUTE_ARN = "arn:aws:execute-api:us-east-1:123456789012:abc123/$default/GET/menu/1.0.0/items"
METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:abc123/prod/GET/menu/1.0.0/items"


def http_event(
    method: str,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    query: dict[str, Any] | None = None,
    body: Any = None,
) -> dict[str, Any]:
    """`body` is sent as it is when it is text or bytes, as JSON when it is anything else but None."""
    sent = dict(headers or {})
    if isinstance(body, bytes):
        text, encoded = base64.b64encode(body).decode(), True
    elif isinstance(body, str) or body is None:
        text, encoded = body, False
    else:
        text, encoded = json.dumps(body), False
        sent.setdefault("content-type", "application/json")
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": {"host": "localhost:9443", **{name.lower(): value for name, value in sent.items()}},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "management",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "tests",
            },
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "14/Nov/2023:22:13:20 +0000",
            "timeEpoch": 1_700_000_000_000,
        },
        "body": text,
        "isBase64Encoded": encoded,
    }


def authorizer_event(**changes: Any) -> dict[str, Any]:
    """What a Lambda authorizer of an HTTP API is asked, payload 2.0."""
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": ROUTE_ARN,
        "identitySource": None,
        "routeKey": "GET /menu/1.0.0/items",
        "rawPath": "/menu/1.0.0/items",
        "rawQueryString": "size=2&size=3",
        "headers": {"Authorization": "Bearer token", "x-one": "1"},
        "queryStringParameters": {"size": "2,3"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "http": {"method": "GET", "path": "/menu/1.0.0/items", "sourceIp": "203.0.113.7"},
            "requestId": "request-1",
            "stage": "$default",
        },
        "stageVariables": None,
        **changes,
    }


def rest_authorizer_event(**changes: Any) -> dict[str, Any]:
    """What a REQUEST authorizer of a REST API is asked."""
    return {
        "type": "REQUEST",
        "methodArn": METHOD_ARN,
        "resource": "/menu/1.0.0/items",
        "path": "/menu/1.0.0/items",
        "httpMethod": "GET",
        "headers": {"Authorization": "Bearer token"},
        "multiValueHeaders": {"Authorization": ["Bearer token"], "X-Two": ["a", "b"]},
        "queryStringParameters": {"size": "3"},
        "multiValueQueryStringParameters": {"size": ["2", "3"]},
        "stageVariables": {},
        "requestContext": {
            "apiId": "abc123",
            "stage": "prod",
            "requestId": "request-1",
            "identity": {"sourceIp": "203.0.113.7"},
        },
        **changes,
    }


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
