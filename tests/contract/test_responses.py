"""Shared responses: the promises of `ports/responses`, kept by the fake and by DynamoDB."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters import aws
from gatehouse.adapters.dynamo.responses import ResponseTable
from gatehouse.domain.errors import Unavailable
from gatehouse.ports.responses import KeptResponse, ResponseKey
from tests.fakes.responses import InMemoryResponses

if TYPE_CHECKING:
    from gatehouse.ports.responses import Responses
    from tests.conftest import DynamoDB

KEY = ResponseKey("carbon.super", "api-1", 3, "5eb63bbbe01eeed093cb22bb8f5acdc3")
RESPONSE = KeptResponse(
    status=203,
    headers=(("content-type", "text/plain; charset=utf-8"), ("x-café", "crème"), ("x-café", "brûlée")),
    body=b"",
    stored_at=1_800_000_000.125,
    until=1_800_000_060.0625,
    varied={"accept": "0e5751c026e543b2e8ab2eb06099daa1", "x-none": ""},
)


class Promises:
    def test_an_answer_comes_back_as_it_was_kept(self, responses: Responses) -> None:
        assert responses.find(KEY) is None
        responses.keep(KEY, RESPONSE)
        assert responses.find(KEY) == RESPONSE

    @pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe", "crème".encode(), os.urandom(299_000)])
    def test_any_body_comes_back_byte_for_byte(self, responses: Responses, body: bytes) -> None:
        responses.keep(KEY, replace(RESPONSE, body=body))
        found = responses.find(KEY)
        assert found is not None
        assert found.body == body

    def test_no_two_keys_share_an_answer(self, responses: Responses) -> None:
        keys = [
            KEY,
            replace(KEY, tenant="wonder.land"),
            replace(KEY, api_id="api-2"),
            replace(KEY, revision=33),
            replace(KEY, question="b1946ac92492d2347c6235b4d2611184"),
        ]
        for number, key in enumerate(keys):
            responses.keep(key, replace(RESPONSE, status=200 + number))
        found = [responses.find(key) for key in keys]
        assert [response.status for response in found if response is not None] == [200, 201, 202, 203, 204]

    def test_a_newer_answer_takes_the_place_of_an_older_one(self, responses: Responses) -> None:
        responses.keep(KEY, RESPONSE)
        newer = replace(RESPONSE, body=b"newer", varied={})
        responses.keep(KEY, newer)
        assert responses.find(KEY) == newer


class TestInMemory(Promises):
    @pytest.fixture
    def responses(self) -> Responses:
        return InMemoryResponses()

    def test_a_store_that_is_down_says_so(self) -> None:
        store = InMemoryResponses()
        store.down = True
        with pytest.raises(Unavailable):
            store.find(KEY)
        with pytest.raises(Unavailable):
            store.keep(KEY, RESPONSE)


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def table(self, dynamodb: DynamoDB) -> str:
        return dynamodb.table("responses", sorted_by_key=False)

    @pytest.fixture
    def responses(self, table: str) -> Responses:
        # Slower than in a region: the stores of these tests share two processors with everything else.
        return ResponseTable(aws.client("dynamodb", connect_seconds=5, read_seconds=10, attempts=1), table)

    def test_the_store_deletes_what_has_had_its_time(
        self, responses: Responses, dynamodb: DynamoDB, table: str
    ) -> None:
        responses.keep(KEY, RESPONSE)
        [item] = dynamodb.client.scan(TableName=table)["Items"]
        assert item["ttl"] == {"N": "1800000061"}, "whole seconds, and never too early"
        assert item["pk"]["S"].startswith("carbon.super#api-1#3#")

    def test_an_item_of_another_form_is_a_miss(self, responses: Responses, dynamodb: DynamoDB, table: str) -> None:
        responses.keep(KEY, RESPONSE)
        [item] = dynamodb.client.scan(TableName=table)["Items"]
        for broken in ({**item, "head": {"S": "["}}, {"pk": item["pk"]}, {**item, "status": {"S": "x"}}):
            dynamodb.client.put_item(TableName=table, Item=broken)
            assert responses.find(KEY) is None

    def test_a_table_that_is_not_there_is_unavailable(self, dynamodb: DynamoDB) -> None:
        missing = ResponseTable(dynamodb.client, "no-such-table")
        with pytest.raises(Unavailable):
            missing.find(KEY)
        with pytest.raises(Unavailable):
            missing.keep(KEY, RESPONSE)

    def test_a_store_that_is_not_there_is_unavailable_within_its_time(
        self, dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del dynamodb
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        aws.session.cache_clear()
        store = ResponseTable(aws.response_client(0.1), "responses")
        began = time.monotonic()
        with pytest.raises(Unavailable):
            store.find(KEY)
        assert time.monotonic() - began < 1
