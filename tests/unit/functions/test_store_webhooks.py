"""Where an application has events sent to: nowhere yet, as the gateway delivers none."""

from __future__ import annotations

from tests.worlds.store import StoreWorld


def test_an_application_has_none_and_ids_are_looked_at() -> None:
    world = StoreWorld()
    query = {"applicationId": world.application()}
    answer = world.call("GET", "/webhooks/subscriptions", query=query)
    assert (answer.status, answer.json["count"], answer.json["list"]) == (200, 0, [])
    assert world.call("GET", "/webhooks/subscriptions", query={**query, "apiId": "nobody"}).status == 404
    assert world.call("GET", "/webhooks/subscriptions", query={"applicationId": "nobody"}).status == 404
    assert world.call("GET", "/webhooks/subscriptions").status == 400
