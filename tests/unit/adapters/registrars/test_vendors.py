"""Every vendor's dialect, against a server that has the shape of the vendor's documented interface (`tests/worlds/vendors`).

None of these is the vendor's own server: those cannot run here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.registrars import HttpRegistrar
from gatehouse.controlplane.key_management.connectors import CONNECTORS, connector_of
from gatehouse.domain.applications.registration import (
    Desk,
    Flavour,
    RegisteredClient,
    RegistrationFailed,
    RegistrationRefused,
    WantedClient,
)
from gatehouse.domain.tokens.key_manager import MappingNotSupported
from gatehouse.domain.tokens.oauth import ClientCredentials, InvalidClient
from tests.worlds.vendors import clouds, servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.worlds.vendors.server import Spoken

SERVICE = WantedClient(name="mary_Kiosk", grant_types=("client_credentials",))
WEB = WantedClient(
    name="mary_Kiosk",
    grant_types=("authorization_code", "client_credentials"),
    callback_urls=("https://app.example/cb",),
)
VENDORS = (
    clouds.okta,
    clouds.auth0,
    clouds.entra,
    servers.keycloak,
    servers.ping_federate,
    servers.forgerock,
    servers.wso2_is,
    servers.wso2_is_7,
    servers.asgardeo,
)


class World:
    def __init__(self, spoken: Spoken) -> None:
        self.spoken, self.vendor = spoken, spoken.vendor
        self.registrar = HttpRegistrar(internal_allowed=True)
        self.desk = Desk(
            name="Theirs",
            flavour=connector_of(spoken.type).flavour,
            issuer=spoken.vendor.url,
            registration_url=spoken.registration_url,
            token_url=spoken.token_url,
            properties=spoken.properties,
        )

    def close(self) -> None:
        self.registrar.close()
        self.vendor.close()

    def register(self, wanted: WantedClient = WEB) -> RegisteredClient:
        return self.registrar.register(self.desk, wanted)

    def gets_a_token(self, made: RegisteredClient, properties: dict[str, Any] | None = None) -> bool:
        client = ClientCredentials(client_id=made.registration.client_id, client_secret=made.client_secret)
        try:
            return bool(self.registrar.token(self.desk, client, (), properties or {}).access_token)
        except InvalidClient:
            return False

    def body(self, made: RegisteredClient) -> dict[str, Any]:
        return self.vendor.clients[made.registration.client_id].body


def world_of(make: Any) -> Iterator[World]:
    world = World(make())
    yield world
    world.close()


@pytest.fixture(params=VENDORS, ids=lambda make: make.__name__)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    yield from world_of(request.param)


@pytest.fixture
def okta() -> Iterator[World]:
    yield from world_of(clouds.okta)


@pytest.fixture
def auth0() -> Iterator[World]:
    yield from world_of(clouds.auth0)


@pytest.fixture
def entra() -> Iterator[World]:
    yield from world_of(clouds.entra)


@pytest.fixture
def is_7() -> Iterator[World]:
    yield from world_of(servers.wso2_is_7)


def test_every_kind_of_provider_that_registers_clients_is_spoken_to_here_or_at_a_real_one() -> None:
    spoken = set()
    for make in VENDORS:
        vendor = make()
        spoken.add(connector_of(vendor.type).flavour)
        vendor.vendor.close()
    assert {one.flavour for one in CONNECTORS} == spoken | {Flavour.NONE}


@pytest.mark.parametrize("wanted", [SERVICE, WEB], ids=["service", "web"])
def test_a_client_is_made_and_gets_tokens(world: World, wanted: WantedClient) -> None:
    made = world.register(wanted)
    assert set(world.vendor.clients) == {made.registration.client_id}
    assert world.gets_a_token(made)
    assert not world.gets_a_token(replace(made, client_secret="another secret"))


def test_a_change_reaches_the_client_and_leaves_its_secret(world: World) -> None:
    made = world.register()
    wanted = replace(WEB, callback_urls=("https://app.example/other",))
    known = world.registrar.update(world.desk, made.registration, wanted)
    assert known.client_id == made.registration.client_id
    assert "https://app.example/other" in str(world.body(made))
    assert world.gets_a_token(made)


def test_a_secret_is_renewed_or_it_is_said_that_none_is(world: World) -> None:
    made = world.register()
    if world.spoken.type == "Forgerock":
        with pytest.raises(MappingNotSupported):
            world.registrar.renew_secret(world.desk, made.registration)
        return
    renewed = world.registrar.renew_secret(world.desk, made.registration)
    assert renewed.client_secret not in {"", made.client_secret}
    assert world.gets_a_token(replace(made, client_secret=renewed.client_secret))
    assert not world.gets_a_token(made)


def test_a_deleted_client_is_gone_and_may_be_deleted_again(world: World) -> None:
    made = world.register()
    world.registrar.delete(world.desk, made.registration)
    assert world.vendor.clients == {}
    world.registrar.delete(world.desk, made.registration)


def test_wrong_credentials_of_ours_are_the_admin_s_business_and_not_told(world: World) -> None:
    desk = replace(world.desk, properties=world.spoken.wrong)
    with pytest.raises(RegistrationFailed) as failed:
        world.registrar.register(desk, WEB)
    assert "admin" in failed.value.description
    secrets = [value for name, value in world.spoken.wrong.items() if value.startswith("another")]
    assert secrets
    assert not any(secret in failed.value.description for secret in secrets)
    assert world.vendor.clients == {}


def test_okta_tells_services_from_web_applications(okta: World) -> None:
    service, web = okta.register(SERVICE), okta.register()
    assert (okta.body(service)["application_type"], okta.body(service)["response_types"]) == ("service", ["token"])
    assert (okta.body(web)["application_type"], okta.body(web)["response_types"]) == ("web", ["code"])


def test_what_okta_says_is_passed_on(okta: World) -> None:
    odd = replace(WEB, grant_types=("refresh_token",))
    with pytest.raises(RegistrationRefused, match=r"invalid_client_metadata; 'response_types' is invalid.*HTTP 400"):
        okta.register(odd)


def test_auth0_grants_the_api_or_takes_the_client_back(auth0: World) -> None:
    granted = replace(SERVICE, properties={"audience_of_api": "https://api.menu.example"})
    made = auth0.register(granted)
    assert auth0.gets_a_token(made, dict(granted.properties))
    assert auth0.vendor.asked[-1].body["audience"] == "https://api.menu.example"
    with pytest.raises(RegistrationRefused, match="inexistent_resource") as refused:
        auth0.register(replace(SERVICE, properties={"audience_of_api": "https://nothing.example"}))
    assert set(auth0.vendor.clients) == {made.registration.client_id}
    assert refused.value.facts["client_id"] not in auth0.vendor.clients


def test_entra_gets_an_address_a_principal_and_a_password_or_nothing(entra: World) -> None:
    made = entra.register()
    assert entra.body(made)["identifierUris"] == [f"api://{made.registration.client_id}"]
    assert entra.body(made)["api"] == {"requestedAccessTokenVersion": 2}
    assert made.registration.object_id.startswith("object-")
    assert entra.vendor.calls()[1:] == [
        "POST /v1.0/applications",
        f"PATCH /v1.0/applications/{made.registration.object_id}",
        "POST /v1.0/servicePrincipals",
        f"POST /v1.0/applications/{made.registration.object_id}/addPassword",
    ]
    with pytest.raises(RegistrationRefused, match="does not reference a valid application"):
        entra.register(replace(WEB, name="Refused"))
    assert set(entra.vendor.clients) == {made.registration.client_id}


def test_identity_server_takes_lifetimes_and_switches_in_its_own_words(is_7: World) -> None:
    given = {
        "application_access_token_expiry_time": "600",
        "refresh_token_expiry_time": "N/A",
        "pkceMandatory": "true",
        "bypassClientCredentials": "false",
    }
    body = is_7.body(is_7.register(replace(WEB, properties=given)))
    assert (body["ext_application_token_lifetime"], body["ext_pkce_mandatory"]) == (600, True)
    assert (body["ext_public_client"], body["token_type_extension"]) == (False, "JWT")
    assert "ext_refresh_token_lifetime" not in body
