"""Opaque tokens at the gateway: who is asked, what is believed of the answer, and how long it is remembered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.dataplane.credentials.bearer import INTROSPECTED_SECONDS
from gatehouse.dataplane.credentials.opaque import INACTIVE_SECONDS, SILENT_SECONDS, TOKEN_CHARACTERS_MAX
from gatehouse.domain.applications.api_key import new_secret
from gatehouse.domain.applications.grant import ApplicationGrant, KeyType
from gatehouse.domain.artifact import Artifact, RevocationKind, client_key, issuer_key, revocation_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access
from gatehouse.domain.tokens.issuer import Introspection
from tests.calls import APPLICATION_ID, MAX_STALENESS, menu_api
from tests.worlds.issuers import CLIENT, INTROSPECTION_URL, ISSUER, KEY_MANAGER_ID, claims, introspecting, signed

if TYPE_CHECKING:
    from gatehouse.domain.tokens.issuer import Issuer
    from tests.worlds.gateway import Running

OK = (200, "")
OTHER_URL = "https://other.example/introspect"
OTHER = introspecting(
    name="Another", key_manager="other-id", issuer="https://other.example", introspection=Introspection(url=OTHER_URL)
)


class Opaque:
    """A gateway with an issuer that is asked; `call` answers the status and the code."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.world = running.world
        self.world.issuers.active[INTROSPECTION_URL] = {}
        self.configure(introspecting())
        grant = ApplicationGrant(
            application_id=APPLICATION_ID,
            name="Kiosk",
            owner="mary@carbon.super",
            policy="Unlimited",
            key_type=KeyType.PRODUCTION,
        )
        for key_manager in (KEY_MANAGER_ID, "other-id"):
            where = client_key(SUPER_TENANT, CLIENT, key_manager)
            self.world.artifacts.publish([Artifact(where, grant.to_body())])

    def configure(self, configured: Issuer) -> None:
        body = json.loads(json.dumps(configured.to_body()))
        self.world.artifacts.publish([Artifact(issuer_key(SUPER_TENANT, configured.issuer), body)])

    def say(self, token: str = "opaque", *, url: str = INTROSPECTION_URL, **changes: Any) -> None:
        said = {"active": True, "client_id": CLIENT, "scope": "order", "sub": "mary", **changes}
        known = {name: value for name, value in said.items() if value is not None}
        self.world.issuers.active.setdefault(url, {})[token] = known

    def call(self, token: str = "opaque", method: str = "GET", path: str = "/menu/1.0.0/items") -> tuple[int, str]:
        reply = self.running.call(method, path, token=token)
        return (reply.status, "" if reply.status == 200 else json.loads(reply.body)["code"])

    @property
    def asked(self) -> list[str]:
        return self.world.issuers.asked


@pytest.fixture
def opaque(running: Running) -> Opaque:
    return Opaque(running)


def test_200_with_a_token_that_the_issuer_knows_and_its_scopes(opaque: Opaque) -> None:
    opaque.say()
    opaque.say("narrow", scope="read")
    assert opaque.call() == OK
    assert opaque.call("opaque", "POST", "/menu/1.0.0/orders") == OK
    assert opaque.call("narrow", "POST", "/menu/1.0.0/orders") == (403, "900910")
    assert opaque.asked == [INTROSPECTION_URL] * 2


def test_a_warm_call_asks_and_reads_nothing(opaque: Opaque) -> None:
    opaque.say()
    for _ in range(2):
        opaque.call()
    reads = opaque.world.artifacts.reads
    for _ in range(20):
        assert opaque.call() == OK
    assert len(opaque.asked) == 1
    assert opaque.world.artifacts.reads == reads


def test_401_for_a_token_that_nobody_knows_and_it_is_not_asked_for_at_once_again(opaque: Opaque) -> None:
    for _ in range(10):
        assert opaque.call("guess") == (401, "900901")
    assert len(opaque.asked) == 1
    opaque.say("guess")
    opaque.world.clock.advance(INACTIVE_SECONDS)
    assert opaque.call("guess") == OK


def test_401_without_anybody_to_ask(running: Running) -> None:
    reply = running.call(token="opaque")
    assert (reply.status, json.loads(reply.body)["code"]) == (401, "900901")
    assert running.world.issuers.asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://another.example"},
        {"exp": 1},
        {"exp": "soon"},
        {"nbf": 2_000_000_000},
        {"client_id": None},
        {"client_id": 7},
    ],
)
def test_401_for_an_answer_that_is_not_right(opaque: Opaque, change: dict[str, Any]) -> None:
    opaque.say(**change)
    assert opaque.call() == (401, "900901")


def test_an_answer_may_name_its_issuer_and_must_name_the_configured_audience(opaque: Opaque) -> None:
    opaque.configure(introspecting(audience="menu"))
    opaque.say("named", iss=ISSUER, aud="menu")
    opaque.say("other", aud=["account"])
    opaque.say("without")
    assert [opaque.call(token) for token in ("named", "other", "without")] == [OK, (401, "900901"), (401, "900901")]


def test_an_answer_is_remembered_for_its_time_and_no_longer_than_the_token(opaque: Opaque) -> None:
    opaque.say()
    opaque.say("short", exp=int(opaque.world.clock.now()) + 10)
    assert opaque.call() == OK
    assert opaque.call("short") == OK
    opaque.world.issuers.active[INTROSPECTION_URL].clear()
    opaque.world.clock.advance(16)
    assert opaque.call("short") == (401, "900901")
    assert opaque.call() == OK
    opaque.world.clock.advance(INTROSPECTED_SECONDS - 16)
    assert opaque.call() == (401, "900901")


def test_any_revocation_makes_the_issuer_be_asked_again(opaque: Opaque) -> None:
    opaque.say()
    assert opaque.call() == OK
    opaque.world.issuers.active[INTROSPECTION_URL].clear()
    somebody = revocation_key(SUPER_TENANT, RevocationKind.CLIENT, "somebody")
    opaque.world.artifacts.publish([Artifact(somebody, {"before": 1})])
    opaque.world.clock.advance(MAX_STALENESS + 0.1)
    assert opaque.call() == (401, "900901")


def test_a_revocation_here_counts_whatever_the_issuer_says(opaque: Opaque) -> None:
    opaque.say(iat=int(opaque.world.clock.now()))
    assert opaque.call() == OK
    client = revocation_key(SUPER_TENANT, RevocationKind.CLIENT, f"{KEY_MANAGER_ID}/{CLIENT}")
    opaque.world.artifacts.publish([Artifact(client, {"before": int(opaque.world.clock.now())})])
    opaque.world.clock.advance(MAX_STALENESS + 0.1)
    assert opaque.call() == (401, "900901")


def test_500_when_the_issuer_does_not_answer_and_it_is_left_alone_a_while(opaque: Opaque) -> None:
    del opaque.world.issuers.active[INTROSPECTION_URL]
    for number in range(10):
        assert opaque.call(f"token-{number}") == (500, "900900")
    assert len(opaque.asked) == 1
    opaque.say()
    opaque.world.clock.advance(SILENT_SECONDS)
    assert opaque.call() == OK


def test_issuers_are_asked_by_name_until_one_knows_the_token(opaque: Opaque) -> None:
    opaque.configure(OTHER)
    opaque.world.issuers.active[OTHER_URL] = {}
    opaque.say()
    opaque.say("early", url=OTHER_URL)
    assert opaque.call() == OK
    assert opaque.asked == [OTHER_URL, INTROSPECTION_URL]
    assert opaque.call("early") == OK
    assert opaque.asked == [OTHER_URL, INTROSPECTION_URL, OTHER_URL]


def test_one_that_does_not_answer_leaves_a_token_open_unless_another_knows_it(opaque: Opaque) -> None:
    opaque.configure(OTHER)
    opaque.say()
    assert opaque.call() == OK
    assert opaque.call("unknown") == (500, "900900")


def test_only_issuers_that_the_api_takes_see_the_token(opaque: Opaque) -> None:
    opaque.configure(OTHER)
    opaque.say()
    opaque.say(url=OTHER_URL)
    opaque.world.deploy(menu_api(access=Access(key_managers=("Theirs",))))
    assert opaque.call() == OK
    assert opaque.asked == [INTROSPECTION_URL]
    opaque.world.deploy(menu_api(access=Access(key_managers=("Resident Key Manager",))))
    opaque.world.clock.advance(MAX_STALENESS + 0.1)
    assert opaque.call() == (401, "900901")
    assert opaque.asked == [INTROSPECTION_URL]


@pytest.mark.parametrize("change", ["disabled", "no endpoint", "another endpoint"])
def test_a_change_of_the_issuer_holds_within_max_staleness(opaque: Opaque, change: str) -> None:
    opaque.say()
    assert opaque.call() == OK
    where = None if change == "no endpoint" else Introspection(url=OTHER_URL)
    opaque.world.issuers.active[OTHER_URL] = {}
    changed = introspecting(enabled=False) if change == "disabled" else replace(introspecting(), introspection=where)
    opaque.configure(changed)
    opaque.world.clock.advance(MAX_STALENESS + 0.1)
    assert opaque.call() == (401, "900901")


def test_a_jwt_of_an_issuer_that_wants_to_be_asked_is_asked_for(opaque: Opaque) -> None:
    opaque.configure(introspecting(self_validated=False))
    token = signed(claims(opaque.world.clock.now()))
    assert opaque.call(token) == (401, "900901")
    opaque.say(token)
    opaque.world.clock.advance(INACTIVE_SECONDS)
    assert opaque.call(token) == OK
    assert opaque.asked == [INTROSPECTION_URL] * 2


def test_a_token_that_is_too_long_is_sent_to_nobody(opaque: Opaque) -> None:
    assert opaque.call("x" * (TOKEN_CHARACTERS_MAX + 1)) == (401, "900901")
    assert opaque.asked == []


@pytest.mark.parametrize("token", ["a.b", "a.b.c.d.e", "é", "with space"])
def test_whatever_is_no_jwt_is_opaque(opaque: Opaque, token: str) -> None:
    assert opaque.call(token) == (401, "900901")


def test_an_api_key_sent_as_a_token_is_nobody_else_s_business(running: Running) -> None:
    opaque = Opaque(running)
    key = new_secret()
    opaque.say(key)
    assert opaque.call(key) == (401, "900901")
    assert running.world.issuers.asked == []
