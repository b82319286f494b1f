"""The desk of the hub: subscribers come and go there. It keeps webhooks, and asks callbacks whether they want to be one."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

from gatehouse.domain.apis.websub import Mode
from gatehouse.domain.applications.webhook import Standing
from gatehouse.ports.backends import SUCCESS, BackendFailed, BackendRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.domain.applications.webhook import Registration, Webhook
    from gatehouse.ports.applications.webhooks import Webhooks
    from gatehouse.ports.backends import Backends
    from gatehouse.ports.hub import Errands
    from gatehouse.ports.world import Clock

CHALLENGE_BYTES = 32
DENIED = "denied"
TAKEN_MEANWHILE = "the plan's last place was taken in the meantime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Serves subscribers, one at a time. `forbidden` says whether a callback is an address that may not be called."""

    webhooks: Webhooks
    backends: Backends
    errands: Errands
    clock: Clock
    forbidden: Callable[[str], bool]

    def subscribe(self, registration: Registration) -> Standing:
        """Keep the webhook, or wait for its callback to confirm it; either way the callback is asked (§5.3).

        Where nobody demands a confirmation, WSO2's subscribers need not give one: then the answer does not matter.
        Raises Unavailable, Changed.
        """
        webhook = registration.webhook
        if self.forbidden(webhook.callback):
            return Standing.FORBIDDEN
        standing = self._room(registration) if registration.verified else self._kept(registration)
        if standing is Standing.ACCEPTED:
            self.errands.verify(registration)
        return standing

    def unsubscribe(self, webhook: Webhook) -> Standing:
        """Forget the webhook. The caller's credential proves what the callback would otherwise be asked for."""
        self.webhooks.remove(webhook)
        return Standing.ACCEPTED

    def verify(self, registration: Registration) -> bool:
        """Ask the callback whether it wants to be subscribed; keep the webhook that waited for its word. Whether it did.

        Raises Unavailable, Changed.
        """
        challenge = secrets.token_urlsafe(CHALLENGE_BYTES)
        asked = {"hub.challenge": challenge, "hub.lease_seconds": registration.lease_seconds}
        confirmed = hmac.compare_digest(self._told(registration, Mode.SUBSCRIBE, asked), challenge.encode())
        if not (confirmed and registration.verified):
            return confirmed
        if self._kept(registration) is Standing.FULL:
            self._told(registration, DENIED, {"hub.reason": TAKEN_MEANWHILE})
            return False
        return True

    def _room(self, registration: Registration) -> Standing:
        """Whether there is room. That it is taken is decided by who keeps the webhook."""
        webhook = registration.webhook
        now = int(self.clock.now())
        held = self.webhooks.of_application(webhook.tenant, webhook.application_id, webhook.api_id)
        others = [one for one in held if one.expires_at > now and not _same(one, webhook)]
        return Standing.ACCEPTED if len(others) < registration.places else Standing.FULL

    def _kept(self, registration: Registration) -> Standing:
        now = int(self.clock.now())
        webhook = replace(registration.webhook, expires_at=now + registration.lease_seconds)
        return self.webhooks.keep(webhook, places=registration.places, now=now)

    def _told(self, registration: Registration, mode: str, more: dict[str, object]) -> bytes:
        """What the callback answers to this; nothing when it does not, or not with success."""
        parameters = {"hub.mode": mode, "hub.topic": registration.topic_name, **more}
        url = _with_query(registration.webhook.callback, parameters)
        try:
            reply = self.backends.send(BackendRequest(method="GET", url=url, headers={}, body=b""))
        except BackendFailed:
            return b""
        return reply.body.strip() if reply.status in SUCCESS else b""


def _with_query(url: str, parameters: dict[str, object]) -> str:
    """The callback with these parameters behind its own (§5.3)."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))


def _same(one: Webhook, other: Webhook) -> bool:
    return (one.topic, one.callback) == (other.topic, other.callback)
