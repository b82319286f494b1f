"""The API's authorization header: several credentials may stand in it, separated by commas, each after its scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Target


def credential_of(call: Call, target: Target, scheme: str) -> str:
    """The first credential of this scheme (lower case), "" when there is none."""
    for part in call.headers.get(target.api.authorization_header, "").split(","):
        name, _, credential = part.strip().partition(" ")
        if name.lower() == scheme:
            return credential.strip()
    return ""
