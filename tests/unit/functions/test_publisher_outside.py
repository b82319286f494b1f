"""What providers ask that others answer, and the precise word where nobody was set up to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds.publisher import PublisherWorld

AWS = {
    "endpoint_type": "awslambda",
    "access_method": "stored",
    "amznAccessKey": "AKIAEXAMPLE",
    "amznSecretKey": "secret",
    "amznRegion": "eu-west-1",
    "assume_role": "true",
    "amznRoleArn": "arn:aws:iam::1:role/lister",
}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


def test_200_the_functions_that_an_api_s_credentials_see(world: PublisherWorld) -> None:
    world.functions.arns_seen += ["arn:aws:lambda:eu-west-1:1:function:b", "arn:aws:lambda:eu-west-1:1:function:a"]
    api = world.design(endpointConfig=AWS)
    found = world.made("GET", f"/apis/{api['id']}/amznResourceNames")
    assert found == {"count": 2, "list": sorted(world.functions.arns_seen)}
    assert world.functions.asked == [("AKIAEXAMPLE", "arn:aws:iam::1:role/lister")]


def test_404_an_api_whose_backends_are_no_functions_has_none(world: PublisherWorld) -> None:
    answer = world.call("GET", f"/apis/{world.design()['id']}/amznResourceNames")
    assert (answer.status, "awslambda" in answer.json["description"]) == (404, True)


def test_404_revenue_says_whether_the_api_or_the_deployment_lacks_billing(world: PublisherWorld) -> None:
    api = world.design()
    path = f"/apis/{api['id']}/revenue"
    assert "not monetized" in world.call("GET", path).json["description"]
    world.call("POST", f"/apis/{api['id']}/monetize", {"enabled": True, "properties": {}})
    answer = world.call("GET", path)
    assert (answer.status, "billing engine" in answer.json["description"]) == (404, True)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/apis/{}/auditapi", "audits"), ("/apis/integrated-apis/mulesoft", "mulesoft")],
)
def test_404_names_what_is_not_connected(world: PublisherWorld, path: str, words: str) -> None:
    answer: Any = world.call("GET", path.format(world.design()["id"]))
    assert (answer.status, words in answer.json["description"]) == (404, True)
