"""A quota is one quota: a gateway that is not ours asks the traffic manager, and ours counts on the same counters."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.house import ADMINISTRATION, House, tier, unique

if TYPE_CHECKING:
    import httpx

LIMIT = 3
WINDOW_SECONDS = 60
ROOM_SECONDS = 20
"""How much of a window the test needs, on a busy machine."""


def test_calls_of_another_gateway_and_of_ours_use_up_one_quota(house: House) -> None:
    plan = unique("Plan")
    house.made(
        "POST", f"{ADMINISTRATION}/throttling/policies/subscription", json=tier(plan, LIMIT, stopOnQuotaReach=True)
    )
    api_id = house.publish(policies=[plan])
    application = house.application()
    house.subscribe(application, api_id, plan)
    token = house.token(house.keys(application))
    path = f"{house.base_path(api_id)}/menu"

    def ask() -> dict[str, Any]:
        question = {
            "apiId": api_id,
            "resource": {"verb": "GET", "target": "/menu"},
            "applicationId": application,
            "user": "mary@carbon.super",
            "clientIp": "203.0.113.7",
        }
        answer: dict[str, Any] = house.made("POST", f"{ADMINISTRATION}/throttling/decisions", json=question)
        return answer

    def call() -> httpx.Response:
        return house.gateway(path, token)

    left = WINDOW_SECONDS - time.time() % WINDOW_SECONDS
    if left < ROOM_SECONDS:
        time.sleep(left)
    assert call().status_code == 200
    first, second, third = ask(), ask(), ask()
    assert [first["admitted"], second["admitted"], third["admitted"]] == [True, True, False]
    assert (third["code"], third["limits"][0]["remaining"]) == ("900804", 0)
    assert 0 < third["retryAfter"] <= WINDOW_SECONDS
    assert call().status_code == 429
