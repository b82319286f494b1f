"""The client's address: who is connected to the front door, or whom a trusted proxy that is connected names.

Such a proxy may also say which host was called (`X-Forwarded-Host`): gateway environments are told apart by it.

`X-Forwarded-For` is a list that everybody on the way adds to, the caller first. An entry is worth as much as who wrote the
next one, so it is read from its end for as long as the writers are trusted. WSO2 believes the first entry whoever wrote it;
trusting everybody (`0.0.0.0/0,::/0`) does the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.applications.restriction import parsed_address, permits_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.dataplane.call import Call

FORWARDED = "x-forwarded-for"
FORWARDED_HOST = "x-forwarded-host"


def seen_through(call: Call, trusted_proxies: Sequence[str]) -> Call:
    """The call with the client's address and host in place, where trusted proxies (IP networks) stand before the front door."""
    if not trusted_proxies or not permits_address(trusted_proxies, call.source_ip):
        return call
    address = call.source_ip
    for entry in reversed(call.headers.get(FORWARDED, "").split(",")):
        named = parsed_address(entry)
        if named is None:
            break
        address = str(named)
        if not permits_address(trusted_proxies, address):
            break
    # Proxies add to the list what they were called by; the first is what the client called.
    return call._replace(client_ip=address, client_host=call.headers.get(FORWARDED_HOST, "").partition(",")[0].strip())
