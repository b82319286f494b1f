"""An API is advertised in another tenant's store, through the front doors: found there, led back, kept up to date, gone."""

from __future__ import annotations

from typing import Any

from tests.house import ADMINISTRATION, DEVPORTAL, PUBLISHER, House, together, unique

PASSWORD = "Open sesame 1"


def tenant_of(house: House) -> tuple[str, tuple[str, str]]:
    """A new tenant, and its administrator."""
    domain = f"{unique('t')}.example"
    owner = {"username": "kim", "password": PASSWORD, "email": "kim@example.com", "firstname": "K", "lastname": "L"}
    house.made("POST", "/api/server/v1/tenants", json={"domain": domain, "owners": [owner]})
    return domain, (f"kim@{domain}", PASSWORD)


def configure(house: House, **stores: dict[str, str]) -> Any:
    """Have these stores of others, and what else the configuration says."""
    path = f"{ADMINISTRATION}/tenant-config"
    listed = [{"Id": store_id, **store} for store_id, store in stores.items()]
    section = {"StoreURL": "https://store.example/devportal", "Stores": listed}
    return house.made("PUT", path, json={**house.made("GET", path), "ExternalAPIStores": section})


def test_an_api_is_found_in_another_store_which_leads_back_and_is_gone_when_it_is_taken_back(house: House) -> None:
    domain, kim = tenant_of(house)
    there = {
        "Endpoint": f"http://localhost:{house.ports.management_http}/devportal/apis?tenant={domain}",
        "Username": kim[0],
    }
    configured = configure(house, theirs={**there, "Password": PASSWORD}, broken={**there, "Password": "guessed"})
    assert {one["Password"] for one in configured["ExternalAPIStores"]["Stores"]} == {"********"}
    name = unique("Pizza")
    api_id = house.publish(name=name, description="Crisp", tags=["food"])
    path = f"{PUBLISHER}/apis/{api_id}"
    publishing = f"{path}/publish-to-external-stores"

    def found() -> list[dict[str, Any]]:
        query = {"query": f'name:"{name}"'}
        headers = {"X-WSO2-Tenant": domain}
        listed = house.management("GET", f"{DEVPORTAL}/apis", by=None, params=query, headers=headers).json()["list"]
        return [
            house.management("GET", f"{DEVPORTAL}/apis/{one['id']}", by=None, headers=headers).json() for one in listed
        ]

    # Environments for the stores beside the one that asks them: to start takes the emulator seconds.
    together(lambda: house.made("GET", f"{PUBLISHER}/apis"), times=3)
    failed = house.management("POST", publishing, params={"externalStoreIds": "theirs,broken"})
    assert (failed.status_code, failed.json()["error"][0]["message"].partition(":")[0]) == (
        500,
        f"does not take the account '{kim[0]}'",
    )
    assert [one["id"] for one in house.made("GET", f"{path}/external-stores")["list"]] == ["theirs"]
    (copy,) = found()
    assert copy["id"] != api_id
    assert (copy["description"], copy["lifeCycleStatus"], copy["tags"]) == ("Crisp", "PUBLISHED", ["food"])
    assert copy["advertiseInfo"]["advertised"] is True
    assert copy["advertiseInfo"]["originalDevPortalUrl"] == f"https://store.example/devportal/apis/{api_id}"
    assert copy["advertiseInfo"]["apiExternalProductionEndpoint"].endswith(f"/{name}/1.0.0")

    house.made("PUT", path, json={**house.made("GET", path), "description": "Crisper"})
    house.made("POST", publishing, params={"externalStoreIds": "theirs"})
    assert [(one["id"], one["description"]) for one in found()] == [(copy["id"], "Crisper")]

    assert house.made("POST", publishing, params={"externalStoreIds": ""}) == {"count": 0, "list": []}
    assert found() == []
    house.made("POST", publishing, params={"externalStoreIds": "theirs"})
    house.made("DELETE", path)
    assert found() == []
