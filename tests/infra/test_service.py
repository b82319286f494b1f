"""Each function is its own unit of permission, code and log; two front doors lead to them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.node import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.synthesis import Assembly

LOGGING_IN = {"dynamodb:GetItem", "dynamodb:UpdateItem"}
READING = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
CONCERNS = {
    "publisher",
    "store",
    "key_manager",
    "identity",
    "admin",
    "courier",
    "sdk_generator",
    "governance",
    "service_catalog",
    "throttling",
    "gateway",
    "hub",
    "authorizer",
}
FRONT_DOOR_SECONDS = 30
AUTHORIZER_SECONDS = 10
BEHIND_NO_DOOR = {"courier", "hub", "sdk_generator"}
FAMILIES = {"/definitions/*", "/uploads/*", "/sdks/*", "/stream/*", "/routes/*", "/integrations/*"}
ROUTES = {
    "ANY /api/am/publisher/{proxy+}": "publisher",
    "ANY /api/am/devportal/{proxy+}": "store",
    "ANY /api/am/store/{proxy+}": "store",
    "ANY /api/am/admin/{proxy+}": "admin",
    "ANY /api/am/devops/{proxy+}": "admin",
    "ANY /api/am/governance/{proxy+}": "governance",
    "ANY /api/am/service-catalog/{proxy+}": "service_catalog",
    "ANY /api/am/admin/throttling/{proxy+}": "throttling",
    "ANY /api/am/admin/{version}/throttling/{proxy+}": "throttling",
    "ANY /oauth2/{proxy+}": "key_manager",
    "ANY /oidc/{proxy+}": "key_manager",
    "ANY /t/{proxy+}": "key_manager",
    "ANY /commonauth": "key_manager",
    "ANY /client-registration/{proxy+}": "key_manager",
    "ANY /.well-known/{proxy+}": "key_manager",
    "ANY /api/am/devportal/{version}/me/{proxy+}": "identity",
    "ANY /api/am/store/{version}/me/{proxy+}": "identity",
    "ANY /scim2/{proxy+}": "identity",
    "ANY /api/identity/oauth2/{proxy+}": "key_manager",
    "ANY /t/{tenant}/api/identity/oauth2/{proxy+}": "key_manager",
    "ANY /api/identity/{proxy+}": "identity",
    "ANY /api/server/{proxy+}": "identity",
    "ANY /services/{proxy+}": "identity",
    "ANY /t/{tenant}/scim2/{proxy+}": "identity",
    "ANY /t/{tenant}/api/identity/{proxy+}": "identity",
    "ANY /t/{tenant}/api/server/{proxy+}": "identity",
    "ANY /t/{tenant}/services/{proxy+}": "identity",
    "$default": "gateway",
}


def _several(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: object) -> Iterator[str]:
    """Every string inside an ARN that CloudFormation will join."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _granted(assembly: Assembly, concern: str, resource: str) -> set[str]:
    """The actions a concern may do on the resources whose reference contains this text."""
    statements = assembly.policies()[concern]
    return {
        action
        for statement in statements
        if any(resource in text for text in _texts(statement["Resource"]))
        for action in _several(statement["Action"])
    }


def test_there_are_our_functions_and_no_others(assembly: Assembly) -> None:
    assert set(assembly.functions()) == CONCERNS
    assert len(assembly.resources("AWS::Lambda::Function")) == len(CONCERNS)


def test_every_action_is_named(on_aws: Assembly) -> None:
    for concern, statements in on_aws.policies().items():
        for statement in statements:
            for action in _several(statement["Action"]):
                assert "*" not in action, concern


def test_every_resource_is_named_and_only_definitions_and_direct_routes_are_families(on_aws: Assembly) -> None:
    for concern, statements in on_aws.policies().items():
        for statement in statements:
            wild = [text for text in _texts(statement["Resource"]) if "*" in text]
            assert {text[text.rindex("/", 0, -2) :] for text in wild} <= FAMILIES, concern


def test_every_statement_allows_and_names_no_conditions_it_could_fail_open_by(on_aws: Assembly) -> None:
    for statements in on_aws.policies().values():
        for statement in statements:
            assert statement["Effect"] == "Allow"
            assert not {"NotAction", "NotResource"} & set(statement)


def test_no_function_may_scan(on_aws: Assembly) -> None:
    for concern, statements in on_aws.policies().items():
        actions = [action for statement in statements for action in _several(statement["Action"])]
        assert "dynamodb:Scan" not in actions, concern


def test_roles_have_no_managed_policies(on_aws: Assembly) -> None:
    for name, role in on_aws.resources("AWS::IAM::Role").items():
        assert "ManagedPolicyArns" not in role["Properties"], name


def test_the_gateway_reads_artifacts_and_one_user_at_a_time_and_writes_counters_alone(on_aws: Assembly) -> None:
    assert _granted(on_aws, "gateway", "artifacts") == {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
    assert _granted(on_aws, "gateway", "counters") == {"dynamodb:GetItem", "dynamodb:UpdateItem"}
    assert _granted(on_aws, "gateway", "ExportsOutputFnGetAttidentity") == LOGGING_IN
    for table in ("apis", "applications", "oauth", "settings"):
        assert not _granted(on_aws, "gateway", f"ExportsOutputFnGetAtt{table}"), table


def test_the_hub_keeps_webhooks_and_nothing_else_of_applications_and_who_may_ask_it_is_the_gateway(
    on_aws: Assembly,
) -> None:
    reached: dict[str, set[str]] = {}
    for statement in on_aws.policies()["hub"]:
        if "ExportsOutputFnGetAttapplications" in " ".join(_texts(statement["Resource"])):
            [keys] = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            reached[keys] = set(_several(statement["Action"]))
    kept = {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    checked = {"dynamodb:ConditionCheckItem"}
    assert reached == {"*#WEBHOOKS#*": kept, "*#HOLDERS#*": kept, "*#APP#*": checked}
    asking = {
        concern for concern in on_aws.policies() if "lambda:InvokeFunction" in _granted(on_aws, concern, "hubfunction")
    }
    assert asking == {"gateway", "hub"}


def test_the_traffic_manager_looks_at_counters_and_counts_and_the_store_resets_them(on_aws: Assembly) -> None:
    counting = {"dynamodb:GetItem", "dynamodb:UpdateItem"}
    assert _granted(on_aws, "throttling", "ExportsOutputFnGetAttcounters") == counting
    # It reads there when API keys were used.
    reset = {"dynamodb:DeleteItem", "dynamodb:BatchGetItem"}
    assert _granted(on_aws, "store", "ExportsOutputFnGetAttcounters") == reset
    for table in ("apis", "applications"):
        reads = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
        assert _granted(on_aws, "throttling", f"ExportsOutputFnGetAtt{table}") == reads
    for table in ("identity", "oauth", "content"):
        assert _granted(on_aws, "throttling", f"ExportsOutputFnGetAtt{table}") <= LOGGING_IN


def test_only_failed_log_ins_are_written_by_who_only_checks_passwords(on_aws: Assembly) -> None:
    for concern in CONCERNS - {"identity", "key_manager"} - BEHIND_NO_DOOR:
        writing = [
            statement
            for statement in on_aws.policies()[concern]
            if any("ExportsOutputFnGetAttidentity" in text for text in _texts(statement["Resource"]))
            and not set(_several(statement["Action"])) <= READING
        ]
        assert [statement["Condition"] for statement in writing] == [
            {
                "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#LOCKOUT"]},
                "Null": {"dynamodb:LeadingKeys": "false"},
            }
        ], concern


@pytest.mark.parametrize("concern", ["publisher", "store"])
def test_who_shows_apis_to_other_tenants_lists_tenants_and_nothing_else_of_identity(
    on_aws: Assembly, concern: str
) -> None:
    listing = {
        action: statement["Condition"]["ForAllValues:StringLike"]
        for statement in on_aws.policies()[concern]
        if any("ExportsOutputFnGetAttidentity" in text for text in _texts(statement["Resource"]))
        for action in set(_several(statement["Action"])) & {"dynamodb:Query", "dynamodb:BatchGetItem"}
    }
    assert listing == {
        "dynamodb:Query": {"dynamodb:LeadingKeys": ["*#TENANTS"]},
        "dynamodb:BatchGetItem": {"dynamodb:LeadingKeys": ["*#TENANT"]},
    }


def test_governance_writes_rules_and_results_and_nothing_else(on_aws: Assembly) -> None:
    keys = {"settings": {"*#RULESET*", "*#GOVERNANCEPOLICY*"}, "apis": {"*#COMPLIANCE*"}}
    for table, written in keys.items():
        writing = [
            statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            for statement in on_aws.policies()["governance"]
            if any(f"ExportsOutputFnGetAtt{table}" in text for text in _texts(statement["Resource"]))
            and "dynamodb:PutItem" in _several(statement["Action"])
        ]
        assert {pattern for patterns in writing for pattern in patterns} == written


def test_the_service_catalog_writes_services_and_nothing_else(on_aws: Assembly) -> None:
    writing = [
        statement
        for statement in on_aws.policies()["service_catalog"]
        if any("ExportsOutputFnGetAttapis" in text for text in _texts(statement["Resource"]))
        and "dynamodb:PutItem" in _several(statement["Action"])
    ]
    assert [statement["Condition"]["ForAllValues:StringLike"] for statement in writing] == [
        {"dynamodb:LeadingKeys": ["*#SERVICE*"]}
    ]


def test_identity_deletes_what_tenants_owned_and_letters_are_sent_only_where_there_is_a_sender(
    on_aws: Assembly, on_laptop: Assembly
) -> None:
    for table in ("apis", "applications", "oauth"):
        granted = _granted(on_aws, "identity", f"ExportsOutputFnGetAtt{table}")
        # A subscription between tenants ends as in the store: the other tenant counts it.
        ending = (
            {"dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
            if table == "applications"
            else set()
        )
        assert granted == {"dynamodb:Query", "dynamodb:BatchWriteItem", *ending}, table
    assert _granted(on_aws, "identity", "content") == {"s3:ListBucket", "s3:DeleteObject"}
    for concern in ("identity", "publisher", "courier"):
        assert _granted(on_laptop, concern, "identity/gatehouse@gatehouse.example") == {"ses:SendEmail"}, concern
        actions = [action for one in on_aws.policies()[concern] for action in _several(one["Action"])]
        assert "ses:SendEmail" not in actions, concern
    assert not on_aws.resources("AWS::SES::EmailIdentity")


def test_the_courier_is_woken_by_what_waits_and_only_reads(on_aws: Assembly) -> None:
    [mapping] = on_aws.resources("AWS::Lambda::EventSourceMapping").values()
    woken = mapping["Properties"]
    assert "courier" in str(woken["FunctionName"])
    assert "workflows" in str(woken["EventSourceArn"])
    assert (woken["MaximumRetryAttempts"], woken["MaximumRecordAgeInSeconds"]) == (2, 3600)
    streams = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}
    assert _granted(on_aws, "courier", "/stream/*") == streams
    reads = {"dynamodb:GetItem", "secretsmanager:GetSecretValue", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert {action for one in on_aws.policies()["courier"] for action in _several(one["Action"])} == streams | reads
    watched = on_aws.resources("AWS::DynamoDB::Table").values()
    assert [table["Properties"].get("StreamSpecification") for table in watched].count(None) == len(watched) - 1


def test_only_the_key_manager_sees_the_signing_keys(on_aws: Assembly) -> None:
    assert {concern for concern in CONCERNS if _granted(on_aws, concern, "signing")} == {"key_manager"}


def test_only_identity_sees_the_first_password(on_aws: Assembly) -> None:
    assert {concern for concern in CONCERNS if _granted(on_aws, concern, "firstadmin")} == {"identity"}


def test_every_function_logs_to_a_group_of_its_own_that_forgets(assembly: Assembly) -> None:
    groups = assembly.resources("AWS::Logs::LogGroup")
    for name, group in groups.items():
        assert group["Properties"]["RetentionInDays"] == 30, name
    used = [properties["LoggingConfig"]["LogGroup"]["Ref"] for properties in assembly.functions().values()]
    assert len(set(used)) == len(CONCERNS)
    assert set(used) <= set(groups)


def test_a_function_gives_up_before_its_front_door_does(assembly: Assembly) -> None:
    for concern, properties in assembly.functions().items():
        if concern in BEHIND_NO_DOOR:
            continue
        patience = AUTHORIZER_SECONDS if concern == "authorizer" else FRONT_DOOR_SECONDS
        assert properties["Timeout"] < patience, concern


@pytest.mark.parametrize("concern", sorted(CONCERNS))
def test_a_function_carries_its_own_folder_and_nothing_else(on_aws: Assembly, concern: str) -> None:
    asset = on_aws.asset(on_aws.functions()[concern]["Code"])
    carried = {str(file.relative_to(asset)) for file in asset.rglob("*") if file.is_file() and file.suffix != ".pyc"}
    folder = ROOT / "functions" / concern
    own = {str(file.relative_to(ROOT)) for file in folder.rglob("*") if file.is_file()}
    expected = {file for file in own if "__pycache__" not in file} | {"functions/__init__.py"}
    assert carried == expected
    assert on_aws.functions()[concern]["Handler"] == f"functions.{concern}.handler.handler"


def test_all_functions_share_the_two_layers_but_the_one_that_has_a_layer_of_its_own(assembly: Assembly) -> None:
    assert len(assembly.resources("AWS::Lambda::LayerVersion")) == 3
    layers = {concern: str(properties["Layers"]) for concern, properties in assembly.functions().items()}
    own = layers.pop("sdk_generator")
    [shared] = set(layers.values())
    assert own != shared
    assert all(len(properties["Layers"]) == 2 for properties in assembly.functions().values())


def test_the_sdk_generator_writes_sdks_and_the_store_reads_them_and_orders_more(on_aws: Assembly) -> None:
    assert _granted(on_aws, "sdk_generator", "/sdks/*") == {"s3:PutObject"}
    assert _granted(on_aws, "store", "/sdks/*") == {"s3:GetObject"}
    assert _granted(on_aws, "store", "sdkgenerator") == {"lambda:InvokeFunction"}
    others = {action for one in on_aws.policies()["sdk_generator"] for action in _several(one["Action"])}
    assert others == {"s3:PutObject", "logs:CreateLogStream", "logs:PutLogEvents"}


def test_the_shared_layer_holds_the_package_where_lambda_looks_for_it(on_aws: Assembly) -> None:
    layers = on_aws.resources("AWS::Lambda::LayerVersion").values()
    folders = [on_aws.asset(layer["Properties"]["Content"]) for layer in layers]
    [shared] = [folder for folder in folders if (folder / "python" / "gatehouse").is_dir()]
    assert (shared / "python" / "gatehouse" / "settings.py").is_file()


def test_all_code_comes_with_the_bytecode_that_its_runtime_uses(on_laptop: Assembly) -> None:
    codes = [on_laptop.asset(properties["Code"]) for properties in on_laptop.functions().values()]
    layers = on_laptop.resources("AWS::Lambda::LayerVersion").values()
    folders = [on_laptop.asset(layer["Properties"]["Content"]) for layer in layers]
    [shared] = [folder for folder in folders if (folder / "python" / "gatehouse").is_dir()]
    for folder in (*codes, shared):
        for module in folder.rglob("*.py"):
            bytecode = Path(importlib.util.cache_from_source(str(module))).read_bytes()
            # PEP 552: a hash in place of the time of the source, and that it is not compared.
            assert bytecode[:8] == importlib.util.MAGIC_NUMBER + b"\1\0\0\0", module


def _concern_behind(assembly: Assembly, route: dict[str, Any]) -> str:
    integrations = assembly.resources("AWS::ApiGatewayV2::Integration")
    [integration_id] = [text for text in _texts(route["Target"]) if text in integrations]
    target = integrations[integration_id]["Properties"]
    assert target["PayloadFormatVersion"] == "2.0"
    functions = assembly.resources("AWS::Lambda::Function")
    [function_id] = [text for text in _texts(target["IntegrationUri"]) if text in functions]
    return str(functions[function_id]["Properties"]["Handler"].split(".")[1])


def test_each_prefix_leads_to_its_concern(assembly: Assembly) -> None:
    routes = [route["Properties"] for route in assembly.resources("AWS::ApiGatewayV2::Route").values()]
    assert {route["RouteKey"]: _concern_behind(assembly, route) for route in routes} == ROUTES


def test_the_two_front_doors_are_throttled_and_logged_apart(assembly: Assembly) -> None:
    stages = [stage["Properties"] for stage in assembly.resources("AWS::ApiGatewayV2::Stage").values()]
    assert len({stage["ApiId"]["Ref"] for stage in stages}) == 2
    assert len({stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0] for stage in stages}) == 2
    for stage in stages:
        assert stage["StageName"] == "$default"
        assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
        assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0


def test_only_our_own_routes_and_schedules_may_invoke_a_function_and_the_accounts_api_gateways_the_authorizer(
    on_aws: Assembly,
) -> None:
    permissions = on_aws.resources("AWS::Lambda::Permission")
    schedules = on_aws.resources("AWS::Events::Rule")
    assert len(permissions) == len(ROUTES) + len(schedules) + 1
    for name, permission in permissions.items():
        properties = permission["Properties"]
        if properties["Principal"] == "events.amazonaws.com":
            assert properties["SourceArn"]["Fn::GetAtt"][0] in schedules, name
            continue
        assert properties["Principal"] == "apigateway.amazonaws.com", name
        if "authorizer" in name:
            assert properties["SourceAccount"] == {"Ref": "AWS::AccountId"}
        else:
            assert "SourceArn" in properties, name


def test_signing_keys_are_looked_after_every_day(on_aws: Assembly) -> None:
    [rule] = on_aws.resources("AWS::Events::Rule").values()
    properties = rule["Properties"]
    assert (properties["ScheduleExpression"], properties["State"]) == ("rate(1 day)", "ENABLED")
    [target] = properties["Targets"]
    assert json.loads(target["Input"]) == {"action": "rotate_keys"}


def test_the_authorizer_decides_with_the_rights_of_the_gateway(on_aws: Assembly) -> None:
    for table in ("artifacts", "counters", "ExportsOutputFnGetAttidentity"):
        assert _granted(on_aws, "authorizer", table) == _granted(on_aws, "gateway", table), table
    for table in ("apis", "applications", "oauth", "settings"):
        assert not _granted(on_aws, "authorizer", f"ExportsOutputFnGetAtt{table}"), table


def test_direct_routes_ask_the_authorizer_every_time_and_whatever_a_call_brings(assembly: Assembly) -> None:
    [authorizer] = assembly.resources("AWS::ApiGatewayV2::Authorizer").values()
    properties = authorizer["Properties"]
    assert properties["ApiId"]["Ref"].startswith("calls")
    assert (properties["AuthorizerType"], properties["AuthorizerPayloadFormatVersion"]) == ("REQUEST", "2.0")
    assert properties["EnableSimpleResponses"] is True
    assert properties["AuthorizerResultTtlInSeconds"] == 0
    assert properties["IdentitySource"] == [], "what is not said, the emulator takes for the Authorization header"
    functions = assembly.resources("AWS::Lambda::Function")
    [asked] = [text for text in _texts(properties["AuthorizerUri"]) if text in functions]
    assert functions[asked]["Properties"]["Handler"].split(".")[1] == "authorizer"


def test_only_the_publisher_leads_the_front_door_and_only_that_one(on_aws: Assembly) -> None:
    for concern in CONCERNS:
        actions = _granted(on_aws, concern, ":apigateway:")
        assert bool(actions) == (concern == "publisher"), concern
    statements = [one for one in on_aws.policies()["publisher"] if ":apigateway:" in str(one["Resource"])]
    granted = {text for one in statements for text in _texts(one["Resource"]) if text.startswith("/")}
    assert granted == {"/routes", "/routes/*", "/integrations", "/integrations/*"}
    [door] = [key for key in on_aws.resources("AWS::ApiGatewayV2::Api") if key.startswith("calls")]
    assert all(door in _texts(resource) for one in statements for resource in _several(one["Resource"]))


@pytest.mark.parametrize(
    ("kind", "concern"), [("Custom::SigningKey", "key_manager"), ("Custom::FirstTenant", "identity")]
)
def test_a_function_is_asked_to_provision_once_it_may(on_aws: Assembly, kind: str, concern: str) -> None:
    [resource] = on_aws.resources(kind).values()
    [function_id, _] = resource["Properties"]["ServiceToken"]["Fn::GetAtt"]
    function = on_aws.resources("AWS::Lambda::Function")[function_id]["Properties"]
    assert function["Handler"].split(".")[1] == concern
    rights = [name for name in on_aws.resources("AWS::IAM::Policy") if name in resource["DependsOn"]]
    assert len(rights) == 1
    assert int(resource["Properties"]["ServiceTimeout"]) <= 300


def test_the_outputs_name_both_doors_and_the_first_password(assembly: Assembly) -> None:
    outputs = assembly.template("Service")["Outputs"]
    told = {"ManagementApi", "ManagementUrl", "GatewayApi", "GatewayUrl", "AuthorizerArn", "FirstAdminSecret"}
    assert told <= set(outputs)
    assert all(outputs[name]["Description"] for name in told)


def test_everything_is_tagged_with_its_stage(on_aws: Assembly) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::Lambda::Function"):
        for name, resource in on_aws.resources(kind).items():
            tags = {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]}
            assert tags == {"project": "gatehouse", "stage": "dev"}, name
