"""What holds at once, and what holds everywhere within `max_staleness`, over many environments of the gateway."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.house import CLIENTS, DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, House, statuses, together

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("environments")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One API and one application that is subscribed to it, with all their ids."""

    house: House
    api_id: str
    path: str
    revision_id: str
    application_id: str
    subscription_id: str
    keys: tuple[str, str]
    token: str

    def calls(self) -> list[int]:
        return statuses(together(lambda: self.house.gateway(self.path, self.token)))


def customer(house: House) -> Customer:
    api_id = house.design()
    revision_id = house.deploy(api_id)
    house.change_state(api_id, "Publish")
    application_id = house.application()
    subscription_id = house.subscribe(application_id, api_id)
    keys = house.keys(application_id)
    return Customer(
        house=house,
        api_id=api_id,
        path=f"{house.base_path(api_id)}/menu",
        revision_id=revision_id,
        application_id=application_id,
        subscription_id=subscription_id,
        keys=(keys.key, keys.secret),
        token=house.token(keys),
    )


def revoke(one: Customer) -> None:
    one.house.made("POST", "/oauth2/revoke", by=one.keys, data={"token": one.token})


def unsubscribe(one: Customer) -> None:
    one.house.made("DELETE", f"{DEVPORTAL}/subscriptions/{one.subscription_id}")


def delete_application(one: Customer) -> None:
    one.house.made("DELETE", f"{DEVPORTAL}/applications/{one.application_id}")


def undeploy(one: Customer) -> None:
    path = f"{PUBLISHER}/apis/{one.api_id}/undeploy-revision"
    one.house.made("POST", path, params={"revisionId": one.revision_id}, json=[{"name": "Default"}])


def block(one: Customer) -> None:
    one.house.change_state(one.api_id, "Block")


def retire(one: Customer) -> None:
    one.house.change_state(one.api_id, "Deprecate")
    one.house.change_state(one.api_id, "Retire")


ENDS: dict[str, tuple[Callable[[Customer], None], int, str]] = {
    "a revoked token": (revoke, 401, "900901"),
    "a removed subscription": (unsubscribe, 403, "900908"),
    "a deleted application": (delete_application, 401, "900901"),
    "an undeployed revision": (undeploy, 404, "404"),
    "a blocked API": (block, 503, "700700"),
    "a retired API": (retire, 404, "404"),
}


@pytest.fixture(scope="module")
def ended(house: House) -> dict[str, Customer]:
    """Customers who could call in every environment a moment ago, until something ended that for each of them."""
    customers = {name: customer(house) for name in ENDS}
    for one in customers.values():
        assert one.calls() == [200] * CLIENTS
    for name, one in customers.items():
        ENDS[name][0](one)
    time.sleep(MAX_STALENESS_SECONDS)
    return customers


@pytest.mark.parametrize("name", ENDS)
def test_within_max_staleness_no_environment_serves(ended: dict[str, Customer], name: str) -> None:
    _, status, code = ENDS[name]
    one = ended[name]
    answers = [answer for _ in range(3) for answer in together(lambda: one.house.gateway(one.path, one.token))]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(status, code)}


def test_the_first_call_after_a_deployment_succeeds_in_environments_that_knew_of_none(house: House) -> None:
    for _ in range(5):
        api_id = house.design()
        house.change_state(api_id, "Publish")
        path = f"{house.base_path(api_id)}/menu"
        call = partial(house.gateway, path, house.customer(api_id))
        assert statuses(together(call)) == [404] * CLIENTS
        house.deploy(api_id)
        assert statuses(together(call)) == [200] * CLIENTS


def test_a_new_revision_serves_at_once_and_the_old_one_until_then(house: House) -> None:
    api_id = house.publish()
    token = house.customer(api_id)
    base = house.base_path(api_id)
    assert statuses(together(lambda: house.gateway(f"{base}/menu", token))) == [200] * CLIENTS
    document = house.made("GET", f"{PUBLISHER}/apis/{api_id}")
    document["operations"] = [{"verb": "GET", "target": "/echo"}, {"verb": "GET", "target": "/menu"}]
    house.made("PUT", f"{PUBLISHER}/apis/{api_id}", json=document)
    assert statuses(together(lambda: house.gateway(f"{base}/echo", token))) == [404] * CLIENTS
    house.deploy(api_id)
    assert statuses(together(lambda: house.gateway(f"{base}/echo", token))) == [200] * CLIENTS


def test_a_subscription_works_in_every_environment_when_it_is_answered(house: House) -> None:
    api_id = house.publish()
    path = f"{house.base_path(api_id)}/menu"
    application_id = house.application()
    token = house.token(house.keys(application_id))
    assert statuses(together(lambda: house.gateway(path, token))) == [403] * CLIENTS
    house.subscribe(application_id, api_id)
    assert statuses(together(lambda: house.gateway(path, token))) == [200] * CLIENTS
