"""What callers see while DynamoDB is down, slow, busy or of another time, and afterwards.

The deployed gateway is told to find DynamoDB behind a proxy that misbehaves; everybody else goes on finding it where it is.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.faults import Fault, FaultyDynamoDB
from tests.house import MAX_STALENESS_SECONDS, House, emulated, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

pytestmark = pytest.mark.slow

ARTIFACTS, COUNTERS = "artifacts", "counters"
HOUR = 3600


@pytest.fixture(scope="module")
def faulty(house: House) -> Iterator[FaultyDynamoDB]:
    proxy = FaultyDynamoDB(house.ports.emulator_url)
    client = emulated(house, "lambda")
    functions = [one for page in client.get_paginator("list_functions").paginate() for one in page["Functions"]]
    (gateway,) = [one for one in functions if one["Description"].endswith(": gateway")]
    name, variables = gateway["FunctionName"], gateway["Environment"]["Variables"]

    def configure(**more: str) -> None:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": {**variables, **more}})
        client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})

    configure(AWS_ENDPOINT_URL_DYNAMODB=proxy.url)
    yield proxy
    configure()
    proxy.stop()


@pytest.fixture
def dynamodb(faulty: FaultyDynamoDB) -> Iterator[FaultyDynamoDB]:
    """A healthy one, until a test says otherwise."""
    yield faulty
    faulty.heal()


class Customer:
    """An API with a customer who may make so many calls an hour."""

    def __init__(self, house: House, limit: int = 0) -> None:
        self._house = house
        api_id = house.publish()
        self.path = f"{house.base_path(api_id)}/menu"
        self.token = house.customer(api_id, tier=house.policy("application", limit) if limit else "Unlimited")

    def call(self) -> httpx.Response:
        return self._house.gateway(self.path, self.token)

    def settle(self) -> None:
        """Call until the environment has heard of every change: what it hears beside a call, it forgets after it."""
        for _ in range(3):
            assert told(self.call()) == (200, "")


@pytest.fixture(scope="module")
def known(house: House, faulty: FaultyDynamoDB) -> Customer:
    assert faulty.faults == {}
    return Customer(house)


@pytest.fixture(scope="module")
def counted(house: House, faulty: FaultyDynamoDB) -> Customer:
    """Few enough calls to be counted one by one."""
    assert faulty.faults == {}
    return Customer(house, limit=90)


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, "" if answer.is_success else str(answer.json()["code"])


def assert_plain(answer: httpx.Response) -> None:
    """An error tells its code and nothing of the inside."""
    assert set(answer.json()) <= {"code", "type", "message", "description", "nextAccessTime"}
    for inside in ("Traceback", "botocore", "dynamodb", "DynamoDB", "File "):
        assert inside not in answer.text
    assert answer.headers["activityid"]


def recovered(one: Customer) -> httpx.Response:
    """The first answer that is good again, or the last one after five seconds."""
    until = time.monotonic() + MAX_STALENESS_SECONDS
    while (answer := one.call()).status_code != 200 and time.monotonic() < until:
        time.sleep(0.25)
    return answer


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.SILENT, Fault.THROTTLED, Fault.BROKEN])
def test_what_is_known_goes_on_being_served_and_what_is_not_is_refused_with_900900(
    house: House, known: Customer, dynamodb: FaultyDynamoDB, fault: Fault
) -> None:
    unknown = f"/{unique('cold')}/1.0.0/menu"
    known.settle()
    dynamodb.faults[ARTIFACTS] = fault
    started = time.monotonic()
    assert told(known.call()) == (200, "")
    assert time.monotonic() - started < 1
    answer = house.gateway(unknown)
    assert told(answer) == (500, "900900")
    assert answer.headers["retry-after"] == "1"
    assert_plain(answer)
    assert time.monotonic() - started < 15
    dynamodb.heal()
    assert told(recovered(known)) == (200, "")
    assert told(house.gateway(unknown)) == (404, "404")


def test_nothing_is_served_by_knowledge_older_than_max_staleness(
    house: House, known: Customer, dynamodb: FaultyDynamoDB
) -> None:
    cold = Customer(house)
    known.settle()
    dynamodb.faults[ARTIFACTS] = Fault.REFUSED
    assert told(cold.call()) == (500, "900900")
    time.sleep(MAX_STALENESS_SECONDS + 0.5)
    assert told(known.call()) == (500, "900900")
    dynamodb.heal()
    assert [told(recovered(one)) for one in (known, cold)] == [(200, ""), (200, "")]


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.SILENT, Fault.BROKEN])
def test_a_hard_quota_admits_nothing_while_nothing_can_be_counted(
    known: Customer, counted: Customer, dynamodb: FaultyDynamoDB, fault: Fault
) -> None:
    counted.settle()
    known.settle()
    dynamodb.faults[COUNTERS] = fault
    for _ in range(4):
        answer = counted.call()
        assert told(answer) == (503, "503")
        assert answer.headers["retry-after"] == "1"
        assert_plain(answer)
    # Who has no limit, needs no counter.
    assert told(known.call()) == (200, "")
    dynamodb.heal()
    assert told(recovered(counted)) == (200, "")


def test_a_lost_reply_is_never_taken_for_a_lease(house: House, dynamodb: FaultyDynamoDB) -> None:
    limit = 10
    limited = Customer(house, limit)
    room_in_the_hour()
    assert told(limited.call()) == (200, "")
    dynamodb.faults[COUNTERS] = Fault.LOST
    assert {told(limited.call()) for _ in range(3)} == {(503, "503")}
    dynamodb.heal()
    assert told(recovered(limited)) == (200, "")
    answers = [told(limited.call()) for _ in range(limit)]
    # What was leased and lost is lost to the customer: at least one of the ten, besides the two calls above.
    assert 0 < answers.count((200, "")) < limit - 2
    assert answers[-1] == (429, "900803")


def test_429_with_a_second_of_rest_while_the_counters_are_throttled(
    counted: Customer, dynamodb: FaultyDynamoDB
) -> None:
    counted.settle()
    dynamodb.faults[COUNTERS] = Fault.THROTTLED
    answer = counted.call()
    assert told(answer) == (429, "900803")
    assert answer.headers["retry-after"] == "1"
    assert_plain(answer)
    dynamodb.heal()
    assert told(recovered(counted)) == (200, "")


@pytest.mark.parametrize("minutes", [-20, 20])
def test_windows_are_those_of_the_store_s_clock_whatever_the_environment_s_says(
    house: House, dynamodb: FaultyDynamoDB, minutes: int
) -> None:
    limit = 5
    limited = Customer(house, limit)
    dynamodb.clock_seconds = minutes * 60
    room_in_the_hour(dynamodb.clock_seconds)
    # The first reply tells the time. Until then a window of the environment's own clock is open: one lease at most.
    answers = [limited.call() for _ in range(limit + 3)]
    assert sum(answer.is_success for answer in answers) <= limit + 1
    left = HOUR - (time.time() + dynamodb.clock_seconds) % HOUR
    assert told(answers[-1]) == (429, "900803")
    assert int(answers[-1].headers["retry-after"]) == pytest.approx(left, abs=5)


def room_in_the_hour(ahead_seconds: float = 0, room_seconds: float = 15) -> None:
    """So that a test's calls fall into one window, of this clock or of one that is so far ahead."""
    for seconds in {0, ahead_seconds}:
        left = HOUR - (time.time() + seconds) % HOUR
        if left < room_seconds:
            time.sleep(left)
