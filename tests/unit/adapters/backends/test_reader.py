"""No bytes from a backend yield anything but a reply or a failure with a name."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from gatehouse.adapters.backends.reader import Reader
from gatehouse.adapters.backends.security.challenge import challenges
from gatehouse.ports.backends import BackendFailed, BackendReply

if TYPE_CHECKING:
    from collections.abc import Sequence

METHODS = st.sampled_from(["GET", "HEAD", "POST"])
FRAGMENTS = [
    *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 404\r\n", b"HTTP/1.1 100 \r\n", b"HTTP/1.1 204 No\r\n", b"\r\n", b"\r\n\r\n"),
    *(b"content-length: 5\r\n", b"Content-Length: 0\r\n", b"transfer-encoding: chunked\r\n", b"connection: close\r\n"),
    *(b"connection: keep-alive\r\n", b"keep-alive: timeout=5\r\n", b"a: b\r\n", b" folded\r\n", b"5\r\nhello\r\n"),
    *(b"0\r\n", b"ffffffff\r\n", b"5;x=y\r\n", b"hello", b"\n", b"\r", b"\0", b"\xff"),
]
BYTES = st.one_of(
    st.binary(max_size=200),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=4)), max_size=15).map(b"".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=10).map(lambda parts: b"HTTP/1.1 200 OK\r\n" + b"".join(parts)),
)
NAMES = st.text("abcXYZ-09!#$", min_size=1, max_size=10).map(lambda name: f"x{name}")
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=20)


def cut(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    """The same bytes in segments of these sizes, over and over."""
    parts, position, turn = [], 0, 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        parts.append(data[position : position + size])
        position += size
        turn += 1
    return parts


def reader_of(parts: Sequence[bytes]) -> Reader:
    source = iter(parts)
    return Reader(lambda: next(source, b""))


SIZES = st.lists(st.integers(1, 50), min_size=1, max_size=5)


@given(BYTES, SIZES, METHODS)
def test_whatever_comes_is_a_reply_or_a_failure(data: bytes, sizes: list[int], method: str) -> None:
    with contextlib.suppress(BackendFailed):
        reply = reader_of(cut(data, sizes)).read(method)
        assert isinstance(reply, BackendReply)
        assert 200 <= reply.status <= 599


@given(BYTES, SIZES, METHODS)
def test_where_the_segments_end_changes_nothing(data: bytes, sizes: list[int], method: str) -> None:
    def outcome(parts: list[bytes]) -> object:
        try:
            return reader_of(parts).read(method)
        except BackendFailed as failed:
            return type(failed)

    assert outcome(cut(data, sizes)) == outcome([data])


@given(
    st.integers(200, 599).filter(lambda status: status not in {204, 304}),
    st.lists(st.tuples(NAMES, VALUES), max_size=8),
    st.lists(st.binary(min_size=1, max_size=100), max_size=5),
    st.sampled_from(["length", "chunked", "end"]),
    SIZES,
)
def test_what_a_correct_backend_says_comes_out_the_same(
    status: int, headers: list[tuple[str, str]], parts: list[bytes], framing: str, sizes: list[int]
) -> None:
    body = b"".join(parts)
    frames = {"length": [("content-length", str(len(body)))], "chunked": [("transfer-encoding", "chunked")], "end": []}
    sent = [*headers, *frames[framing]]
    head = f"HTTP/1.1 {status} x\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent) + "\r\n"
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    reader = reader_of(cut(head.encode("latin-1") + (chunks if framing == "chunked" else body), sizes))
    reply = reader.read("GET")
    assert reply.status == status
    assert reply.headers == tuple((name, value.strip(" \t")) for name, value in sent)
    assert reply.body == body
    assert reader.reusable == (framing != "end")


@given(st.one_of(st.text(max_size=100), st.text('Digest, realm="x"=\\\t', max_size=60)))
def test_whatever_a_challenge_says_it_is_read_to_its_end(value: str) -> None:
    reply = BackendReply(status=401, headers=(("WWW-Authenticate", value),), body=b"")
    assert all(challenge.scheme for challenge in challenges(reply))
