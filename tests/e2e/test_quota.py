"""Quotas under sixteen clients at once, counted over as many environments as they need."""

from __future__ import annotations

import time
from collections import Counter
from itertools import count

import pytest

from tests.house import CLIENTS, House, together

pytestmark = pytest.mark.usefixtures("environments")

ROOM_SECONDS = 20
DENIALS = 4
"""How many denials in a row convince a client."""


def wait_for_room(window_seconds: int, needed: float) -> None:
    """So that all calls fall into one window of the clock."""
    left = window_seconds - time.time() % window_seconds
    if left < needed:
        time.sleep(left)


def admitted(house: House, path: str, tokens: list[str], *, at_most: int) -> int:
    """How many calls sixteen clients get through together until every one of them is denied again and again.

    A client gives up after twice as many calls as all of them may make.
    """
    number = count()

    def client() -> Counter[int]:
        seen: Counter[int] = Counter()
        token = tokens[next(number) % len(tokens)]
        denied = 0
        while denied < DENIALS and seen.total() <= 2 * at_most:
            status = house.gateway(path, token).status_code
            seen[status] += 1
            denied = denied + 1 if status == 429 else 0
        return seen

    seen = sum(together(client), Counter())
    assert set(seen) == {200, 429}, seen
    return seen[200]


@pytest.mark.parametrize("where", ["application", "subscription", "api"])
@pytest.mark.parametrize("limit", [1, 10, 90])
def test_a_quota_admits_exactly_its_number(house: House, where: str, limit: int) -> None:
    name = house.policy({"api": "advanced"}.get(where, where), limit)
    more: dict[str, object] = {"apiThrottlingPolicy": name} if where == "api" else {}
    if where == "subscription":
        more = {"policies": [name]}
    api_id = house.publish(**more)
    token = house.customer(
        api_id,
        tier=name if where == "application" else "Unlimited",
        plan=name if where == "subscription" else "Unlimited",
    )
    wait_for_room(3600, ROOM_SECONDS)
    assert admitted(house, f"{house.base_path(api_id)}/menu", [token], at_most=limit) == limit


def test_the_tier_of_ten_per_minute_admits_exactly_ten(house: House) -> None:
    api_id = house.publish()
    token = house.customer(api_id, tier="10PerMin")
    wait_for_room(60, ROOM_SECONDS)
    assert admitted(house, f"{house.base_path(api_id)}/menu", [token], at_most=10) == 10


def test_a_quota_that_is_leased_in_portions_never_admits_more_and_wastes_little(house: House) -> None:
    limit = 400
    name = house.policy("subscription", limit)
    api_id = house.publish(policies=[name])
    token = house.customer(api_id, plan=name)
    wait_for_room(3600, ROOM_SECONDS)
    served = admitted(house, f"{house.base_path(api_id)}/menu", [token], at_most=limit)
    # What idle environments still hold when the clients give up is lost: at most `cap` of the limit each.
    assert limit * 0.9 <= served <= limit


def test_an_api_quota_counts_all_applications_together(house: House) -> None:
    name = house.policy("advanced", 30)
    api_id = house.publish(apiThrottlingPolicy=name)
    tokens = [house.customer(api_id) for _ in range(4)]
    wait_for_room(3600, ROOM_SECONDS)
    assert admitted(house, f"{house.base_path(api_id)}/menu", tokens, at_most=30) == 30


def test_every_environment_took_part(house: House) -> None:
    """Else the tests above would prove nothing about several environments."""
    api_id = house.publish({"verb": "GET", "target": "/echo"})
    token = house.customer(api_id)
    path = f"{house.base_path(api_id)}/echo"
    started = time.monotonic()
    answers = together(lambda: house.gateway(path, token, params={"seconds": "1"}))
    assert {answer.status_code for answer in answers} == {200}
    # An environment serves one call at a time: sixteen calls of a second each were served by at least eight of them.
    assert time.monotonic() - started < CLIENTS / 8 + 1


def test_a_denial_says_when_to_come_back(house: House) -> None:
    api_id = house.publish()
    token = house.customer(api_id, tier="10PerMin")
    path = f"{house.base_path(api_id)}/menu"
    wait_for_room(60, ROOM_SECONDS / 2)
    answers = [house.gateway(path, token) for _ in range(11)]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == [*map(str, range(9, -1, -1)), "0"]
    denied = answers[-1]
    left = 60 - time.time() % 60
    assert (denied.status_code, denied.json()["code"]) == (429, "900803")
    assert left <= int(denied.headers["retry-after"]) <= left + 3
    assert denied.headers["x-ratelimit-limit"] == "10"
    assert denied.headers["x-ratelimit-reset"] == denied.headers["retry-after"]
    assert '"application";q=10;w=60' in denied.headers["ratelimit-policy"]
    assert '"application";r=0;t=' in denied.headers["ratelimit"]
    assert denied.json()["nextAccessTime"].endswith("+0000 UTC")
