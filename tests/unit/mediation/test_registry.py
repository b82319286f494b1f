"""Every policy can be found, described and run, and none of them ever raises."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.domain.errors import Invalid
from gatehouse.mediation.message import Message, Stop
from gatehouse.mediation.registry import function, specification, specifications
from gatehouse.mediation.specification import Flow, Kind, Specification
from tests.unit.mediation.messages import JSON, XML, situation

NAMES = (
    "addHeader",
    "addLogMessage",
    "addQueryParam",
    "callAwsLambda",
    "changeHTTPMethod",
    "jsonFault",
    "jsonToXML",
    "jsonValidator",
    "jwtClaimBasedAccessValidator",
    "mirrorRequest",
    "opaPolicy",
    "regexPolicy",
    "removeHeader",
    "removeQueryParam",
    "rewriteResourcePath",
    "setBody",
    "setHeader",
    "setProperty",
    "setStatus",
    "validateCsrfCookie",
    "xmlToJson",
    "xmlValidator",
)

FITTING: dict[str, Any] = {
    "headerName": "x-a",
    "headerValue": "${header.x} ${claim.sub}",
    "paramKey": "a b",
    "paramValue": "${query.a}",
    "httpMethod": "PUT",
    "functionName": "f",
    "url": "http://mirror.example",
    "serverUrl": "http://opa.example/v1/data",
    "policy": "menu",
    "regex": "(a|b)*c",
    "newResourcePath": "/v2/{id}",
    "template": '{"a": "${header.x}${query.a}${path}${claim.sub}", "b": "${body}"}',
    "name": "a",
    "statusCode": "404",
    "accessVerificationClaim": "aut",
    "accessVerificationClaimValue": "APPLICATION",
}


def fitting(policy: Specification) -> dict[str, Any]:
    given_ones = {one.name: FITTING[one.name] for one in policy.attributes if one.required}
    return policy.checked(given_ones, "policy")


def test_the_policies_are_there() -> None:
    assert set(NAMES) <= {policy.name for policy in specifications()}


def test_every_policy_is_found_in_the_file_of_its_name() -> None:
    assert all(callable(function(policy.name)) for policy in specifications())


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_is_found_under_its_name(name: str) -> None:
    known = specification(name, "v1")
    assert known is not None
    assert callable(function(name))
    assert known.flows
    assert all(one.default is None or not one.required for one in known.attributes)


@pytest.mark.parametrize("name", NAMES)
def test_the_defaults_of_a_policy_are_of_the_kind_that_it_declares(name: str) -> None:
    known = specification(name, "v1")
    assert known is not None
    kinds = {Kind.INTEGER: int, Kind.BOOLEAN: bool}
    for one in known.attributes:
        assert one.default is None or type(one.default) is kinds.get(one.kind, str)


def test_finding_one_policy_loads_no_other_and_no_library() -> None:
    script = (
        "import sys; from gatehouse.mediation.registry import function; function('addHeader');"
        "print([m for m in sys.modules if 'policies.' in m or m.split('.')[0] in {'re2', 'xmltodict', 'jsonschema'}])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "['gatehouse.mediation.policies.add_header']"


def test_an_unknown_parameter_is_refused() -> None:
    known = specification("addHeader", "v1")
    assert known is not None
    with pytest.raises(Invalid):
        known.checked({"headerName": "x", "headerValue": "y", "other": "z"}, "policy")


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\1", "(", "x" * 5_000, ".{900}z"])
def test_a_pattern_that_cannot_be_matched_in_linear_time_is_refused_when_it_is_saved(pattern: str) -> None:
    known = specification("regexPolicy", "v1")
    assert known is not None
    with pytest.raises(Invalid):
        known.checked({"regex": pattern}, "policy")


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_its_least_is_refused(limit: int) -> None:
    known = specification("jsonValidator", "v1")
    assert known is not None
    with pytest.raises(Invalid):
        known.checked({"maxJsonDepth": limit}, "policy")


TEXT = st.text(max_size=40)
BODIES = st.one_of(
    st.binary(max_size=200),
    TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"", b"{}", b"[1,", b"<a/>", b"<a", b"\xef\xbb\xbf{}", b"\x1f\x8b\x08", b'"\\ud800"', b"[" * 150]),
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["content-type", "content-encoding", "cookie", "authorization", "x", "x-xsrf-token"]),
        st.one_of(TEXT, st.sampled_from([JSON, XML, "gzip", "XSRF-TOKEN=\ud800", f"{XML};charset=utf-16"])),
    ),
    max_size=5,
)
CLAIMS = st.dictionaries(st.sampled_from(["aut", "sub"]), st.one_of(TEXT, st.none(), st.integers(), st.lists(TEXT)))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(body=BODIES, headers=HEADERS, path=TEXT, query=TEXT, claims=CLAIMS, status=st.sampled_from([0, 200, 500]))
def test_no_policy_ever_raises(
    name: str, body: bytes, headers: list[tuple[str, str]], path: str, query: str, claims: dict[str, Any], status: int
) -> None:
    known = specification(name, "v1")
    assert known is not None
    message = Message(headers=headers, body=body, method="POST", path=f"/{path}", query=query, status=status)
    about = situation(claims=claims, request_headers=dict(headers))
    stop = function(name)(message, fitting(known), about)
    assert stop is None or isinstance(stop, Stop)
    if stop is not None:
        assert 400 <= stop.status < 600
        assert stop.code
    assert all(ord(character) < 256 for header in message.headers if header not in headers for character in header[1])


def test_faults_are_mended_by_one_policy_alone() -> None:
    only = [policy.name for policy in specifications() if policy.flows == (Flow.FAULT,)]
    assert only == ["jsonFault"]
