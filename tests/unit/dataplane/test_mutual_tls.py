"""Client certificates through the gateway: which are known, who may say which one was shown, and on what plan they call."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from functions.gateway.http import call_of
from gatehouse.domain.applications.grant import CertificateGrant, KeyType
from gatehouse.domain.artifact import Artifact, certificate_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import Access
from gatehouse.domain.throttling.limit import Rate
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import API_ID, World, menu_api
from tests.events import http_event
from tests.pki import FROM, TO, der, fingerprint, pem

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

ALONE = Access(oauth2=False, mutual_tls=True, mutual_tls_mandatory=True, application_mandatory=False)
EITHER = Access(mutual_tls=True, application_mandatory=False)
BOTH = Access(mutual_tls=True, mutual_tls_mandatory=True, application_mandatory=True)
PROXY = "10.0.0.9"
HEADER = "X-WSO2-CLIENT-CERTIFICATE"


def know(world: World, name: str = "kiosk", revision: int = 1, **changes: Any) -> None:
    values: dict[str, Any] = {
        "alias": name,
        "tier": "Gold",
        "key_type": KeyType.PRODUCTION,
        "not_before": int(FROM.timestamp()),
        "not_after": int(TO.timestamp()),
    }
    grant = CertificateGrant(**{**values, **changes})
    key = certificate_key(SUPER_TENANT, API_ID, revision, fingerprint(name))
    world.artifacts.publish([Artifact(key, grant.to_body())])


@pytest.fixture
def mutual(running: Running) -> Running:
    """An API that takes certificates alone, and knows one."""
    running.world.deploy(menu_api(access=ALONE))
    know(running.world)
    return running


def shown(running: Running, name: str = "kiosk", **parts: Any) -> Reply:
    return running.call(client_certificate=pem(name).decode(), **parts)


def told(reply: Reply) -> tuple[int, str]:
    return reply.status, "" if reply.status == 200 else json.loads(reply.body)["code"]


def test_200_for_a_certificate_that_the_api_knows(mutual: Running) -> None:
    assert told(shown(mutual)) == (200, "")


def test_401_for_one_that_it_does_not_know_or_none(mutual: Running) -> None:
    assert told(shown(mutual, "stranger")) == (401, "900901")
    assert told(mutual.call()) == (401, "900902")
    assert told(mutual.call(client_certificate="no certificate")) == (401, "900901")


def test_401_for_one_that_another_revision_knows(mutual: Running) -> None:
    know(mutual.world, "later", revision=2)
    assert told(shown(mutual, "later")) == (401, "900901")
    mutual.world.deploy(menu_api(access=ALONE, revision=2))
    assert told(shown(mutual, "later")) == (200, "")
    assert told(shown(mutual)) == (401, "900901")


@pytest.mark.parametrize("changes", [{"not_after": 1_600_000_000}, {"not_before": 1_800_000_000}])
def test_401_before_and_after_its_time(mutual: Running, changes: Any) -> None:
    know(mutual.world, **changes)
    assert told(shown(mutual)) == (401, "900901")


@pytest.mark.parametrize(
    "header",
    [
        pem().decode().replace("\n", " "),
        quote(pem().decode()),
        base64.b64encode(der()).decode(),
        quote(base64.b64encode(der()).decode(), safe=""),
    ],
    ids=["PEM", "PEM, URL-encoded", "base64 DER", "base64 DER, URL-encoded"],
)
def test_200_for_the_certificate_that_a_trusted_proxy_names(mutual: Running, header: str) -> None:
    assert told(mutual.call(headers={HEADER: header}, source_ip=PROXY)) == (200, "")
    assert "x-wso2-client-certificate" not in mutual.world.backend.requests[0].headers


def test_401_for_the_certificate_that_anybody_else_names(mutual: Running) -> None:
    claimed = {HEADER: quote(pem().decode()), "X-Forwarded-For": PROXY}
    assert told(mutual.call(headers=claimed)) == (401, "900902")
    assert told(mutual.call(headers=claimed, source_ip="")) == (401, "900902")


def test_what_a_trusted_proxy_names_comes_before_its_own_certificate(mutual: Running) -> None:
    named = {HEADER: quote(pem("stranger").decode())}
    assert told(shown(mutual, headers=named, source_ip=PROXY)) == (401, "900901")
    assert told(shown(mutual, headers=named)) == (200, "")


@pytest.mark.parametrize("header", ["%", "-----BEGIN CERTIFICATE-----", "AAAA", "\udcff", "x" * 9000])
def test_401_for_a_header_that_holds_no_certificate(mutual: Running, header: str) -> None:
    assert told(mutual.call(headers={HEADER: header}, source_ip=PROXY)) == (401, "900901")


def test_a_sandbox_certificate_reaches_the_sandbox(mutual: Running) -> None:
    know(mutual.world, "tester", key_type=KeyType.SANDBOX)
    assert told(shown(mutual, "tester")) == (200, "")
    assert mutual.world.backend.requests[0].url.startswith("http://sandbox.example")


def test_429_is_counted_by_certificate_on_its_plan(mutual: Running) -> None:
    mutual.world.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Bronze", limits=(Rate(count=1, seconds=60),)))
    for name in ("first", "second"):
        know(mutual.world, name, tier="Bronze")
        assert told(shown(mutual, name)) == (200, "")
        assert told(shown(mutual, name)) == (429, "900804")


def test_either_is_enough_where_either_is_asked_for(mutual: Running) -> None:
    mutual.world.deploy(menu_api(access=EITHER))
    assert told(shown(mutual)) == (200, "")
    assert told(mutual.call(token=mutual.world.token())) == (200, "")
    assert told(shown(mutual, "stranger")) == (401, "900901")
    assert told(mutual.call()) == (401, "900902")


def test_both_are_needed_where_both_are_asked_for(mutual: Running) -> None:
    mutual.world.deploy(menu_api(access=BOTH))
    assert told(shown(mutual)) == (401, "900902")
    assert told(mutual.call(token=mutual.world.token())) == (401, "900902")
    assert told(shown(mutual, token=mutual.world.token())) == (200, "")


def test_an_api_that_does_not_ask_for_certificates_looks_at_none(mutual: Running) -> None:
    mutual.world.deploy(menu_api())
    assert told(shown(mutual)) == (401, "900902")


def test_a_warm_call_reads_nothing(mutual: Running) -> None:
    shown(mutual)
    reads = mutual.world.artifacts.reads
    assert told(shown(mutual)) == (200, "")
    assert mutual.world.artifacts.reads == reads


def test_the_front_door_says_which_certificate_was_shown() -> None:
    event = http_event("GET", "/menu")
    assert call_of(event, 0.0).client_certificate == ""
    event["requestContext"]["authentication"] = {"clientCert": {"clientCertPem": "PEM"}}
    assert call_of(event, 0.0).client_certificate == "PEM"
    event["requestContext"]["authentication"] = None
    assert call_of(event, 0.0).client_certificate == ""
