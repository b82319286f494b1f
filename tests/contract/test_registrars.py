"""Registration of clients and what providers publish: the promises of `applications/registrars`, kept by the fakes and over HTTP.

The other side of HTTP is a certified OpenID Provider, whose management tokens rotate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.registrars import HttpRegistrar
from gatehouse.adapters.registrars.metadata import HttpMetadata
from gatehouse.domain.applications.registration import (
    Desk,
    Flavour,
    RegisteredClient,
    RegistrationRefused,
    WantedClient,
)
from gatehouse.domain.errors import GatehouseError, Invalid
from gatehouse.domain.tokens.oauth import ClientCredentials, InvalidClient
from tests.fakes.registrars import InMemoryMetadata, InMemoryRegistrar
from tests.oidc_provider import OPAQUE_AUDIENCE, REDIRECT_URI, REGISTRATION_TOKEN, OidcProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatehouse.ports.applications.registrars import ClientRegistrar, ProviderMetadata

WANTED = WantedClient(
    name="mary_Kiosk_PRODUCTION",
    grant_types=("client_credentials", "authorization_code"),
    callback_urls=(REDIRECT_URI,),
)
NO_PROPERTIES: dict[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class World:
    registrar: ClientRegistrar
    metadata: ProviderMetadata
    desk: Desk
    metadata_url: str
    issuer: str
    opaque_token: Callable[[RegisteredClient], str]

    def register(self, wanted: WantedClient = WANTED) -> RegisteredClient:
        return self.registrar.register(self.desk, wanted)

    def gets_a_token(self, made: RegisteredClient, secret: str = "") -> bool:
        client = credentials(made, secret)
        try:
            return bool(self.registrar.token(self.desk, client, (), NO_PROPERTIES).access_token)
        except InvalidClient:
            return False


def credentials(made: RegisteredClient, secret: str = "") -> ClientCredentials:
    return ClientCredentials(client_id=made.registration.client_id, client_secret=secret or made.client_secret)


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    provider = OidcProvider()
    yield provider
    provider.stop()


@pytest.fixture(params=["fake", "http"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "fake":
        yield in_memory()
        return
    registrar, metadata = HttpRegistrar(internal_allowed=True), HttpMetadata(internal_allowed=True)
    yield over_http(request.getfixturevalue("provider"), registrar, metadata)
    registrar.close()
    metadata.close()


def in_memory() -> World:
    issuer = "https://idp.example"
    desk = Desk(name="Theirs", flavour=Flavour.RFC7591, issuer=issuer)
    registrar, metadata = InMemoryRegistrar(), InMemoryMetadata()
    url = f"{issuer}/.well-known/openid-configuration"
    metadata.published[url] = {"issuer": issuer}
    return World(
        registrar=registrar,
        metadata=metadata,
        desk=desk,
        metadata_url=url,
        issuer=issuer,
        opaque_token=lambda made: registrar.token(desk, credentials(made), (), NO_PROPERTIES).access_token,
    )


def over_http(provider: OidcProvider, registrar: HttpRegistrar, metadata: HttpMetadata) -> World:
    desk = Desk(
        name="Theirs",
        flavour=Flavour.RFC7591,
        issuer=provider.issuer,
        registration_url=provider.metadata["registration_endpoint"],
        token_url=provider.metadata["token_endpoint"],
        revoke_url=provider.metadata["revocation_endpoint"],
        properties={"initial_access_token": REGISTRATION_TOKEN},
    )

    def opaque_token(made: RegisteredClient) -> str:
        client = {"client_id": made.registration.client_id, "client_secret": made.client_secret}
        return provider.access_token(client, resource=OPAQUE_AUDIENCE)

    return World(
        registrar=registrar,
        metadata=metadata,
        desk=desk,
        metadata_url=provider.discovery_url,
        issuer=provider.issuer,
        opaque_token=opaque_token,
    )


def test_a_registered_client_gets_tokens_with_its_secret_and_with_no_other(world: World) -> None:
    made = world.register()
    assert made.client_secret
    assert world.gets_a_token(made)
    assert not world.gets_a_token(made, "another secret")
    issued = world.registrar.token(world.desk, credentials(made), ("order",), NO_PROPERTIES)
    assert (issued.scopes, issued.expires_in) == (("order",), 3600)


def test_each_registration_is_a_client_of_its_own(world: World) -> None:
    assert world.register().registration.client_id != world.register().registration.client_id


def test_a_client_is_changed_again_and_again_with_what_each_change_returned(world: World) -> None:
    made = world.register()
    known = made.registration
    for number in range(3):
        wanted = WantedClient(
            name="Renamed", grant_types=WANTED.grant_types, callback_urls=(f"https://app.example/{number}",)
        )
        changed = world.registrar.update(world.desk, known, wanted)
        assert changed.client_id == known.client_id
        assert changed.management_token != known.management_token, "they rotate here"
        known = changed
    assert world.gets_a_token(made), "its secret stays"


def test_what_is_outdated_changes_nothing(world: World) -> None:
    made = world.register()
    world.registrar.update(world.desk, made.registration, WANTED)
    with pytest.raises(GatehouseError):
        world.registrar.update(world.desk, made.registration, WANTED)


def test_a_deleted_client_gets_nothing_and_may_be_deleted_again(world: World) -> None:
    made = world.register()
    world.registrar.delete(world.desk, made.registration)
    assert not world.gets_a_token(made)
    world.registrar.delete(world.desk, made.registration)


def test_what_the_provider_does_not_take_is_refused(world: World) -> None:
    with pytest.raises(RegistrationRefused) as refused:
        world.register(WantedClient(name="Odd", grant_types=("unheard-of",)))
    assert "Theirs" in refused.value.description
    assert "invalid_client_metadata" in refused.value.description


def test_a_token_is_voided_by_the_client_that_has_it(world: World) -> None:
    made = world.register()
    token = world.opaque_token(made)
    with pytest.raises(InvalidClient):
        world.registrar.revoke(world.desk, credentials(made, "another secret"), token, NO_PROPERTIES)
    world.registrar.revoke(world.desk, credentials(made), token, NO_PROPERTIES)


def test_a_provider_that_voids_no_jwts_says_so(provider: OidcProvider) -> None:
    registrar, metadata = HttpRegistrar(internal_allowed=True), HttpMetadata(internal_allowed=True)
    world = over_http(provider, registrar, metadata)
    made = world.register()
    token = registrar.token(world.desk, credentials(made), (), NO_PROPERTIES).access_token
    with pytest.raises(RegistrationRefused, match="unsupported_token_type"):
        registrar.revoke(world.desk, credentials(made), token, NO_PROPERTIES)
    registrar.close()


def test_what_a_provider_publishes_is_read_and_what_is_not_there_is_refused_by_name(world: World) -> None:
    assert world.metadata.at(world.metadata_url)["issuer"] == world.issuer
    with pytest.raises(Invalid) as refused:
        world.metadata.at(f"{world.metadata_url}/nothing")
    assert refused.value.fields[0].path == "url"
