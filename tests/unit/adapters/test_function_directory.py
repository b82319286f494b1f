"""Functions as AWS lists them, page by page; and what is said when it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.session import Session
from botocore.stub import Stubber

from gatehouse.adapters.invoking.function_directory import LambdaDirectory
from gatehouse.domain.apis.function import FunctionsUnlisted
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.publishing.deployed import EndpointSecurity, SecurityKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.credentials import ReadOnlyCredentials

ACCESS = EndpointSecurity(
    kind=SecurityKind.AWS, access_key="AKIA", secret_key="secret", region="eu-west-1", service="lambda"
)
ROLE = "arn:aws:iam::123456789012:role/lister"


class Amazon:
    """Botocore's own clients, with answers that the test gives; `made` is for whom."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str, str]] = []
        clients = {name: _client(name) for name in ("lambda", "sts")}
        self.stubs = {name: Stubber(client) for name, client in clients.items()}
        self._clients = clients

    def __call__(
        self, service: str, region: str, credentials: ReadOnlyCredentials | None, connect_seconds: float, seconds: float
    ) -> Any:
        assert connect_seconds < seconds
        self.made.append((service, region, credentials.access_key if credentials else ""))
        return self._clients[service]


def _client(service: str) -> Any:
    return Session().create_client(service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture
def amazon() -> Iterator[Amazon]:
    amazon = Amazon()
    for stub in amazon.stubs.values():
        stub.activate()
    yield amazon
    for stub in amazon.stubs.values():
        stub.assert_no_pending_responses()


def page(*names: str, **more: str) -> dict[str, Any]:
    return {"Functions": [{"FunctionArn": f"arn:aws:lambda:eu-west-1:1:function:{name}"} for name in names], **more}


def test_functions_are_listed_to_the_last_page(amazon: Amazon) -> None:
    amazon.stubs["lambda"].add_response("list_functions", page("b", NextMarker="m"), {"MaxItems": 50})
    amazon.stubs["lambda"].add_response("list_functions", page("a"), {"MaxItems": 50, "Marker": "m"})
    found = LambdaDirectory(amazon).arns(ACCESS, "")
    assert [arn[-1] for arn in found] == ["a", "b"]
    assert amazon.made == [("lambda", "eu-west-1", "AKIA")]


def test_a_role_is_assumed_first(amazon: Amazon) -> None:
    given = {
        "AccessKeyId": "ASIATEMPORARYKEY0",
        "SecretAccessKey": "s",
        "SessionToken": "t",
        "Expiration": datetime.now(UTC),
    }
    amazon.stubs["sts"].add_response("assume_role", {"Credentials": given})
    amazon.stubs["lambda"].add_response("list_functions", page())
    assert LambdaDirectory(amazon).arns(ACCESS, ROLE) == []
    assert [key for _, _, key in amazon.made] == ["AKIA", "ASIATEMPORARYKEY0"]


@pytest.mark.parametrize(
    ("service", "operation", "role", "words"),
    [
        ("lambda", "list_functions", "", "list functions: UnrecognizedClientException"),
        ("sts", "assume_role", ROLE, "assume the role: UnrecognizedClientException"),
    ],
)
def test_what_aws_refuses_is_said_in_its_own_word(
    amazon: Amazon, service: str, operation: str, role: str, words: str
) -> None:
    amazon.stubs[service].add_client_error(
        operation, "UnrecognizedClientException", "The token of account 1 is invalid", 403
    )
    with pytest.raises(FunctionsUnlisted) as refused:
        LambdaDirectory(amazon).arns(ACCESS, role)
    assert words in refused.value.description
    assert "account 1" not in refused.value.description


def test_a_failure_of_aws_is_none_of_the_credentials(amazon: Amazon) -> None:
    amazon.stubs["lambda"].add_client_error("list_functions", "ServiceException", "", 500)
    with pytest.raises(Unavailable):
        LambdaDirectory(amazon).arns(None, "")


def test_silence_of_aws_is_none_of_the_credentials() -> None:
    def silent(service: str, region: str, credentials: Any, connect_seconds: float, seconds: float) -> Any:
        del service, region, credentials, connect_seconds, seconds
        raise ConnectTimeoutError(endpoint_url="https://lambda.example")

    with pytest.raises(Unavailable):
        LambdaDirectory(silent).arns(ACCESS, "")
