"""Every failure that a caller may be told about, against the statuses of WSO2's codes (`facts/error_codes.tsv`).

An error with a new code needs its row there: code and status, as WSO2's documentation gives them.
"""

from __future__ import annotations

import csv
import importlib
import pkgutil
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import functions
import gatehouse
from gatehouse.domain.errors import GatehouseError
from gatehouse.edge.errors import STATUS, status_of
from gatehouse.edge.surface import MethodNotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator

FACTS = Path(__file__).parent / "facts" / "error_codes.tsv"
WSO2_FROM = 900_000
"""Smaller codes are those of HTTP."""


def errors(of: type[GatehouseError] = GatehouseError) -> Iterator[type[GatehouseError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from errors(kind)


def everything() -> list[type[GatehouseError]]:
    for package in (gatehouse, functions):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".handler"):  # those read the environment
                importlib.import_module(module.name)
    return sorted(set(errors()), key=lambda kind: kind.__name__)


def statuses() -> dict[int, set[int]]:
    found = defaultdict(set)
    with FACTS.open() as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found[int(row["code"])].add(int(row["status"]))
    return dict(found)


@pytest.mark.parametrize("kind", everything())
def test_an_error_has_the_status_that_wso2_gives_its_code(kind: type[GatehouseError]) -> None:
    status = status_of(kind())
    if kind.code >= WSO2_FROM:
        assert status in statuses()[kind.code]
    else:
        assert kind.code in {status, MethodNotAllowed.code}


def test_a_code_of_wso2_s_means_one_thing() -> None:
    by_code = defaultdict(set)
    for kind in everything():
        if kind.code >= WSO2_FROM:
            by_code[kind.code].add(kind.message)
    assert {code: messages for code, messages in by_code.items() if len(messages) > 1} == {}


def test_every_branch_of_the_tree_has_a_status() -> None:
    assert set(GatehouseError.__subclasses__()) <= set(STATUS)
