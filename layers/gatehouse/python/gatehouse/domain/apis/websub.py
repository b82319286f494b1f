"""WebSub: subscribers leave a URL at the hub of an API, and get every event of a topic posted there (W3C WebSub, 2018).

Terms are the recommendation's: a *topic* is an operation of the API with the verb SUBSCRIBE, a *callback* the subscriber's
URL, a *lease* the time that a subscription lasts, and the *hub* is the gateway.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatehouse.domain.publishing.deployed import Algorithm

RECEIVER = "/webhooks_events_receiver_resource"
"""Where, behind the base path, the API's backend posts events: `?topic=` names the topic."""

EVENT_BYTES_MAX = 700_000
"""Lambda takes a megabyte for later, and an event is a third larger in base64."""

LEASE_SECONDS = 365 * 86_400
"""How long a subscription lasts that asks for no time. WSO2's never end, but a hub must not lease for ever (§5.1)."""

LEASE_SECONDS_MAX = 2 * 365 * 86_400
"""Who asks for more gets this; the verification request says how much it is."""

SECRET_BYTES_MAX = 199
"""§5.1: a secret must be less than 200 bytes long."""

CALLBACK_CHARACTERS_MAX = 2048
TOPIC_CHARACTERS_MAX = 1024

_LEASE_DIGITS_MAX = 18


class Mode(StrEnum):
    """What is wanted of the hub."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRequest:
    """A subscriber's request (§5.1). `secret` is "" for deliveries without a signature; `lease_seconds` is within bounds."""

    mode: Mode
    topic: str
    callback: str
    secret: str = field(default="", repr=False)
    lease_seconds: int = LEASE_SECONDS


def hub_request(parameters: Mapping[str, str]) -> HubRequest | str:
    """The request in these parameters (`hub.mode`, …), or what is wrong with them."""
    given = {name: parameters.get(f"hub.{name}", "").strip() for name in ("mode", "topic", "callback", "lease_seconds")}
    missing = [f"hub.{name}" for name in ("mode", "topic", "callback") if not given[name]]
    if missing:
        return f"{', '.join(missing)} must be given, as form fields or in the query"
    mode = given["mode"].lower()
    if mode not in set(Mode):
        return f"hub.mode must be one of {', '.join(Mode)}"
    secret = parameters.get("hub.secret", "")
    problem = _callback_problem(given["callback"]) or _lease_problem(given["lease_seconds"]) or _secret_problem(secret)
    if problem:
        return problem
    lease = int(given["lease_seconds"] or LEASE_SECONDS)
    return HubRequest(
        mode=Mode(mode),
        topic=given["topic"],
        callback=given["callback"],
        secret=secret,
        lease_seconds=min(lease, LEASE_SECONDS_MAX),
    )


def _callback_problem(url: str) -> str:
    if len(url) > CALLBACK_CHARACTERS_MAX or not (url.isascii() and url.isprintable()) or " " in url:
        return f"hub.callback must be at most {CALLBACK_CHARACTERS_MAX} ASCII characters without spaces"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.fragment
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        return "hub.callback must be an absolute http or https URL without a fragment"
    return "hub.callback must not hold credentials" if parts.username or parts.password else ""


def _lease_problem(text: str) -> str:
    usable = not text or (text.isascii() and text.isdigit() and len(text) <= _LEASE_DIGITS_MAX and int(text) > 0)
    return "" if usable else "hub.lease_seconds must be a positive number of seconds"


def _secret_problem(secret: str) -> str:
    size = len(secret.encode())
    return "" if size <= SECRET_BYTES_MAX else f"hub.secret must be at most {SECRET_BYTES_MAX} bytes long"


def topic_named(name: str, topics: Iterable[str]) -> str | None:
    """The topic of these that is meant by this name: exactly, else without regard to case and to a leading slash.

    WSO2's publisher shows addresses with topics in lower case, and its clients send both `issues` and `/issues`.
    """
    known = list(topics)
    if name in known:
        return name
    meant = _plain(name)
    return next((topic for topic in known if _plain(topic) == meant), None)


def _plain(name: str) -> str:
    return name.lower().removeprefix("/")


def signature(body: bytes, secret: str, algorithm: Algorithm) -> str:
    """What a signature header says of this body: `sha256=` and the HMAC in hexadecimal (§7.1)."""
    method = algorithm.lower()
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"
