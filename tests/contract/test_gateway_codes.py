"""Every error of a call, against the table of WSO2's gateway (`facts/gateway_codes.tsv`): a call reaches each of them.

A new code needs its row there and its scenario in `tests/worlds/refused`. Two families of the table have no row: errors of
WebSocket frames and of guardrails are of APIs that this gateway does not serve. Of the transport's codes, those are listed
that Synapse has a name for; the rest are states of its own protocol handler.
"""

from __future__ import annotations

import csv
import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import gatehouse.dataplane
import gatehouse.mediation
from gatehouse.dataplane.answers.refusal import Refusal
from gatehouse.ports import backends
from tests.worlds.gateway import Running
from tests.worlds.refused import SCENARIOS, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

FACTS = Path(__file__).parent / "facts" / "gateway_codes.tsv"
_CODE = re.compile(r'"([1-9]\d{5})"')


def facts() -> list[tuple[int, str]]:
    with FACTS.open() as file:
        return [(int(row["status"]), row["code"]) for row in csv.DictReader(file, delimiter="\t")]


def modules() -> Iterator[ModuleType]:
    yield backends
    for package in (gatehouse.dataplane, gatehouse.mediation):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(module.name)


def refusals() -> set[tuple[int, str]]:
    found = (value for module in modules() for value in vars(module).values() if isinstance(value, Refusal))
    return {(refusal.status, refusal.code) for refusal in found}


def codes() -> set[str]:
    """Every code that stands in the code of the call path, whatever it is made into."""
    return {code for module in modules() for code in _CODE.findall(Path(str(module.__file__)).read_text())}


@pytest.fixture
def running() -> Iterator[Running]:
    one = Running()
    yield one
    one.executor.shutdown()


@pytest.mark.parametrize("expected", SCENARIOS, ids=lambda expected: f"{expected[0]}-{expected[1]}")
def test_a_call_ends_in_each_error(running: Running, expected: tuple[int, str]) -> None:
    reply = SCENARIOS[expected](running)
    assert told(reply) == expected, reply.body
    headers = {name.lower() for name, _ in reply.headers}
    assert "activityid" in headers
    assert ("www-authenticate" in headers) == (reply.status == 401)
    assert running.lines[-1]["error_code"] == expected[1]


def test_every_error_of_the_table_has_a_scenario_and_every_scenario_is_of_the_table() -> None:
    assert sorted(SCENARIOS) == sorted(facts())


def test_every_refusal_of_the_call_path_is_in_the_table() -> None:
    assert refusals() <= set(facts())


def test_every_code_in_the_call_path_is_in_the_table() -> None:
    assert codes() <= {code for _, code in facts()}
