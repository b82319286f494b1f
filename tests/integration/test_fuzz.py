"""Whatever a client sends to a management interface is answered, and never by the failure of a server.

Requests are made by Schemathesis of the documents that the interfaces publish: such as those allow, and such as they do not.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from gatehouse.edge.openapi import document
from local.openapi import interfaces
from tests.callers import PASSWORD
from tests.events import CONTEXT, basic, http_event
from tests.worlds.every import PASSWORDS, Served, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.edge.operation import Interface

pytestmark = pytest.mark.slow

EXAMPLES = 5
"""Of each operation, in each mode."""

FORM = "application/x-www-form-urlencoded"
RULES = settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
INTERFACES = {interface.name: interface for interface in interfaces()}


def operations() -> Iterator[Any]:
    for name, interface in INTERFACES.items():
        for found in schemathesis.openapi.from_dict(document(interface)).get_all_operations():
            operation = found.ok()
            yield pytest.param(name, operation, id=f"{name} {operation.label}")


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_no_request_makes_a_server_fail(name: str, operation: Any) -> None:
    concern = served(PASSWORDS if operation.path == "/me/change-password" else name)
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @RULES
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            for path in {case.formatted_path, _known_path(case, concern)}:
                answer = _answered(INTERFACES[name], concern, case, path)
                assert answer["statusCode"] < 500 or _blames_client(name, answer), (path, case.body, answer["body"])

        try:
            ask()
        except Unsatisfiable:
            # Nothing can be wrong about a request that may be anything.
            assert mode is GenerationMode.NEGATIVE


def _blames_client(name: str, answer: dict[str, Any]) -> bool:
    """Whether it is a SOAP fault of the client's doing, which SOAP 1.1 answers with 500 all the same (§6.2)."""
    return name == "soap" and (":Client<" in answer["body"] or ":Sender<" in answer["body"])


def _known_path(case: Any, concern: Served) -> str:
    """The address with ids of what is there, as far as there is something."""
    parameters = case.path_parameters or {}
    return re.sub(
        r"{(\w+)}",
        lambda name: concern.known.get(name[1], str(parameters.get(name[1], "x")).replace("/", "") or "x"),
        case.path,
    )


def _answered(interface: Interface, concern: Served, case: Any, path: str) -> dict[str, Any]:
    headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}
    sent = _body(case)
    if sent is not None:
        headers["content-type"] = str(case.media_type)
    query = {name: value if isinstance(value, str) else json.dumps(value) for name, value in (case.query or {}).items()}
    event = http_event(
        case.method, interface.root + path, headers={**headers, **basic("admin", PASSWORD)}, query=query, body=sent
    )
    return concern.surface(event, CONTEXT)


def _body(case: Any) -> Any:
    """As it goes over the wire; None when there is none."""
    body, media_type = case.body, str(case.media_type or "")
    if not media_type or isinstance(body, schemathesis.core.NotSet):
        return None
    if isinstance(body, bytes):
        return body
    if media_type == FORM and isinstance(body, dict):
        return urlencode({str(name): str(value) for name, value in body.items()}, errors="replace")
    return json.dumps(body).encode()
