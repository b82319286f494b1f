"""A restriction says from where a key may be used: IP addresses and networks, or the pages that a browser calls from.

Addresses are of both families, networks in CIDR notation. Referers are globs: `*` stands for anything, but within the host
only for a part of it, so that `*.example.com/*` is no page of somebody else's that has `.example.com/` in its path. A glob
without a scheme is about any, one without a path about the whole site.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ADDRESSES_MAX = 50
REFERERS_MAX = 50
"""How many of each a key may have: the gateway looks through them on every call."""

REFERER_LENGTH_MAX = 250

COMPILED_MAX = 4096

_SCHEME = re.compile(r"([A-Za-z*][A-Za-z0-9+.*-]*)://")
_ANY_SCHEME = "[A-Za-z][A-Za-z0-9+.-]*"
_MAPPED_BITS = 96  # RFC 4291 §2.5.5.2: what stands before an IPv4 address inside an IPv6 one
_HOST_CHARACTER = r"[^/?#@\s]"
_ANY_CHARACTER = r"\S"
_GLOB = re.compile(r"[!-~]+")  # printable ASCII without the space


def normal_network(text: str) -> str:
    """An address or a network in its one spelling: `10.1.2.3/8` is `10.0.0.0/8`. Raises ValueError for anything else."""
    if "%" in text:
        message = "an address with a zone means something on one machine only"
        raise ValueError(message)
    found = ip_network(text, strict=False)
    inside = found.network_address.ipv4_mapped if isinstance(found, IPv6Network) else None
    if inside is not None and found.prefixlen >= _MAPPED_BITS:
        return str(ip_network(f"{inside}/{found.prefixlen - _MAPPED_BITS}"))
    return str(found)


def is_referer_glob(text: str) -> bool:
    """Whether this can be held against a referer."""
    return len(text) <= REFERER_LENGTH_MAX and _GLOB.fullmatch(text) is not None and bool(_parts(text)[1])


def permits_address(networks: Iterable[str], address: str) -> bool:
    """Whether the address is in one of the networks. What is no address is in none."""
    found = parsed_address(address)
    return found is not None and any(found in _network(network) for network in networks)


def in_range(first: str, last: str, address: str) -> bool:
    """Whether the address lies between two others of its family, both included. What is no address lies nowhere."""
    low, high, found = parsed_address(first), parsed_address(last), parsed_address(address)
    if low is None or high is None or found is None or not low.version == high.version == found.version:
        return False
    return int(low) <= int(found) <= int(high)


def permits_referer(globs: Iterable[str], referer: str) -> bool:
    """Whether the referer (RFC 9110 §10.1.3) is one of these. No referer is none of any."""
    return bool(referer) and any(_pattern(glob).fullmatch(referer) is not None for glob in globs)


def parsed_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in this text, None when it is not one. An IPv4 address inside an IPv6 one is the IPv4 address."""
    try:
        found = ip_address(text.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


@lru_cache(COMPILED_MAX)
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)


@lru_cache(COMPILED_MAX)
def _pattern(glob: str) -> re.Pattern[str]:
    scheme, host, path = _parts(glob)
    # A glob that names a scheme must be shown one; any other may be shown a bare host.
    before = f"(?i:{_translated(scheme, _HOST_CHARACTER)})://" if scheme else f"(?:{_ANY_SCHEME}://)?"
    after = _translated(path, _ANY_CHARACTER) if path else rf"(?:[/?#]{_ANY_CHARACTER}*)?"
    return re.compile(f"{before}(?i:{_translated(host, _HOST_CHARACTER)}){after}")


def _parts(glob: str) -> tuple[str, str, str]:
    """Scheme, host with port, and path with all that follows; each may be ""."""
    named = _SCHEME.match(glob)
    rest = glob[named.end() :] if named else glob
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return named[1] if named else "", host, rest[len(host) :]


def _translated(glob: str, character: str) -> str:
    """The pattern of one part of a glob. Atomic groups keep it from trying again: its time is linear in the text."""
    first, *rest = (re.escape(literal) for literal in re.sub(r"\*+", "*", glob).split("*"))
    if not rest:
        return first
    *inner, last = rest
    return f"{first}{''.join(f'(?>{character}*?{literal})' for literal in inner)}{character}*{last}"
