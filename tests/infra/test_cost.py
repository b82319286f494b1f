"""The page of costs counts what a deployment really has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from local.node import ROOT

if TYPE_CHECKING:
    from tests.synthesis import Assembly

PAGE = ROOT / "docs" / "cost.md"
COUNTED = {
    "Lambda functions": "AWS::Lambda::Function",
    "HTTP APIs": "AWS::ApiGatewayV2::Api",
    "DynamoDB tables, on demand": "AWS::DynamoDB::Table",
    "secrets": "AWS::SecretsManager::Secret",
    "S3 bucket": "AWS::S3::Bucket",
    "log groups": "AWS::Logs::LogGroup",
}
RECOVERABLE = "point-in-time recovery"
SECRET_A_MONTH = 0.40
IDLE_MAX = 3.0
"""US dollars a month."""


def row(label: str) -> list[str]:
    """The cells of the one row of the first table that begins like this."""
    idle = PAGE.read_text().partition("\n## A million calls")[0]
    [line] = [line for line in idle.splitlines() if line.startswith(f"| {label}")]
    return [cell.strip().strip("*") for cell in line.strip("|").split("|")]


def count(cells: list[str]) -> int:
    number = re.match(r"\d+", cells[1])
    assert number, cells
    return int(number[0])


@pytest.mark.parametrize("label", sorted(COUNTED))
def test_there_are_as_many_as_the_page_says(on_aws: Assembly, label: str) -> None:
    assert count(row(label)) == len(on_aws.resources(COUNTED[label]))


def test_as_many_tables_can_be_restored_as_the_page_says(on_aws: Assembly) -> None:
    tables = on_aws.resources("AWS::DynamoDB::Table").values()
    kept = [
        table
        for table in tables
        if table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    ]
    assert count(row(RECOVERABLE)) == len(kept)


def test_what_costs_when_idle_are_the_secrets_and_the_sum_is_theirs(on_aws: Assembly) -> None:
    cost = len(on_aws.resources("AWS::SecretsManager::Secret")) * SECRET_A_MONTH
    assert float(row("**all**")[3]) == pytest.approx(cost)
    assert cost <= IDLE_MAX
    priced = [
        kind
        for kind in ("AWS::KMS::Key", "AWS::EC2::NatGateway", "AWS::CloudWatch::Alarm", "AWS::ApiGateway::RestApi")
        if on_aws.resources(kind)
    ]
    assert priced == []
