"""What the authorizer loads before its first call: it is held to the gateway's budget, and needs no backends."""

from __future__ import annotations

import pytest

from tests.bench.cold_start import run

AUTHORIZER = "import functions.authorizer.handler"
"""The gateway's settings hold the authorizer's."""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules in a fresh interpreter that is ready for its first call."""
    printed = run(f"import sys; {AUTHORIZER}; print(*sys.modules)")
    return {name.partition(".")[0] for name in printed.split()} | set(printed.split())


@pytest.mark.parametrize(
    "package", ["pydantic", "pynamodb", "boto3", "aws_lambda_powertools.event_handler", "argon2", "yaml"]
)
def test_the_authorizer_starts_without(loaded: set[str], package: str) -> None:
    assert package not in loaded


def test_the_authorizer_knows_neither_backends_nor_the_control_plane(loaded: set[str]) -> None:
    assert "gatehouse.dataplane.decision" in loaded
    assert "gatehouse.dataplane.gateway" not in loaded
    assert not {name for name in loaded if name.startswith(("gatehouse.controlplane", "gatehouse.edge"))}
