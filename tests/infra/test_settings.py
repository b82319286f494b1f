"""What infra writes into a function's environment is what the function reads."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.settings import (
    AdminSettings,
    AuthorizerSettings,
    CourierSettings,
    GatewaySettings,
    GovernanceSettings,
    HubSettings,
    IdentitySettings,
    KeyManagerSettings,
    PublisherSettings,
    SdkGeneratorSettings,
    ServiceCatalogSettings,
    Settings,
    StoreSettings,
    ThrottlingSettings,
)
from local.node import ROOT
from tests.bench.cold_start import SETTINGS as SOME_GATEWAY
from tests.synthesis import PYTHONPATH

if TYPE_CHECKING:
    from tests.synthesis import Assembly

SETTINGS: dict[str, type[Settings]] = {
    "publisher": PublisherSettings,
    "store": StoreSettings,
    "courier": CourierSettings,
    "sdk_generator": SdkGeneratorSettings,
    "key_manager": KeyManagerSettings,
    "identity": IdentitySettings,
    "admin": AdminSettings,
    "governance": GovernanceSettings,
    "service_catalog": ServiceCatalogSettings,
    "throttling": ThrottlingSettings,
    "gateway": GatewaySettings,
    "hub": HubSettings,
    "authorizer": AuthorizerSettings,
}
OFF_WHEN_EMPTY = {"responses_table", "trace_endpoint", "mail_sender"}
ENVIRONMENT_BYTES_MAX = 4096  # Lambda's limit
RESOLVED_LATER = "resolved-at-deployment"
START_SECONDS = 30


def _environment(assembly: Assembly, concern: str) -> dict[str, str]:
    """The function's variables; what CloudFormation resolves later is a word in its place."""
    variables = assembly.functions()[concern]["Environment"]["Variables"]
    return {name: value if isinstance(value, str) else RESOLVED_LATER for name, value in variables.items()}


@pytest.mark.parametrize("concern", SETTINGS)
def test_the_environment_restores_the_settings_it_was_written_from(assembly: Assembly, concern: str) -> None:
    environment = _environment(assembly, concern)
    settings = SETTINGS[concern].from_environment(environment)
    assert settings.to_environment() == environment
    assert settings.stage == assembly.stage
    told = {field.name for field in fields(settings)} - OFF_WHEN_EMPTY
    assert all(str(getattr(settings, name)) for name in told), "no other setting is empty"


@pytest.mark.parametrize("concern", SETTINGS)
def test_the_environment_fits_into_lambdas(on_aws: Assembly, concern: str) -> None:
    resolved_bytes = 150  # an ARN or a name, generously
    environment = _environment(on_aws, concern)
    values = sum(resolved_bytes if value == RESOLVED_LATER else len(value) for value in environment.values())
    assert values + sum(map(len, environment)) < ENVIRONMENT_BYTES_MAX


@pytest.mark.parametrize("concern", SETTINGS)
def test_the_handler_starts_with_exactly_this_environment(on_aws: Assembly, concern: str) -> None:
    lambdas_own = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "PATH": os.environ["PATH"]}
    environment = {**_environment(on_aws, concern), **lambdas_own, "PYTHONPATH": PYTHONPATH}
    start = f"from functions.{concern}.handler import handler; assert callable(handler)"
    command = [sys.executable, "-c", start]
    started = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=START_SECONDS
    )
    assert started.returncode == 0, started.stderr[-3000:]


def test_the_issuer_is_absolute_even_when_no_address_is_given(on_aws: Assembly, on_laptop: Assembly) -> None:
    name = "GATEHOUSE_MANAGEMENT_URL"
    [door] = [key for key in on_aws.resources("AWS::ApiGatewayV2::Api") if key.startswith("management")]
    own = on_aws.functions()["key_manager"]["Environment"]["Variables"][name]
    assert own == {"Fn::GetAtt": [door, "ApiEndpoint"]}, "API Gateway's own address starts with https://"
    assert on_laptop.functions()["key_manager"]["Environment"]["Variables"][name] == "https://localhost:9443"


def test_a_list_of_networks_is_restored_too() -> None:
    told = replace(SOME_GATEWAY, trusted_proxies=("10.0.0.0/8", "fd00::/8"))
    assert GatewaySettings.from_environment(told.to_environment()) == told


def test_no_proxy_is_trusted_unless_it_is_named(on_aws: Assembly, on_laptop: Assembly) -> None:
    for assembly in (on_aws, on_laptop):
        assert GatewaySettings.from_environment(_environment(assembly, "gateway")).trusted_proxies == ()


def test_backends_inside_the_network_are_reachable_on_a_laptop_only(on_aws: Assembly, on_laptop: Assembly) -> None:
    name = "GATEHOUSE_LOCAL_BACKENDS_ALLOWED"
    assert on_aws.functions()["gateway"]["Environment"]["Variables"][name] == "false"
    assert on_laptop.functions()["gateway"]["Environment"]["Variables"][name] == "true"
