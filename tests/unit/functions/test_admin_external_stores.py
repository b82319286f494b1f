"""Stores of others in a tenant's configuration: what may be said of them, and their passwords, which are never shown."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.worlds.admin import AdminWorld

PATH = "/tenant-config"
UK = {
    "Id": "UK",
    "Type": "wso2",
    "DisplayName": "UK store",
    "Endpoint": "https://uk.example/devportal/apis?tenant=uk.example",
    "Username": "admin@uk.example",
    "Password": "open sesame",
}


def saved(world: AdminWorld, *stores: dict[str, Any], portal: str = "") -> Any:
    return world.call("PUT", PATH, {"ExternalAPIStores": {"StoreURL": portal, "Stores": list(stores)}})


def kept(world: AdminWorld) -> list[str]:
    """The passwords, opened."""
    stores = world.accounts.stores(SUPER_TENANT).stores
    return [world.accounts.opened(SUPER_TENANT, one).password for one in stores]


def test_200_a_password_is_kept_and_shown_as_asterisks_and_may_be_sent_back_so() -> None:
    world = AdminWorld()
    first = saved(world, UK)
    shown = first.json["ExternalAPIStores"]["Stores"]
    assert (first.status, shown) == (200, [{**UK, "Password": HIDDEN}])
    assert UK["Password"] not in str(world.configurations.get(SUPER_TENANT))
    again = world.call("PUT", PATH, world.call("GET", PATH).json)
    assert (again.status, kept(world)) == (200, ["open sesame"])
    assert saved(world, {**UK, "Password": "another"}).status == 200
    assert kept(world) == ["another"]


@pytest.mark.parametrize("change", [{"Endpoint": "https://thief.example"}, {"Username": "eve"}, {"Id": "US"}])
def test_400_a_password_is_not_told_to_anybody_else(change: dict[str, str]) -> None:
    world = AdminWorld()
    saved(world, UK)
    refused = saved(world, {**UK, **change, "Password": HIDDEN})
    assert (refused.status, refused.json["error"][0]["code"]) == (400, "400_ExternalAPIStores.Stores.0.Password")
    assert kept(world) == ["open sesame"]


@pytest.mark.parametrize(
    "stores",
    [
        [{**UK, "Id": "U,K"}],
        [{**UK, "Endpoint": "ftp://uk.example"}],
        [{**UK, "Endpoint": "https://a:b@uk.example"}],
        [{**UK, "Endpoint": "https://uk.example:port"}],
        [{**UK, "Username": "ad:min"}],
        [{**UK, "Type": "other"}],
        [UK, UK],
    ],
)
def test_400_what_is_no_store(stores: list[dict[str, str]]) -> None:
    assert saved(AdminWorld(), *stores).status == 400


def test_400_a_portal_that_is_no_address() -> None:
    assert saved(AdminWorld(), UK, portal="store.example").status == 400
