"""Approvals as the people of a running stack have them: what waits, who decides, which letters arrive."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.house import ADMINISTRATION, MAX_STALENESS_SECONDS, House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from local.stack import LocalStack

CONFIGURATION = f"{ADMINISTRATION}/tenant-config"
DECIDE = f"{ADMINISTRATION}/workflows/update-workflow-status"
LETTER_SECONDS = 60.0
"""The courier is woken after the answer, and starts slowly the first time."""


@contextmanager
def ruled(house: House, **sections: Any) -> Iterator[None]:
    """For as long as this lasts, the tenant's configuration says so. Functions remember one for some seconds."""
    before = house.made("GET", CONFIGURATION)
    house.made("PUT", CONFIGURATION, json={**before, **sections})
    time.sleep(MAX_STALENESS_SECONDS)
    try:
        yield
    finally:
        house.made("PUT", CONFIGURATION, json=before)
        time.sleep(MAX_STALENESS_SECONDS)


def waiting(house: House, *elements: str, **more: Any) -> AbstractContextManager[None]:
    """For as long as this lasts, requests of these kinds wait. `more` is what else the section says."""
    return ruled(house, Workflows={**{element: {"executor": "approval"} for element in elements}, **more})


def pending(house: House, kind: str, **properties: str) -> str:
    """The reference of the one workflow of this kind that is shown with these properties."""
    listed = house.made("GET", f"{ADMINISTRATION}/workflows", params={"workflowType": kind, "limit": 100})["list"]
    (found,) = [one for one in listed if properties.items() <= one["properties"].items()]
    return str(found["referenceId"])


def decide(house: House, reference: str, status: str, *, at: str = DECIDE) -> Any:
    return house.made("POST", at, params={"workflowReferenceId": reference}, json={"status": status})


def arrived(stack: LocalStack, address: str, subject: str, text: str = "") -> None:
    """Wait for a letter to this address that begins and goes on so."""
    until, found = time.monotonic() + LETTER_SECONDS, []
    while time.monotonic() < until:
        sent = httpx.get(f"{stack.ports.emulator_url}/_ministack/ses/messages", trust_env=False).json()["messages"]
        found = [letter for letters in sent.values() for letter in letters if address in letter["To"]]
        if any(letter["Subject"].startswith(subject) and text in letter["BodyText"] for letter in found):
            return
        time.sleep(0.5)
    pytest.fail(f"no letter to {address} begins with '{subject}': {found}")
