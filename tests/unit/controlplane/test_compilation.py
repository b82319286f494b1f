"""What the gateway is told of an API's endpoints, access and policies, and what it is not able to do."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.controlplane.publishing.compiling.compilation import deployed_api
from gatehouse.controlplane.publishing.compiling.compiled_endpoints import has_endpoint
from gatehouse.domain.apis.api import Api
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.deployed import DeployedApi, EndpointKind, SecurityKind
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.publishing.revision import NotServable, Revision

URL = "https://backend.example/v1"
HTTP = {"endpoint_type": "http", "production_endpoints": {"url": URL}}


def compiled(**document: Any) -> DeployedApi:
    whole = {"endpointConfig": HTTP, "operations": [{"verb": "GET", "target": "/items"}], **document}
    common: dict[str, Any] = {"tenant": "carbon.super", "document": whole, "definition": "d", "created_at": 1}
    api = Api(
        id="api",
        name="Menu",
        version="1.0.0",
        context="/menu",
        provider="admin",
        state=LifecycleState.CREATED,
        updated_at=1,
        updated_by="admin",
        **common,
    )
    return deployed_api(api, Revision(api_id="api", id="r", number=3, description="", **common))


def endpoints(**config: Any) -> DeployedApi:
    return compiled(endpointConfig={**HTTP, **config})


def blamed(error: Invalid) -> list[str]:
    return [field.path for field in error.fields]


def test_a_body_reads_back_as_it_was_written() -> None:
    api = compiled(
        corsConfiguration={"corsConfigurationEnabled": True, "accessControlAllowOrigins": ["https://a.example"]},
        apiPolicies={"request": [{"policyName": "setHeader", "parameters": {"headerName": "A", "headerValue": "1"}}]},
    )
    assert DeployedApi.from_body(api.to_body()) == api


def test_a_body_of_an_older_version_still_loads() -> None:
    old = {"id": "api", "tenant": "t", "name": "n", "version": "1", "context": "/c", "base_path": "/c/1"}
    api = DeployedApi.from_body({**old, "provider": "p", "revision": 1, "forgotten": True})
    assert (api.production, api.access.oauth2) == (None, True)


@pytest.mark.parametrize(
    ("auth_type", "authenticated", "token_type"),
    [
        ("Application & Application User", True, ""),
        ("Any", True, ""),
        ("Application", True, "APPLICATION"),
        ("Application User", True, "APPLICATION_USER"),
        ("None", False, ""),
    ],
)
def test_an_operation_says_whose_token_it_takes(auth_type: str, token_type: str, *, authenticated: bool) -> None:
    (operation,) = compiled(operations=[{"verb": "GET", "target": "/items", "authType": auth_type}]).operations
    assert (operation.authenticated, operation.token_type) == (authenticated, token_type)


def test_durations_are_milliseconds_on_the_way_in_and_seconds_inside() -> None:
    config = {
        "actionSelect": "fault",
        "actionDuration": "30000",
        "retryTimeOut": "2",
        "retryDelay": "500",
        "retryErroCode": ["101503"],
        "suspendDuration": "10000",
        "suspendMaxDuration": "60000",
        "factor": "2",
        "suspendErrorCode": ["101504"],
    }
    api = endpoints(production_endpoints={"url": URL, "config": config})
    assert api.production is not None
    (member,) = api.production.members
    assert (member.read_seconds, member.retries, member.retry_delay_seconds) == (30.0, 2, 0.5)
    assert (member.suspend_seconds, member.suspend_max_seconds, member.suspend_factor) == (10.0, 60.0, 2.0)
    assert (member.retry_codes, member.suspend_codes) == (("101503",), ("101504",))


def test_a_load_balanced_api_has_all_its_members() -> None:
    api = endpoints(
        endpoint_type="load_balance",
        production_endpoints=[{"url": f"{URL}/a"}, {"url": f"{URL}/b"}],
        sandbox_endpoints=[{"url": f"{URL}/c"}],
        algoClassName="org.apache.synapse.endpoints.algorithms.WeightedRoundRobin",
        sessionManagement="http",
        sessionTimeOut="60000",
        failOver="True",
    )
    assert api.production is not None
    assert api.sandbox is not None
    assert [member.url for member in api.production.members] == [f"{URL}/a", f"{URL}/b"]
    assert (api.production.kind, api.production.weighted, api.production.fails_over) == (
        EndpointKind.LOAD_BALANCE,
        True,
        True,
    )
    assert (api.production.sticky, api.production.sticky_seconds) == ("cookie", 60)
    assert len(api.sandbox.members) == 1


def test_failovers_come_after_the_first_choice() -> None:
    api = endpoints(endpoint_type="failover", production_failovers=[{"url": f"{URL}/b"}])
    assert api.production is not None
    assert [member.url for member in api.production.members] == [URL, f"{URL}/b"]
    assert api.production.fails_over
    assert api.sandbox is None


@pytest.mark.parametrize("implementation", ["INLINE", "MOCKED_OAS"])
def test_a_mocked_api_needs_no_endpoint(implementation: str) -> None:
    document = {"endpointImplementationType": implementation, "endpointConfig": None}
    assert has_endpoint(document)
    api = compiled(**document)
    assert api.production is not None
    assert api.production.kind is EndpointKind.MOCK


def test_a_function_is_invoked_with_the_stored_keys_or_the_gateway_s_role() -> None:
    operation = {"verb": "GET", "target": "/x", "amznResourceName": "arn:f", "amznResourceTimeout": 5000}
    stored = {"access_method": "stored", "amznAccessKey": "AK", "amznSecretKey": "SK", "amznRegion": "eu-west-1"}
    api = compiled(endpointConfig={"endpoint_type": "awslambda", **stored}, operations=[operation])
    assert api.production is not None
    assert api.production.function_access is not None
    assert (api.production.function_access.access_key, api.operations[0].function) == ("AK", "arn:f")
    assert api.operations[0].function_seconds == 5.0
    assumed = {"access_method": "role-supplied", "assume_role": True, "amznRoleArn": "arn:role"}
    api = compiled(endpointConfig={"endpoint_type": "awslambda", **assumed}, operations=[operation])
    assert api.production is not None
    assert (api.production.function_access, api.production.assumed_role) == (None, "arn:role")


@pytest.mark.parametrize(
    ("security", "kind"),
    [
        ({"type": "BASIC", "username": "u", "password": "p"}, SecurityKind.BASIC),
        ({"type": "digest", "username": "u", "password": "p"}, SecurityKind.DIGEST),
        ({"type": "oauth", "tokenUrl": "https://t", "clientId": "c", "clientSecret": "s"}, SecurityKind.OAUTH),
        ({"type": "apikey", "apiKeyIdentifier": "X-Key", "apiKeyValue": "k"}, SecurityKind.API_KEY),
        ({"type": "aws", "region": "eu-west-1", "service": "execute-api"}, SecurityKind.AWS),
    ],
)
def test_every_endpoint_security_is_compiled(security: dict[str, str], kind: SecurityKind) -> None:
    api = endpoints(endpoint_security={"production": {"enabled": True, **security}})
    assert api.production is not None
    assert api.production.security is not None
    assert api.production.security.kind is kind
    assert "p'" not in repr(api.production.security)


def test_endpoint_security_that_is_off_is_none() -> None:
    for security in ({"enabled": False, "type": "BASIC"}, {"enabled": True, "type": "NONE"}, None):
        api = endpoints(endpoint_security={"production": security})
        assert api.production is not None
        assert api.production.security is None


SIDE = "endpointConfig.endpoint_security.production"


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"endpoint_type": "smoke-signals"}, "endpointConfig.endpoint_type"),
        ({"production_endpoints": {"url": "ftp://x"}}, "endpointConfig.production_endpoints.url"),
        ({"production_endpoints": {"url": "https://"}}, "endpointConfig.production_endpoints.url"),
        ({"production_endpoints": {"url": "https://u:p@x"}}, "endpointConfig.production_endpoints.url"),
        ({"production_endpoints": {"url": "https://x:port"}}, "endpointConfig.production_endpoints.url"),
        ({"production_endpoints": {"url": "https://x/a b"}}, "endpointConfig.production_endpoints.url"),
        (
            {"production_endpoints": {"url": URL, "config": {"actionDuration": "soon"}}},
            "endpointConfig.production_endpoints.config.actionDuration",
        ),
        ({"production_endpoints": [URL]}, "endpointConfig.production_endpoints.0"),
        ({"endpoint_security": "none"}, "endpointConfig.endpoint_security"),
        ({"endpoint_security": {"production": {"enabled": True, "type": "magic"}}}, f"{SIDE}.type"),
        ({"endpoint_security": {"production": {"enabled": True, "type": "basic"}}}, f"{SIDE}.username"),
        (
            {
                "endpoint_security": {
                    "production": {
                        "enabled": True,
                        "type": "oauth",
                        "tokenUrl": "https://t",
                        "clientId": "c",
                        "grantType": "implicit",
                    }
                }
            },
            f"{SIDE}.grantType",
        ),
    ],
)
def test_what_cannot_be_served_is_named(config: dict[str, Any], field: str) -> None:
    with pytest.raises(NotServable) as refused:
        endpoints(**config)
    assert blamed(refused.value) == [field]


@pytest.mark.parametrize(
    ("schemes", "application_mandatory", "mutual_tls_mandatory"),
    [
        (["oauth2"], True, False),
        (["oauth2", "oauth_basic_auth_api_key_mandatory"], True, False),
        (["mutualssl"], False, True),
        (["mutualssl", "oauth2"], False, False),
        (["mutualssl", "mutualssl_mandatory", "oauth2"], False, True),
        (["mutualssl", "api_key", "oauth_basic_auth_api_key_mandatory"], True, False),
        (["mutualssl", "mutualssl_mandatory", "oauth2", "oauth_basic_auth_api_key_mandatory"], True, True),
    ],
)
def test_schemes_combine(schemes: list[str], *, application_mandatory: bool, mutual_tls_mandatory: bool) -> None:
    access = compiled(securityScheme=schemes).access
    assert (access.application_mandatory, access.mutual_tls_mandatory) == (application_mandatory, mutual_tls_mandatory)
    assert access.oauth2 is ("oauth2" in schemes)


def test_the_plan_without_subscriptions_opens_an_api_to_every_application() -> None:
    assert compiled(policies=["Gold"]).access.subscribed
    assert not compiled(policies=["DefaultSubscriptionless"]).access.subscribed


def test_cors_is_on_for_everybody_unless_configured() -> None:
    default = compiled().cors
    assert default is not None
    assert default.origins == ("*",)
    assert compiled(corsConfiguration={"corsConfigurationEnabled": False}).cors is None


def test_policies_are_checked_where_they_stand() -> None:
    def with_policy(**policy: Any) -> DeployedApi:
        operation = {"verb": "GET", "target": "/items", "operationPolicies": {"request": [policy]}}
        return compiled(operations=[operation])

    path = "operations.0.operationPolicies.request.0"
    for policy, field in (
        ({"policyName": "mine"}, f"{path}.policyName"),
        ({"policyName": "jsonFault"}, f"{path}.policyName"),
        ({"policyName": "setHeader", "parameters": {"headerName": "A", "colour": "red"}}, f"{path}.parameters.colour"),
        ({"policyName": "setHeader", "parameters": {}}, f"{path}.parameters.headerName"),
    ):
        with pytest.raises(Invalid) as refused:
            with_policy(**policy)
        assert blamed(refused.value) == [field]
