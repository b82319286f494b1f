"""People and tenants on the deployed stack: SCIM's main job, a tenant of its own, signing up, recovery, SOAP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import zeep
from requests import Session
from requests.auth import HTTPBasicAuth
from zeep.transports import Transport

from local.admin_password import client_of, reset
from local.stack import ADMIN
from tests.house import DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, House, unique

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import LocalStack

SCIM = "/scim2"
TENANTS = "/api/server/v1/tenants"
PASSWORD = "Ünïcode sesame ✓"


def becomes(status: int, ask: Callable[[], httpx.Response]) -> bool:
    """Whether this is answered within the time a change may take."""
    deadline = time.monotonic() + MAX_STALENESS_SECONDS + 1
    while (answer := ask()).status_code != status and time.monotonic() < deadline:
        time.sleep(0.3)
    return answer.status_code == status


def user_of(house: House, name: str, *roles: str, by: Any = ADMIN, **more: Any) -> dict[str, Any]:
    body = {"userName": name, "password": PASSWORD, "roles": [{"value": role} for role in roles], **more}
    return dict(house.made("POST", f"{SCIM}/Users", by=by, json=body))


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}


def tenant_of(house: House) -> tuple[dict[str, Any], str]:
    """A new tenant, with an administrator called kim; and its domain."""
    domain = f"{unique('t')}.example"
    owner = {"username": "kim", "password": PASSWORD, "email": "kim@example.com", "firstname": "K", "lastname": "L"}
    return dict(house.made("POST", TENANTS, json={"domain": domain, "owners": [owner]})), domain


def test_a_user_is_provisioned_works_and_is_taken_the_rights_of(house: House) -> None:
    name = unique("sarah")
    user = user_of(house, name, "Internal/subscriber", emails=[{"value": "s@example.com"}])
    me = (name, PASSWORD)
    assert house.management("GET", f"{SCIM}/Me", by=me).json()["userName"] == name
    assert house.management("GET", f"{DEVPORTAL}/applications", by=me).status_code == 200
    assert house.management("GET", f"{PUBLISHER}/apis", by=me).status_code == 401
    assert house.management("GET", f"{SCIM}/Users", by=me).status_code == 401

    group = unique("makers")
    made = house.made("POST", f"{SCIM}/Groups", json={"displayName": group, "members": [{"value": user["id"]}]})
    found = house.made("GET", f"{SCIM}/Users", params={"filter": f'groups.display eq "{group}"'})
    assert [one["id"] for one in found["Resources"]] == [user["id"]]
    (creators,) = house.made("GET", f"{SCIM}/Groups", params={"filter": 'displayName eq "Internal/creator"'})[
        "Resources"
    ]
    join = patch({"op": "add", "path": "members", "value": [{"value": user["id"]}]})
    house.made("PATCH", f"{SCIM}/Groups/{creators['id']}", json=join)
    assert house.management("GET", f"{PUBLISHER}/apis", by=me).status_code == 200

    leave = patch({"op": "remove", "path": f'members[value eq "{user["id"]}"]'})
    house.made("PATCH", f"{SCIM}/Groups/{creators['id']}", json=leave)
    assert house.management("GET", f"{PUBLISHER}/apis", by=me).status_code == 401
    assert house.management("DELETE", f"{SCIM}/Groups/{made['id']}").status_code == 204
    version = house.management("GET", f"{SCIM}/Users/{user['id']}").headers["etag"]
    assert house.management("DELETE", f"{SCIM}/Users/{user['id']}", headers={"If-Match": 'W/"0"'}).status_code == 412
    assert house.management("DELETE", f"{SCIM}/Users/{user['id']}", headers={"If-Match": version}).status_code == 204
    assert house.management("GET", f"{SCIM}/Me", by=me).status_code == 401


def test_a_tenant_is_a_world_of_its_own_that_can_be_closed_and_deleted(house: House) -> None:
    tenant, domain = tenant_of(house)
    kim, lou = (f"kim@{domain}", PASSWORD), (f"lou@{domain}", PASSWORD)
    user = user_of(house, "lou", "Internal/creator", by=kim)
    assert user["userName"] == f"lou@{domain}"
    assert house.management("GET", f"/t/{domain}{SCIM}/Users", by=kim).json()["totalResults"] == 2
    assert house.management("GET", f"/t/{domain}{SCIM}/Users").status_code == 401
    assert house.management("GET", f"{SCIM}/Users/{user['id']}").status_code == 404
    assert house.management("GET", TENANTS, by=kim).status_code == 403
    assert house.management("GET", f"{PUBLISHER}/apis", by=lou).json()["list"] == []
    assert house.management("GET", f"{SCIM}/Me", by=(f"{ADMIN[0]}@carbon.super", ADMIN[1])).status_code == 200

    state = f"{TENANTS}/{tenant['id']}/lifecycle-status"
    house.made("PUT", state, json={"activated": False})
    assert becomes(401, lambda: house.management("GET", f"{SCIM}/Me", by=lou))
    house.made("PUT", state, json={"activated": True})
    assert becomes(200, lambda: house.management("GET", f"{SCIM}/Me", by=lou))

    assert house.management("DELETE", f"{TENANTS}/{tenant['id']}").status_code == 204
    assert house.management("GET", f"{TENANTS}/{tenant['id']}").status_code == 404
    assert house.management("GET", f"{SCIM}/Me", by=lou).status_code == 401


def test_somebody_signs_up_forgets_the_password_and_sets_another(house: House, stack: LocalStack) -> None:
    name = unique("eve")
    claims = [{"uri": "http://wso2.org/claims/emailaddress", "value": f"{name}@example.com"}]
    body = {"user": {"username": name, "password": PASSWORD, "claims": claims}, "properties": []}
    assert house.management("POST", "/api/identity/user/v1.0/me", by=None, json=body).status_code == 201
    assert house.management("POST", "/api/identity/user/v1.0/me", by=None, json=body).status_code == 409
    assert house.management("GET", f"{DEVPORTAL}/applications", by=(name, PASSWORD)).status_code == 200

    recovery = "/api/identity/recovery/v0.9"
    asked = {"user": {"username": name}, "properties": []}
    assert house.management("POST", f"{recovery}/recover-password", by=None, json=asked).status_code == 202
    sent = httpx.get(f"{stack.ports.emulator_url}/_ministack/ses/messages", trust_env=False).text
    letter = sent[sent.index(f"{name}@example.com") :]
    code = next(word for word in letter.replace("\\n", " ").split() if word.startswith("Y2FyYm9uLnN1cGVy."))
    body = {"key": code, "password": "another one", "properties": []}
    assert house.management("POST", f"{recovery}/set-password", by=None, json=body).status_code == 200
    assert house.management("GET", f"{SCIM}/Me", by=(name, PASSWORD)).status_code == 401
    assert house.management("GET", f"{SCIM}/Me", by=(name, "another one")).status_code == 200

    change = {"currentPassword": "another one", "newPassword": "a third"}
    path = f"{DEVPORTAL}/me/change-password"
    assert house.management("POST", path, by=(name, "another one"), json=change).status_code == 200
    assert house.management("GET", f"{SCIM}/Me", by=(name, "a third")).status_code == 200


def test_older_automation_adds_users_and_tenants_over_soap(house: House, stack: LocalStack) -> None:
    session = Session()
    session.trust_env = False
    session.verify = str(stack.certificates.ca)
    session.auth = HTTPBasicAuth(*ADMIN)

    def service(name: str) -> Any:
        url = f"{house.ports.management_url}/services/{name}?wsdl"
        return zeep.Client(url, transport=Transport(session=session)).bind(name, f"{name}HttpsSoap12Endpoint")

    name, domain = unique("soapy"), f"{unique('s')}.example"
    users = service("RemoteUserStoreManagerService")
    users.addUser(name, PASSWORD, ["Internal/subscriber"], [], "default")
    assert users.isExistingUser(name) is True
    assert users.getRoleListOfUser(name) == ["Internal/everyone", "Internal/subscriber"]
    assert house.management("GET", f"{SCIM}/Me", by=(name, PASSWORD)).status_code == 200
    users.deleteUser(name)
    assert users.isExistingUser(name) is False
    tenants = service("TenantMgtAdminService")
    tenants.addTenant({"tenantDomain": domain, "admin": "kim", "adminPassword": PASSWORD, "email": "k@example.com"})
    assert tenants.getTenant(domain).active is True
    assert house.management("GET", f"{SCIM}/Me", by=(f"kim@{domain}", PASSWORD)).status_code == 200


def test_the_first_admin_s_password_is_reset_without_touching_anything_else(house: House, stack: LocalStack) -> None:
    before = house.made("GET", f"{SCIM}/Users")["totalResults"]
    name, password = reset("local", client_of("local", stack.ports))
    try:
        assert name == ADMIN[0]
        assert house.management("GET", f"{SCIM}/Me").status_code == 401
        assert house.management("GET", f"{SCIM}/Users", by=(name, password)).json()["totalResults"] == before
    finally:
        change = patch({"op": "replace", "path": "password", "value": ADMIN[1]})
        house.made("PATCH", f"{SCIM}/Me", by=(name, password), json=change)
    assert house.management("GET", f"{SCIM}/Me").status_code == 200
