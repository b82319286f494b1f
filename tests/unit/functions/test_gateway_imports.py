"""What the gateway loads before its first call: everybody waits for it."""

from __future__ import annotations

import pytest

from tests.bench.cold_start import GATEWAY, run


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The top-level packages in a fresh interpreter that is ready for its first call."""
    printed = run(f"import sys; {GATEWAY}; print(*sys.modules)")
    return {name.partition(".")[0] for name in printed.split()} | set(printed.split())


@pytest.mark.parametrize(
    "package",
    [
        "pydantic",
        "pynamodb",
        "boto3",
        "aws_lambda_powertools.event_handler",
        "aws_xray_sdk",
        "openapi_spec_validator",
        "argon2",
        "ldap3",
        "yaml",
        "graphql",
        "re2",
        "xmltodict",
        "xmlschema",
        "elementpath",
        "defusedxml",
        "jsonschema",
        "opentelemetry",
        "google",
        "requests",
        "gatehouse.mediation.xml_schemas",
        "gatehouse.dataplane.observing.tracing",
        "gatehouse.dataplane.answers.shared_responses",
        "gatehouse.dataplane.websub",
        "gatehouse.domain.apis.websub",
        "gatehouse.adapters.invoking.hub",
    ],
)
def test_the_gateway_starts_without(loaded: set[str], package: str) -> None:
    assert package not in loaded


def test_the_gateway_knows_nothing_of_the_control_plane(loaded: set[str]) -> None:
    assert "gatehouse.dataplane.gateway" in loaded
    assert not {name for name in loaded if name.startswith(("gatehouse.controlplane", "gatehouse.edge"))}
