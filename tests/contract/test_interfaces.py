"""The interfaces against the facts of WSO2's, and the published documents against what is served.

`facts/operations.tsv` lists the operations that both have, as WSO2's public definitions state them. Where a definition
gives an operation no name, ours is free.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import validate

from gatehouse.edge.openapi import document
from gatehouse.edge.surface import Surface
from local.openapi import interfaces, write
from tests.callers import callers
from tests.events import CONTEXT, http_event

if TYPE_CHECKING:
    from gatehouse.edge.auth import Callers

FACTS = Path(__file__).parent / "facts" / "operations.tsv"
INTERFACES = {interface.name: interface for interface in interfaces()}
OPERATIONS = {
    f"{interface.name} {operation.method} {operation.path}": (interface, operation)
    for interface in INTERFACES.values()
    for operation in interface.operations
}
OPEN_TO_ALL = {("devportal", "/settings"), ("admin", "/settings")}
"""WSO2's definitions ask for a scope, its servers answer everybody: portals read settings before anybody logs in."""


def known() -> dict[str, dict[str, str]]:
    with FACTS.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {f"{row['interface']} {row['method']} {row['path']}": row for row in rows}


@pytest.mark.parametrize("name", known())
def test_an_operation_has_wso2_s_address_name_and_scopes(name: str) -> None:
    interface, operation = OPERATIONS[name]
    fact = known()[name]
    assert interface.root == fact["base"]
    assert fact["operationId"] in {"", operation.id}
    if (interface.name, operation.path) not in OPEN_TO_ALL:
        assert set(operation.scopes) == set(fact["scopes"].split())


@pytest.mark.parametrize("name", INTERFACES)
def test_the_published_document_is_valid_and_names_each_operation_once(name: str) -> None:
    described = document(INTERFACES[name])
    validate(described)
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    assert len(operations) == len(INTERFACES[name].operations)
    assert max(Counter(operation["operationId"] for operation in operations).values()) == 1
    assert all(operation["summary"] for operation in operations)


def test_a_document_is_written_for_every_interface(tmp_path: Path) -> None:
    write(tmp_path)
    written = {file.stem: json.loads(file.read_text()) for file in tmp_path.iterdir()}
    assert written == {name: document(interface) for name, interface in INTERFACES.items()}
    assert {"publisher", "devportal", "admin", "dcr", "oauth2", "scim2"} <= set(written)


# An operation for everybody needs its rules to answer; tests/unit/functions has those.
@pytest.mark.parametrize("name", [name for name, (_, operation) in OPERATIONS.items() if operation.authenticated])
def test_what_is_published_is_served(name: str) -> None:
    interface, operation = OPERATIONS[name]
    answer = answered(interface, callers(), operation.method, re.sub(r"{\w+}", "x", operation.path))
    assert answer["statusCode"] == 401, answer["body"]


@pytest.mark.parametrize("name", INTERFACES)
def test_what_is_not_published_is_not_served(name: str) -> None:
    interface = INTERFACES[name]
    assert answered(interface, callers(), "GET", "/there/is/no/such/path")["statusCode"] == 404
    path = next(operation.path for operation in interface.operations if "{" not in operation.path)
    served = {operation.method for operation in interface.operations if operation.path == path}
    (other, *_) = sorted({"GET", "POST", "PUT", "DELETE", "PATCH"} - served)
    answer = answered(interface, callers(), other, path)
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, ", ".join(sorted(served)))


def answered(interface: Any, known_callers: Callers, method: str, path: str) -> dict[str, Any]:
    return Surface(interface, known_callers)(http_event(method, interface.root + path), CONTEXT)
