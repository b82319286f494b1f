"""Every management surface over tables in memory, by the name of its interface, and ids of what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from functions.admin.routes.devops import devops_interface
from functions.identity.soap.messages import fault
from functions.identity.soap.routes import soap_interface
from functions.key_manager.interface import dcr_interface, metadata_interface, oauth2_interface, revocations_interface
from functions.key_manager.routes.client_metadata import metadata_error
from gatehouse.controlplane.call_logs import CallLogs
from gatehouse.edge.errors import management_error, oauth_error
from gatehouse.edge.scim import scim_error
from gatehouse.edge.surface import Surface
from tests.callers import callers
from tests.worlds.admin import AdminWorld
from tests.worlds.governance import GovernanceWorld
from tests.worlds.identity import IdentityWorld
from tests.worlds.key_manager import KeyManagerWorld
from tests.worlds.publisher import PublisherWorld
from tests.worlds.service_catalog import CatalogWorld
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.edge.errors import ErrorRenderer
    from gatehouse.edge.operation import Interface


@dataclass(frozen=True, kw_only=True)
class Served:
    """A surface. `known` are ids of what is there, by the name of the path parameter that takes them."""

    surface: Surface
    known: Mapping[str, str] = field(default_factory=dict)


def served(name: str) -> Served:
    """The surface of the interface of this name. Raises KeyError for one that nobody has put here."""
    return _SERVED[name]()


def _publisher() -> Served:
    world = PublisherWorld()
    api_id = world.design()["id"]
    return _served(world.interface, apiId=api_id)


def _store() -> Served:
    world = StoreWorld()
    api = world.api(deployed=True)
    application_id = world.application(by="admin")
    world.subscribe(application_id, api, by="admin")
    document = world.document(api, content=b"Bake it")
    return _served(world.interface, apiId=api.id, applicationId=application_id, documentId=document.id)


def _identity(name: str) -> Served:
    world = IdentityWorld()
    match name:
        case "scim2":
            return _served(world.interface, scim_error)
        case "soap":
            return _served(soap_interface(world.parts), fault)
        case "server":
            return _served(world.server_interface)
        case "account":
            return _served(world.account_interface)
        case _:
            return _served(world.password_interface)


def _key_manager(name: str) -> Served:
    parts = KeyManagerWorld().parts
    match name:
        case "oauth2":
            return _served(oauth2_interface(parts), oauth_error)
        case "dcr-metadata":
            return _served(metadata_interface(parts), metadata_error)
        case "revocations":
            return _served(revocations_interface(parts))
        case _:
            return _served(dcr_interface(parts))


def _devops() -> Served:
    admin = AdminWorld()
    return _served(devops_interface(CallLogs(records=admin.records, apis=admin.apis, clock=admin.clock)))


def _served(interface: Interface, render_error: ErrorRenderer = management_error, **known: str) -> Served:
    return Served(surface=Surface(interface, callers(), render_error=render_error), known=known)


PASSWORDS = "passwords"
"""What identity serves below the store's address."""

_SERVED: dict[str, Callable[[], Served]] = {
    "publisher": _publisher,
    "devportal": _store,
    "admin": lambda: _served(AdminWorld().interface),
    "governance": lambda: _served(GovernanceWorld().interface),
    "service-catalog": lambda: _served(CatalogWorld().interface),
    "devops": _devops,
    **{name: partial(_identity, name) for name in ("scim2", "soap", "server", "account", PASSWORDS)},
    **{name: partial(_key_manager, name) for name in ("oauth2", "dcr", "dcr-metadata", "revocations")},
}
