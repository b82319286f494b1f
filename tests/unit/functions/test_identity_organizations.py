"""Who belongs to an organization: an administrator says so, and nobody of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.portal.organization import ENTERPRISE, organization_id
from tests.worlds.environments import kept_organization
from tests.worlds.identity import IdentityWorld

ACME = organization_id(SUPER_TENANT, "acme")
OWN = {"organizationId": SUPER_TENANT, "name": SUPER_TENANT}
TO_ACME = {"op": "add", "path": f"{ENTERPRISE}:organizationId", "value": "acme"}


@pytest.fixture
def world() -> IdentityWorld:
    world = IdentityWorld()
    world.settings.add(kept_organization("acme"), taken=AssertionError())
    return world


def test_200_users_belong_to_the_organization_that_their_administrator_names(world: IdentityWorld) -> None:
    assert world.organization() == OWN
    mary = world.scim("GET", query={"filter": 'userName eq "mary"'}).json["Resources"][0]
    assert world.patch(f"/Users/{mary['id']}", TO_ACME).status == 200
    assert world.organization() == {"organizationId": ACME, "name": "Acme"}


def test_nobody_joins_or_leaves_an_organization_by_themselves(world: IdentityWorld) -> None:
    assert world.patch("/Me", TO_ACME, by="mary").status == 403
    mary = world.scim("GET", query={"filter": 'userName eq "mary"'}).json["Resources"][0]
    world.patch(f"/Users/{mary['id']}", TO_ACME)
    left: dict[str, Any] = {"schemas": mary["schemas"], "userName": "mary", "nickName": "M"}
    assert world.scim("PUT", "/Me", left, by="mary").status == 200
    assert world.organization() == {"organizationId": ACME, "name": "Acme"}
    claims = [{"uri": "http://wso2.org/claims/organizationId", "value": "acme"}]
    body = {"user": {"username": "newcomer", "password": "sesame", "claims": claims}}
    assert world.account("/user/v1.0/me", body).status == 400
