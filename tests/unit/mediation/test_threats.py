"""Threat protection: what is refused, what gets through, and that no message keeps the gateway busy."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.mediation.bodies import Unreadable
from gatehouse.mediation.limits import JsonLimits, check_json
from tests.unit.mediation.messages import JSON, XML, copy, request, run, situation

SQL = ".*'.*|.*ALTER.*|.*DROP.*|.*SELECT.*"


def status(name: str, message: Any, **parameters: Any) -> int | None:
    before = copy(message)
    stop = run(name, message, None, **parameters)
    assert message == before  # what only looks changes nothing
    return None if stop is None else stop.status


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"path": "/items/drop table"}, "URI"),
        ({"path": "/items/%64rop"}, "URI"),
        ({"query": "q=1%27"}, "Query Parameters"),
        ({"query": "q=se+lect&x=%53ELECT"}, "Query Parameters"),
        ({"headers": (("x", "select"),)}, "HTTP Headers"),
        ({"body": "{'drop'}"}, "Payload"),
        ({"body": "a=%27", "content_type": "application/x-www-form-urlencoded"}, "Payload"),
    ],
)
def test_400_a_threat_wherever_it_stands(parts: dict[str, Any], place: str) -> None:
    about = situation()
    stop = run("regexPolicy", request(**parts), about, regex=SQL)
    assert stop is not None
    assert (stop.status, stop.code, stop.description) == (400, "400", f"Threat detected in {place}")
    assert about.note == {"threat": f"SQL-Injection in {place}"}


def test_what_need_not_be_checked_gets_through() -> None:
    message = request("drop", headers=(("x", "drop"),), path="/drop")
    off = {"enabledCheckBody": "false", "enabledCheckHeaders": "false", "enabledCheckPathParams": "false"}
    assert status("regexPolicy", message, regex=SQL, **off) is None
    assert status("regexPolicy", request("fine", path="/fine", query="a=b"), regex=SQL) is None


def test_an_unlucky_pattern_takes_no_longer_than_any_other() -> None:
    started = time.perf_counter()
    assert status("regexPolicy", request("a" * 500_000), regex="(a|aa)+$|(a*)*b|(.*)*x.*y") == 400
    assert status("regexPolicy", request("a" * 500_000), regex="(a*)*b|(.*.*)*xy") is None
    assert time.perf_counter() - started < 5


def test_400_a_body_too_large_to_look_through() -> None:
    assert status("regexPolicy", request(b"a" * 1_000_001), regex="x") == 400
    assert status("regexPolicy", request(b"a" * 1_000_001), regex="x", enabledCheckBody="false") is None


@pytest.mark.parametrize(
    ("value", "limits"),
    [
        ([[1]], {"maxJsonDepth": 1}),
        ({"a": 1, "b": 2}, {"maxPropertyCount": 1}),
        ([1, 2], {"maxArrayElementCount": 1}),
        ([[1], {"a": [1, 2]}], {"maxArrayElementCount": 1}),
        ({"aa": 1}, {"maxKeyLength": 1}),
        ({"a": "bb"}, {"maxStringLength": 1}),
    ],
)
def test_400_json_beyond_a_limit(value: Any, limits: dict[str, Any]) -> None:
    assert status("jsonValidator", request(json.dumps(value), JSON), **limits) == 400


def test_json_within_its_limits_gets_through() -> None:
    value = {"aa": ["bb", {"c": {}}, [], 1.5, None, True], "d": '\\"[{,'}
    limits = {"maxJsonDepth": 4, "maxPropertyCount": 2, "maxArrayElementCount": 6, "maxKeyLength": 2}
    assert status("jsonValidator", request(json.dumps(value), "application/problem+json"), **limits) is None
    assert status("jsonValidator", request(), **limits) is None


@pytest.mark.parametrize("body", ["{", '{"a":1,}', '"\\', "[1 2]", "\ud800", '["' + '\\"' * 1000])
def test_400_malformed_json(body: str) -> None:
    assert status("jsonValidator", request(body, JSON), maxStringLength=10_000) == 400


@pytest.mark.parametrize(("name", "body"), [("jsonValidator", "{}"), ("xmlValidator", "<a/>")])
def test_400_a_body_that_hides_what_it_is(name: str, body: str) -> None:
    assert status(name, request(body, "text/plain")) == 400


def depth(value: Any) -> int:
    if isinstance(value, dict | list):
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


VALUES = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=5), inner, max_size=5)),
    max_leaves=25,
)


def arrays(value: Any) -> list[int]:
    inside = list(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
    own = [len(value)] if isinstance(value, list) else []
    return own + [length for part in inside for length in arrays(part)]


@given(value=VALUES, most_levels=st.integers(1, 4), most_elements=st.integers(1, 4))
def test_reading_from_left_to_right_counts_what_is_there(value: Any, most_levels: int, most_elements: int) -> None:
    limits = JsonLimits(
        depth=most_levels, properties=100, elements=most_elements, key_characters=100, string_characters=100
    )
    allowed = depth(value) <= most_levels and max(arrays(value), default=0) <= most_elements
    try:
        check_json(json.dumps(value), limits)
    except Unreadable:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    ("document", "limits"),
    [
        ("<a><b/></a>", {"maxXMLDepth": 1}),
        ("<a><b/></a>", {"maxElementCount": 1}),
        ("<a><b/><b/></a>", {"maxChildrenPerElement": 1}),
        ("<a b='' c=''/>", {"maxAttributeCount": 1}),
        ("<a b='cc'/>", {"maxAttributeLength": 1}),
        ("<!DOCTYPE a><a/>", {}),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", {"dtdEnabled": "true", "entityExpansionLimit": "100"}),
        (
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
            {"dtdEnabled": "true", "externalEntitiesEnabled": "true"},
        ),
        ("<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://x/y'>%b;]><a/>", {"dtdEnabled": "true"}),
        ("<a>", {}),
        ("<a b='1' b='2'/>", {}),
    ],
)
def test_400_xml_beyond_a_limit(document: str, limits: dict[str, Any]) -> None:
    assert status("xmlValidator", request(document, XML), **limits) == 400


def test_xml_within_its_limits_gets_through() -> None:
    document = "<?xml version='1.0' encoding='UTF-8'?><a b='c'><d>&amp;&#65;</d><d/></a>"
    assert status("xmlValidator", request(document, "application/soap+xml"), maxXMLDepth=2, maxElementCount=3) is None
    assert status("xmlValidator", request("<!DOCTYPE a><a/>", XML), dtdEnabled="true") is None
    assert status("xmlValidator", request("<a>é</a>".encode("latin-1"), f"{XML}; charset=ISO-8859-1")) is None
    assert status("xmlValidator", request()) is None


@pytest.mark.parametrize(
    ("name", "kind", "body"),
    [
        ("jsonValidator", JSON, "[" * 3_000_000),
        ("jsonValidator", JSON, '"' + '\\"' * 2_000_000),
        ("xmlValidator", XML, "<a>" * 1_500_000),
        ("xmlValidator", XML, "<a b='" + "x" * 4_000_000 + "'/>"),
        ("jsonToXML", JSON, "[" * 3_000_000),
        ("jsonToXML", JSON, '["' + '\\"' * 2_000_000),
        ("xmlToJson", XML, "<a>" + "<b/>" * 1_000_000 + "</a>"),
    ],
    ids=["nested", "escaped", "deep", "wide", "converted", "unclosed", "many"],
)
def test_a_huge_document_is_refused_soon(name: str, kind: str, body: str) -> None:
    started = time.perf_counter()
    assert status(name, request(body, kind)) == 400
    assert time.perf_counter() - started < 3
