"""What must survive, does; what is secret, is not in a template."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.synthesis import run_cdk_code

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synthesis import Assembly

TABLES = {
    "apis",
    "applications",
    "identity",
    "oauth",
    "settings",
    "workflows",
    "artifacts",
    "counters",
    "usage",
    "audit",
}
NOT_BACKED_UP = {"counters", "usage"}


def _tables(assembly: Assembly) -> dict[str, dict[str, Any]]:
    tables = assembly.resources("AWS::DynamoDB::Table").values()
    return {table["Metadata"]["aws:cdk:path"].split("/")[1]: table for table in tables}


def test_each_service_has_its_table(assembly: Assembly) -> None:
    assert set(_tables(assembly)) == TABLES


def test_every_table_is_keyed_by_text_and_paid_per_request(assembly: Assembly) -> None:
    for name, table in _tables(assembly).items():
        keys = ["pk"] if name == "counters" else ["pk", "sk"]
        properties = table["Properties"]
        assert [key["AttributeName"] for key in properties["KeySchema"]] == keys, name
        assert {kind["AttributeType"] for kind in properties["AttributeDefinitions"]} == {"S"}, name
        assert properties["BillingMode"] == "PAY_PER_REQUEST", name


def test_rows_of_every_table_can_expire(assembly: Assembly) -> None:
    for name, table in _tables(assembly).items():
        assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}, name


def test_every_table_but_counters_and_usage_can_be_restored_to_any_second(on_aws: Assembly) -> None:
    for name, table in _tables(on_aws).items():
        recovery = table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert recovery is (name not in NOT_BACKED_UP), name


def test_data_outlives_its_stack_on_aws(on_aws: Assembly) -> None:
    for name, table in _tables(on_aws).items():
        assert table["Properties"]["DeletionProtectionEnabled"] is True, name
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"):
        for name, resource in on_aws.resources(kind).items():
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain", name
    assert on_aws.manifest()["Gatehouse-dev-State"]["properties"]["terminationProtection"] is True


def test_data_goes_with_its_stack_on_a_laptop(on_laptop: Assembly) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"):
        for name, resource in on_laptop.resources(kind).items():
            assert resource["DeletionPolicy"] == "Delete", name


def test_content_is_private_versioned_and_moves_over_tls_only(on_aws: Assembly) -> None:
    [bucket] = on_aws.resources("AWS::S3::Bucket").values()
    [policy] = on_aws.resources("AWS::S3::BucketPolicy").values()
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_no_secret_is_in_a_template_for_aws(on_aws: Assembly) -> None:
    for name, secret in on_aws.resources("AWS::SecretsManager::Secret").items():
        assert "SecretString" not in secret["Properties"], name
        assert "GenerateSecretString" in secret["Properties"], name


def test_the_first_admin_gets_a_generated_password_of_32_characters(on_aws: Assembly) -> None:
    secrets = on_aws.resources("AWS::SecretsManager::Secret").values()
    generated = [secret["Properties"]["GenerateSecretString"] for secret in secrets]
    [first_admin] = [each for each in generated if each.get("GenerateStringKey") == "password"]
    assert json.loads(first_admin["SecretStringTemplate"]) == {"username": "admin"}
    assert first_admin["PasswordLength"] == 32


def test_a_password_may_be_given_to_the_local_stack_only(on_laptop: Assembly, tmp_path: Path) -> None:
    texts = [
        secret["Properties"].get("SecretString")
        for secret in on_laptop.resources("AWS::SecretsManager::Secret").values()
    ]
    assert {"username": "admin", "password": "admin"} in [json.loads(text) for text in texts if text]
    refused = run_cdk_code(tmp_path, "app.py", stage="dev", first_admin_password="admin")
    assert refused.returncode
    assert "local stack only" in refused.stderr
