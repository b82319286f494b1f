"""What an environment knows is bounded, however many APIs and customers there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.applications.grant import ApplicationGrant, KeyType, SubscriptionGrant, SubscriptionStatus
from gatehouse.domain.artifact import Artifact, client_key, subscription_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.calls import menu_api

if TYPE_CHECKING:
    from tests.worlds.gateway import Running

MOST = 20
MANY = 3 * MOST


@pytest.fixture
def forgetful(running: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """An environment that keeps little, before many APIs with a customer each."""
    monkeypatch.setattr("gatehouse.dataplane.knowledge.catalogue.APIS_MAX", MOST)
    monkeypatch.setattr("gatehouse.dataplane.knowledge.catalogue.ENTRIES_MAX", MOST)
    subscribed = SubscriptionGrant(subscription_id="s", policy="Gold", status=SubscriptionStatus.UNBLOCKED)
    for number in range(MANY):
        running.world.deploy(menu_api(id=f"api-{number}", base_path=f"/api{number}/1.0.0"))
        grant = ApplicationGrant(
            application_id=f"app-{number}", name="K", owner="m", policy="Unlimited", key_type=KeyType.PRODUCTION
        )
        running.world.artifacts.publish(
            [
                Artifact(client_key(SUPER_TENANT, f"customer{number}"), grant.to_body()),
                Artifact(subscription_key(SUPER_TENANT, grant.application_id, f"api-{number}"), subscribed.to_body()),
            ]
        )
    return running


def call(running: Running, number: int, token: Any = None) -> int:
    bearer = token or running.world.token(azp=f"customer{number}")
    return running.call(path=f"/api{number}/1.0.0/items", token=bearer).status


def test_no_category_keeps_more_than_its_most(forgetful: Running) -> None:
    for number in range(MANY):
        assert call(forgetful, number) == 200
    (view,) = forgetful.gateway.entrance.catalogue._views.values()
    assert max(len(answers) for answers in view.answers.values()) == MOST


def test_what_was_forgotten_is_asked_again_and_what_was_not_is_known(forgetful: Running) -> None:
    tokens = {number: forgetful.world.token(azp=f"customer{number}") for number in (0, MANY - 1)}
    for number in (0, *range(1, MANY - 1), MANY - 1):
        assert call(forgetful, number, tokens.get(number)) == 200
    reads = forgetful.world.artifacts.reads
    assert call(forgetful, MANY - 1, tokens[MANY - 1]) == 200
    assert forgetful.world.artifacts.reads == reads
    assert call(forgetful, 0, tokens[0]) == 200
    assert forgetful.world.artifacts.reads > reads
