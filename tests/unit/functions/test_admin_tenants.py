"""What administrators ask about tenants and roles."""

from __future__ import annotations

import base64

import pytest

from tests.callers import OTHER_TENANT
from tests.worlds.admin import AdminWorld


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def test_200_a_user_name_says_its_tenant(world: AdminWorld) -> None:
    own = world.call("GET", "/tenant-info/mary").json
    assert own == {"username": "mary", "tenantDomain": "carbon.super", "tenantId": -1234}
    other = world.call("GET", f"/tenant-info/mary@{OTHER_TENANT}").json
    assert (other["tenantDomain"], other["tenantId"] > 0) == (OTHER_TENANT, True)


def test_200_a_tenant_has_no_addresses_of_its_own(world: AdminWorld) -> None:
    found = world.call("GET", f"/custom-urls/{OTHER_TENANT}").json
    assert (found["tenantDomain"], found["tenantAdminUsername"], found["enabled"]) == (OTHER_TENANT, "admin", False)


@pytest.mark.parametrize("path", ["/tenant-info/mary@{}", "/custom-urls/{}"])
def test_404_another_tenant_is_one_that_is_not_there(world: AdminWorld, path: str) -> None:
    stranger = f"admin@{OTHER_TENANT}"
    known, absent = (
        world.call("GET", path.format(domain), by=stranger) for domain in ("carbon.super", "nowhere.example")
    )
    assert (known.status, known.text) == (absent.status, absent.text)
    assert known.status == 404


@pytest.mark.parametrize(("name", "status"), [("admin", 200), ("kitchen", 200), ("cellar", 404)])
def test_a_role_is_there_or_not(world: AdminWorld, name: str, status: int) -> None:
    role = base64.urlsafe_b64encode(name.encode()).decode()
    assert world.call("HEAD", f"/roles/{role}").status == status
