"""An address is who is called: scheme, host and port of a URL; what is asked there is the target."""

from __future__ import annotations

import re
import string
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from gatehouse.ports.backends import BackendFailed

PORT_MAX = 65_535
ADDRESSES_REMEMBERED = 256
TARGET_MAX = 16 * 1024
"""Characters of path and query; common servers take 8 KiB."""

_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"(https?)://([^/?#\\]*)((?:[/?][^#]*)?)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:@%]+))(?::([0-9]{1,5}))?")
_HOST = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_VISIBLE_CHARACTERS = string.ascii_letters + string.digits + string.punctuation


class Address(NamedTuple):
    """`host` is ASCII in lower case, an IPv6 address without brackets; `authority` is what the Host header says."""

    secure: bool
    host: str
    port: int
    authority: str


def split(url: str) -> tuple[Address, str]:
    """The address and the target of an absolute URL. Raises BackendFailed, without the URL, which may hold secrets."""
    match = _URL.fullmatch(url)
    if match is None:
        raise BackendFailed("the backend's address is no URL of scheme http or https")
    return _address(match[1].lower(), match[2]), _target(match[3])


@lru_cache(ADDRESSES_REMEMBERED)
def _address(scheme: str, authority: str) -> Address:
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise BackendFailed("the backend's address names no host, or user information")
    port = int(match[3] or _PORTS[scheme])
    if not 0 < port <= PORT_MAX:
        raise BackendFailed("the backend's address has an impossible port")
    host = (match[1] or _ascii(match[2])).lower()
    shown = f"[{host}]" if match[1] else host
    return Address(scheme == "https", host, port, shown if port == _PORTS[scheme] else f"{shown}:{port}")


def _ascii(host: str) -> str:
    """Checked after the translation of international names, which turns some letters into punctuation."""
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if _HOST.fullmatch(name) is None:
        raise BackendFailed("the backend's host name is impossible")
    return name


def _target(text: str) -> str:
    if len(text) > TARGET_MAX:
        raise BackendFailed("the backend's URL is too long")
    target = text if text.startswith("/") else f"/{text}"
    if _VISIBLE.fullmatch(target):
        return target
    if _CONTROL.search(target):
        raise BackendFailed("the backend's URL has control characters")
    return quote(target, safe=_VISIBLE_CHARACTERS, errors="replace")
