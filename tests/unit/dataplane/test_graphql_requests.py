"""GraphQL over HTTP: no backend may read another query than the gateway did, and no text is too much for the gateway."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.graphql_texts import query_texts
from tests.worlds.graphql import PATH, deploy, described, graphql_api, send

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

SECRET = "{ menu { name } }"
"""What a caller would like to have executed in place of `{ version }`."""

DOUBTFUL: dict[str, tuple[bytes, str, str]] = {
    "a name twice": (b'{"query": "{ version }", "query": "{ menu { name } }"}', "application/json", ""),
    "the same name in another case": (b'{"query": "{ version }", "Query": "{ menu }"}', "application/json", ""),
    "a member nobody knows": (b'{"query": "{ version }", "id": "7"}', "application/json", ""),
    "a list of queries": (b'[{"query": "{ version }"}]', "application/json", ""),
    "a number": (b"7", "application/json", ""),
    "no JSON": (b'{"query": ', "application/json", ""),
    "JSON without end": (b"[" * 100_000, "application/json", ""),
    "a number without end": (
        b'{"query": "{ version }", "variables": {"a": ' + b"9" * 5000 + b"}}",
        "application/json",
        "",
    ),
    "not UTF-8": (b'{"query": "\xff"}', "application/json", ""),
    "another charset": (b'{"query": "{ version }"}', "application/json; charset=utf-7", ""),
    "a form": (b"query={version}", "application/x-www-form-urlencoded", ""),
    "no type": (b'{"query": "{ version }"}', "", ""),
    "a query in the parameters too": (b'{"query": "{ version }"}', "application/json", "query=" + SECRET),
    "an encoded name": (b'{"query": "{ version }"}', "application/json", "q%75ery=" + SECRET),
    "a name in brackets": (b'{"query": "{ version }"}', "application/json", "query[]=" + SECRET),
    "behind a semicolon": (b'{"query": "{ version }"}', "application/json", "a=1;query=" + SECRET),
    "an operation in the parameters": (b'{"query": "{ version }"}', "application/json", "operationName=B"),
    "a stored query": (b'{"query": "{ version }"}', "application/json", "documentId=7"),
    "a persisted query": (
        b'{"query": "{ version }", "extensions": {"persistedQuery": {"sha256Hash": "7"}}}',
        "application/json",
        "",
    ),
    "variables that are none": (b'{"query": "{ version }", "variables": [1]}', "application/json", ""),
    "extensions that are none": (b'{"query": "{ version }", "extensions": "a"}', "application/json", ""),
    "an operation name that is none": (b'{"query": "{ version }", "operationName": 7}', "application/json", ""),
}


@pytest.fixture
def served(running: Running) -> Running:
    deploy(running, graphql_api())
    return running


@pytest.mark.parametrize(("body", "media_type", "query"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_422_what_a_backend_might_read_differently(served: Running, body: bytes, media_type: str, query: str) -> None:
    assert described(send(served, body, media_type=media_type, query=query))
    assert not served.world.backend.requests


@pytest.mark.parametrize(
    "query",
    [
        "query={version}&query={menu{name}}",
        "query={version}&QUERY={menu{name}}",
        "query={version}&id=7",
        "variables=[1]&query={version}",
        "a=1",
    ],
)
def test_422_the_same_of_a_get(served: Running, query: str) -> None:
    assert described(served.call("GET", PATH, query=query, token=served.world.token()))


def test_422_a_get_with_a_body_and_a_body_that_is_compressed(served: Running) -> None:
    assert described(served.call("GET", PATH, query="query={version}", body=b"{ menu }", token=served.world.token()))
    assert described(send(served, b"\x1f\x8b", headers={"content-encoding": "gzip"}))


MEMBERS = st.dictionaries(
    st.sampled_from(["query", "operationName", "variables", "extensions", "Query", "id", ""]),
    st.one_of(query_texts(), st.none(), st.integers(), st.dictionaries(st.text(max_size=3), st.text(max_size=3))),
    max_size=4,
)
BODIES = st.one_of(
    st.binary(max_size=40),
    query_texts().map(lambda query: json.dumps({"query": query}).encode()),
    MEMBERS.map(lambda members: json.dumps(members).encode()),
)
MEDIA_TYPES = st.sampled_from(
    ["application/json", "application/graphql", "", "application/json; charset=\u00e9", "text/xml"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(body=BODIES, media_type=MEDIA_TYPES, query=query_texts(), method=st.sampled_from(["GET", "POST"]))
def test_no_query_text_ever_yields_a_500(
    served: Running, body: bytes, media_type: str, query: str, method: str
) -> None:
    parameters = "" if method == "POST" else urlencode({"query": query.encode("utf-8", "replace")})
    reply = served.call(
        method, PATH, body=b"" if method == "GET" else body, query=parameters, headers={"content-type": media_type}
    )
    assert reply.status in {401, 404, 405, 422}
    assert b"code" in reply.body
