"""AWS clients with our deadlines.

Deadlines nest: front door 30 s > function 29 s > backend > DynamoDB. These are the innermost.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session

LOOKUP_CONNECT_SECONDS = 0.5
LOOKUP_READ_SECONDS = 1.0
LOOKUP_ATTEMPTS = 3
INVOKE_READ_SECONDS = 10.0
HUB_READ_SECONDS = 25.0
SECRET_CONNECT_SECONDS = 1.0
SECRET_READ_SECONDS = 3.0
SECRET_ATTEMPTS = 3
ROUTES_READ_SECONDS = 5.0
ROUTES_ATTEMPTS = 4


@cache
def session() -> Session:
    """The botocore session that all clients share."""
    return Session()


def client(service: str, *, connect_seconds: float, read_seconds: float, attempts: int, **more: Any) -> Any:
    """A botocore client. `attempts` counts the first one; `more` is botocore's own."""
    config = Config(
        connect_timeout=connect_seconds,
        read_timeout=read_seconds,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        max_pool_connections=8,
        **more,
    )
    return session().create_client(service, config=config)


def signing_client(*, connect_seconds: float, read_seconds: float, attempts: int) -> Any:
    """An S3 client whose presigned URLs are understood in every region: newer ones know the newer signature alone."""
    return client(
        "s3",
        connect_seconds=connect_seconds,
        read_seconds=read_seconds,
        attempts=attempts,
        signature_version="s3v4",
    )


def dynamodb_client() -> Any:
    """For reads of the call path: fast to give up, safe to repeat."""
    return client(
        "dynamodb", connect_seconds=LOOKUP_CONNECT_SECONDS, read_seconds=LOOKUP_READ_SECONDS, attempts=LOOKUP_ATTEMPTS
    )


def counter_client(seconds: float) -> Any:
    """For counting: never repeated by the SDK, because ADD is not idempotent (docs/guides/throttling.md)."""
    return client("dynamodb", connect_seconds=seconds, read_seconds=seconds, attempts=1)


def response_client(seconds: float) -> Any:
    """For answers that environments share: what takes longer is better asked of the backend, so nothing is repeated."""
    return client("dynamodb", connect_seconds=seconds, read_seconds=seconds, attempts=1)


def secrets_client() -> Any:
    """For secrets: read once per environment and remembered, so it may take a little longer."""
    return client(
        "secretsmanager",
        connect_seconds=SECRET_CONNECT_SECONDS,
        read_seconds=SECRET_READ_SECONDS,
        attempts=SECRET_ATTEMPTS,
    )


def front_door_client() -> Any:
    """For the front door's own routes: a deployment makes a dozen requests, and Amazon slows down who makes many."""
    return client(
        "apigatewayv2",
        connect_seconds=SECRET_CONNECT_SECONDS,
        read_seconds=ROUTES_READ_SECONDS,
        attempts=ROUTES_ATTEMPTS,
    )


def invoke_client() -> Any:
    """For asking another function: once, because a call that seemed lost may have been carried out."""
    return client("lambda", connect_seconds=LOOKUP_CONNECT_SECONDS, read_seconds=INVOKE_READ_SECONDS, attempts=1)


def hub_client() -> Any:
    """For the hub, whose environment often has to start first: nobody subscribes often. The gateway has 28 s for a call."""
    return client("lambda", connect_seconds=LOOKUP_CONNECT_SECONDS, read_seconds=HUB_READ_SECONDS, attempts=1)
