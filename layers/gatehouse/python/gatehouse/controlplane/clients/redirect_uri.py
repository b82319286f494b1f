"""Redirect URIs: where an answer may be sent. They are compared as text (RFC 9700 §4.1.3), or by WSO2's callback patterns.

`regexp=(https://a.example/cb|https://b.example/.*)` is a pattern for RE2, which the whole address must match.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gatehouse.domain.errors import Invalid
from gatehouse.mediation import patterns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.domain.tokens.oauth import Client

PATTERN = "regexp="
CHARACTERS_MAX = 2048

_ALLOWED = re.compile(r"[\x21\x24-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+")
"""RFC 3986 without a fragment; none of what ends an attribute or a header."""

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
"""A host and a port, and nobody's name before them. It becomes part of a Content-Security-Policy."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_SCRIPTING = frozenset({"javascript", "data", "vbscript", "blob", "file", "about"})


def accepts(client: Client, uri: str) -> bool:
    """Whether the client has registered this address."""
    if not is_address(uri):
        return False
    if uri in client.rules.redirect_uris:
        return True
    if client.callback_url.startswith(PATTERN):
        return patterns.matches(client.callback_url.removeprefix(PATTERN), uri) is True
    return uri == client.callback_url


def default_of(client: Client) -> str:
    """The one address that the client has registered; "" when there are several, or a pattern."""
    registered = {*client.rules.redirect_uris, *filter(None, [client.callback_url])}
    (only, *more) = registered or {""}
    return only if not more and is_address(only) else ""


def is_address(uri: str) -> bool:
    """Whether an answer could be sent there: absolute, no fragment (RFC 6749 §3.1.2), nothing that a browser would run."""
    if len(uri) > CHARACTERS_MAX or not _ALLOWED.fullmatch(uri):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    scheme = parts.scheme.lower()
    if not _SCHEME.fullmatch(scheme) or scheme in _SCRIPTING:
        return False
    return scheme not in {"http", "https"} or _HOST.fullmatch(parts.netloc) is not None


def origin_of(uri: str) -> str:
    """Where an address leads, as a source of a Content-Security-Policy: `https://a.example:8443`, or `com.example.app:`."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


def checked_callback(callback_url: str, *, field: str) -> str:
    """A callback as a client registers it, "" for none. Raises Invalid that names `field`.

    What is no address may stand there, as `www.google.lk` does in apictl's registration: nothing is ever sent to it.
    """
    problem = patterns.problem(callback_url.removeprefix(PATTERN)) if callback_url.startswith(PATTERN) else None
    if problem:
        raise Invalid.field(field, problem)
    return callback_url


def checked_addresses(uris: Iterable[str], *, field: str) -> tuple[str, ...]:
    """Exact addresses as a client registers them. Raises Invalid that names `field`."""
    found = tuple(dict.fromkeys(uris))
    for uri in found:
        if not is_address(uri):
            raise Invalid.field(field, "must be absolute URIs without a fragment")
    return found
