"""The stack that the end-to-end tests share: as `make run` has it, in a folder and on ports of its own."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.ports import Ports
from local.stack import LocalStack
from tests.house import CLIENTS, House, emulated, together
from tests.rogue import Rogue
from tests.secrets_issued import logged
from tests.stores import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.rogue import Seen


CLIENTS_AT_ONCE = 4

HERE = Path(__file__).parent

CORE = frozenset(
    f"test_{name}.py"
    for name in ("main_job", "promises", "quota", "refusals", "credentials", "api_keys", "decisions", "apictl")
)
"""What `make test` runs: the main job and what the product promises. The rest is slow, since there is so much of it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE and item.path.name not in CORE:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    offset = request.config.getoption("--running")
    if offset is not None:
        yield LocalStack.shifted(offset)
        return
    ports = Ports(**{field.name: free_port() for field in fields(Ports)})
    own = LocalStack(tmp_path_factory.mktemp("stack") / "state", ports)
    own.start()
    yield own
    own.stop()


@pytest.fixture(scope="session")
def house(stack: LocalStack) -> Iterator[House]:
    living = House(stack.ports, stack.certificates.ca)
    yield living
    living.close()
    leaked = list(living.secrets.leaked_in(logged(emulated(living, "logs"))))
    assert not leaked, f"{len(leaked)} lines that the functions logged show a secret of this run: {leaked[:3]}"


@pytest.fixture(scope="session")
def environments(house: House) -> None:
    """As many environments of the gateway as there are clients, started a few at a time.

    All at once would take the machine so long that calls, which have deadlines, would be refused.
    """
    for clients in range(CLIENTS_AT_ONCE, CLIENTS + 1, CLIENTS_AT_ONCE):
        together(lambda: house.gateway("/"), clients)


@pytest.fixture
def rogues() -> Iterator[Callable[[Callable[[Seen], bytes]], Rogue]]:
    """Makes backends that answer as they are told, and stops them."""
    made: list[Rogue] = []

    def rogue(answer: Callable[[Seen], bytes]) -> Rogue:
        made.append(Rogue(answer))
        return made[-1]

    yield rogue
    for one in made:
        one.stop()
