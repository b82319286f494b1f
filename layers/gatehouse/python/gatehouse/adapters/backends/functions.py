"""AWS Lambda functions as backends, invoked with botocore: once, because a call that seemed lost may have been carried out."""

from __future__ import annotations

import json
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from gatehouse.adapters import aws
from gatehouse.adapters.backends.proxy_reply import reply_of
from gatehouse.ports.backends import (
    BackendClosed,
    BackendConnectTimeout,
    BackendFailed,
    BackendSecurityFailed,
    BackendTimeout,
    BackendUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.publishing.deployed import EndpointSecurity
    from gatehouse.ports.backends import BackendReply, Invocation

CLIENTS = 16
ROLES = 50
INVOKE_SECONDS_MAX = 27.0
"""Below the gateway function's own 29 s, as in `client`."""

CONNECT_SECONDS = 1.0
READ_SECONDS = 25.0
ROLE_SECONDS = 3.0
"""For the answer of STS, before the function is invoked."""

ROLE_MARGIN_SECONDS = 60.0
"""A role is assumed anew so long before its credentials expire."""

SESSION_NAME = "gatehouse"
"""How the role's sessions are called in CloudTrail."""

_SERVER_ERROR = 500
_ARN_REGION = 3


class CreateClient(Protocol):
    """Makes a botocore client with one attempt. Credentials None are the gateway's own."""

    def __call__(
        self, service: str, region: str, credentials: ReadOnlyCredentials | None, connect_seconds: float, seconds: float
    ) -> Any:
        """The client."""
        ...


class LambdaFunctions:
    """Implements `ports.backends.Functions`. `read_seconds` are for invocations without a time-out; `now` is wall time."""

    def __init__(
        self,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        create: CreateClient | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._now = now
        self._client = lru_cache(CLIENTS)(create or create_client)
        self._lock = threading.Lock()
        self._assumed: dict[tuple[str, EndpointSecurity | None], tuple[ReadOnlyCredentials, float]] = {}

    def invoke(self, invocation: Invocation) -> BackendReply:
        """The function's answer as an HTTP reply. Raises a BackendFailed: BackendClosed when the function itself failed."""
        region = _region(invocation)
        seconds = min(invocation.seconds or self._read_seconds, INVOKE_SECONDS_MAX)
        credentials = self._credentials(invocation, region)
        try:
            client = self._client("lambda", region, credentials, self._connect_seconds, seconds)
            answer = client.invoke(
                FunctionName=invocation.function, InvocationType="RequestResponse", Payload=invocation.payload
            )
            payload = answer["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            raise _failure(error) from error
        if answer.get("FunctionError"):
            raise _function_failure(payload)
        return reply_of(payload)

    def _credentials(self, invocation: Invocation, region: str) -> ReadOnlyCredentials | None:
        access = invocation.access
        own = ReadOnlyCredentials(access.access_key, access.secret_key, None) if access and access.access_key else None
        if not invocation.assumed_role:
            return own
        key = (invocation.assumed_role, access)
        assumed, until = self._assumed.get(key, (None, 0.0))
        if assumed is not None and self._now() < until:
            return assumed
        assumed, until = self._assume(invocation.assumed_role, own, region)
        with self._lock:
            self._assumed[key] = (assumed, until)
            if len(self._assumed) > ROLES:
                del self._assumed[next(iter(self._assumed))]
        return assumed

    def _assume(self, role: str, own: ReadOnlyCredentials | None, region: str) -> tuple[ReadOnlyCredentials, float]:
        try:
            client = self._client("sts", region, own, self._connect_seconds, ROLE_SECONDS)
            given = client.assume_role(RoleArn=role, RoleSessionName=SESSION_NAME)["Credentials"]
        except (BotoCoreError, ClientError) as error:
            raise BackendSecurityFailed(f"the role could not be assumed: {_kind(error)}") from error
        credentials = ReadOnlyCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return credentials, given["Expiration"].timestamp() - ROLE_MARGIN_SECONDS


_creating = threading.Lock()


def create_client(
    service: str, region: str, credentials: ReadOnlyCredentials | None, connect_seconds: float, seconds: float
) -> Any:
    """Implements `CreateClient`."""
    config = Config(
        connect_timeout=connect_seconds,
        read_timeout=seconds,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
    given = credentials or ReadOnlyCredentials(None, None, None)
    with _creating:  # a session makes one client at a time
        return aws.session().create_client(
            service,
            region_name=region or None,
            aws_access_key_id=given.access_key,
            aws_secret_access_key=given.secret_key,
            aws_session_token=given.token,
            config=config,
        )


def _region(invocation: Invocation) -> str:
    """An ARN says where its function is (`arn:aws:lambda:<region>:…`); "" is the gateway's own region."""
    parts = invocation.function.split(":")
    if parts[0] == "arn" and len(parts) > _ARN_REGION:
        return parts[_ARN_REGION]
    return invocation.access.region if invocation.access else ""


def _failure(error: BotoCoreError | ClientError) -> BackendFailed:
    match error:
        case ReadTimeoutError():
            return BackendTimeout("the function took too long")
        case ConnectTimeoutError():
            return BackendConnectTimeout("Lambda does not accept the connection")
        case ConnectionClosedError() | IncompleteReadError() | ResponseStreamingError():
            return BackendClosed("the connection to Lambda broke")
        case ClientError() if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER_ERROR:
            return BackendClosed(f"Lambda failed: {_kind(error)}")  # the function may have run
        case _:
            return BackendUnreachable(f"the function was not invoked: {_kind(error)}")


def _kind(error: BotoCoreError | ClientError) -> str:
    """What went wrong, in one word: botocore's texts hold more than a log should."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "ClientError"))
    return type(error).__name__


def _function_failure(payload: bytes) -> BackendFailed:
    """Lambda tells of a function that ran out of its own time only in the text of its error."""
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        document = None
    error = document if isinstance(document, dict) else {}
    kind = str(error.get("errorType", "unknown"))
    if kind == "Sandbox.Timedout" or "Task timed out after" in str(error.get("errorMessage", "")):
        return BackendTimeout("the function ran out of time")
    return BackendClosed(f"the function failed: {kind}")
