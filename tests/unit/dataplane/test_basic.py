"""Basic through the gateway: whose password opens an API, which scopes it brings, and what is remembered of it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.keys.passwords import Argon2Passwords
from gatehouse.domain.artifact import Artifact, scope_key
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT, User
from gatehouse.domain.publishing.deployed import Access
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import MAX_STALENESS, World, menu_api
from tests.fakes.lockouts import TERMS

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

PASSWORD = "open: sesame ü"
BASIC = Access(oauth2=False, basic=True)
ORDER = ("POST", "/menu/1.0.0/orders")


def user(name: str = "Mary", tenant: str = SUPER_TENANT, **changes: Any) -> User:
    values = {"roles": frozenset({"waiter"}), "password_hash": f"plain:{PASSWORD}", "id": f"{name}-{tenant}"}
    return User(**{"tenant": tenant, "name": name, **values, **changes})


@pytest.fixture
def basic(running: Running) -> Running:
    """An API that takes passwords alone, and a user."""
    running.world.deploy(menu_api(access=BASIC))
    running.world.users.add(user())
    return running


def sent(running: Running, name: str = "mary", password: str = PASSWORD, *where: str, **headers: str) -> Reply:
    credential = base64.b64encode(f"{name}:{password}".encode()).decode()
    return running.call(*where, headers={"Authorization": f"Basic {credential}", **headers})


def told(reply: Reply) -> tuple[int, str]:
    return reply.status, "" if reply.status == 200 else json.loads(reply.body)["code"]


def bind(world: World, scope: str, *roles: str) -> None:
    world.artifacts.publish([Artifact(scope_key(SUPER_TENANT, scope), {"roles": list(roles)})])


@pytest.mark.parametrize("name", ["mary", "MARY", "mary@carbon.super"])
def test_200_for_a_user_of_the_tenant(basic: Running, name: str) -> None:
    assert told(sent(basic, name)) == (200, "")
    (request,) = basic.world.backend.requests
    assert "authorization" not in request.headers


@pytest.mark.parametrize("name", ["nobody", "", "@", "mary@example.com", "mary@"])
def test_401_for_who_is_not_a_user_of_the_api_s_tenant(basic: Running, name: str) -> None:
    basic.world.users.add(user(tenant="example.com"))
    assert told(sent(basic, name)) == (401, "900901")
    assert not basic.world.backend.requests


def test_401_for_a_wrong_password_is_the_answer_for_an_unknown_user(basic: Running) -> None:
    wrong, unknown = sent(basic, "mary", "guessed"), sent(basic, "nobody", "guessed")
    assert told(wrong) == (401, "900901")
    assert wrong.body == unknown.body
    # As much is compared for the one as for the other.
    assert basic.world.passwords.asked == [f"plain:{PASSWORD}", ""]


def test_401_for_a_disabled_user_even_with_the_password(basic: Running) -> None:
    basic.world.users.add(user("john", active=False))
    assert told(sent(basic, "john")) == (401, "900901")


@pytest.mark.parametrize("credential", ["", "%%%", "bWFyeQ==", "/////w==", "é"])
def test_401_for_what_is_no_name_and_password(basic: Running, credential: str) -> None:
    status, code = told(basic.call(headers={"Authorization": f"Basic {credential}"}))
    assert (status, code) == (401, "900901" if credential else "900902")


def test_401_names_the_header_when_nothing_is_sent(basic: Running) -> None:
    reply = basic.call()
    assert told(reply) == (401, "900902")
    assert "Authorization : Basic" in json.loads(reply.body)["description"]


def test_401_where_the_api_does_not_take_passwords(basic: Running) -> None:
    basic.world.deploy(menu_api())
    assert told(sent(basic)) == (401, "900902")


def test_the_password_is_taken_from_the_api_s_own_header_among_others(basic: Running) -> None:
    basic.world.deploy(menu_api(access=Access(oauth2=False, basic=True, authorization_header="X-Auth")))
    credential = base64.b64encode(f"mary:{PASSWORD}".encode()).decode()
    assert told(basic.call(headers={"X-Auth": f"Digest x, basic {credential}"})) == (200, "")


@pytest.mark.parametrize(
    ("roles", "status"),
    [(("waiter", "cook"), 200), (("cook",), 403), ((), 200)],
    ids=["a role of the user's", "another role", "everybody"],
)
def test_a_user_has_the_scopes_that_roles_are_bound_to(basic: Running, roles: tuple[str, ...], status: int) -> None:
    bind(basic.world, "order", *roles)
    assert told(sent(basic, "mary", PASSWORD, *ORDER)) == (status, "" if status == 200 else "900910")


def test_403_for_a_scope_that_does_not_exist(basic: Running) -> None:
    assert told(sent(basic, "mary", PASSWORD, *ORDER)) == (403, "900910")


def test_a_password_is_compared_once_and_a_warm_call_reads_nothing(basic: Running) -> None:
    bind(basic.world, "order", "waiter")
    sent(basic, "mary", PASSWORD, *ORDER)
    reads = basic.world.artifacts.reads
    assert told(sent(basic, "mary", PASSWORD, *ORDER)) == (200, "")
    assert len(basic.world.passwords.asked) == 1
    assert basic.world.artifacts.reads == reads


def test_a_warm_call_neither_reads_nor_writes_anything_about_logins(basic: Running) -> None:
    sent(basic)
    asked = basic.world.lockouts.asked
    for _ in range(3):
        assert told(sent(basic)) == (200, "")
    assert basic.world.lockouts.asked == asked


def test_401_while_the_account_is_locked_even_with_the_password(basic: Running) -> None:
    for number in range(TERMS.threshold):
        assert told(sent(basic, "mary", f"guess {number}")) == (401, "900901")
    assert told(sent(basic)) == (401, "900901")
    basic.world.clock.advance(TERMS.first_seconds)
    assert told(sent(basic)) == (200, "")


def test_429_for_an_address_that_tries_many_accounts(basic: Running) -> None:
    for number in range(TERMS.address_failures):
        sent(basic, f"user-{number}", "guessed")
    reply = sent(basic)
    assert told(reply) == (429, "900800")
    assert dict(reply.headers)["retry-after"] == "1"


def test_what_is_remembered_holds_for_some_seconds_and_for_that_password_alone(basic: Running) -> None:
    sent(basic)
    assert told(sent(basic, "mary", "guessed")) == (401, "900901")
    read = basic.world.users.get(SUPER_TENANT, "mary")
    assert read is not None
    basic.world.users.save(user(password_hash="plain:new", version=read.version, id=read.id))
    assert told(sent(basic, "mary", "new")) == (200, "")
    basic.world.clock.advance(MAX_STALENESS + 0.1)
    assert told(sent(basic)) == (401, "900901")


def test_nothing_of_the_password_is_kept_or_recorded(basic: Running) -> None:
    sent(basic)
    scheme = basic.gateway.entrance.authenticate.basic
    assert "sesame" not in str(vars(vars(scheme)["_verified"]))
    assert "sesame" not in json.dumps(basic.lines)


def test_429_is_counted_by_address_without_a_subscription(basic: Running) -> None:
    terms = Terms(name="Unauthenticated", limits=(Rate(count=1, seconds=60),))
    basic.world.set_policy(PolicyKind.SUBSCRIPTION, terms)
    assert told(sent(basic))[0] == 200
    assert told(sent(basic)) == (429, "900804")


def test_a_good_password_helps_where_the_token_is_bad(basic: Running) -> None:
    basic.world.deploy(menu_api(access=Access(basic=True)))
    credential = base64.b64encode(f"mary:{PASSWORD}".encode()).decode()
    assert told(basic.call(headers={"Authorization": f"Bearer forged, Basic {credential}"})) == (200, "")
    assert told(basic.call(headers={"Authorization": "Bearer forged, Basic eDp5"})) == (401, "900901")


def test_500_while_the_users_cannot_be_read(basic: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_tenant: str, _name: str) -> User:
        raise Unavailable

    monkeypatch.setattr(basic.world.users, "get", down)
    assert told(sent(basic)) == (500, "900900")


def test_argon2_compares_an_unknown_user_s_password_with_a_hash_nobody_has() -> None:
    passwords = Argon2Passwords()
    hashed = passwords.hash(PASSWORD)
    assert passwords.matches(PASSWORD, hashed)
    assert not passwords.matches("guessed", hashed)
    assert not passwords.matches(PASSWORD, "")
    assert not passwords.matches(PASSWORD, "no hash")
