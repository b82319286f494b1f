"""The gateway and an external issuer that speaks real HTTP: what a call waits for, and what it does not."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.keys import issuers
from gatehouse.adapters.keys.issuers import HttpIssuers
from gatehouse.domain.applications.grant import ApplicationGrant, KeyType
from gatehouse.domain.artifact import Artifact, client_key, issuer_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.issuer import Introspection
from tests.calls import APPLICATION_ID
from tests.worlds.issuers import CLIENT, KEY_MANAGER_ID, IssuerServer, claims, issuer, jwk, rsa_key, signed, trickle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running


@pytest.fixture
def server() -> Iterator[IssuerServer]:
    server = IssuerServer()
    yield server
    server.close()


@pytest.fixture
def served(running: Running, server: IssuerServer) -> Running:
    """A gateway that asks over HTTP, configured for the server."""
    running.world.issuers = HttpIssuers(internal_allowed=True)  # type: ignore[assignment]
    running.gateway = running.environment()
    configured = issuer(
        jwks_url=f"{server.url}/jwks", introspection=Introspection(url=f"{server.url}/introspect", username="gateway")
    )
    grant = ApplicationGrant(
        application_id=APPLICATION_ID,
        name="Kiosk",
        owner="mary@carbon.super",
        policy="Unlimited",
        key_type=KeyType.PRODUCTION,
    )
    running.world.artifacts.publish(
        [
            Artifact(issuer_key(SUPER_TENANT, configured.issuer), configured.to_body()),
            Artifact(client_key(SUPER_TENANT, CLIENT, KEY_MANAGER_ID), grant.to_body()),
        ]
    )
    return running


def code(reply: Reply) -> tuple[int, str]:
    return reply.status, "" if reply.status == 200 else json.loads(reply.body)["code"]


def token(running: Running, **changes: Any) -> str:
    return signed(claims(running.world.clock.now(), **changes))


def test_a_jwt_and_an_opaque_token_open_the_api(served: Running, server: IssuerServer) -> None:
    server.active["opaque"] = {"active": True, "client_id": CLIENT}
    known = token(served)
    for _ in range(5):
        assert code(served.call(token=known)) == (200, "")
        assert code(served.call(token="opaque")) == (200, "")
    assert sorted(server.asked) == ["/introspect", "/jwks"]
    assert known not in json.dumps(served.lines)


def test_a_key_set_with_all_sorts_of_keys_serves(served: Running, server: IssuerServer) -> None:
    server.jwks = {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "their-key"}, {}, jwk(rsa_key())]}
    assert code(served.call(token=token(served))) == (200, "")


@pytest.mark.parametrize("trouble", ["huge", "slow", "broken"])
def test_500_for_a_bad_issuer_and_only_one_call_waits_for_it(
    served: Running, server: IssuerServer, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "ANSWER_SECONDS", 0.5)
    match trouble:
        case "huge":
            server.jwks = {"keys": [jwk(rsa_key())], "padding": "x" * 2_000_000}
        case "slow":
            server.answer = trickle
        case _:
            server.jwks = "no set"
    assert code(served.call(token=token(served))) == (500, "900900")
    started = time.monotonic()
    for _ in range(20):
        assert code(served.call(token=token(served))) == (500, "900900")
    assert time.monotonic() - started < 0.4
    assert server.asked == ["/jwks"]
