"""The response cache of an environment: answers to GET and HEAD of APIs that ask for it (RFC 9111, as a shared cache).

Only what everybody may see is kept: an answer with `Set-Cookie`, `private`, `no-store`, `no-cache` or `Vary: *` is not, and
neither is one to a request that says `no-store`. Each application has answers of its own, so that nobody is shown
another's.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.dataplane.call import Reply

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Outbound
    from gatehouse.ports.world import Clock

ENTRIES_MAX = 500
BODY_BYTES_MAX = 256 * 1024
CACHEABLE_STATUS = frozenset({200, 203, 204, 300, 301, 404, 410})
"""Those that RFC 9110 §15.1 lets a cache keep, without partial and rare ones."""

METHODS = frozenset({"GET", "HEAD"})
_PRIVATE = frozenset({"private", "no-store", "no-cache"})


@dataclass(frozen=True, slots=True)
class _Kept:
    reply: Reply
    stored_at: float
    until: float
    varied: tuple[tuple[str, str], ...]


class ResponseCache:
    """Bounded in entries and in the size of each. Not for concurrent calls."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()

    def find(self, call: Call, outbound: Outbound) -> Reply | None:
        """A fresh answer to this very call, with its `Age`."""
        if not self._is_asked(call, outbound) or "no-cache" in _directives(call.headers.get("cache-control", "")):
            return None
        key = _key(outbound)
        kept = self._kept.get(key)
        now = self._clock.now()
        if kept is None or kept.until <= now:
            self._kept.pop(key, None)
            return None
        if any(call.headers.get(name, "") != value for name, value in kept.varied):
            return None
        self._kept.move_to_end(key)
        age = ("age", str(int(now - kept.stored_at)))
        return Reply(status=kept.reply.status, headers=(*kept.reply.headers, age), body=kept.reply.body)

    def keep(self, call: Call, outbound: Outbound, reply: Reply) -> None:
        """Remember the answer, if that is allowed."""
        if not self._is_asked(call, outbound):
            return
        seconds = self._lifetime(outbound, reply)
        vary = _header(reply, "vary")
        if seconds <= 0 or vary.strip() == "*":
            return
        now = self._clock.now()
        names = [name.strip().lower() for name in vary.split(",") if name.strip()]
        varied = tuple((name, call.headers.get(name, "")) for name in names)
        self._kept[_key(outbound)] = _Kept(reply, now, now + seconds, varied)
        if len(self._kept) > ENTRIES_MAX:
            self._kept.popitem(last=False)

    def _is_asked(self, call: Call, outbound: Outbound) -> bool:
        deployed = outbound.admission.grant.caller.target.api.deployed
        return (
            deployed.cache_seconds > 0
            and outbound.message.method in METHODS
            and "no-store" not in _directives(call.headers.get("cache-control", ""))
        )

    def _lifetime(self, outbound: Outbound, reply: Reply) -> float:
        """For how many seconds; the API's setting is the longest."""
        longest = outbound.admission.grant.caller.target.api.deployed.cache_seconds
        if reply.status not in CACHEABLE_STATUS or len(reply.body) > BODY_BYTES_MAX or _header(reply, "set-cookie"):
            return 0
        directives = _directives(_header(reply, "cache-control"))
        if _PRIVATE & set(directives):
            return 0
        for name in ("s-maxage", "max-age"):
            text = directives.get(name, "")
            if text.isascii() and text.isdigit():
                return min(int(text), longest)
        return longest


def _key(outbound: Outbound) -> bytes:
    grant, message = outbound.admission.grant, outbound.message
    target = grant.caller.target
    application = grant.application.application_id if grant.application else grant.caller.identity.subject
    parts = (
        f"{target.api.deployed.id} {target.api.deployed.revision}",
        application,
        grant.key_type,
        message.method,
        message.url or target.suffix,
        message.path,
        message.query,
    )
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(message.body)
    return digest.digest()


def _header(reply: Reply, name: str) -> str:
    return ",".join(value for known, value in reply.headers if known.lower() == name)


def _directives(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name:
            found[name.lower()] = value.strip('"')
    return found
