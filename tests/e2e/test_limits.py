"""Limits of every size under thirty-two clients at once, over two windows of the clock; and a burst among them."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.house import ADMINISTRATION, MAX_STALENESS_SECONDS, House, tier, together, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("environments")

CLIENTS = 32
WINDOW_SECONDS = 60
LIMITS = (5, 10, 100, 1000)
BURST = 5
"""Calls per second that one more plan allows."""

DRAINED_SECONDS = 28
"""How long the clients need to use up all limits of a window, on a machine of two processors."""

STARTED_AT_ONCE = 4
LEASED_IN_PORTIONS = 100
LEAST_SHARE = 0.85

REACHES_SECONDS = MAX_STALENESS_SECONDS + 1


@dataclass(frozen=True)
class Limited:
    """An API that is called on a plan of its own: how often, in windows of how many seconds."""

    path: str
    token: str
    limit: int
    seconds: int


def limited(house: House, limit: int, seconds: int = WINDOW_SECONDS) -> Limited:
    quota = 1_000_000 if seconds == 1 else limit
    burst = {"rateLimitCount": limit, "rateLimitTimeUnit": "sec"} if seconds == 1 else {}
    plan = unique("Plan")
    wanted = tier(plan, quota, stopOnQuotaReach=True, **burst)
    house.made("POST", f"{ADMINISTRATION}/throttling/policies/subscription", json=wanted)
    api_id = house.publish(policies=[plan])
    return Limited(f"{house.base_path(api_id)}/menu", house.customer(api_id, plan=plan), limit, seconds)


def admitted_by_window(house: House, targets: list[Limited], until: float) -> Counter[tuple[int, int]]:
    """How many calls each target admitted in each window, by what the answers say of when their window ends."""
    number = itertools.count()

    def client() -> Counter[tuple[int, int]]:
        seen: Counter[tuple[int, int]] = Counter()
        order: Iterator[int] = itertools.cycle(range(len(targets)))
        for _ in range(next(number) % len(targets)):
            next(order)
        while time.time() < until:
            which = next(order)
            target = targets[which]
            try:
                answer = house.gateway(target.path, target.token)
            except httpx.TimeoutException:
                continue
            # A machine that is too busy answers 500 or 503 for want of its tables; such a call is not admitted.
            assert answer.status_code in {200, 429, 500, 503}, answer.text
            if answer.status_code == 200:
                seen[which, _window(answer.headers, target)] += 1
        return seen

    return sum(together(client, CLIENTS), Counter())


@pytest.fixture(scope="module")
def crowded(house: House) -> House:
    """Let as many environments start as there will be clients, a few at a time: all at once they keep each other busy."""
    api_id = house.publish({"verb": "GET", "target": "/echo"})
    token, path = house.customer(api_id), f"{house.base_path(api_id)}/echo"
    for clients in range(STARTED_AT_ONCE, CLIENTS + 1, STARTED_AT_ONCE):
        answers = together(lambda: house.gateway(path, token, params={"seconds": "1"}), clients)
        assert {answer.status_code for answer in answers} == {200}
    return house


def _window(headers: object, target: Limited) -> int:
    """The number of the window in which a call was counted. Only the limit in question has windows of this length."""
    limits = dict(part.strip().split(";r=") for part in headers["ratelimit"].split(","))  # type: ignore[index]
    name = '"subscription-burst"' if target.seconds == 1 else '"subscription"'
    left = int(limits[name].partition(";t=")[2])
    # The answer arrives a moment after it was counted: the window ended or ends at the nearest boundary.
    return round((time.time() + left) / target.seconds) - 1


@pytest.mark.slow
def test_no_window_admits_more_than_its_limit_and_small_ones_admit_all_of_it(crowded: House) -> None:
    targets = [limited(crowded, limit) for limit in LIMITS]
    left = WINDOW_SECONDS - time.time() % WINDOW_SECONDS
    if left < DRAINED_SECONDS:
        time.sleep(left)
    first = int(time.time() // WINDOW_SECONDS)
    until = (first + 1) * WINDOW_SECONDS + DRAINED_SECONDS
    seen = admitted_by_window(crowded, targets, until)
    windows = (first, first + 1)
    for which, limit in enumerate(LIMITS):
        for window in windows:
            admitted = seen.pop((which, window))
            assert admitted <= limit
            # Larger limits are leased in portions; what an environment holds that nobody calls any more is lost.
            assert admitted >= (limit if limit < LEASED_IN_PORTIONS else LEAST_SHARE * limit)
    assert not seen


@pytest.mark.slow
def test_a_burst_limit_never_admits_more_in_a_second(crowded: House) -> None:
    target = limited(crowded, BURST, seconds=1)
    started = time.time()
    seen = admitted_by_window(crowded, [target], started + 6)
    # Seconds at both ends are cut; an answer that took long may be taken for one of the next second.
    assert sum(seen.values()) <= BURST * (len(seen) + 1)
    whole = range(int(started) + 1, int(started) + 6)
    assert sum(seen[0, second] for second in whole) <= BURST * (len(whole) + 1)
    assert sum(seen[0, second] for second in whole) >= BURST * (len(whole) - 1)


@pytest.mark.parametrize("kind", ["USER", "API", "IPRANGE"])
def test_a_deny_policy_takes_effect_within_the_bound_and_ends_as_soon(house: House, kind: str) -> None:
    api_id = house.publish()
    token, base_path = house.customer(api_id), house.base_path(api_id)
    path = f"{base_path}/menu"
    assert {answer.status_code for answer in together(lambda: house.gateway(path, token), 8)} == {200}
    # The caller's address is the same for all tests, and so is the user: an inverted range would shut out everybody.
    values = {
        "USER": "nobody@carbon.super",
        "API": base_path,
        "IPRANGE": {"startingIp": "203.0.113.1", "endingIp": "203.0.113.9", "invert": False},
    }
    wanted = {"conditionType": kind, "conditionValue": values[kind], "conditionStatus": True}
    made = house.made("POST", f"{ADMINISTRATION}/throttling/deny-policies", json=wanted)
    time.sleep(REACHES_SECONDS)
    shut_out = kind == "API"
    answers = together(lambda: house.gateway(path, token), 8)
    assert {answer.status_code for answer in answers} == {403 if shut_out else 200}
    if shut_out:
        assert {answer.json()["code"] for answer in answers} == {"900805"}
    one = f"{ADMINISTRATION}/throttling/deny-policy/{made['conditionId']}"
    house.made("PATCH", one, json={"conditionId": made["conditionId"], "conditionStatus": False})
    time.sleep(REACHES_SECONDS)
    assert house.gateway(path, token).status_code == 200
    assert house.management("DELETE", one).status_code == 200
