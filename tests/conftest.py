"""Fixtures that several suites share: `dynamodb`, once per store."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from gatehouse.adapters import aws
from gatehouse.adapters.dynamo import table as tables
from tests import stores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REGION = "us-east-1"
STORES: dict[str, Callable[[Any], stores.Store]] = {
    "emulator": stores.emulator,
    "dynamodb-local": stores.dynamodb_local,
}


# Schemathesis brings another validator of JSON Schema along, which definitions would be checked by wherever it is found. What is
# deployed does not have it.
os.environ.setdefault("OPENAPI_SPEC_VALIDATOR_SCHEMA_VALIDATOR_BACKEND", "jsonschema")

# On a developer's machine every run looks somewhere else; where a change is judged, all runs look at the same examples.
settings.register_profile("judged", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("judged")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--running N`: the end-to-end tests use the stack of `make run PORT_OFFSET=N` and do not start one."""
    parser.addoption("--running", type=int, metavar="PORT_OFFSET", help="use the stack that `make run` has up")


class DynamoDB:
    """A DynamoDB whose address the environment names, so that botocore and pynamodb both find it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = aws.client("dynamodb", connect_seconds=2, read_seconds=10, attempts=3)

    def table(self, name: str, *, sorted_by_key: bool = True) -> str:
        """A new table with the keys that all of ours have; its name."""
        unique = f"{name}-{uuid.uuid4().hex[:8]}"
        keys = [("pk", "HASH"), ("sk", "RANGE")][: 2 if sorted_by_key else 1]
        self.client.create_table(
            TableName=unique,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        )
        return unique


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Starts each store when it is first asked for, and ends all at the end."""
    started: dict[str, stores.Store] = {}

    def url(name: str) -> str:
        if name not in started:
            started[name] = STORES[name](tmp_path_factory.mktemp(name))
        return started[name].url

    yield url
    for store in started.values():
        store.stop()


NO_JAVA = stores.java_is_missing()


@pytest.fixture(
    scope="session",
    params=["dynamodb-local", pytest.param("emulator", marks=() if NO_JAVA else pytest.mark.slow)],
)
def dynamodb(request: pytest.FixtureRequest, _running: Callable[[str], str]) -> Iterator[DynamoDB]:
    """Each test that takes this runs on DynamoDB Local and on the emulator; pytest runs those of one store together.

    One is enough for `make test`: the emulator where there is no Java.
    """
    if request.param == "dynamodb-local" and NO_JAVA:
        pytest.skip(f"DynamoDB Local cannot run: {NO_JAVA}")
    url = _running(request.param)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", url)
        environment.setenv("AWS_ACCESS_KEY_ID", "000000000000")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "local")
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        environment.setenv("AWS_REGION", REGION)
        environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
        _forget_connections()
        yield DynamoDB(url)
    _forget_connections()


def _forget_connections() -> None:
    # Both keep a client per process, with the address of whichever store came first.
    tables.connection.cache_clear()
    aws.session.cache_clear()
