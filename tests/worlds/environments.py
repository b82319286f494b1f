"""Gateway environments and organizations as administrators have made them."""

from __future__ import annotations

from typing import Any

from gatehouse.domain.people.identity import SUPER_TENANT, Principal
from gatehouse.domain.portal.organization import organization_id
from gatehouse.domain.record import Kind, Record, made


def kept_environment(name: str, *hosts: str, tenant: str = SUPER_TENANT, **more: Any) -> Record:
    """The record of one with these hosts; its id is `id-of-` and its name."""
    body = {"vhosts": [{"host": host} for host in hosts], "type": "production", "displayName": name.upper(), **more}
    return _kept(tenant, Kind.ENVIRONMENT, f"id-of-{name}", name, body)


def kept_organization(external_id: str, tenant: str = SUPER_TENANT) -> Record:
    """The record of one; it is called like its external id, with a capital."""
    body = {"displayName": external_id.capitalize()}
    return _kept(tenant, Kind.ORGANIZATION, organization_id(tenant, external_id), external_id, body)


def _kept(tenant: str, kind: Kind, record_id: str, name: str, body: dict[str, Any]) -> Record:
    admin = Principal(tenant=tenant, user="admin", roles=frozenset(), scopes=frozenset())
    return made(admin, 1.0, kind, record_id, body, name=name)
