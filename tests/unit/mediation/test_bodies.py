"""Policies on bodies: conversion both ways, templates, faults, and what happens to bodies that cannot be read."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gatehouse.mediation.bodies import OUTPUT_BYTES_MAX, TooLarge, Unreadable, parse_json
from gatehouse.mediation.markup import from_json, to_json
from tests.unit.mediation.messages import JSON, XML, copy, request, response, run, situation


def xml_of(value: Any) -> str:
    message = request(json.dumps(value), JSON)
    assert run("jsonToXML", message) is None
    assert message.header("content-type") == "application/xml"
    return message.body.decode()


def json_of(document: str) -> Any:
    message = request(document, XML)
    assert run("xmlToJson", message) is None
    assert message.header("content-type") == JSON
    return json.loads(message.body)


@pytest.mark.parametrize(
    ("value", "document"),
    [
        ({"a": 1, "b": "x<y"}, "<jsonObject><a>1</a><b>x&lt;y</b></jsonObject>"),
        ({"a": [1, True]}, "<jsonObject><a>1</a><a>true</a></jsonObject>"),
        ([1, {"b": 2}], "<jsonArray><jsonElement>1</jsonElement><jsonElement><b>2</b></jsonElement></jsonArray>"),
        ({"a": {"@id": 7, "$": "x"}}, '<jsonObject><a id="7">x</a></jsonObject>'),
        ({"a b": 1, "1": 2}, "<jsonObject><a_x0020_b>1</a_x0020_b><_x0031_>2</_x0031_></jsonObject>"),
        ("x", "<jsonValue>x</jsonValue>"),
        (
            {"a": None},
            '<jsonObject xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a xsi:nil="true"/></jsonObject>',
        ),
        ({}, "<jsonObject></jsonObject>"),
    ],
)
def test_json_becomes_xml(value: Any, document: str) -> None:
    assert xml_of(value) == document


@pytest.mark.parametrize(
    ("document", "value"),
    [
        ("<a><b>1</b></a>", {"a": {"b": 1}}),
        ("<a><b>1</b><b>x</b></a>", {"a": {"b": [1, "x"]}}),
        ('<a id="7">x</a>', {"a": {"@id": "7", "$": "x"}}),
        ("<a>\n  <b/>\n  <c>007</c>\n</a>", {"a": {"b": "", "c": "007"}}),
        ("<a>-1.5e3</a>", {"a": -1500.0}),
        ("<a>1e999</a>", {"a": "1e999"}),
        (
            "<?xml version='1.0'?><!-- c --><s:a xmlns:s='urn:s'><s:b>true</s:b></s:a>",
            {"s:a": {"@xmlns:s": "urn:s", "s:b": True}},
        ),
        ("<jsonArray><jsonElement>1</jsonElement></jsonArray>", [1]),
        ("<jsonArray/>", []),
        ("<jsonObject/>", {}),
    ],
)
def test_xml_becomes_json(document: str, value: Any) -> None:
    assert json_of(document) == value


def test_numbers_keep_every_digit_on_their_way_to_xml() -> None:
    message = request('{"a": 12345678901234567890.10, "b": ' + "9" * 5000 + "}", JSON)
    assert run("jsonToXML", message) is None
    assert b"<a>12345678901234567890.10</a>" in message.body
    assert b"9" * 5000 in message.body


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(max_size=10), inner)), max_leaves=20
)
NAMES = st.text(max_size=8).filter(lambda name: name != "jsonElement" and not name.startswith("@") and name != "$")
# Texts that XML can hold and that look like nothing else.
LETTERS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xD7FF), min_size=1, max_size=10).map(
    lambda text: f"t{text}"
)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), LETTERS, st.just(""))
LOSSLESS = st.dictionaries(
    NAMES,
    st.recursive(
        PLAIN,
        lambda inner: st.one_of(
            st.dictionaries(NAMES, inner, min_size=1),
            st.lists(st.one_of(PLAIN, st.dictionaries(NAMES, inner, min_size=1)), min_size=2),
        ),
        max_leaves=15,
    ),
)


@given(value=LOSSLESS)
@example(value={"_x_": 1, "_x0041_": 2, "": 3, "a_x_x_": 4})
@example(value={"a": "x\r\ny ]]> &amp;"})
def test_json_survives_the_way_to_xml_and_back(value: dict[str, Any]) -> None:
    assert to_json(from_json(value)) == value


@given(value=VALUES)
def test_any_json_becomes_xml_that_reads_back_as_json(value: Any) -> None:
    json.dumps(to_json(from_json(value)))


@given(document=st.one_of(st.binary(max_size=100), st.text(alphabet="<>/a&;!x \"'='[]?", max_size=60).map(str.encode)))
@settings(max_examples=300)
def test_reading_xml_gives_a_value_or_says_why_not(document: bytes) -> None:
    with suppress(Unreadable):
        json.dumps(to_json(document))


BOMB = '<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]><a>&y;</a>'
OUTSIDE = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'


@pytest.mark.parametrize("document", [BOMB, OUTSIDE, "<a>&y;</a>", "<a", "", "<a/><b/>", "<a>" * 101 + "</a>" * 101])
def test_400_what_is_no_safe_xml(document: str) -> None:
    stop = run("xmlToJson", request(document or " ", XML))
    assert stop is not None
    assert (stop.status, stop.code) == (400, "400")


@pytest.mark.parametrize("body", ["{", "NaN", "[1e999]x", "[" * 101 + "]" * 101, "\ud800", "[" * 100_000])
def test_400_what_is_no_json(body: str) -> None:
    stop = run("jsonToXML", request(body, JSON))
    assert stop is not None
    assert (stop.status, stop.message) == (400, "Bad Request")


@pytest.mark.parametrize("name", ["jsonToXML", "xmlToJson"])
def test_500_601000_a_backends_body_that_cannot_be_read(name: str) -> None:
    stop = run(name, response("{<"))
    assert stop is not None
    assert (stop.status, stop.code) == (500, "601000")


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("jsonToXML", {}),
        ("xmlToJson", {}),
        ("jsonValidator", {}),
        ("xmlValidator", {}),
        ("regexPolicy", {"regex": "x"}),
        ("setBody", {"template": "${body}"}),
    ],
)
def test_415_a_compressed_body_that_a_policy_must_read(name: str, parameters: dict[str, Any]) -> None:
    message = request(gzip.compress(b"{}"), JSON if name != "xmlValidator" else XML, (("content-encoding", "gzip"),))
    if name == "xmlToJson":
        message.set_header("content-type", XML)
    stop = run(name, message, None, **parameters)
    assert stop is not None
    assert stop.status == 415


@pytest.mark.parametrize("name", ["jsonToXML", "xmlToJson"])
def test_what_needs_no_conversion_passes_byte_for_byte(name: str) -> None:
    there = XML if name == "jsonToXML" else JSON
    for message in (request(), request(b"\x00{ <", there, (("etag", "1"),))):
        before = copy(message)
        assert run(name, message) is None
        assert message == before


def test_one_long_name_above_many_elements_does_not_unfold_without_end() -> None:
    stop = run("jsonToXML", request(json.dumps({"k" * 100_000: [1] * 100_000}), JSON))
    assert stop is not None
    assert stop.status == 400


def test_more_values_than_memory_is_meant_for_are_refused() -> None:
    with pytest.raises(Unreadable):
        parse_json(b"[" + b"1," * 600_000 + b"1]")
    assert parse_json(json.dumps("," * 600_000).encode()) == "," * 600_000


def test_a_new_body_drops_what_was_said_of_the_old_one() -> None:
    message = response(b"{}", JSON, (("etag", "1"), ("digest", "2"), ("x", "3"), ("content-encoding", "gzip")))
    run("setBody", message, template="hello", contentType="text/plain")
    assert message.headers == [("content-type", "text/plain"), ("x", "3")]
    assert message.body == b"hello"


def test_a_templates_values_cannot_add_members_to_json() -> None:
    message = request(b"[1]", JSON, (("x-a", '","admin":true,"b":"'),), query="q=%22")
    about = situation(claims={"sub": "mary"})
    run("setBody", message, about, template='{"a":"${header.x-a}","q":"${query.q}","s":"${claim.sub}","o":${body}}')
    assert json.loads(message.body) == {"a": '","admin":true,"b":"', "q": '"', "s": "mary", "o": [1]}


def test_a_templates_values_cannot_add_elements_to_xml() -> None:
    message = request(headers=(("x-a", "</a><b>\x00"),))
    run("setBody", message, template="<a>${header.x-a} ${method} ${path}</a>", contentType=XML)
    assert message.body == b"<a>&lt;/a&gt;&lt;b&gt; POST /items/7</a>"


def test_what_is_filled_in_is_not_filled_again() -> None:
    message = request(b"${method}", "text/plain", (("x", "${path}"),))
    run("setBody", message, template="${body} ${header.x} ${other} $", contentType="text/plain")
    assert message.body == b"${method} ${path} ${other} $"


def test_a_template_cannot_multiply_a_body_beyond_what_can_be_sent() -> None:
    stop = run("setBody", request(b"x" * (OUTPUT_BYTES_MAX // 2)), template="${body}${body}${body}")
    assert stop is not None
    assert stop.status == 400


def test_from_json_bounds_what_it_makes() -> None:
    with pytest.raises(TooLarge):
        from_json(["x" * 1000] * 10_000)


@pytest.mark.parametrize(
    ("body", "kind", "fault"),
    [
        (
            (
                '<am:fault xmlns:am="urn:x"><am:code>900901</am:code><am:message>Invalid</am:message>'
                "<am:description>a &amp; b</am:description></am:fault>"
            ),
            XML,
            {"code": "900901", "type": "Status report", "message": "Invalid", "description": "a & b"},
        ),
        ("<html><b>Bad</b> gateway</html>", "text/html", {"code": "502", "description": "Bad gateway"}),
        ("", "", {"code": "502", "message": "Runtime Error", "description": "The call failed"}),
        ("[1]", JSON, {"code": "502"}),
    ],
)
def test_a_fault_becomes_json(body: str, kind: str, fault: dict[str, str]) -> None:
    message = response(body, kind, status=502)
    assert run("jsonFault", message) is None
    assert message.status == 502
    assert message.header("content-type") == JSON
    found = json.loads(message.body)
    assert set(found) == {"code", "type", "message", "description"}
    assert fault.items() <= found.items()


def test_a_fault_that_is_json_stays_as_it_is() -> None:
    message = response('{"code": "900901" }', "application/json; charset=UTF-8", status=401)
    run("jsonFault", message)
    assert message.body == b'{"code": "900901" }'


@pytest.mark.parametrize("body", [b"\xff", b"[1e999]", b"1" * 5_000, b"\xef\xbb\xbf\xff"])
def test_numbers_and_bytes_that_no_value_has_room_for_are_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_json(body)


def test_deep_json_that_closes_again_is_only_as_deep_as_it_gets() -> None:
    assert len(parse_json(b"[" + b"[[]]," * 200 + b"[]]")) == 201


def test_xml_of_an_encoding_that_nobody_knows_is_refused() -> None:
    stop = run("xmlToJson", request("<?xml version='1.0' encoding='klingon'?><a/>", XML))
    assert stop is not None
    assert stop.status == 400
