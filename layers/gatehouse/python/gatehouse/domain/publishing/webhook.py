"""A webhook is an address of another system that is asked to decide: a process engine, a system of tickets."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from enum import StrEnum

SECRET_PREFIX = "whsec_"
"""A secret that begins so goes on in base64; any other is taken as it is."""


class HookSecurity(StrEnum):
    """How it knows that we are asking. SIGNATURE is that of Standard Webhooks 1.0, OAUTH a client of its own (RFC 6749 §4.4)."""

    NONE = "none"
    SIGNATURE = "signature"
    BASIC = "basic"
    OAUTH = "oauth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`secret` is what messages are signed with, or the password of `username`, or the secret of the client that it names.

    `token_url` is where that client gets its tokens.
    """

    url: str
    security: HookSecurity = HookSecurity.NONE
    username: str = ""
    token_url: str = ""
    secret: str = field(default="", repr=False)


def key_of(secret: str) -> bytes:
    """What messages are signed with. Raises ValueError when what should be base64 is not."""
    if secret.startswith(SECRET_PREFIX):
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    return secret.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is posted: JSON. `id` is the same when it is posted again; `at` is when it came to be, in epoch seconds."""

    id: str
    at: int
    body: bytes
