"""Webhooks over the client that guards addresses, signed as Standard Webhooks 1.0 has it where a tenant wants that.

A message that is not taken is posted again after a pause, unless the answer says that it never will be. Redirects are
not followed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gatehouse.adapters.outward.client import Outward
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.publishing.deployed import EndpointSecurity, SecurityKind
from gatehouse.domain.publishing.webhook import HookSecurity, key_of
from gatehouse.ports.backends import SUCCESS, BackendFailed, BackendForbidden, BackendRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.publishing.webhook import Message, Webhook

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
ANSWER_SECONDS = 8.0
"""From asking to the last byte of one answer."""
PAUSES_SECONDS = (1.0, 4.0)
"""How long is waited before the second try, and before the third, which is the last."""

_WORTH_ANOTHER_TRY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)})


class HttpWebhooks:
    """Implements `ports.publishing.webhooks.Webhooks`. `internal_allowed` (and plain http) is for the local stack."""

    def __init__(self, *, internal_allowed: bool, sleep: Callable[[float], None] = time.sleep) -> None:
        self._internal_allowed = internal_allowed
        self._outward = Outward(
            connect_seconds=CONNECT_SECONDS,
            read_seconds=READ_SECONDS,
            answer_seconds=ANSWER_SECONDS,
            internal_allowed=internal_allowed,
        )
        self._sleep = sleep

    def close(self) -> None:
        """Close the connections that are kept."""
        self._outward.close()

    def post(self, hook: Webhook, message: Message) -> None:
        """Hand the message over. Raises Unavailable."""
        host = urlsplit(hook.url).hostname
        problem = "is no https address"
        if self._internal_allowed or all(url.startswith("https://") for url in (hook.url, hook.token_url) if url):
            for pause in (0.0, *PAUSES_SECONDS):
                self._sleep(pause)
                problem, is_final = self._tried(hook, message)
                if not problem:
                    return
                if is_final:
                    break
        raise Unavailable(cause=f"a webhook {problem}", host=host, message=message.id)

    def _tried(self, hook: Webhook, message: Message) -> tuple[str, bool]:
        """What went wrong, "" for nothing, and whether it will go wrong again."""
        headers = {
            "content-type": "application/json",
            "user-agent": "gatehouse",
            "webhook-id": message.id,
            "webhook-timestamp": str(message.at),
            **({"webhook-signature": signature(hook.secret, message)} if _signs(hook) else {}),
        }
        request = BackendRequest(
            method="POST", url=hook.url, headers=headers, body=message.body, security=_security(hook)
        )
        try:
            status = self._outward.send(request).status
        except BackendForbidden:
            return "is at an address that may not be called", True
        except BackendFailed as error:
            return f"does not answer ({type(error).__name__})", False
        return ("" if status in SUCCESS else f"answers {status}"), status not in _WORTH_ANOTHER_TRY


def signature(secret: str, message: Message) -> str:
    """`v1,` and the HMAC-SHA256 of `id.timestamp.body`, in base64."""
    signed = f"{message.id}.{message.at}.".encode() + message.body
    return f"v1,{base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()}"


def _signs(hook: Webhook) -> bool:
    return hook.security is HookSecurity.SIGNATURE


def _security(hook: Webhook) -> EndpointSecurity | None:
    match hook.security:
        case HookSecurity.BASIC:
            return EndpointSecurity(kind=SecurityKind.BASIC, username=hook.username, password=hook.secret)
        case HookSecurity.OAUTH:
            return EndpointSecurity(
                kind=SecurityKind.OAUTH,
                token_url=hook.token_url,
                client_id=hook.username,
                client_secret=hook.secret,
            )
        case _:
            return None
