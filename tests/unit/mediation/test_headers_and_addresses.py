"""Policies on headers, query, path and method change what they name and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.errors import Invalid
from tests.unit.mediation.messages import request, response, run, situation


def test_an_added_header_stands_beside_those_of_its_name() -> None:
    message = request(headers=(("x-a", "1"),))
    assert run("addHeader", message, headerName="X-A", headerValue="2") is None
    assert message.headers == [("x-a", "1"), ("x-a", "2")]


def test_a_set_header_replaces_all_of_its_name() -> None:
    message = response(headers=(("x-a", "1"), ("b", "2"), ("x-a", "3")))
    assert run("setHeader", message, headerName="X-A", headerValue="4") is None
    assert message.headers == [("x-a", "4"), ("b", "2")]


def test_a_removed_header_is_gone_wherever_it_stood() -> None:
    message = request(headers=(("x-a", "1"), ("b", "2"), ("x-a", "3")))
    assert run("removeHeader", message, headerName="X-A") is None
    assert message.headers == [("b", "2")]


def test_a_header_can_carry_a_claim() -> None:
    message = request(query="a=1%20b")
    about = situation(claims={"sub": "mary", "roles": ["cook"]})
    run(
        "setHeader",
        message,
        about,
        headerName="x-user",
        headerValue="${claim.sub} ${claim.roles} ${query.a} ${claim.no}|",
    )
    assert message.header("x-user") == 'mary ["cook"] 1 b |'


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding", "Host", "connection"])
def test_framing_headers_stay_the_gateways(name: str) -> None:
    message = request(b"abc")
    run("setHeader", message, headerName=name, headerValue="7")
    run("addHeader", message, headerName=name, headerValue="7")
    assert message.headers == []


@given(value=st.text())
def test_no_value_breaks_out_of_its_header(value: str) -> None:
    message = request(headers=(("x", value),))
    run("setHeader", message, headerName="y", headerValue="${header.x}")
    written = message.header("y")
    assert not set(written) & {"\r", "\n", "\0"}
    written.encode("latin-1")


def test_a_body_never_becomes_a_header() -> None:
    message = request(b"secret")
    run("setHeader", message, headerName="y", headerValue="<${body}>")
    assert message.header("y") == "<>"


@pytest.mark.parametrize("name", ["a b", "a:b", "a\nb", "é"])
def test_what_is_no_header_name_is_refused_when_it_is_saved(name: str) -> None:
    with pytest.raises(Invalid):
        run("addHeader", request(), headerName=name, headerValue="1")


def test_a_query_parameter_is_added_encoded_and_the_rest_stays_raw() -> None:
    message = request(query="a=%41&b")
    run("addQueryParam", message, paramKey="c d", paramValue="1&2=3")
    assert message.query == "a=%41&b&c%20d=1%262%3D3"


def test_the_first_query_parameter_needs_no_ampersand() -> None:
    message = request()
    run("addQueryParam", message, paramKey="a", paramValue="1")
    assert message.query == "a=1"


def test_a_query_parameter_is_removed_by_its_decoded_name_and_the_rest_stays_raw() -> None:
    message = request(query="x%61=1&b=%41&xa=2&xa&c")
    run("removeQueryParam", message, paramKey="xa")
    assert message.query == "b=%41&c"


@given(query=st.text(alphabet="ab=&%61", max_size=30))
def test_removing_a_parameter_that_is_not_there_changes_nothing(query: str) -> None:
    message = request(query=query)
    run("removeQueryParam", message, paramKey="zzz")
    assert message.query == query


def test_the_method_changes() -> None:
    message = request(b"{}")
    run("changeHTTPMethod", message, httpMethod="PUT")
    assert (message.method, message.body) == ("PUT", b"{}")


def test_a_method_that_does_not_exist_is_refused_when_it_is_saved() -> None:
    with pytest.raises(Invalid):
        run("changeHTTPMethod", request(), httpMethod="FETCH")


@pytest.mark.parametrize(
    ("new", "path", "query"),
    [
        ("/v2/things", "/v2/things", "a=1"),
        ("v2/{id}", "/v2/7", "a=1"),
        ("/v2/{other}", "/v2/{other}", "a=1"),
        ("/v2?x=2", "/v2", "x=2&a=1"),
    ],
)
def test_the_path_is_rewritten_with_the_operations_variables(new: str, path: str, query: str) -> None:
    message = request(query="a=1")
    assert run("rewriteResourcePath", message, newResourcePath=new) is None
    assert (message.path, message.query) == (path, query)


def test_the_callers_query_can_be_left_behind() -> None:
    message = request(query="a=1")
    run("rewriteResourcePath", message, newResourcePath="/v2", includeQueryParams="false")
    assert message.query == ""


@pytest.mark.parametrize("value", [".", ".."])
def test_400_a_path_variable_that_would_climb(value: str) -> None:
    stop = run("rewriteResourcePath", request(path=f"/items/{value}"), newResourcePath="/private/{id}")
    assert stop is not None
    assert stop.status == 400


def test_variables_inside_a_segment_and_behind_a_mismatch() -> None:
    about = situation(target="/files/{name}.{kind}/x/{late}")
    message = request(path="/files/menu.json/y/1")
    run("rewriteResourcePath", message, about, newResourcePath="/{kind}/{name}/{late}")
    assert message.path == "/json/menu/{late}"
