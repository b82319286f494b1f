"""Federation: who comes back from an identity provider, whom they are taken for, and for whom they are not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gatehouse.controlplane.identity.account_locks import AccountLocks
from gatehouse.controlplane.identity.federation import AWAY_SECONDS
from gatehouse.domain.artifact import RevocationKind, revocation_key
from gatehouse.domain.people.identity import SUPER_TENANT, User
from gatehouse.domain.people.identity_provider import (
    ORGANIZATION,
    IdentityProviderNotFound,
    NotProvisioned,
    NotVouchedFor,
    Protocol,
    Voucher,
    foreign_user_id,
    foreign_user_name,
    provider_id,
)
from gatehouse.domain.portal.organization import claimed, organization_id, organization_of
from tests.fakes.clock import StoppedClock
from tests.fakes.identity_providers import SaidSo
from tests.worlds.federation import RETURN_TO, FederationWorld

if TYPE_CHECKING:
    from gatehouse.controlplane.identity.federation import Departure
    from gatehouse.domain.people.identity_provider import IdentityProvider

CLAIMS: dict[str, Any] = {
    "preferred_username": "mary",
    "email": "mary@corp.example",
    "given_name": "Mary",
    "groups": ["cooks", "waiters", "strangers"],
}


class World(FederationWorld):
    def __init__(self) -> None:
        self.protocol = SaidSo()
        self.stopped = StoppedClock()
        super().__init__({Protocol.OIDC: self.protocol}, self.stopped)
        self.corp = self.provider(secret="our secret there")

    def depart(self, provider: IdentityProvider | None = None) -> Departure:
        return self.federation.begin(SUPER_TENANT, (provider or self.corp).id, RETURN_TO)

    def come_back(self, provider: IdentityProvider | None = None, subject: str = "subject-1", **claims: Any) -> User:
        self.protocol.voucher = Voucher(issuer="", subject=subject, claims={**CLAIMS, **claims})
        departure = self.depart(provider)
        arrival = self.federation.finish({"state": state_of(departure)}, departure.ticket)
        assert arrival.return_to == RETURN_TO
        return arrival.user


def state_of(departure: Departure) -> str:
    return parse_qs(urlsplit(departure.url).query)["state"][0]


@pytest.fixture
def world() -> World:
    return World()


def test_who_comes_for_the_first_time_is_kept_with_mapped_roles(world: World) -> None:
    mary = world.come_back()
    assert mary.roles == {"Internal/everyone", "Internal/creator", "Internal/subscriber"}
    assert mary.name.startswith("mary_")
    assert mary.profile == {"name": {"givenName": "Mary"}, "emails": [{"value": "mary@corp.example", "primary": True}]}
    assert world.users.get(SUPER_TENANT, mary.name) == mary
    assert world.protocol.secrets == ["our secret there"]


def test_who_comes_again_is_the_same_user_and_nothing_is_written(world: World) -> None:
    mary = world.come_back()
    writes = world.users.writes
    assert world.come_back() == mary
    assert world.users.writes == writes


@pytest.mark.parametrize("local", ["mary", "mary@corp.example"])
def test_an_equal_name_or_address_makes_nobody_somebody_else(world: World, local: str) -> None:
    own = User(tenant=SUPER_TENANT, id="own", name=local, roles=frozenset({"admin"}), password_hash="plain:x")
    world.users.add(own)
    came = world.come_back()
    assert came.id != "own"
    assert came.name != local
    assert "admin" not in came.roles


def test_a_subject_of_another_provider_is_another_user(world: World) -> None:
    other = world.provider("Other", issuer="https://other.example")
    assert world.come_back().id != world.come_back(other).id
    assert world.come_back(subject="subject-2").name != world.come_back().name


def test_a_name_that_was_given_back_at_the_provider_is_another_user(world: World) -> None:
    """A provider may give an old user's name and address to a new one; the subject it may not."""
    first = world.come_back(subject="old")
    second = world.come_back(subject="new")
    assert (first.id, first.name) != (second.id, second.name)


def test_roles_follow_the_provider_and_what_is_lost_voids_tokens(world: World) -> None:
    mary = world.come_back()
    world.users.save(replace(mary, roles=mary.roles | {"Internal/publisher"}))
    again = world.come_back(groups=["waiters"])
    assert again.roles == {"Internal/everyone", "Internal/subscriber", "Internal/publisher"}, "given by hand, kept"
    key = revocation_key(SUPER_TENANT, RevocationKind.USER, mary.name)
    assert world.artifacts.get([key]) != [None]


def test_without_provisioning_only_who_is_known_comes_in(world: World) -> None:
    quiet = world.provider("Quiet", issuer=world.corp.issuer, provisions=False)
    with pytest.raises(NotProvisioned):
        world.come_back(quiet)
    mary = world.come_back()
    assert world.come_back(quiet, groups=[]) == mary


def test_a_disabled_or_locked_user_stays_out(world: World) -> None:
    mary = world.come_back()
    locks = AccountLocks(lockouts=world.lockouts, journal=world.journal, clock=world.clock)
    locks.lock(SUPER_TENANT, mary.name)
    with pytest.raises(NotVouchedFor):
        world.come_back()
    locks.unlock(SUPER_TENANT, mary.name)
    world.users.save(replace(world.come_back(), active=False))
    with pytest.raises(NotVouchedFor):
        world.come_back()
    assert world.journal.events().count("login_failed") == 2


def test_another_claim_may_say_who_somebody_is_and_what_they_are_called(world: World) -> None:
    uri = "http://wso2.org/claims/username"
    claims = {"userIdClaim": {"uri": "oid"}, "mappings": [{"idpClaim": "upn", "localClaim": {"uri": uri}}]}
    azure = world.provider("Azure", issuer="https://azure.example", claims=claims)
    came = world.come_back(azure, oid="4711", upn="M. Major@corp")
    assert came.id == foreign_user_id(SUPER_TENANT, "https://azure.example", "4711")
    assert came.name.startswith("M.-Major_")
    with pytest.raises(NotVouchedFor):
        world.come_back(azure)


@pytest.mark.parametrize("claim", ["", "@", "../..", "a/b\x00c", "ü" * 500, "admin@carbon.super"])
def test_a_name_is_one_that_users_may_have_whatever_the_provider_says(claim: str) -> None:
    name = foreign_user_name("https://id.example", "s", claim)
    assert "/" not in name
    assert "@" not in name
    assert 3 < len(name) < 100
    assert name != foreign_user_name("https://id.example", "t", claim)


class TestComingBack:
    def test_another_browser_cannot(self, world: World) -> None:
        departure, other = world.depart(), world.depart()
        with pytest.raises(NotVouchedFor):
            world.federation.finish({"state": state_of(departure)}, other.ticket)

    @pytest.mark.parametrize("ticket", ["", "x", "é"])
    def test_without_a_ticket_nobody_can(self, world: World, ticket: str) -> None:
        with pytest.raises(NotVouchedFor):
            world.federation.finish({"state": "x"}, ticket)

    @pytest.mark.parametrize("told", [{}, {"state": ""}, {"state": "é"}, {"RelayState": "x"}])
    def test_without_the_state_nobody_can(self, world: World, told: dict[str, str]) -> None:
        with pytest.raises(NotVouchedFor):
            world.federation.finish(told, world.depart().ticket)

    def test_too_late_nobody_can(self, world: World) -> None:
        departure = world.depart()
        world.stopped.advance(AWAY_SECONDS)
        with pytest.raises(NotVouchedFor):
            world.federation.finish({"state": state_of(departure)}, departure.ticket)

    def test_nobody_can_who_left_before_the_provider_was_disabled(self, world: World) -> None:
        departure = world.depart()
        world.providers.save(replace(world.corp, document={"isEnabled": False}))
        assert world.federation.offered(SUPER_TENANT) == []
        with pytest.raises(IdentityProviderNotFound):
            world.federation.finish({"state": state_of(departure)}, departure.ticket)

    def test_the_ticket_tells_nothing(self, world: World) -> None:
        departure = world.depart()
        assert state_of(departure) not in departure.ticket
        assert "authorize" not in departure.ticket


@pytest.mark.parametrize("provider", ["", "x", provider_id("example.com", "Corp")])
def test_there_is_nowhere_to_go_without_a_provider_of_the_tenant(world: World, provider: str) -> None:
    with pytest.raises(IdentityProviderNotFound):
        world.federation.begin(SUPER_TENANT, provider, RETURN_TO)


def test_an_organization_is_told_by_the_provider_that_was_trusted_with_it_and_by_no_other(world: World) -> None:
    mappings = [{"idpClaim": "org", "localClaim": {"uri": ORGANIZATION}}]
    trusted = world.provider("Partner", issuer="https://id.partner.example", claims={"mappings": mappings})
    assert organization_of(SUPER_TENANT, world.come_back(org="acme", organizationId="acme").profile) == ""
    anna = world.come_back(trusted, org="acme")
    assert organization_of(SUPER_TENANT, anna.profile) == organization_id(SUPER_TENANT, "acme")
    again = world.come_back(trusted)
    assert claimed(again.profile) == "acme", "who is told nothing of leaves nothing"
    assert claimed(world.come_back(trusted, org="zenith").profile) == "zenith"
