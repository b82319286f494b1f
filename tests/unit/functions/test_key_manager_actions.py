"""What the store asks of the key manager, across the invocation."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.key_manager.actions import Actions
from gatehouse.adapters.invoking.key_manager import LambdaKeyManager, decode_error, encode_error
from gatehouse.domain.errors import Changed, FieldError, GatehouseError, Invalid, Throttled, Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.oauth import ClientExists, ClientNotFound, InvalidClient
from tests import logs
from tests.worlds.key_manager import KeyManagerWorld


class StubLambda:
    """Answers an invocation with a document, or raises."""

    def __init__(self, document: Any = None, *, function_error: str = "", failure: Exception | None = None) -> None:
        self._document = document
        self._function_error = function_error
        self._failure = failure

    def invoke(self, **_request: Any) -> dict[str, Any]:
        if self._failure:
            raise self._failure
        answer: dict[str, Any] = {"Payload": io.BytesIO(json.dumps(self._document).encode())}
        return {**answer, "FunctionError": self._function_error} if self._function_error else answer


@pytest.mark.parametrize(
    "function",
    [
        StubLambda(failure=ReadTimeoutError(endpoint_url="lambda")),
        StubLambda(failure=ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")),
        StubLambda({"errorMessage": "no"}, function_error="Unhandled"),
        StubLambda(None),
    ],
    ids=["too slow", "refused", "failed", "no answer"],
)
def test_a_key_manager_that_does_not_answer_is_unavailable(function: StubLambda) -> None:
    with pytest.raises(Unavailable):
        LambdaKeyManager(function, "key-manager").delete_client(tenant=SUPER_TENANT, client_id="x")


@pytest.mark.parametrize(
    "error",
    [
        ClientExists(),
        ClientNotFound(),
        InvalidClient(),
        Changed(),
        Unavailable(),
        Invalid("wrong", fields=(FieldError("grant_types", "unknown"),)),
    ],
)
def test_a_failure_arrives_as_what_it_was(error: GatehouseError) -> None:
    arrived = decode_error(json.loads(json.dumps(encode_error(error))))
    assert type(arrived) is type(error)
    assert (arrived.description, arrived.fields) == (error.description, error.fields)


def test_a_failure_that_nobody_expected_arrives_as_a_failure() -> None:
    assert type(decode_error(encode_error(Throttled()))) is GatehouseError


def test_the_facts_of_a_failure_stay_behind() -> None:
    assert "hidden" not in json.dumps(encode_error(InvalidClient(cause="hidden")))


@pytest.mark.parametrize("action", ["", "__init__", "registration", "drop_everything"])
def test_an_unknown_action_is_refused(action: str) -> None:
    answer = actions_of(KeyManagerWorld())({"action": action, "arguments": {}})
    assert answer["error"]["kind"] == "Invalid"


def test_no_secret_of_an_action_is_logged() -> None:
    actions = actions_of(KeyManagerWorld())
    arguments = {"tenant": SUPER_TENANT, "owner": "mary", "name": "app", "grant_types": ["client_credentials"]}
    with logs.collected() as output:
        made = actions({"action": "create_client", "arguments": arguments})["result"]
        proof = {"tenant": SUPER_TENANT, **made}
        issued = actions({"action": "issue_application_token", "arguments": proof})["result"]
        actions({"action": "issue_application_token", "arguments": {**proof, "client_secret": "mistyped"}})
        revoked = {"tenant": SUPER_TENANT, "client_id": made["client_id"], "token": issued["access_token"]}
        actions({"action": "revoke_token", "arguments": revoked})
    text = output.getvalue()
    assert text.count('"message":"action"') == 4
    assert not [secret for secret in (made["client_secret"], issued["access_token"], "mistyped") if secret in text]


def actions_of(world: KeyManagerWorld) -> Actions:
    return Actions(world.parts.resident, world.parts.key_rotation)
