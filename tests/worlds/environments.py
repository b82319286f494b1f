"""Gateway environments as administrators have made them."""

from __future__ import annotations

from typing import Any

from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.domain.record import Kind, Record


def kept_environment(name: str, *hosts: str, tenant: str = SUPER_TENANT, **more: Any) -> Record:
    """The record of one with these hosts; its id is `id-of-` and its name."""
    body = {"vhosts": [{"host": host} for host in hosts], "type": "production", "displayName": name.upper(), **more}
    return Record(
        tenant=tenant,
        kind=Kind.ENVIRONMENT,
        id=f"id-of-{name}",
        name=name,
        body=body,
        created_at=1,
        updated_at=1,
        by="admin",
        updated_by="admin",
    )
