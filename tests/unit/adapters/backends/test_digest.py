"""Digest authentication against a backend that checks it as RFC 7616 says."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from gatehouse.adapters.backends.security.challenge import Challenge, challenges
from gatehouse.domain.publishing.deployed import EndpointSecurity, SecurityKind
from gatehouse.ports.backends import BackendReply
from tests.unit.adapters.backends.servers import answer, header, replying

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.adapters.backends.conftest import Client
    from tests.unit.adapters.backends.servers import Backend

MARY = EndpointSecurity(kind=SecurityKind.DIGEST, username="mary", password="pä ss")
REALM = 'The "menu"'


class Checking:
    """A digest backend: `nonces` are valid one after the other, each for so many requests."""

    def __init__(self, *, algorithm: str = "", qop: str = "auth", uses: int = 100, more: str = "") -> None:
        self.uses = uses
        self.challenges = 0
        self._left = 0
        self._counts: set[str] = set()
        self._algorithm = algorithm
        self._qop = qop
        self._more = more

    def __call__(self, request: bytes) -> bytes:
        fields = self._fields(request)
        if self._left and fields.get("nonce") == f"n{self.challenges}" and self._is_right(request, fields):
            self._left -= 1
            return answer(200, b"ok")
        return self._challenge()

    def _challenge(self) -> bytes:
        self.challenges += 1
        self._left = self.uses
        self._counts.clear()
        quoted = REALM.replace('"', '\\"')
        asked = f'Basic realm="x", Digest realm="{quoted}", nonce="n{self.challenges}", opaque="o,="'
        asked += f", algorithm={self._algorithm}" if self._algorithm else ""
        asked += f', qop="{self._qop}"' if self._qop else ""
        return answer(401, b"who are you?", www_authenticate=asked + self._more)

    @staticmethod
    def _fields(request: bytes) -> dict[str, str]:
        value = header(request, "authorization") or ""
        pairs = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', value.removeprefix("Digest "))
        return {name: quoted.replace('\\"', '"') or plain for name, quoted, plain in pairs}

    def _is_right(self, request: bytes, fields: dict[str, str]) -> bool:
        method, target, _ = request.split(b"\r\n")[0].decode().split(" ")
        kind = hashlib.sha256 if self._algorithm.lower().startswith("sha") else hashlib.md5

        def digest(text: str) -> str:
            return kind(text.encode()).hexdigest()

        secret = digest(f"mary:{REALM}:pä ss")
        if self._algorithm.endswith("-sess"):
            secret = digest(f"{secret}:{fields['nonce']}:{fields['cnonce']}")
        what = digest(f"{method}:{target}")
        middle = ""
        if self._qop:
            assert fields["qop"] == "auth"
            assert fields["nc"] not in self._counts
            self._counts.add(fields["nc"])
            assert len(self._counts) == int(fields["nc"], 16)
            middle = f"{fields['nc']}:{fields['cnonce']}:auth:"
        user = digest(f"mary:{REALM}") if "userhash" in self._more else "mary"
        assert (fields["uri"], fields["opaque"], fields["username"]) == (target, "o,=", user)
        return fields["response"] == digest(f"{secret}:{fields['nonce']}:{middle}{what}")


@pytest.mark.parametrize("algorithm", ["", "MD5", "SHA-256", "MD5-sess", "SHA-256-sess"])
@pytest.mark.parametrize("qop", ["auth", "auth-int, auth", ""])
def test_a_challenge_is_answered_once_and_its_nonce_used_again(
    client: Client, serve: Callable[..., Backend], algorithm: str, qop: str
) -> None:
    checking = Checking(algorithm=algorithm, qop=qop)
    backend = serve(replying(checking))
    for number in range(3):
        reply = client.get(f"{backend.url}/a?n={number}", method="POST", body=b"x", security=MARY)
        assert reply.status == 200
    assert checking.challenges == 1
    assert len(backend.requests) == 4


def test_a_stale_nonce_costs_one_more_request(client: Client, serve: Callable[..., Backend]) -> None:
    checking = Checking(algorithm="SHA-256", uses=2)
    backend = serve(replying(checking))
    for _ in range(4):
        assert client.get(backend.url, security=MARY).status == 200
    assert checking.challenges == 2
    assert len(backend.requests) == 6


def test_a_wrong_password_is_tried_once_and_the_401_passed_on(client: Client, serve: Callable[..., Backend]) -> None:
    backend = serve(replying(Checking()))
    wrong = EndpointSecurity(kind=SecurityKind.DIGEST, username="mary", password="wrong")
    assert client.get(backend.url, security=wrong).status == 401
    assert len(backend.requests) == 2


def test_the_strongest_challenge_we_know_is_answered(client: Client, serve: Callable[..., Backend]) -> None:
    more = ', Digest realm="r", nonce="weak", algorithm=MD5, Digest realm="r", nonce="x", algorithm=SHA-512-256'
    backend = serve(replying(Checking(algorithm="SHA-256", more=more)))
    assert client.get(backend.url, security=MARY).status == 200


def test_a_hashed_user_name_is_sent_to_who_asks_for_one(client: Client, serve: Callable[..., Backend]) -> None:
    backend = serve(replying(Checking(algorithm="SHA-256", more=", userhash=true")))
    assert client.get(backend.url, security=MARY).status == 200


@pytest.mark.parametrize(
    "asked",
    [
        "Basic realm=x",
        'Digest realm="r"',
        'Digest nonce="n"',
        'Digest realm="r", nonce="n", qop="auth-int"',
        'Digest realm="r", nonce="n", algorithm=TOKEN',
        '",,=',
    ],
)
def test_a_challenge_that_we_cannot_answer_is_passed_on(
    client: Client, serve: Callable[..., Backend], asked: str
) -> None:
    backend = serve(replying(lambda _: answer(401, www_authenticate=asked)))
    assert client.get(backend.url, security=MARY).status == 401
    assert len(backend.requests) == 1


def test_challenges_are_found_in_one_header_or_in_several() -> None:
    headers = (
        ("www-authenticate", 'Negotiate abc==, Digest Realm="a \\"b\\", c" , nonce = n1,'),
        ("date", "today"),
        ("WWW-Authenticate", "Bearer"),
    )
    found = list(challenges(BackendReply(status=401, headers=headers, body=b"")))
    assert [challenge.scheme for challenge in found] == ["negotiate", "digest", "bearer"]
    assert found[1:] == [Challenge("digest", {"realm": 'a "b", c', "nonce": "n1"}), Challenge("bearer", {})]
