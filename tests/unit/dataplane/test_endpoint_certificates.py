"""What backends may show: the certificates of the endpoint's host go along, and cost a warm call nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, Withdrawal, trust_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.calls import REFRESH_AFTER, backend, menu_api

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

HOST = "backend.example"


def trust(running: Running, alias: str, host: str = HOST, tenant: str = SUPER_TENANT) -> None:
    running.world.artifacts.publish([Artifact(trust_key(tenant, host, alias), {"content": f"PEM {alias}"})])


def trusted(running: Running) -> tuple[str, ...]:
    """What goes along with a call."""
    assert running.call(token=running.world.token()).status == 200
    return running.world.backend.requests[-1].trusted


def test_the_certificates_of_the_host_go_along_whatever_its_port_or_case(running: Running) -> None:
    trust(running, "b")
    trust(running, "a")
    trust(running, "c", host="other.example")
    trust(running, "d", tenant="example.com")
    for url in ("https://backend.example/v1", "https://backend.example:8443/v1", "HTTPS://Backend.Example/v1"):
        running.world.deploy(menu_api(production=backend(url)))
        running.world.clock.advance(REFRESH_AFTER + 10)
        assert trusted(running) == ("PEM a", "PEM b")


def test_without_tls_nothing_is_looked_up(running: Running) -> None:
    trust(running, "a")
    assert trusted(running) == ()


def test_a_warm_call_reads_nothing(running: Running) -> None:
    running.world.deploy(menu_api(production=backend("https://backend.example/v1")))
    token = running.world.token()
    running.call(token=token)
    reads = running.world.artifacts.reads
    assert running.call(token=token).status == 200
    assert running.world.artifacts.reads == reads


def test_a_certificate_holds_and_ends_without_a_deployment(running: Running) -> None:
    running.world.deploy(menu_api(production=backend("https://backend.example/v1")))
    assert trusted(running) == ()
    trust(running, "a")
    running.world.clock.advance(10)
    assert trusted(running) == ("PEM a",)
    running.world.artifacts.publish([Withdrawal(trust_key(SUPER_TENANT, HOST, "a"))])
    running.world.clock.advance(10)
    assert trusted(running) == ()
