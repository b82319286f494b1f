"""Parameters of an environment come in beside an archive, and are merged into it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pki import pem as pem_of
from tests.worlds.archives import zipped
from tests.worlds.projects import DEFAULT, only, project, sent
from tests.worlds.publisher import PublisherWorld, blamed


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


PARAMETERS = {
    "endpoints": {"production": {"url": "https://live.example", "config": {"retryTimeOut": 3}}},
    "security": {"production": {"enabled": True, "type": "basic", "username": "u", "password": "p"}},
    "policies": ["Gold"],
    "deploymentEnvironments": [DEFAULT[0]],
    "additionalProperties": {"stage": "live"},
    "certs": [{"hostName": "https://live.example", "alias": "live", "path": "live.crt"}],
    "mutualSslCerts": [{"keyType": "SANDBOX", "tierName": "Gold", "alias": "kiosk", "path": "kiosk.crt"}],
}


@pytest.mark.parametrize("folder", ["Deployment/", ""])
def test_parameters_of_an_environment_are_merged(world: PublisherWorld, folder: str) -> None:
    pems = {name: pem_of(name) for name in ("live", "kiosk")}
    files: dict[str, Any] = {
        "SourceArchive.zip": zipped({f"Pizza/{path}": content for path, content in project().items()}),
        f"{folder}intermediate_params.yaml": PARAMETERS,
        **{f"{folder}certificates/{name}.crt": pem for name, pem in pems.items()},
    }
    reply = sent(world, zipped(files))
    assert reply.status == 200, reply.text
    made = only(world)
    config = made["endpointConfig"]
    assert config["production_endpoints"] == PARAMETERS["endpoints"]["production"]
    assert config["endpoint_security"]["production"]["type"] == "BASIC"
    assert made["policies"] == ["Gold"]
    assert made["additionalProperties"] == [{"name": "stage", "value": "live", "display": False}]
    assert len(world.made("GET", f"/apis/{made['id']}/deployments")) == 1
    assert world.made("GET", "/endpoint-certificates")["certificates"][0]["alias"] == "live"
    assert world.made("GET", f"/apis/{made['id']}/client-certs/SANDBOX")["certificates"][0]["alias"] == "kiosk"


@pytest.mark.parametrize(
    ("configs", "config"),
    [
        (
            {
                "endpointRoutingPolicy": "load_balanced",
                "loadBalanceEndpoints": {"production": [{"url": "https://a.example"}]},
            },
            {"endpoint_type": "load_balance", "production_endpoints": [{"url": "https://a.example"}]},
        ),
        (
            {
                "endpointRoutingPolicy": "failover",
                "failoverEndpoints": {
                    "production": {"url": "https://a.example"},
                    "productionFailovers": [{"url": "https://b.example"}],
                },
            },
            {"endpoint_type": "failover", "production_failovers": [{"url": "https://b.example"}]},
        ),
        ({"endpointType": "dynamic"}, {"endpoint_type": "default", "production_endpoints": {"url": "default"}}),
        (
            {"endpointType": "soap", "endpoints": {"sandbox": {"url": "https://a.example"}}},
            {"endpoint_type": "address"},
        ),
        (
            {"endpointType": "aws", "awsLambdaEndpoints": {"accessMethod": "stored", "amznRegion": "eu-west-1"}},
            {"endpoint_type": "awslambda", "access_method": "stored", "amznRegion": "eu-west-1"},
        ),
    ],
)
def test_endpoints_of_every_kind_are_merged(world: PublisherWorld, configs: Any, config: dict[str, Any]) -> None:
    files = {"SourceArchive.zip": zipped(project()), "intermediate_params.yaml": configs}
    assert sent(world, zipped(files)).status == 200
    assert config.items() <= only(world)["endpointConfig"].items()


@pytest.mark.parametrize(
    ("configs", "blame"),
    [
        ({"polices": ["Gold"]}, "intermediate_params: polices"),
        ({"policies": "Gold"}, "intermediate_params: policies"),
        ({"endpointType": "carrier pigeon"}, "intermediate_params: endpointType"),
        ({"endpoints": {"production": {}, "sandbox": None}}, "intermediate_params: endpoints"),
        ({"endpoints": {"production": {"uri": "x"}}}, "intermediate_params: endpoints.production.url"),
        ({"endpointRoutingPolicy": "random"}, "intermediate_params: endpointRoutingPolicy"),
        ({"certs": [{"path": "../../etc/passwd"}]}, "intermediate_params: certs.0.path"),
        ({"security": ["basic"]}, "intermediate_params: security"),
    ],
)
def test_400_a_wrong_parameter_is_named(world: PublisherWorld, configs: Any, blame: str) -> None:
    files = {"SourceArchive.zip": zipped(project()), "intermediate_params.yaml": configs}
    assert blamed(sent(world, zipped(files))) == [blame]


def test_400_archives_are_not_nested_further(world: PublisherWorld) -> None:
    inner = zipped({"SourceArchive.zip": zipped(project())})
    assert blamed(sent(world, zipped({"SourceArchive.zip": inner}))) == ["SourceArchive.zip"]
