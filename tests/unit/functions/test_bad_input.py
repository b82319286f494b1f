"""Bad input to every operation of every management interface: a 4xx that names the field, and nothing written.

What the interfaces declare is the list of the tests: an operation that is added is tested.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from functions.admin.routes.devops import devops_interface
from functions.key_manager.interface import dcr_interface, metadata_interface, revocations_interface
from functions.key_manager.routes.client_metadata import metadata_error
from gatehouse.controlplane.call_logs import CallLogs
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.edge.errors import management_error
from gatehouse.edge.scim import scim_error
from gatehouse.edge.surface import Surface
from local.openapi import interfaces
from tests.callers import PASSWORD, callers
from tests.events import CONTEXT, basic, http_event
from tests.worlds.admin import AdminWorld
from tests.worlds.governance import GovernanceWorld
from tests.worlds.identity import IdentityWorld
from tests.worlds.key_manager import KeyManagerWorld
from tests.worlds.service_catalog import CatalogWorld
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.edge.operation import Interface, Operation

WRONG: tuple[Any, ...] = ({"a": {"b": 1}}, 1.5, [{"a": 1}], [["a"]], True, 7)
"""Each is wrong for most types; a property must refuse at least one of them."""

PATH = {"policyLevel": "subscription", "tenant": SUPER_TENANT}
"""What must be known of a path before anything else is looked at; any word will do for the rest."""

OPERATIONS = {
    f"{interface.name} {operation.id}": (interface.name, operation)
    for interface in interfaces()
    for operation in interface.operations
    if interface.name != "oauth2"  # its bodies are forms; test_key_manager_tokens has them
}
BODIES = {name: found for name, found in OPERATIONS.items() if found[1].body is not None}
CLOSED = {
    name: found for name, found in BODIES.items() if found[1].body and found[1].body.model_config["extra"] == "forbid"
}
"""All but the tenant's configuration, which keeps what it does not know."""

PAGES = {name: found for name, found in OPERATIONS.items() if "limit" in found[1].query}
PROPERTIES = [
    (name, field)
    for name, (_, operation) in BODIES.items()
    for field in (operation.body.model_fields if operation.body else ())
]


PASSWORDS = "passwords"
"""What identity serves below the store's address."""


class Concern:
    """An interface over tables in memory, called by somebody who may do everything."""

    def __init__(self, name: str, operation: Operation) -> None:
        interface, self._written = parts(PASSWORDS if operation.id == "changeUserPassword" else name)
        self._root = interface.root
        rendered = {"scim2": scim_error, "dcr-metadata": metadata_error}
        self._surface = Surface(interface, callers(), render_error=rendered.get(name, management_error))
        self._before = self._written()

    def refuses(self, operation: Operation, body: Any = None, query: dict[str, Any] | None = None) -> str | None:
        """What the refusal says; None when the input was not refused as bad."""
        path = self._root + re.sub(r"{(\w+)}", lambda name: PATH.get(name[1], "x"), operation.path)
        event = http_event(operation.method, path, headers=basic("admin", PASSWORD), body=body, query=query)
        answer = self._surface(event, CONTEXT)
        assert self._written() == self._before
        assert answer["statusCode"] < 500, answer["body"]
        return answer["body"] if answer["statusCode"] == 400 else None


def parts(name: str) -> tuple[Interface, Callable[[], int]]:
    """The interface of this name, and how often it has written."""
    match name:
        case "publisher" | "governance" | "service-catalog":
            return _of_apis(name)
        case "devportal":
            store = StoreWorld()
            return store.interface, lambda: store.writes
        case "admin" | "devops":
            admin = AdminWorld()
            logs = CallLogs(records=admin.records, apis=admin.apis, clock=admin.clock)
            return admin.interface if name == "admin" else devops_interface(logs), lambda: admin.writes
        case "scim2" | "server" | "account" | "passwords":
            identity = IdentityWorld()
            served = {
                "scim2": identity.interface,
                "server": identity.server_interface,
                "account": identity.account_interface,
                PASSWORDS: identity.password_interface,
            }
            return served[name], lambda: identity.users.writes
        case _:
            manager = KeyManagerWorld()
            of_tokens = {"dcr-metadata": metadata_interface, "revocations": revocations_interface}
            interface = of_tokens.get(name, dcr_interface)(manager.parts)
            return interface, lambda: manager.clients.writes + manager.artifacts.writes


def _of_apis(name: str) -> tuple[Interface, Callable[[], int]]:
    """Those over the tables of the publisher."""
    if name == "governance":
        governance = GovernanceWorld()
        return governance.interface, lambda: governance.publisher.settings.writes + governance.publisher.writes
    catalog = CatalogWorld()
    publisher = catalog.publisher
    return (publisher if name == "publisher" else catalog).interface, lambda: publisher.writes


@pytest.mark.parametrize(
    "body", [None, "", "{", "null", '"text"', "7", "NaN", r'"\ud800"', "9" * 5000, b"\xff\xfe", "[" * 5000]
)
@pytest.mark.parametrize("name", BODIES)
def test_400_for_what_is_no_document(name: str, body: Any) -> None:
    interface, operation = BODIES[name]
    assert Concern(interface, operation).refuses(operation, body) is not None


@pytest.mark.parametrize("name", CLOSED)
def test_400_for_an_unknown_property_names_it(name: str) -> None:
    interface, operation = BODIES[name]
    said = Concern(interface, operation).refuses(operation, {"colour": "red"})
    assert said is not None
    assert "colour" in said or "subscriptions" in said  # a list where a list is wanted


@pytest.mark.parametrize(("name", "field"), PROPERTIES)
def test_400_for_a_property_of_a_wrong_type_names_it(name: str, field: str) -> None:
    interface, operation = BODIES[name]
    concern = Concern(interface, operation)
    refusals = [concern.refuses(operation, {field: value}) for value in WRONG]
    assert any(said is not None and field in said for said in refusals), refusals


@pytest.mark.parametrize("query", [{"limit": "many"}, {"limit": "-1"}, {"offset": "1.5"}, {"offset": "-2"}])
@pytest.mark.parametrize("name", PAGES)
def test_400_for_a_page_that_cannot_be(name: str, query: dict[str, str]) -> None:
    interface, operation = PAGES[name]
    said = Concern(interface, operation).refuses(operation, query=query)
    assert said is not None
    assert next(iter(query)) in said


@pytest.mark.parametrize("name", CLOSED)
def test_nobody_is_told_a_regular_expression(name: str) -> None:
    interface, operation = CLOSED[name]
    fields = operation.body.model_fields if operation.body else ()
    said = Concern(interface, operation).refuses(operation, dict.fromkeys(fields, ' <*"\x00> ')) or ""
    assert "match pattern" not in said
