"""Another system decides: it is asked by a signed message, and answers as a client of the interface."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.outward.webhooks import signature
from gatehouse.domain.publishing.webhook import Message
from local.stack import ADMIN
from tests.approving import CONFIGURATION, decide, pending, waiting
from tests.house import ADMINISTRATION, DEVPORTAL, House, unique
from tests.rogue import Rogue, Seen, response

if TYPE_CHECKING:
    from collections.abc import Callable


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOLD_SECONDS = 60.0


def asked(engine: Rogue, kind: str, reference: str) -> Seen:
    """Wait until the engine has been told this about this workflow."""
    until = time.monotonic() + TOLD_SECONDS
    while time.monotonic() < until:
        for seen in engine.seen:
            if seen.header("webhook-id") == f"{reference}.{kind}":
                return seen
        time.sleep(0.5)
    return pytest.fail(f"not told that {reference} was {kind}: {[seen.body for seen in engine.seen]}")


def element(engine: Rogue) -> dict[str, Any]:
    return {
        "executor": "webhook",
        "url": f"{engine.url}/decide",
        "security": {"type": "signature", "secret": SECRET},
    }


def approver_token(house: House) -> str:
    """A token of a client that may decide, got as an integration gets it."""
    wanted = {"clientName": unique("engine"), "owner": ADMIN[0], "grantType": "password", "saasApp": True}
    client = house.made("POST", "/client-registration/v0.17/register", json=wanted)
    form = {"grant_type": "password", "username": ADMIN[0], "password": ADMIN[1], "scope": "apim:api_workflow_approve"}
    by = (client["clientId"], client["clientSecret"])
    return str(house.made("POST", "/oauth2/token", by=by, data=form)["access_token"])


def application(house: House) -> tuple[str, str]:
    """The id and the name of an application that waits."""
    name = unique("App")
    made = house.made("POST", f"{DEVPORTAL}/applications", json={"name": name, "throttlingPolicy": "Unlimited"})
    assert made["status"] == "CREATED"
    return str(made["applicationId"]), name


def test_a_process_engine_decides_and_learns_that_it_did(
    house: House, rogues: Callable[[Callable[[Seen], bytes]], Rogue]
) -> None:
    engine = rogues(lambda _: response(status="202 Accepted"))
    with waiting(house, ApplicationCreation=element(engine)):
        assert SECRET not in json.dumps(house.made("GET", CONFIGURATION))
        application_id, name = application(house)
        reference = pending(house, "AM_APPLICATION_CREATION", applicationName=name)
        seen = asked(engine, "opened", reference)
        at = int(seen.header("webhook-timestamp"))
        message = Message(id=seen.header("webhook-id"), at=at, body=seen.body)
        assert seen.header("webhook-signature") == signature(SECRET, message)

        data = json.loads(seen.body)["data"]
        assert data["properties"]["applicationName"] == name
        path = data["callbackUrl"].removeprefix(house.ports.management_url)
        bearer = {"Authorization": f"Bearer {approver_token(house)}"}
        answer = {"status": "APPROVED", "description": "by process 7"}
        assert house.made("POST", path, by=None, headers=bearer, json=answer)["status"] == "APPROVED"
        assert house.made("GET", f"{DEVPORTAL}/applications/{application_id}")["status"] == "APPROVED"
        assert json.loads(asked(engine, "decided", reference).body)["data"]["status"] == "APPROVED"

        given_up, name = application(house)
        reference = pending(house, "AM_APPLICATION_CREATION", applicationName=name)
        house.made("DELETE", f"{DEVPORTAL}/applications/{given_up}")
        asked(engine, "withdrawn", reference)


def test_what_an_engine_that_is_away_was_to_decide_is_decided_by_an_administrator(
    house: House, rogues: Callable[[Callable[[Seen], bytes]], Rogue]
) -> None:
    engine = rogues(lambda _: response())
    engine.stop()
    with waiting(house, ApplicationCreation=element(engine)):
        application_id, name = application(house)
        decide(house, pending(house, "AM_APPLICATION_CREATION", applicationName=name), "APPROVED")
        assert house.made("GET", f"{DEVPORTAL}/applications/{application_id}")["status"] == "APPROVED"
    listed = house.made("GET", f"{ADMINISTRATION}/workflows")["list"]
    assert name not in json.dumps(listed)
