"""The way out to external key managers: what may be called, what is believed, and what is passed on of what they say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.outward.saying import SAID_CHARACTERS_MAX
from gatehouse.adapters.registrars import HttpRegistrar
from gatehouse.adapters.registrars.egress import ANSWER_BYTES_MAX, Egress
from gatehouse.adapters.registrars.metadata import HttpMetadata
from gatehouse.domain.applications.registration import (
    Desk,
    Flavour,
    RegistrationFailed,
    RegistrationRefused,
    WantedClient,
)
from gatehouse.domain.errors import GatehouseError, Invalid, Unavailable
from gatehouse.domain.tokens.oauth import ClientCredentials
from tests.worlds.vendors.server import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.worlds.vendors.server import Answer

WANTED = WantedClient(name="Kiosk", grant_types=("client_credentials",))


class World:
    """A provider that gives one answer to everything."""

    def __init__(self) -> None:
        self.vendor = Vendor()
        self.registrar = HttpRegistrar(internal_allowed=True)
        self.answer: Answer = (200, {})
        for method in ("GET", "POST", "PUT", "DELETE"):
            self.vendor.on(method, ".*", lambda _: self.answer)

    def desk(self, url: str = "") -> Desk:
        return Desk(
            name="Theirs",
            flavour=Flavour.RFC7591,
            issuer=self.vendor.url,
            registration_url=f"{url or self.vendor.url}/reg",
            token_url=f"{url or self.vendor.url}/token",
            properties={"initial_access_token": "open-sesame"},
        )

    def refusal(self, status: int, document: Any) -> GatehouseError:
        self.answer = (status, document)
        with pytest.raises(GatehouseError) as refused:
            self.registrar.register(self.desk(), WANTED)
        return refused.value


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.registrar.close()
    world.vendor.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RegistrationRefused),
        (404, RegistrationRefused),
        (409, RegistrationRefused),
        (422, RegistrationRefused),
        (401, RegistrationFailed),
        (403, RegistrationFailed),
        (302, RegistrationFailed),
        (500, RegistrationFailed),
        (503, RegistrationFailed),
        (429, Unavailable),
    ],
)
def test_a_status_says_whose_fault_it_is(world: World, status: int, kind: type[GatehouseError]) -> None:
    error = world.refusal(status, {"error": "odd", "error_description": "so it is"})
    assert type(error) is kind
    assert f"odd; so it is (HTTP {status})" in error.description


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"errorCode": "E1", "errorSummary": "no", "errorCauses": [{"errorSummary": "why"}]}, "E1; no; why"),
        ({"error": {"code": "Bad", "message": "no"}}, "Bad; no"),
        ({"error": "Bad Request", "message": "no", "errorCode": "invalid_body"}, "Bad Request; invalid_body; no"),
        ({"code": "CLI-60001", "message": "no", "description": "why"}, "CLI-60001; no; why"),
        ({"error": ["a", {"message": "b"}, 7]}, "a; b"),
        ({"unknown": "words"}, "no reason given"),
        (b"<html>", "no reason given"),
        (None, "no reason given"),
        ({"error": "line\nbreak\x1b[31m"}, "line break [31m"),
    ],
)
def test_what_each_vendor_says_is_found(world: World, document: Any, said: str) -> None:
    assert f"{said} (HTTP 400)" in world.refusal(400, document).description


def test_what_they_say_is_bounded_and_without_our_secrets(world: World) -> None:
    assert "open-sesame" not in world.refusal(400, {"error": "open-sesame is wrong"}).description
    assert len(world.refusal(400, {"error": "x" * 10_000}).description) < SAID_CHARACTERS_MAX + 100
    client = ClientCredentials(client_id="app", client_secret="their-secret")
    world.answer = (400, {"error": "bad", "error_description": "their-secret"})
    with pytest.raises(RegistrationRefused) as refused:
        world.registrar.token(world.desk(), client, (), {})
    assert "their-secret" not in refused.value.description


@pytest.mark.parametrize("document", [{}, [], {"client_id": 7}, b"no json", {"client_id": ""}])
def test_a_success_that_makes_no_sense_is_a_failure(world: World, document: Any) -> None:
    assert isinstance(world.refusal(201, document), RegistrationFailed)


def test_a_token_that_is_none_is_a_failure(world: World) -> None:
    world.answer = (200, {"token_type": "Bearer"})
    with pytest.raises(RegistrationFailed):
        world.registrar.token(world.desk(), ClientCredentials(client_id="a", client_secret="b"), (), {})


def test_more_than_is_taken_is_a_failure(world: World) -> None:
    error = world.refusal(201, {"client_id": "x" * ANSWER_BYTES_MAX})
    assert isinstance(error, RegistrationFailed)


def test_who_does_not_answer_may_be_asked_again(world: World) -> None:
    with pytest.raises(Unavailable) as refused:
        world.registrar.register(world.desk("http://127.0.0.1:9"), WANTED)
    assert not isinstance(refused.value, RegistrationFailed)
    assert "'Theirs' does not answer" in refused.value.description


def test_outside_the_local_stack_neither_plain_http_nor_inner_addresses_are_called(world: World) -> None:
    guarded = HttpRegistrar(internal_allowed=False)
    for url in (world.vendor.url, "https://127.0.0.1:9", "https://169.254.169.254", "https://[::1]:9"):
        with pytest.raises(RegistrationFailed):
            guarded.register(world.desk(url), WANTED)
    assert world.vendor.asked == []


def test_an_errand_ends_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatehouse.adapters.registrars.egress.ERRAND_SECONDS", -1.0)
    with pytest.raises(Unavailable, match="too long"):
        world.registrar.register(world.desk(), WANTED)
    assert world.vendor.asked == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((302, None), "302"),
        ((404, {"error": "no"}), "404"),
        ((200, b"<html>"), "JSON object"),
        ((200, ["a"]), "JSON object"),
        ((200, {"issuer": "x" * ANSWER_BYTES_MAX}), "more than"),
    ],
)
def test_metadata_that_are_none_are_refused_with_the_reason(world: World, answer: Answer, problem: str) -> None:
    world.answer = answer
    metadata = HttpMetadata(internal_allowed=True)
    with pytest.raises(Invalid, match=problem) as refused:
        metadata.at(world.vendor.url)
    assert refused.value.fields[0].path == "url"
    metadata.close()


def test_metadata_at_inner_addresses_are_not_asked_for(world: World) -> None:
    for url in (world.vendor.url, "https://127.0.0.1:9", "https://169.254.169.254/latest"):
        with pytest.raises(Invalid):
            HttpMetadata(internal_allowed=False).at(url)
    assert world.vendor.asked == []


def test_an_answer_is_read_as_what_it_is(world: World) -> None:
    egress = Egress(internal_allowed=True)
    world.answer = (200, json.dumps([{"a": 1}, 2]).encode())
    answered = egress.send("Theirs", "GET", world.vendor.url, {})
    assert (answered.document, answered.items) == ({}, ({"a": 1},))
    egress.close()
