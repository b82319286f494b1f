"""A secret that holds a document: the fake client and the emulator's Secrets Manager answer alike."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.aws import secrets_client
from gatehouse.adapters.keys.secrets import SecretDocument
from gatehouse.domain.errors import Unavailable
from tests.fakes.secrets import InMemorySecrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import DynamoDB

    Make = Callable[[str | None], SecretDocument]


class Promises:
    @pytest.mark.parametrize("value", [None, "{}", "random text", "12345", '["a"]'])
    def test_a_secret_without_a_document_is_empty(self, make: Make, value: str | None) -> None:
        assert make(value).read() == {}

    def test_what_is_written_is_read(self, make: Make) -> None:
        secret = make("random text")
        secret.write({"a": [1, {"b": "é"}]})
        assert secret.read() == {"a": [1, {"b": "é"}]}
        secret.write({"a": 2})
        assert secret.read() == {"a": 2}

    def test_a_secret_without_a_value_takes_one(self, make: Make) -> None:
        secret = make(None)
        secret.write({"a": 1})
        assert secret.read() == {"a": 1}


class TestInMemory(Promises):
    @pytest.fixture
    def make(self) -> Make:
        return lambda value: SecretDocument(InMemorySecrets(secret=value), "secret")

    def test_what_goes_wrong_is_told_without_the_content(self) -> None:
        client = InMemorySecrets(secret='{"pepper": "hot"}')
        client.failing = True
        for use in (
            SecretDocument(client, "secret").read,
            lambda: SecretDocument(client, "secret").write({"b": "hot"}),
        ):
            with pytest.raises(Unavailable) as failure:
                use()
            assert "hot" not in str(failure.value.facts)

    def test_a_secret_that_does_not_exist_cannot_be_written(self) -> None:
        with pytest.raises(Unavailable):
            SecretDocument(InMemorySecrets(), "unheard-of").write({})


@pytest.mark.parametrize("dynamodb", ["emulator"], indirect=True)
class TestOnTheEmulator(Promises):
    @pytest.fixture
    def make(self, dynamodb: DynamoDB) -> Make:
        assert dynamodb.url
        client = secrets_client()

        def made(value: str | None) -> SecretDocument:
            name = f"secret-{uuid.uuid4().hex}"
            given: dict[str, Any] = {} if value is None else {"SecretString": value}
            client.create_secret(Name=name, **given)
            return SecretDocument(client, name)

        return made
