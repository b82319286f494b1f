"""The SOAP services, called by a client that knows nothing of them but their WSDL (zeep), and by hand."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
import zeep
from requests import Response
from zeep.transports import Transport

from gatehouse.domain.artifact import closed_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.callers import OTHER_TENANT, PASSWORD
from tests.events import basic
from tests.worlds.identity import MANAGEMENT_URL, IdentityWorld

if TYPE_CHECKING:
    from collections.abc import Mapping

USERS, TENANTS = "RemoteUserStoreManagerService", "TenantMgtAdminService"
CLAIMS = "http://wso2.org/claims/"


@pytest.fixture
def world() -> IdentityWorld:
    return IdentityWorld()


class InProcess(Transport):
    """zeep's transport over the surface."""

    def __init__(self, world: IdentityWorld, headers: dict[str, str]) -> None:
        super().__init__()
        self._world = world
        self._headers = headers
        self.logged: list[tuple[int, str]] = []

    def load(self, url: str) -> bytes:
        path, _, query = url.removeprefix(MANAGEMENT_URL).partition("?")
        return self._world.soap("GET", path, None, headers={}, query=query).text.encode()

    def post(self, address: str, message: Any, headers: Mapping[str, str]) -> Any:
        sent = {**dict(headers), **self._headers}
        reply = self._world.soap("POST", address.removeprefix(MANAGEMENT_URL), bytes(message), headers=sent)
        self.logged.append((reply.status, reply.headers.get("Content-Type", "")))
        answer = Response()
        answer.status_code = reply.status
        answer.headers.update(reply.headers)
        answer._content = reply.text.encode()
        answer.encoding = "utf-8"
        return answer


def service(world: IdentityWorld, name: str, version: str = "Soap11", by: str = "admin") -> Any:
    transport = InProcess(world, basic(by, PASSWORD))
    client = zeep.Client(f"{MANAGEMENT_URL}/services/{name}?wsdl", transport=transport)
    bound = client.bind(name, f"{name}Https{version}Endpoint")
    bound.transport = transport
    return bound


@pytest.fixture(params=["Soap11", "Soap12"])
def users(request: pytest.FixtureRequest, world: IdentityWorld) -> Any:
    return service(world, USERS, request.param)


@pytest.fixture(params=["Soap11", "Soap12"])
def tenants(request: pytest.FixtureRequest, world: IdentityWorld) -> Any:
    return service(world, TENANTS, request.param)


class TestUsers:
    def test_a_user_is_added_found_and_deleted(self, world: IdentityWorld, users: Any) -> None:
        assert users.isExistingUser("sarah") is False
        claims = [{"claimURI": f"{CLAIMS}emailaddress", "value": "s@example.com"}]
        users.addUser("sarah", "sésame & <salt>", ["Internal/subscriber"], claims)
        assert users.isExistingUser("sarah") is True
        caller = world.callers.log_in("sarah", "sésame & <salt>")
        assert caller.roles == {"Internal/subscriber", "Internal/everyone"}
        kept = world.users.get(SUPER_TENANT, "sarah")
        assert kept is not None
        assert kept.profile["emails"] == [{"value": "s@example.com"}]
        users.deleteUser("sarah")
        assert users.isExistingUser("sarah") is False

    def test_roles_are_read_and_updated(self, users: Any) -> None:
        assert users.getRoleListOfUser("mary") == ["Internal/everyone", "Internal/subscriber"]
        users.addRole("PRIMARY/gold", ["mary"], [{"action": "ui.execute", "resourceId": "/permission/admin/login"}])
        users.updateRoleListOfUser("mary", ["Internal/subscriber", "Internal/everyone"], ["Internal/creator"])
        assert users.getRoleListOfUser("mary") == ["Internal/creator", "Internal/everyone", "gold"]

    def test_an_operation_that_returns_nothing_is_answered_202_without_a_message(self, users: Any) -> None:
        users.addRole("gold", [], [])
        assert [status for status, _ in users.transport.logged] == [202]

    @pytest.mark.parametrize(
        ("operation", "arguments", "said"),
        [
            ("addUser", ("mary", "sesame"), "exists already"),
            ("addUser", ("sarah", "1234"), "password"),
            ("addUser", ("sarah", ""), "credential"),
            ("addUser", ("sarah", "sesame", ["no-such-role"]), "no-such-role"),
            ("deleteUser", ("unheard-of",), "unheard-of"),
            ("deleteUser", ("admin",), "account you are using"),
            ("updateRoleListOfUser", ("admin", ["admin"], []), "own rights"),
            ("addRole", ("Internal/creator",), "exists already"),
        ],
    )
    def test_a_refusal_is_a_fault_that_says_why(
        self, world: IdentityWorld, users: Any, operation: str, arguments: tuple[Any, ...], said: str
    ) -> None:
        with pytest.raises(zeep.exceptions.Fault, match=said):
            getattr(users, operation)(*arguments)
        assert world.users.writes == 0

    def test_only_administrators_and_of_their_own_tenant(self, world: IdentityWorld) -> None:
        with pytest.raises(zeep.exceptions.Fault):
            service(world, USERS, by="mary").isExistingUser("mary")
        theirs = service(world, USERS, by=f"admin@{OTHER_TENANT}")
        assert theirs.isExistingUser("carol") is False
        theirs.addUser("eve", "sesame", [], [])
        assert world.users.get(OTHER_TENANT, "eve") is not None
        assert world.users.get(SUPER_TENANT, "eve") is None


BEAN = {
    "admin": "kim",
    "adminPassword": "sesame",
    "email": "kim@new.example",
    "firstname": "Kim",
    "lastname": "Lee",
    "tenantDomain": "new.example",
    "active": True,
}


class TestTenants:
    def test_a_tenant_is_added_read_closed_and_opened(self, world: IdentityWorld, tenants: Any) -> None:
        assert tenants.addTenant(BEAN) == "new.example"
        found = tenants.getTenant("new.example")
        assert (found.active, found.admin, found.email, found.firstname) == (True, "kim", "kim@new.example", "Kim")
        assert world.callers.log_in("kim@new.example", "sesame").is_admin
        tenants.deactivateTenant("new.example")
        assert tenants.getTenant("new.example").active is False
        assert world.artifacts.get([closed_key("new.example")]) == [{}]
        tenants.activateTenant("new.example")
        assert tenants.getTenant("new.example").active is True

    @pytest.mark.parametrize("missing", ["tenantDomain", "admin", "adminPassword"])
    def test_what_is_missing_is_named(self, world: IdentityWorld, tenants: Any, missing: str) -> None:
        with pytest.raises(zeep.exceptions.Fault, match=missing):
            tenants.addTenant({name: value for name, value in BEAN.items() if name != missing})
        assert world.tenants.get("new.example") is None

    def test_only_administrators_of_the_super_tenant(self, world: IdentityWorld) -> None:
        theirs = service(world, TENANTS, by=f"admin@{OTHER_TENANT}")
        for call in (lambda: theirs.addTenant(BEAN), lambda: theirs.getTenant(OTHER_TENANT)):
            with pytest.raises(zeep.exceptions.Fault, match="super tenant"):
                call()


LAUGHS = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><x>&c;</x></e:Body></e:Envelope>"""
OUTSIDE = LAUGHS.replace('<!ENTITY b "lol">', '<!ENTITY b SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize("media_type", ["text/xml", "application/soap+xml"])
@pytest.mark.parametrize(
    "body", ["", "{}", "<a/>", "<a", LAUGHS, OUTSIDE, "<a>" * 5000, b"\xff\xfe<a/>", "<!DOCTYPE a><a/>"]
)
def test_what_is_no_message_is_a_fault_and_never_read_further(world: IdentityWorld, body: Any, media_type: str) -> None:
    headers = {**basic("admin", PASSWORD), "content-type": media_type}
    reply = world.soap("POST", f"/services/{USERS}", body, headers=headers)
    assert reply.status == 500
    assert reply.headers["Content-Type"].startswith(media_type)
    assert "Client" in reply.text or "Sender" in reply.text
    assert "root:" not in reply.text


def test_401_without_credentials(world: IdentityWorld) -> None:
    reply = world.soap("POST", f"/services/{USERS}", "<a/>", headers={})
    assert (reply.status, "WWW-Authenticate" in reply.headers) == (401, True)
    wrong = {"authorization": "Basic " + base64.b64encode(b"admin:wrong").decode()}
    assert world.soap("POST", f"/services/{USERS}", "<a/>", headers=wrong).status == 401


def test_404_a_description_that_nobody_asked_for(world: IdentityWorld) -> None:
    assert world.soap("GET", f"/services/{USERS}", None, headers={}).status == 404
