"""Organizations as providers see and name them."""

from __future__ import annotations

import pytest

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.portal.organization import organization_id
from tests.worlds.environments import kept_organization
from tests.worlds.publisher import PublisherWorld, api, blamed

ACME = organization_id(SUPER_TENANT, "acme")


@pytest.fixture
def world() -> PublisherWorld:
    world = PublisherWorld()
    world.settings.add(kept_organization("acme"), taken=AssertionError())
    return world


def test_200_providers_see_the_organizations_and_their_own(world: PublisherWorld) -> None:
    listed = world.made("GET", "/organizations")
    assert (listed["count"], listed["list"][0]["organizationId"], listed["list"][0]["displayName"]) == (1, ACME, "Acme")
    assert world.made("GET", "/settings")["orgAccessControlEnabled"] is True
    assert world.made("GET", "/me/organization-information") == {"organizationId": SUPER_TENANT, "name": SUPER_TENANT}


def test_201_an_api_is_shown_to_organizations_and_offers_them_plans(world: PublisherWorld) -> None:
    offered = [{"organizationID": ACME, "policies": ["Unlimited"]}]
    made = world.design(visibleOrganizations=[ACME, "all"], organizationPolicies=offered)
    assert made["visibleOrganizations"] == [ACME, "all"]
    assert made["organizationPolicies"] == offered


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"visibleOrganizations": ["none", "nobody"]}, "visibleOrganizations.1"),
        (
            {"organizationPolicies": [{"organizationID": "nobody", "policies": []}]},
            "organizationPolicies.0.organizationID",
        ),
    ],
)
def test_400_names_an_organization_that_there_is_not(
    world: PublisherWorld, more: dict[str, object], field: str
) -> None:
    refused = world.call("POST", "/apis", api(**more))
    assert (blamed(refused), refused.json["code"]) == ([field], 900357)
