"""What developers are told about bills, where nobody writes any."""

from __future__ import annotations

from tests.worlds.store import StoreWorld


def test_404_usage_says_whether_the_api_or_the_deployment_lacks_billing() -> None:
    world = StoreWorld()
    free, paid = world.api(), world.api("Pasta", monetization={"enabled": True})
    application = world.application()
    answers = {
        name: world.call("GET", f"/subscriptions/{world.subscribe(application, api)}/usage").json["description"]
        for name, api in (("free", free), ("paid", paid))
    }
    assert "not monetized" in answers["free"]
    assert "billing engine" in answers["paid"]
    subscription = world.subscribe(world.application("Other"), free)
    assert world.call("GET", f"/subscriptions/{subscription}/usage", by="john").status == 404
