"""What API Gateway hands to a management function: HTTP API events, payload 2.0."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

CONTEXT = None
"""No route reads Lambda's context."""


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


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
