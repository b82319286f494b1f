"""The response cache of an environment: answers to GET and HEAD of APIs that ask for it (RFC 9111, as a shared cache).

Only what everybody may see is kept: an answer with `Set-Cookie`, `private`, `no-store`, `no-cache` or `Vary: *` is not, and
neither is one to a request that says `no-store`. Each user of each application has answers of their own, so that nobody is
shown another's, and so has each revision. Environments may share theirs (`shared_responses`); what varies by a credential
stays in memory.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from gatehouse.dataplane.call import Reply
from gatehouse.ports.responses import KeptResponse, ResponseKey

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.shared_responses import SharedResponses
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Outbound
    from gatehouse.ports.world import Clock

ENTRIES_MAX = 500
BODY_BYTES_MAX = 256 * 1024
CACHEABLE_STATUS = frozenset({200, 203, 204, 300, 301, 404, 410})
"""Those that RFC 9110 §15.1 lets a cache keep, without partial and rare ones."""

METHODS = frozenset({"GET", "HEAD"})
_PRIVATE = frozenset({"private", "no-store", "no-cache"})
_CREDENTIALS = frozenset({"authorization", "cookie"})


class ResponseCache:
    """Bounded in entries and in the size of each. Not for concurrent calls. `shared` is None where nothing is shared."""

    def __init__(self, clock: Clock, shared: SharedResponses | None = None) -> None:
        self._clock = clock
        self._shared = shared
        self._kept: OrderedDict[ResponseKey, KeptResponse] = OrderedDict()

    def find(self, call: Call, outbound: Outbound) -> Reply | None:
        """A fresh answer to this very call, with its `Age`."""
        if not self._is_asked(call, outbound) or "no-cache" in _directives(call.headers.get("cache-control", "")):
            return None
        key = _key(outbound)
        now = self._clock.now()
        kept = self._own(key, call, now) or self._others(key, call)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        # Clocks of environments differ: an answer of another one may seem to come from the future.
        age = ("age", str(max(0, int(now - kept.stored_at))))
        return Reply(status=kept.status, headers=(*kept.headers, age), body=kept.body)

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
        kept = KeptResponse(
            status=reply.status,
            headers=reply.headers,
            body=reply.body,
            stored_at=now,
            until=now + seconds,
            varied={name: _digest(call.headers.get(name, "")) for name in names},
        )
        key = _key(outbound)
        self._remember(key, kept)
        if self._shared is not None and not _CREDENTIALS & set(names):
            self._shared.keep(key, kept)

    def _own(self, key: ResponseKey, call: Call, now: float) -> KeptResponse | None:
        kept = self._kept.get(key)
        if kept is None or kept.until <= now:
            self._kept.pop(key, None)
            return None
        return kept if _suits(kept, call) else None

    def _others(self, key: ResponseKey, call: Call) -> KeptResponse | None:
        """What another environment has been answered; it is remembered here too."""
        kept = self._shared.find(key) if self._shared is not None else None
        if kept is None or not _suits(kept, call):
            return None
        self._remember(key, kept)
        return kept

    def _remember(self, key: ResponseKey, kept: KeptResponse) -> None:
        self._kept[key] = kept
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


def _suits(kept: KeptResponse, call: Call) -> bool:
    return all(_digest(call.headers.get(name, "")) == digest for name, digest in kept.varied.items())


def _key(outbound: Outbound) -> ResponseKey:
    grant, message = outbound.admission.grant, outbound.message
    target = grant.caller.target
    deployed = target.api.deployed
    parts = (
        deployed.environment,  # each may have a backend of its own
        grant.application.application_id if grant.application else "",
        grant.caller.identity.subject,
        grant.key_type,
        message.method,
        message.url or target.suffix,
        message.path,
        message.query,
    )
    # In Python's own notation no part can pass for two, and all of it is ASCII or encodable.
    digest = hashlib.blake2b(ascii(parts).encode(), digest_size=16)
    digest.update(message.body)
    return ResponseKey(deployed.tenant, deployed.id, deployed.revision, digest.hexdigest())


def _digest(value: str) -> str:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _header(reply: Reply, name: str) -> str:
    return ",".join(value for known, value in reply.headers if known.lower() == name)


def _directives(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name:
            found[name.lower()] = value.strip('"')
    return found
