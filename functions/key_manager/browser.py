"""The cookie that ties a browser to its session. Scripts cannot read it, and other sites' forms do not bring it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.controlplane.openid.session import BrowserSessions, Visitor
    from gatehouse.edge.http import Request

COOKIE = "__Host-gatehouse"
STATE_COOKIE = "__Host-gatehouse-state"
"""The prefix keeps other hosts of the domain from setting it (RFC 6265bis §4.1.3.2)."""


def visitor_of(sessions: BrowserSessions, request: Request) -> Visitor:
    """Who is at the browser."""
    return sessions.visitor(request.cookies.get(COOKIE, ""))


def cookies_of(visitor: Visitor, request: Request) -> tuple[str, ...]:
    """The `Set-Cookie`s that this visitor's browser needs; none when it has them already."""
    if request.cookies.get(COOKIE) == visitor.cookie:
        return ()
    return (
        f"{COOKIE}={visitor.cookie}; Path=/; Secure; HttpOnly; SameSite=Lax",
        # Applications that watch for a logout do so in a frame (OpenID Connect Session Management §3.2), with a script.
        f"{STATE_COOKIE}={visitor.state}; Path=/; Secure; SameSite=None",
    )
