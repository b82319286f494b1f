"""`python -m local.openapi FOLDER` writes the OpenAPI document of every interface that is served."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.admin.interface import interface as admin
from functions.admin.routes.devops import devops_interface
from functions.governance.interface import interface as governance
from functions.identity.account.password import password_interface
from functions.identity.interface import account_interface, scim_interface
from functions.identity.server.interface import server_interface
from functions.identity.server.tenants import tenant_operations
from functions.identity.soap.routes import soap_interface
from functions.key_manager.interface import (
    dcr_interface,
    metadata_interface,
    oauth2_interface,
    revocations_interface,
)
from functions.publisher.interface import interface as publisher
from functions.service_catalog.interface import interface as service_catalog
from functions.store.interface import interface as store
from functions.throttling.interface import interface as throttling
from gatehouse.edge.openapi import document

if TYPE_CHECKING:
    from gatehouse.edge.operation import Interface


class _Undone:
    """Stands where rules would be: a declaration names what serves it and calls nothing."""

    def __getattr__(self, name: str) -> _Undone:
        return self


def interfaces() -> list[Interface]:
    """The interfaces that are served, good for reading only."""
    nothing: Any = _Undone()
    return [
        publisher(nothing, nothing, nothing, nothing, nothing, nothing, shelves=nothing),
        _whole_devportal(nothing),
        _whole_admin(nothing),
        governance(nothing, nothing, nothing),
        devops_interface(nothing),
        service_catalog(nothing, nothing, nothing),
        oauth2_interface(nothing),
        dcr_interface(nothing),
        metadata_interface(nothing),
        revocations_interface(nothing),
        scim_interface(nothing, nothing, nothing),
        account_interface(nothing),
        soap_interface(nothing),
        server_interface(nothing, nothing, *tenant_operations(nothing, nothing)),
    ]


def _whole_devportal(nothing: Any) -> Interface:
    """One's own password is identity's affair."""
    part = store(nothing)
    return replace(part, operations=(*part.operations, *password_interface(nothing, nothing).operations))


def _whole_admin(nothing: Any) -> Interface:
    """Two functions serve the admin interface; to its clients it is one."""
    part = admin(nothing, nothing, nothing, nothing, nothing, nothing, nothing)
    return replace(part, operations=(*part.operations, *throttling(nothing, nothing, nothing, nothing, 0).operations))


def write(folder: Path) -> None:
    """One file an interface, named after it."""
    folder.mkdir(parents=True, exist_ok=True)
    for interface in interfaces():
        (folder / f"{interface.name}.json").write_text(json.dumps(document(interface), indent=2) + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
