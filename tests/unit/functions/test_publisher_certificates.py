"""Certificates and keys through the publisher interface: uploading, seeing, replacing them, and what the gateway is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.controlplane.throttling.policies import ApiAttachments
from gatehouse.domain.applications.api_key import digest_of
from gatehouse.domain.artifact import certificate_key, internal_key_key, trust_partition
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.certificate import CERTIFICATES_MAX
from gatehouse.domain.throttling.policy import PolicyKind
from tests.pki import der, fingerprint, pem
from tests.worlds.publisher import INTERNAL_KEY_SECONDS, PublisherWorld, api, blamed

if TYPE_CHECKING:
    from tests.callers import Reply

HOST = "backend.example"
PAST = {"start": datetime(2020, 1, 1, tzinfo=UTC), "end": datetime(2021, 1, 1, tzinfo=UTC)}
OLD, NEW = "client-certificates", "client-certs/PRODUCTION"


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture
def pizza(world: PublisherWorld) -> str:
    """The id of an API."""
    return str(world.design()["id"])


def upload(world: PublisherWorld, api_id: str, name: str = "kiosk", where: str = NEW, **more: Any) -> Reply:
    fields = {"alias": name, "tier": "Gold", "certificate": pem(name), **more}
    return world.form("POST", f"/apis/{api_id}/{where}", **fields)


def known(world: PublisherWorld, api_id: str, revision: int, name: str = "kiosk") -> Any:
    """What the gateway finds of a certificate."""
    return world.artifact(certificate_key(SUPER_TENANT, api_id, revision, fingerprint(name)))


def trust(world: PublisherWorld, name: str = "backend", endpoint: str = f"https://{HOST}/v1", **more: Any) -> Reply:
    return world.form("POST", "/endpoint-certificates", alias=name, endpoint=endpoint, certificate=pem(name), **more)


def trusted(world: PublisherWorld, host: str = HOST) -> dict[str, Any]:
    return {
        alias: body["content"] for alias, body in world.artifacts.partition(trust_partition(SUPER_TENANT, host)).items()
    }


class TestClientCertificates:
    @pytest.mark.parametrize("where", [OLD, NEW])
    def test_200_with_its_address_when_uploaded(self, world: PublisherWorld, pizza: str, where: str) -> None:
        reply = upload(world, pizza, where=where)
        assert (reply.status, reply.json) == (200, {"alias": "kiosk", "apiId": pizza, "tier": "Gold"})
        path = reply.headers["Location"].removeprefix("/api/am/publisher/v4")
        assert path == f"/apis/{pizza}/{where}/kiosk"
        assert world.made("GET", path) == {
            "status": "Active",
            "validity": {"from": "01-01-2020", "to": "01-01-2040"},
            "version": "V3",
            "subject": "CN=kiosk, O=Menu, C=LK",
        }
        content = world.call("GET", f"{path}/content")
        assert (content.status, content.text) == (200, pem().decode())
        assert content.headers["Content-Type"] == "application/octet-stream"
        assert "kiosk.crt" in content.headers["Content-Disposition"]

    @pytest.mark.parametrize("content", [pem(), der(), b"Some text\r\n" + pem().replace(b"\n", b"\r\n")])
    def test_pem_and_der_are_the_same_certificate(self, world: PublisherWorld, pizza: str, content: bytes) -> None:
        upload(world, pizza, certificate=content)
        assert world.call("GET", f"/apis/{pizza}/{NEW}/kiosk/content").text == pem().decode()

    def test_the_list_is_paged_and_searched_by_alias_and_key_type(self, world: PublisherWorld, pizza: str) -> None:
        for name in ("b", "a", "c"):
            upload(world, pizza, name)
        upload(world, pizza, "s", "client-certs/SANDBOX")
        listed = world.made("GET", f"/apis/{pizza}/{NEW}", query={"limit": 2, "offset": 1})
        assert [one["alias"] for one in listed["certificates"]] == ["b", "c"]
        assert (listed["count"], listed["pagination"]["total"]) == (2, 3)
        assert listed["pagination"]["previous"].startswith(f"/apis/{pizza}/client-certs/PRODUCTION?")
        assert world.made("GET", f"/apis/{pizza}/{OLD}", query={"alias": "a"})["count"] == 1
        sandbox = world.made("GET", f"/apis/{pizza}/client-certs/SANDBOX")
        assert [one["alias"] for one in sandbox["certificates"]] == ["s"]

    def test_the_gateway_knows_it_with_the_next_deployment(self, world: PublisherWorld, pizza: str) -> None:
        world.deploy(pizza, world.revision(pizza)["id"])
        upload(world, pizza)
        assert known(world, pizza, 1) is None
        revision = world.revision(pizza)["id"]
        world.deploy(pizza, revision)
        assert known(world, pizza, 2) == {
            "alias": "kiosk",
            "tier": "Gold",
            "key_type": "PRODUCTION",
            "not_before": 1_577_836_800,
            "not_after": 2_208_988_800,
        }
        world.call("DELETE", f"/apis/{pizza}/{NEW}/kiosk")
        assert known(world, pizza, 2) is not None
        world.deploy(pizza, world.revision(pizza)["id"])
        assert known(world, pizza, 3) is None

    def test_a_revision_takes_them_along(self, world: PublisherWorld, pizza: str) -> None:
        upload(world, pizza)
        revision = world.revision(pizza)["id"]
        assert world.call("DELETE", f"/apis/{pizza}/{NEW}/kiosk").status == 200
        world.call("POST", f"/apis/{pizza}/restore-revision", query={"revisionId": revision})
        assert world.call("GET", f"/apis/{pizza}/{NEW}/kiosk").status == 200

    def test_the_document_neither_shows_nor_loses_them(self, world: PublisherWorld, pizza: str) -> None:
        upload(world, pizza)
        document = world.made("GET", f"/apis/{pizza}")
        assert "clientCertificates" not in document
        world.made("PUT", f"/apis/{pizza}", api(description="Hot"))
        assert world.made("GET", f"/apis/{pizza}/{NEW}")["count"] == 1
        assert world.call("PUT", f"/apis/{pizza}", {**api(), "clientCertificates": []}).status == 400

    def test_tier_and_certificate_are_replaced_each_by_itself(self, world: PublisherWorld, pizza: str) -> None:
        upload(world, pizza)
        path = f"/apis/{pizza}/{NEW}/kiosk"
        assert world.form("PUT", path, tier="Bronze").json["tier"] == "Bronze"
        assert world.form("PUT", path, certificate=pem("other")).json["tier"] == "Bronze"
        assert world.call("GET", f"{path}/content").text == pem("other").decode()

    def test_409_for_an_alias_or_a_certificate_that_is_there(self, world: PublisherWorld, pizza: str) -> None:
        upload(world, pizza)
        writes = world.writes
        assert upload(world, pizza, certificate=pem("other")).status == 409
        assert upload(world, pizza, alias="other").status == 409
        assert upload(world, pizza, "kiosk", "client-certs/SANDBOX").status == 409
        assert world.writes == writes
        assert upload(world, pizza, "kiosk", "client-certs/SANDBOX", certificate=pem("other")).status == 200

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"tier": ""}, "tier"),
            ({"tier": "Platinum"}, "tier"),
            ({"certificate": b""}, "certificate"),
            ({"alias": "a/b"}, "alias"),
            ({"alias": "x" * 31}, "alias"),
        ],
    )
    def test_400_names_the_field(self, world: PublisherWorld, pizza: str, changes: Any, field: str) -> None:
        writes = world.writes
        assert blamed(upload(world, pizza, **changes)) == [field]
        assert world.writes == writes

    @pytest.mark.parametrize(
        ("changes", "word"),
        [
            ({"alias": " "}, "alias"),
            ({"certificate": b"no certificate"}, "X.509"),
            ({"certificate": pem()[:200]}, "certificate"),
            ({"certificate": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}, "PEM"),
            ({"certificate": b"0" * 5000}, "bytes"),
            ({"certificate": pem("late", **PAST)}, "expired"),
        ],
    )
    def test_400_says_what_is_wrong(self, world: PublisherWorld, pizza: str, changes: Any, word: str) -> None:
        reply = upload(world, pizza, **changes)
        assert reply.status == 400
        assert word in reply.json["description"]

    def test_400_for_a_key_type_there_is_not_and_for_too_many(self, world: PublisherWorld, pizza: str) -> None:
        assert blamed(upload(world, pizza, where="client-certs/TEST")) == ["keyType"]
        for number in range(CERTIFICATES_MAX):
            assert upload(world, pizza, f"k{number}").status == 200
        assert blamed(upload(world, pizza, "one-more")) == ["certificate"]

    def test_400_for_what_is_no_form(self, world: PublisherWorld, pizza: str) -> None:
        assert world.call("POST", f"/apis/{pizza}/{NEW}", {"alias": "kiosk"}).status == 400

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_404_for_what_is_not_there(self, world: PublisherWorld, pizza: str, method: str) -> None:
        for path in (f"/apis/{pizza}/{NEW}/kiosk", f"/apis/unheard/{OLD}/kiosk"):
            assert world.form(method, path, tier="Gold").status == 404

    def test_404_for_an_api_that_the_caller_may_not_see(self, world: PublisherWorld) -> None:
        hidden = world.design(accessControl="RESTRICTED", accessControlRoles=["bakers"])["id"]
        upload(world, hidden)
        absent = world.call("GET", f"/apis/unheard/{NEW}/kiosk", by="carol")
        forbidden = world.call("GET", f"/apis/{hidden}/{NEW}/kiosk", by="carol")
        assert (forbidden.status, forbidden.text) == (404, absent.text.replace("unheard", hidden))

    def test_a_tier_that_a_certificate_calls_on_is_in_use(self, world: PublisherWorld, pizza: str) -> None:
        upload(world, pizza)
        attached = ApiAttachments(world.apis)
        assert attached.refers_to(SUPER_TENANT, PolicyKind.SUBSCRIPTION, "Gold")
        assert not attached.refers_to(SUPER_TENANT, PolicyKind.SUBSCRIPTION, "Silver")


class TestEndpointCertificates:
    def test_200_with_its_address_when_uploaded_and_trusted_at_once(self, world: PublisherWorld) -> None:
        reply = trust(world)
        assert (reply.status, reply.json) == (200, {"alias": "backend", "endpoint": f"https://{HOST}/v1"})
        path = reply.headers["Location"].removeprefix("/api/am/publisher/v4")
        assert trusted(world) == {"backend": pem("backend").decode()}
        assert world.made("GET", path)["subject"] == "CN=backend, O=Menu, C=LK"
        assert world.call("GET", f"{path}/content").text == pem("backend").decode()

    def test_the_list_is_paged_and_searched_by_alias_and_endpoint(self, world: PublisherWorld) -> None:
        for name, endpoint in (("b", HOST), ("a", f"https://{HOST.upper()}:8443"), ("c", "other.example")):
            assert trust(world, name, endpoint).status == 200
        assert world.made("GET", "/endpoint-certificates")["count"] == 3
        found = world.made("GET", "/endpoint-certificates", query={"endpoint": f"https://{HOST}/x", "limit": 1})
        assert [one["alias"] for one in found["certificates"]] == ["a"]
        assert found["pagination"]["total"] == 2
        assert world.made("GET", "/endpoint-certificates", query={"alias": "c"})["count"] == 1
        assert world.made("GET", "/endpoint-certificates", query={"endpoint": "https://["})["count"] == 0

    def test_what_is_replaced_and_deleted_is_trusted_no_more(self, world: PublisherWorld) -> None:
        trust(world)
        path = "/endpoint-certificates/backend"
        assert world.form("PUT", path, certificate=pem("new")).json == {
            "alias": "backend",
            "endpoint": f"https://{HOST}/v1",
        }
        assert trusted(world) == {"backend": pem("new").decode()}
        assert world.call("DELETE", path).status == 200
        assert trusted(world) == {}
        assert world.call("GET", path).status == 404

    def test_usage_is_of_the_apis_with_an_endpoint_at_its_host(self, world: PublisherWorld) -> None:
        trust(world)
        used = world.design()
        world.design(
            "Other", endpointConfig={"endpoint_type": "http", "sandbox_endpoints": {"url": "http://x.example"}}
        )
        world.design("Hidden", accessControl="RESTRICTED", accessControlRoles=["bakers"])
        listed = world.made("GET", "/endpoint-certificates/backend/usage", by="carol")
        assert [one["id"] for one in listed["list"]] == [used["id"]]
        assert set(listed["list"][0]) == {"id", "name", "context", "version", "provider"}
        assert world.made("GET", "/endpoint-certificates/backend/usage", query={"limit": 1})["pagination"]["total"] == 2

    def test_409_for_an_alias_that_is_there(self, world: PublisherWorld) -> None:
        trust(world)
        assert trust(world, endpoint="other.example").status == 409
        assert trusted(world, "other.example") == {}

    @pytest.mark.parametrize("endpoint", ["", "https://", "https://[", "x" * 300])
    def test_400_names_the_endpoint(self, world: PublisherWorld, endpoint: str) -> None:
        assert blamed(trust(world, endpoint=endpoint)) == ["endpoint"]
        assert world.endpoint_certificates.writes == 0

    def test_400_for_a_certificate_that_is_none_or_late(self, world: PublisherWorld) -> None:
        form = {"alias": "backend", "endpoint": HOST}
        assert blamed(world.form("POST", "/endpoint-certificates", **form)) == ["certificate"]
        late = world.form("POST", "/endpoint-certificates", **form, certificate=pem("late", **PAST))
        assert (late.status, late.json["message"]) == (400, "The certificate has expired")
        trust(world)
        assert blamed(world.form("PUT", "/endpoint-certificates/backend", alias="x")) == ["certificate"]

    @pytest.mark.parametrize("what", ["", "/content", "/usage"])
    def test_404_for_what_is_not_there_and_for_another_tenant_s(self, world: PublisherWorld, what: str) -> None:
        trust(world)
        assert world.call("GET", f"/endpoint-certificates/unheard{what}").status == 404
        assert world.call("GET", f"/endpoint-certificates/backend{what}", by="admin@example.com").status == 404

    def test_an_expired_one_says_so(self, world: PublisherWorld) -> None:
        trust(world)
        world.clock.advance(20 * 365 * 86_400)
        assert world.made("GET", "/endpoint-certificates/backend")["status"] == "Expired"


class TestInternalKeys:
    def test_200_with_a_key_of_which_a_digest_is_kept_until_it_expires(self, world: PublisherWorld, pizza: str) -> None:
        reply = world.call("POST", f"/apis/{pizza}/generate-key", by="carol")
        assert (reply.status, set(reply.json)) == (200, {"apikey", "validityTime"})
        assert (reply.json["validityTime"], reply.headers["Cache-Control"]) == (INTERNAL_KEY_SECONDS, "no-store")
        key = internal_key_key(SUPER_TENANT, pizza, digest_of(reply.json["apikey"]))
        expires_at = int(world.clock.now()) + INTERNAL_KEY_SECONDS
        assert world.artifact(key) == {"owner": "carol@carbon.super", "expires_at": expires_at}
        world.clock.advance(INTERNAL_KEY_SECONDS)
        assert world.artifact(key) is None

    def test_404_for_an_api_that_is_not_there_or_not_to_be_seen(self, world: PublisherWorld) -> None:
        hidden = world.design(accessControl="RESTRICTED", accessControlRoles=["bakers"])["id"]
        for api_id in ("unheard", hidden):
            assert world.call("POST", f"/apis/{api_id}/generate-key", by="carol").status == 404

    def test_401_without_the_scope(self, world: PublisherWorld, pizza: str) -> None:
        assert world.call("POST", f"/apis/{pizza}/generate-key", by="mary").status == 401
