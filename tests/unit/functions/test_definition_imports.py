"""Only who reads a definition pays for what it is read with: those libraries take longer to load than all the rest."""

from __future__ import annotations

import pytest

from tests.bench.cold_start import run

HEAVY = {"jsonschema", "lxml", "openapi_spec_validator", "xmlschema"}


@pytest.mark.parametrize("function", ["publisher", "store"])
def test_a_function_starts_without_what_checks_definitions(function: str) -> None:
    modules = (
        f"functions.{function}.interface",
        "gatehouse.adapters.definitions.asyncapi",
        "gatehouse.adapters.definitions.for_callers",
        "gatehouse.adapters.definitions.gathering",
        "gatehouse.adapters.wsdl",
    )
    printed = run(f"import sys, {', '.join(modules)}; print(*sys.modules)")
    assert {name.partition(".")[0] for name in printed.split()} & HEAVY == set()
