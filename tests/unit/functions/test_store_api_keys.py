"""API keys of a developer's applications, through the store's surface."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from gatehouse.domain.applications.api_key import digest_of, is_shaped_like_a_key
from gatehouse.domain.artifact import RevocationKind, application_key, revocation_key
from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.token import revokes
from tests.worlds.api_keys import UNHEARD, Associable, generate, grant, listed, of_api, of_application, refusal
from tests.worlds.store import StoreWorld


@pytest.fixture
def world() -> StoreWorld:
    return StoreWorld()


def test_200_a_new_key_is_shown_once_and_known_to_the_gateway(world: StoreWorld) -> None:
    application_id = world.application()
    restrictions = {"permittedIP": "10.1.2.3/8, 2001:db8::1", "permittedReferer": "www.example.com/*,*.example.org"}
    body = {"keyName": "browser", "validityPeriod": 3600, "additionalProperties": restrictions}
    answer = world.call("POST", f"{of_application(application_id)}/generate", body)
    assert answer.status == 200
    secret = answer.json.pop("apikey")
    assert is_shaped_like_a_key(secret)
    assert answer.json == {"keyName": "browser", "validityPeriod": 3600, "validityTime": 3600}
    (key,) = listed(world, of_application(application_id))
    now = int(world.clock.now())
    assert grant(world, secret) == {
        "key_id": key["keyUUID"],
        "application_id": application_id,
        "api_id": "",
        "key_type": "PRODUCTION",
        "owner": "mary@carbon.super",
        "addresses": ["10.0.0.0/8", "2001:db8::1/128"],
        "referers": ["www.example.com/*", "*.example.org"],
        "expires_at": now + 3600,
    }
    assert key == {
        "keyUUID": key["keyUUID"],
        "keyName": "browser",
        "issuedOn": now * 1000,
        "validityPeriod": 3600,
        "lastUsed": None,
    }
    assert secret not in str(world.shelf.api_keys)
    assert digest_of(secret) not in repr(world.shelf.api_keys)


def test_200_a_key_is_listed_with_its_last_use_and_its_successor_without(world: StoreWorld) -> None:
    application_id = world.application()
    path = of_application(application_id)
    for name in ("used", "unused"):
        generate(world, path, keyName=name)
    used = next(key["keyUUID"] for key in listed(world, path) if key["keyName"] == "used")
    now = int(world.clock.now())
    world.key_uses.used(SUPER_TENANT, used, now)
    assert {key["keyName"]: key["lastUsed"] for key in listed(world, path)} == {"used": now * 1000, "unused": None}
    world.clock.advance(1)
    assert world.call("POST", f"{path}/regenerate", {"keyUUID": used}).status == 200
    assert [key["lastUsed"] for key in listed(world, path)] == [None, None]


def signed(application_id: str, world: StoreWorld, **terms: Any) -> tuple[str, Any]:
    text = generate(world, of_application(application_id), additionalProperties={"format": "JWT", **terms})
    return text, jwt.decode(text, options={"verify_signature": False})


def test_200_a_signed_key_says_what_it_opens_and_the_gateway_is_told_nothing(world: StoreWorld) -> None:
    pizza, application_id = world.api(), world.application()
    world.subscribe(application_id, pizza)
    text, said = signed(application_id, world, permittedIP="10.0.0.0/8", permittedReferer="*.example.com")
    (key,) = listed(world, of_application(application_id))
    assert said["application"] == {"uuid": application_id, "name": "Kiosk", "owner": "mary", "tier": "10PerMin"}
    assert said["sub"] == "mary@carbon.super"
    assert (said["keytype"], said["keyUUID"]) == ("PRODUCTION", key["keyUUID"])
    assert (said["permittedIP"], said["permittedReferer"]) == ("10.0.0.0/8", "*.example.com")
    (listed_api,) = said["subscribedAPIs"]
    assert (listed_api["name"], listed_api["context"]) == ("Pizza", "/pizza/1.0.0")
    assert listed_api["subscriptionTier"] == "Gold"
    assert said["tierInfo"]["Gold"]["stopOnQuotaReach"] is True
    assert grant(world, text) is None


def test_200_a_signed_key_is_replaced_by_a_signed_one_and_revoked_by_itself(world: StoreWorld) -> None:
    application_id = world.application()
    text, said = signed(application_id, world)
    (key,) = listed(world, of_application(application_id))
    renewed = world.call("POST", f"{of_application(application_id)}/regenerate", {"keyUUID": key["keyUUID"]}).json[
        "apikey"
    ]
    again = jwt.decode(renewed, options={"verify_signature": False})
    assert again["jti"] != said["jti"]
    assert again["keyUUID"] == said["keyUUID"]
    ended, kept = (revocation_key(SUPER_TENANT, RevocationKind.TOKEN, one["jti"]) for one in (said, again))
    assert revokes(world.artifacts.get([ended])[0], said["iat"])
    assert world.artifacts.get([kept]) == [None]
    assert world.call("POST", f"{of_application(application_id)}/revoke", {"apikey": renewed}).status == 200
    assert revokes(world.artifacts.get([kept])[0], again["iat"])
    assert text not in str(world.shelf.api_keys)


def test_200_a_signed_key_of_an_api_names_it_and_no_application(world: StoreWorld) -> None:
    pizza = world.api()
    text = generate(world, of_api(pizza.id), additionalProperties={"format": "JWT"})
    said = jwt.decode(text, options={"verify_signature": False})
    assert "application" not in said
    assert [api["uuid"] for api in said["subscribedAPIs"]] == [pizza.id]
    assert grant(world, text)["api_id"] == pizza.id


def test_400_a_signed_key_that_would_not_fit_into_a_call(world: StoreWorld) -> None:
    path = of_application(world.application())
    pages = ",".join(f"{n}.{'x' * 200}.example" for n in range(50))
    body = {"additionalProperties": {"format": "JWT", "permittedReferer": pages}}
    assert refusal(world.call("POST", f"{path}/generate", body))[0] == 400
    assert listed(world, path) == []


@pytest.mark.parametrize("body", [{}, {"keyName": None, "validityPeriod": None, "additionalProperties": None}])
def test_200_without_terms_a_key_is_unrestricted_and_does_not_expire(world: StoreWorld, body: dict[str, Any]) -> None:
    secret = generate(world, of_application(world.application()), **body)
    known = grant(world, secret)
    assert (known["addresses"], known["referers"], known["expires_at"]) == ([], [], 0)


def test_200_an_application_has_any_number_of_keys_of_each_type(world: StoreWorld) -> None:
    application_id = world.application()
    for kind, name in (("PRODUCTION", "a"), ("PRODUCTION", "a"), ("SANDBOX", "b")):
        generate(world, of_application(application_id, kind), keyName=name)
    assert [key["keyName"] for key in listed(world, of_application(application_id))] == ["a", "a"]
    assert [key["keyName"] for key in listed(world, of_application(application_id, "SANDBOX"))] == ["b"]


def test_200_the_gateway_knows_every_application_as_it_is(world: StoreWorld) -> None:
    application_id = world.application(tier="10PerMin")
    where = application_key(SUPER_TENANT, application_id)
    known = {"application_id": application_id, "name": "Kiosk", "owner": "mary@carbon.super", "policy": "10PerMin"}
    assert world.artifacts.get([where]) == [known]
    changed = {"name": "Terminal", "throttlingPolicy": "50PerMin"}
    assert world.call("PUT", f"/applications/{application_id}", changed).status == 200
    assert world.artifacts.get([where]) == [{**known, "name": "Terminal", "policy": "50PerMin"}]
    assert world.call("DELETE", f"/applications/{application_id}").status == 200
    assert world.artifacts.get([where]) == [None]


def test_200_another_key_in_place_of_one_keeps_its_terms(world: StoreWorld) -> None:
    path = of_application(world.application())
    old = generate(world, path, keyName="browser", validityPeriod=60, additionalProperties={"permittedIP": "10.0.0.1"})
    (key,) = listed(world, path)
    before = grant(world, old)
    world.clock.advance(30)
    answer = world.call("POST", f"{path}/regenerate", {"keyUUID": key["keyUUID"]})
    assert answer.status == 200
    assert answer.json["apikey"] != old
    assert (answer.json["keyName"], answer.json["validityPeriod"]) == ("browser", 60)
    assert grant(world, old) is None
    assert grant(world, answer.json["apikey"]) == {**before, "expires_at": int(world.clock.now()) + 60}
    assert [found["keyUUID"] for found in listed(world, path)] == [key["keyUUID"]]


@pytest.mark.parametrize("by_id", [True, False])
def test_200_a_revoked_key_is_gone(world: StoreWorld, by_id: bool) -> None:  # noqa: FBT001
    path = of_application(world.application())
    secret, other = generate(world, path, keyName="a"), generate(world, path, keyName="b")
    (key,) = (key for key in listed(world, path) if key["keyName"] == "a")
    body = {"keyUUID": key["keyUUID"]} if by_id else {"apikey": secret}
    answer = world.call("POST", f"{path}/revoke", body)
    assert (answer.status, answer.text) == (200, "")
    assert grant(world, secret) is None
    assert grant(world, other) is not None
    assert [found["keyName"] for found in listed(world, path)] == ["b"]
    assert world.call("POST", f"{path}/revoke", body).status == 400


def test_200_with_its_application_a_key_goes(world: StoreWorld) -> None:
    associable, other = Associable(world), world.application("Other")
    application_id = associable.application_id
    own = [generate(world, of_application(application_id, kind)) for kind in ("PRODUCTION", "SANDBOX")]
    kept = generate(world, of_application(other))
    body = {"keyUUID": associable.id, "applicationUUID": application_id}
    assert world.call("POST", f"{of_api(associable.api.id)}/associate", body).status == 200
    assert world.call("DELETE", f"/applications/{application_id}").status == 200
    assert [grant(world, secret) for secret in own] == [None, None]
    assert grant(world, kept)["application_id"] == other
    # The API's key is the developer's still, and stands for nothing.
    assert grant(world, associable.secret)["application_id"] == ""
    (key,) = listed(world, of_api(associable.api.id))
    assert key["associatedApp"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"validityPeriod": 0}, "validityPeriod"),
        ({"validityPeriod": -2}, "validityPeriod"),
        ({"validityPeriod": 2**31}, "validityPeriod"),
        ({"keyName": "a" * 101}, "keyName"),
        ({"keyName": "a\nb"}, "keyName"),
        ({"additionalProperties": {"colour": "red"}}, "additionalProperties.colour"),
        ({"additionalProperties": {"permittedIP": "10.0.0.1,x"}}, "additionalProperties.permittedIP: 'x'"),
        ({"additionalProperties": {"permittedIP": ["10.0.0.1"]}}, "additionalProperties.permittedIP"),
        ({"additionalProperties": {"permittedIP": ",".join(["10.0.0.1"] * 51)}}, "additionalProperties.permittedIP"),
        ({"additionalProperties": {"permittedReferer": "/path"}}, "additionalProperties.permittedReferer"),
        ({"additionalProperties": {"permittedReferer": "a b"}}, "additionalProperties.permittedReferer"),
    ],
)
@pytest.mark.parametrize("of", ["application", "api"])
def test_400_terms_that_cannot_be(world: StoreWorld, of: str, body: dict[str, Any], field: str) -> None:
    path = of_application(world.application()) if of == "application" else of_api(world.api().id)
    before = world.writes
    status, description = refusal(world.call("POST", f"{path}/generate", body))
    assert status == 400
    assert field in description
    assert world.writes == before


@pytest.mark.parametrize("operation", ["generate", "regenerate", "revoke", "associate", "dissociate"])
def test_400_for_a_type_of_key_that_there_is_not(world: StoreWorld, operation: str) -> None:
    bodies: dict[str, Any] = {"generate": {}, "associate": {"keyUUID": "x", "apiUUID": "x"}}
    path = of_application(world.application(), "TEST")
    answer = world.call("POST", f"{path}/{operation}", bodies.get(operation, {"keyUUID": "x"}))
    assert answer.status == 400
    assert "keyType" in answer.json["description"]
    assert world.call("GET", path).status == 400


@pytest.mark.parametrize("body", [{}, {"apikey": "", "keyUUID": None}, {"apikey": "x", "keyUUID": "y"}])
def test_400_a_revocation_names_one_key(world: StoreWorld, body: dict[str, Any]) -> None:
    status, description = refusal(world.call("POST", f"{of_application(world.application())}/revoke", body))
    assert status == 400
    assert "keyUUID" in description


def test_404_for_a_key_that_is_not_there(world: StoreWorld) -> None:
    path, api_id = of_application(world.application()), world.api().id
    assert world.call("POST", f"{path}/regenerate", {"keyUUID": UNHEARD}).status == 404
    assert world.call("POST", f"{path}/dissociate", {"keyUUID": UNHEARD}).status == 404
    for operation in ("regenerate", "revoke", "dissociate"):
        assert world.call("POST", f"{of_api(api_id)}/{operation}", {"keyUUID": UNHEARD}).status == 404


def test_404_a_key_of_the_other_type_is_not_there(world: StoreWorld) -> None:
    application_id = world.application()
    generate(world, of_application(application_id))
    (key,) = listed(world, of_application(application_id))
    body = {"keyUUID": key["keyUUID"]}
    assert world.call("POST", f"{of_application(application_id, 'SANDBOX')}/regenerate", body).status == 404
    assert world.call("POST", f"{of_application(application_id, 'SANDBOX')}/revoke", body).status == 400


def test_404_somebody_else_s_application_is_like_none(world: StoreWorld) -> None:
    path = of_application(world.application())
    generate(world, path)
    (key,) = listed(world, path)
    for method, end, body in (
        ("POST", "/generate", {}),
        ("POST", "/regenerate", {"keyUUID": key["keyUUID"]}),
        ("POST", "/revoke", {"keyUUID": key["keyUUID"]}),
        ("POST", "/associate", {"keyUUID": key["keyUUID"], "apiUUID": UNHEARD}),
        ("POST", "/dissociate", {"keyUUID": key["keyUUID"]}),
        ("GET", "", None),
        ("GET", "/associations", None),
        ("GET", "/subscriptions", None),
    ):
        theirs = world.call(method, path + end, body, by="john")
        nobody_s = world.call(method, of_application(UNHEARD) + end, body, by="john")
        known_id = path.split("/")[2]
        assert (theirs.status, theirs.text.replace(known_id, UNHEARD)) == (404, nobody_s.text)


def test_400_nothing_is_added_to_an_application_that_is_being_deleted(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Associable(world)
    world.generate(one.application_id)
    path = of_application(one.application_id)
    secret = generate(world, path)

    def down(**_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(world.key_manager, "delete_client", down)
    assert world.call("DELETE", f"/applications/{one.application_id}").status == 503
    assert grant(world, secret) is None
    (key,) = listed(world, path)
    for operation, body in (
        ("generate", {}),
        ("regenerate", {"keyUUID": key["keyUUID"]}),
        ("associate", {"keyUUID": one.id, "apiUUID": one.api.id}),
    ):
        assert refusal(world.call("POST", f"{path}/{operation}", body))[0] == 400


def test_409_when_the_application_does_not_stop_changing(world: StoreWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    application_id = world.application()
    add, attempts = world.api_keys.add, iter((Changed, Changed, None, Changed, Changed, Changed))

    def raced(*arguments: Any) -> Any:
        if failure := next(attempts):
            raise failure
        return add(*arguments)

    monkeypatch.setattr(type(world.api_keys), "add", lambda _self, *arguments: raced(*arguments))
    generate(world, of_application(application_id))
    assert world.call("POST", f"{of_application(application_id)}/generate", {}).status == 409
    assert len(listed(world, of_application(application_id))) == 1
