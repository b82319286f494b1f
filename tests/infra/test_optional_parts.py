"""What a stage may ask for, and has not unless it does: a store behind the response caches, and traces."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from gatehouse.settings import GatewaySettings
from infra.stage import Stage
from tests.synthesis import synthesized

if TYPE_CHECKING:
    from tests.synthesis import Assembly

COLLECTOR = "http://collector.example:4318/v1/traces"


@pytest.fixture(scope="module")
def with_all(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    asked = {"shared_response_cache": "true", "trace_endpoint": COLLECTOR, "trace_sample_ratio": "0.5"}
    return synthesized(tmp_path_factory.mktemp("with-all"), "dev", **asked)


def gateway(assembly: Assembly) -> dict[str, Any]:
    return dict(assembly.functions()["gateway"]["Environment"]["Variables"])


def responses(assembly: Assembly) -> list[tuple[str, dict[str, Any]]]:
    tables = assembly.resources("AWS::DynamoDB::Table").items()
    return [(name, table) for name, table in tables if "/responses/" in table["Metadata"]["aws:cdk:path"]]


def test_without_being_asked_there_is_neither(assembly: Assembly) -> None:
    settings = GatewaySettings.from_environment(
        {name: value if isinstance(value, str) else "resolved" for name, value in gateway(assembly).items()}
    )
    assert (settings.responses_table, settings.trace_endpoint) == ("", "")
    assert responses(assembly) == []


def test_the_gateway_is_told_of_its_collector_and_how_much_to_tell_it(with_all: Assembly) -> None:
    told = gateway(with_all)
    assert told["GATEHOUSE_TRACE_ENDPOINT"] == COLLECTOR
    assert told["GATEHOUSE_TRACE_SAMPLE_RATIO"] == "0.5"
    assert float(told["GATEHOUSE_TRACE_EXPORT_SECONDS"]) < 1


def test_the_table_of_responses_is_paid_per_request_forgets_and_goes_with_its_stack(with_all: Assembly) -> None:
    [(name, table)] = responses(with_all)
    assert name in with_all.resources("AWS::DynamoDB::Table", stack="Service"), "switching it off withdraws no export"
    properties = table["Properties"]
    assert [key["AttributeName"] for key in properties["KeySchema"]] == ["pk"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is False
    assert properties["DeletionProtectionEnabled"] is False
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Delete", "Delete")
    assert gateway(with_all)["GATEHOUSE_RESPONSES_TABLE"] == {"Ref": name}


def test_only_the_gateway_may_use_it_and_only_to_get_and_put_one_answer(with_all: Assembly) -> None:
    [(name, _)] = responses(with_all)
    arn = {"Fn::GetAtt": [name, "Arn"]}
    granted = {
        concern: sorted(statement["Action"])
        for concern, statements in with_all.policies().items()
        for statement in statements
        if statement["Resource"] == arn
    }
    assert granted == {"gateway": ["dynamodb:GetItem", "dynamodb:PutItem"]}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("trace_sample_ratio", "1.5", "trace_sample_ratio is a share"),
        ("trace_sample_ratio", "-0.1", "trace_sample_ratio is a share"),
        ("trace_endpoint", "collector:4318", "trace_endpoint is the URL"),
        ("trace_endpoint", "ftp://collector/v1/traces", "trace_endpoint is the URL"),
    ],
)
def test_a_setting_that_makes_no_sense_is_no_stage(name: str, value: str, why: str) -> None:
    context = SimpleNamespace(try_get_context={name: value}.get)
    with pytest.raises(ValueError, match=why):
        Stage.from_context(cast(Any, context))


def test_the_stacks_with_both_have_no_finding_that_nobody_accepted(with_all: Assembly) -> None:
    report = json.loads((with_all.folder / "validation-report.json").read_text())
    assert [plugin for plugin in report["pluginReports"] if plugin["conclusion"] != "success"] == []
