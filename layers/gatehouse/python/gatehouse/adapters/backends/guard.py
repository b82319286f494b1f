"""The guard: which addresses nobody's API may make the gateway call.

Asked for the very address that is connected to, so that a name that resolves differently the second time cannot slip by.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052 §2.1: the last 32 bits are the IPv4 address that is reached."""


def names_internal(url: str) -> bool:
    """Whether a URL says in so many words that it leads inside: by an address, or as `localhost` (RFC 6761 §6.3).

    What a name resolves to is looked at when it is connected to.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return is_internal(host)
    except ValueError:
        return False  # a name


def is_internal(text: str) -> bool:
    """Whether this IP address is anything but a public unicast one, itself or by the IPv4 address within."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return not address.is_global or address.is_multicast
    if address.ipv4_mapped is not None:
        return is_internal(str(address.ipv4_mapped))
    if address in _NAT64:
        return is_internal(str(ipaddress.IPv4Address(address.packed[-4:])))
    if address.sixtofour is not None and is_internal(str(address.sixtofour)):
        return True
    return address not in _GLOBAL_UNICAST or not address.is_global
