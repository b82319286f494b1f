"""Refresh tokens, tenants and lifetimes at the token endpoint, through its surface."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatehouse.domain.artifact import Artifact, RevocationKind, revocation_key
from gatehouse.domain.errors import Unauthenticated
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.authorization import LIVE_TOKENS_MAX
from gatehouse.domain.tokens.oauth import ClientRules, Lifetimes
from tests.callers import OTHER_TENANT, PASSWORD
from tests.worlds.key_manager import MANAGEMENT_URL, KeyManagerWorld, claims_of, refused


@pytest.fixture
def world() -> KeyManagerWorld:
    return KeyManagerWorld()


class TestRefresh:
    def test_a_refresh_token_is_good_for_one_use(self, world: KeyManagerWorld) -> None:
        client = world.client()
        first = world.password(client, scope="apim:admin").json
        second = world.token(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert (second.status, second.json["scope"]) == (200, "apim:admin")
        assert second.json["refresh_token"] != first["refresh_token"]
        assert second.json["access_token"] != first["access_token"]
        third = world.token(client, grant_type="refresh_token", refresh_token=second.json["refresh_token"])
        assert third.status == 200
        again = world.token(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
        refused(again, 400, "invalid_grant")

    def test_a_refresh_token_that_comes_again_ends_its_whole_family(self, world: KeyManagerWorld) -> None:
        client = world.client()
        first = world.password(client, scope="apim:admin").json
        second = world.token(client, grant_type="refresh_token", refresh_token=first["refresh_token"]).json
        refused(
            world.token(client, grant_type="refresh_token", refresh_token=first["refresh_token"]), 400, "invalid_grant"
        )
        refused(
            world.token(client, grant_type="refresh_token", refresh_token=second["refresh_token"]), 400, "invalid_grant"
        )
        for issued in (first, second):
            with pytest.raises(Unauthenticated):
                world.callers.identify({"authorization": f"Bearer {issued['access_token']}"})

    def test_another_family_of_the_same_user_lives_on(self, world: KeyManagerWorld) -> None:
        client = world.client()
        stolen, other = world.password(client).json, world.password(client).json
        world.token(client, grant_type="refresh_token", refresh_token=stolen["refresh_token"])
        world.token(client, grant_type="refresh_token", refresh_token=stolen["refresh_token"])
        assert world.callers.identify({"authorization": f"Bearer {other['access_token']}"}).user == "admin"
        assert world.token(client, grant_type="refresh_token", refresh_token=other["refresh_token"]).status == 200

    def test_another_client_cannot_end_a_family(self, world: KeyManagerWorld) -> None:
        client, other = world.client(), world.client(name="another")
        first = world.password(client).json["refresh_token"]
        second = world.token(client, grant_type="refresh_token", refresh_token=first).json["refresh_token"]
        refused(world.token(other, grant_type="refresh_token", refresh_token=first), 400, "invalid_grant")
        assert world.token(client, grant_type="refresh_token", refresh_token=second).status == 200

    def test_of_a_familys_living_access_tokens_the_oldest_goes_when_there_are_too_many(
        self, world: KeyManagerWorld
    ) -> None:
        client = world.client()
        issued = [world.password(client).json]
        for _ in range(LIVE_TOKENS_MAX):
            issued.append(
                world.token(client, grant_type="refresh_token", refresh_token=issued[-1]["refresh_token"]).json
            )
        with pytest.raises(Unauthenticated):
            world.callers.identify({"authorization": f"Bearer {issued[0]['access_token']}"})
        assert world.callers.identify({"authorization": f"Bearer {issued[1]['access_token']}"}).user == "admin"
        (family,) = world.families.kept.values()
        assert len(family.live) == LIVE_TOKENS_MAX

    def test_an_access_token_that_has_expired_is_forgotten(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client).json["refresh_token"]
        world.clock.advance(3600)
        world.token(client, grant_type="refresh_token", refresh_token=token)
        (family,) = world.families.kept.values()
        assert len(family.live) == 1

    def test_it_can_narrow_the_access_token_without_narrowing_the_grant(self, world: KeyManagerWorld) -> None:
        client = world.client()
        first = world.password(client, scope="apim:admin apim:api_view").json["refresh_token"]
        narrow = world.token(client, grant_type="refresh_token", refresh_token=first, scope="apim:api_view").json
        assert narrow["scope"] == "apim:api_view"
        wide = world.token(client, grant_type="refresh_token", refresh_token=narrow["refresh_token"]).json
        assert wide["scope"] == "apim:admin apim:api_view"

    def test_400_it_cannot_widen_the_grant(self, world: KeyManagerWorld) -> None:
        client = world.client()
        first = world.password(client, scope="apim:api_view").json["refresh_token"]
        wider = world.token(client, grant_type="refresh_token", refresh_token=first, scope="apim:admin")
        refused(wider, 400, "invalid_scope")

    def test_400_it_is_the_clients_own(self, world: KeyManagerWorld) -> None:
        token = world.password(world.client()).json["refresh_token"]
        other = world.client(name="another")
        refused(world.token(other, grant_type="refresh_token", refresh_token=token), 400, "invalid_grant")

    def test_400_it_expires(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client).json["refresh_token"]
        world.clock.advance(86400)
        refused(world.token(client, grant_type="refresh_token", refresh_token=token), 400, "invalid_grant")

    @pytest.mark.parametrize("kind", [RevocationKind.USER, RevocationKind.CLIENT])
    def test_400_it_dies_with_its_user_and_its_client(self, world: KeyManagerWorld, kind: RevocationKind) -> None:
        client = world.client()
        token = world.password(client).json["refresh_token"]
        subject = "admin" if kind is RevocationKind.USER else client.client_id
        now = int(world.clock.now())
        world.artifacts.publish([Artifact(revocation_key(SUPER_TENANT, kind, subject), {"before": now})])
        refused(world.token(client, grant_type="refresh_token", refresh_token=token), 400, "invalid_grant")

    def test_a_role_that_was_taken_away_is_gone_after_refreshing(self, world: KeyManagerWorld) -> None:
        client = world.client()
        token = world.password(client, "carol", scope="apim:api_create openid").json["refresh_token"]
        carol = world.users.get(SUPER_TENANT, "carol")
        assert carol is not None
        world.users.save(replace(carol, roles=frozenset()))
        renewed = world.token(client, grant_type="refresh_token", refresh_token=token)
        assert renewed.json["scope"] == "openid"

    def test_it_is_kept_as_a_digest(self, world: KeyManagerWorld) -> None:
        token = world.password(world.client()).json["refresh_token"]
        assert token not in repr(world.families.kept)


class TestTenants:
    def test_a_tenants_token_names_the_tenant_as_issuer(self, world: KeyManagerWorld) -> None:
        client = world.client(tenant=OTHER_TENANT)
        token = world.password(client, f"mary@{OTHER_TENANT}").json["access_token"]
        claims = claims_of(token)
        assert claims["iss"] == f"{MANAGEMENT_URL}/t/{OTHER_TENANT}/oauth2/token"
        assert claims["sub"] == f"mary@{OTHER_TENANT}"
        assert world.callers.identify({"authorization": f"Bearer {token}"}).tenant == OTHER_TENANT

    @pytest.mark.parametrize("username", ["mary", f"mary@{OTHER_TENANT}"])
    def test_at_its_own_endpoint_the_tenant_may_be_left_out(self, world: KeyManagerWorld, username: str) -> None:
        client = world.client(tenant=OTHER_TENANT)
        form = {"grant_type": "password", "username": username, "password": PASSWORD}
        reply = world.token(client, f"/t/{OTHER_TENANT}/oauth2/token", **form)
        assert reply.status == 200
        assert claims_of(reply.json["access_token"])["sub"] == f"mary@{OTHER_TENANT}"

    def test_400_a_user_of_another_tenant(self, world: KeyManagerWorld) -> None:
        refused(world.password(world.client(), f"mary@{OTHER_TENANT}"), 400, "invalid_grant")
        refused(world.password(world.client(tenant=OTHER_TENANT), "mary"), 400, "invalid_grant")

    def test_a_saas_client_serves_users_of_every_tenant(self, world: KeyManagerWorld) -> None:
        client = world.client(saas=True)
        reply = world.password(client, f"mary@{OTHER_TENANT}", scope="apim:subscribe")
        assert (reply.status, reply.json["scope"]) == (200, "apim:subscribe")
        renewed = world.token(client, grant_type="refresh_token", refresh_token=reply.json["refresh_token"])
        assert claims_of(renewed.json["access_token"])["sub"] == f"mary@{OTHER_TENANT}"

    def test_401_a_client_of_another_tenant_at_a_tenants_endpoint(self, world: KeyManagerWorld) -> None:
        reply = world.token(world.client(), f"/t/{OTHER_TENANT}/oauth2/token", grant_type="client_credentials")
        refused(reply, 401, "invalid_client")


class TestLifetimes:
    def test_a_clients_own_lifetimes_hold(self, world: KeyManagerWorld) -> None:
        client = world.client()
        lifetimes = Lifetimes(application_seconds=60, user_seconds=120, refresh_seconds=180)
        world.parts.resident.update_client(
            tenant=SUPER_TENANT,
            client_id=client.client_id,
            grant_types=["password", "client_credentials"],
            lifetimes=lifetimes,
        )
        assert world.token(client, grant_type="client_credentials").json["expires_in"] == 60
        assert world.password(client).json["expires_in"] == 120
        (kept,) = world.families.kept.values()
        assert kept.expires_at - kept.issued_at == 180

    def test_changed_rules_hold_and_the_others_stay(self, world: KeyManagerWorld) -> None:
        kept = ClientRules(audiences=("https://orders.example",), opaque_tokens=True)
        client = world.client(rules=kept)
        world.parts.resident.update_client(
            tenant=SUPER_TENANT,
            client_id=client.client_id,
            grant_types=["password"],
            rules=ClientRules(pkce_mandatory=True, public=True),
        )
        found = world.clients.find(client.client_id)
        assert found is not None
        assert found.rules == replace(kept, pkce_mandatory=True, public=True)

    @pytest.mark.parametrize("seconds", [-1, 2**63 - 1])
    def test_no_expiry_is_a_hundred_years(self, world: KeyManagerWorld, seconds: int) -> None:
        client = world.client()
        issued = world.parts.resident.issue_application_token(
            tenant=SUPER_TENANT, client_id=client.client_id, client_secret=None, validity_seconds=seconds
        )
        claims = claims_of(issued.access_token)
        assert claims["exp"] - claims["iat"] == issued.expires_in == 100 * 365 * 86400
