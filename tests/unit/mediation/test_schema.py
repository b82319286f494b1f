"""Messages held to the definition of their API: what gets through, and what is said of what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.mediation.message import Message
from gatehouse.mediation.schema import check_response
from tests.unit.mediation.definitions import (
    CHECKER,
    FORM,
    GOOD,
    OPENAPI,
    asked,
    compiled,
    posted,
)
from tests.unit.mediation.messages import JSON, request, response


def test_a_request_as_it_is_defined_gets_through() -> None:
    headers = (("x-dry", "true"), ("cookie", "a=b; seen=1"))
    query = "limit=5&tags=1&tags=2&ids=1,2&filter=%7B%7D&other=x"
    assert asked(posted(GOOD, query=query, headers=headers)) is None


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({**GOOD, "price": 0}, "/price: does not satisfy exclusiveMinimum 0"),
        ({**GOOD, "price": "7"}, '/price: does not satisfy type "number"'),
        ({**GOOD, "name": ""}, "/name"),
        ({**GOOD, "more": 1}, "additionalProperties"),
        ({**GOOD, "example": "x"}, "/example"),
        ({**GOOD, "parts": [{"name": "Dough"}]}, "/parts/0: does not satisfy required"),
        ([], 'does not satisfy type "object"'),
        (None, "object"),
    ],
)
def test_400_a_body_that_breaks_its_schema_and_the_place_is_named(value: Any, where: str) -> None:
    stop = asked(posted(value))
    assert stop is not None
    assert (stop.status, stop.code) == (400, "400")
    assert where in stop.description


def test_what_is_said_never_repeats_a_value() -> None:
    stop = asked(posted({**GOOD, "price": "s3cret"}))
    assert stop is not None
    assert "s3cret" not in stop.description


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=101", "'limit'"),
        ("limit=x", "'limit'"),
        ("limit=1&limit=x", "'limit'"),
        ("tags=1&tags=x", "'tags'/1"),
        ("ids=1,x", "'ids'/1"),
        ("filter=%7B", "'filter'"),
        ("filter=1", "'filter'"),
    ],
)
def test_400_a_query_that_breaks_its_schema(query: str, named: str) -> None:
    stop = asked(posted(GOOD, query=query))
    assert stop is not None
    assert named in stop.description


@pytest.mark.parametrize("header", [("x-dry", "yes"), ("cookie", "seen=no")])
def test_400_a_header_or_cookie_that_breaks_its_schema(header: tuple[str, str]) -> None:
    assert asked(posted(GOOD, headers=(header,))) is not None


def test_400_a_path_that_breaks_its_schema() -> None:
    stop = asked(posted(GOOD), id="seven")
    assert stop is not None
    assert "path parameter 'id'" in stop.description


def test_400_a_missing_body_and_a_malformed_one() -> None:
    for message in (request(), request("{", JSON), request("\ud800", JSON)):
        stop = asked(message)
        assert stop is not None
        assert stop.status == 400


def test_400_a_content_type_that_is_not_defined() -> None:
    assert asked(request("<a/>", "application/xml")) is not None
    assert asked(request("anything", "text/plain")) is None


def test_415_a_compressed_body() -> None:
    stop = asked(request(b"\x1f\x8b", JSON, (("content-encoding", "gzip"),)))
    assert stop is not None
    assert stop.status == 415


@pytest.mark.parametrize(("form", "passes"), [("name=a&price=7.5", True), ("name=a&price=x", False), ("name=a", False)])
def test_a_form_is_held_to_its_schema(form: str, passes: bool) -> None:  # noqa: FBT001
    assert (asked(request(form, FORM)) is None) is passes


@pytest.mark.parametrize(
    ("message", "passes"),
    [
        (response(json.dumps(GOOD), JSON), True),
        (response("{}", JSON), False),
        (response("{", JSON), False),
        (response("{}", "text/html"), True),
        (response("", JSON), True),
        (response('{"code": 1}', "application/problem+json", status=404), True),
        (response("{}", "application/problem+json", status=404), False),
        (response("{}", JSON, status=503), True),
        (response(b"\x1f", JSON, (("content-encoding", "br"),)), False),
    ],
)
def test_500_601000_a_response_that_breaks_its_schema(message: Message, passes: bool) -> None:  # noqa: FBT001
    stop = check_response(compiled(OPENAPI), message, CHECKER)
    assert (stop is None) is passes
    assert stop is None or (stop.status, stop.code) == (500, "601000")


@given(
    body=st.binary(max_size=60),
    query=st.text(max_size=30),
    header=st.text(max_size=10),
    kind=st.sampled_from([JSON, FORM, ""]),
)
def test_no_message_makes_checking_raise(body: bytes, query: str, header: str, kind: str) -> None:
    message = request(body, kind, (("x-dry", header), ("cookie", header)), query=query)
    asked(message, id=header)
    check_response(compiled(OPENAPI), Message(headers=message.headers, body=body, status=200), CHECKER)


@pytest.mark.parametrize(
    ("schema", "query", "passes"),
    [
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, "a=true", True),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, "a=", True),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, "a=1", False),
        ({"type": "number", "maximum": 2}, "a=1.5e0", True),
        ({"type": "number", "maximum": 2}, "a=2.5", False),
        ({"type": ["integer", "string"], "maximum": 5}, "a=7", True),
        ({"pattern": "^x"}, "a=xy", True),
        ({"pattern": "^x"}, "a=", True),
        ({"type": "array", "items": {"$ref": "#/components/schemas/N"}}, "a=1&a=2", True),
        ({"type": "array", "items": {"$ref": "#/components/schemas/N"}}, "a=x", False),
        ({"type": "array", "maxItems": 1}, "a=1&a=2", False),
    ],
)
def test_a_text_may_stand_for_what_its_schema_asks(schema: Any, query: str, passes: bool) -> None:  # noqa: FBT001
    operation = {"parameters": [{"name": "a", "in": "query", "schema": schema}, {"name": "b", "in": "body"}]}
    definition = {
        "openapi": "3.1.0",
        "paths": {"/items/{id}": {"post": operation}},
        "components": {"schemas": {"N": {"type": "integer"}}},
    }
    assert (asked(request(query=query), definition) is None) is passes


def test_400_a_required_parameter_that_is_missing() -> None:
    operation = {
        "parameters": [
            {"name": "a", "in": "query", "required": True, "style": "spaceDelimited", "schema": {"type": "array"}}
        ]
    }
    definition = {"openapi": "3.0.0", "paths": {"/items/{id}": {"post": operation}}}
    stop = asked(request(query="b=1"), definition)
    assert stop is not None
    assert stop.description.endswith("query parameter 'a' is required")
    assert asked(request(query="a=1%202"), definition) is None


def test_400_a_form_with_more_fields_than_are_looked_at() -> None:
    assert asked(request("a=1&" * 20_000 + "a=1", FORM)) is not None
    assert asked(request(b"a=\xff", FORM)) is not None
