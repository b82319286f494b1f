"""Themes of APIs."""

from __future__ import annotations

from tests.unit.functions.test_admin_themes import content_of, zipped
from tests.worlds.publisher import PublisherWorld


def test_200_an_api_has_themes_of_its_own() -> None:
    world = PublisherWorld()
    pizza, pasta = (str(world.design(name)["id"]) for name in ("Pizza", "Pasta"))
    theme = world.form("POST", f"/apis/{pizza}/api-themes", file=zipped()).json["id"]
    assert world.call("POST", f"/apis/{pizza}/api-themes/{theme}/status", {"action": "PUBLISH"}).status == 200
    assert world.made("GET", f"/apis/{pizza}/api-themes") == [{"id": theme, "published": True}]
    assert world.made("GET", f"/apis/{pasta}/api-themes") == []
    assert content_of(world.call("GET", f"/apis/{pizza}/api-themes/{theme}/content")) == zipped()
    assert world.call("GET", f"/apis/{pasta}/api-themes/{theme}/content").json["code"] == 901710
    assert world.call("DELETE", f"/apis/{pizza}/api-themes/{theme}").status == 200
    assert world.call("GET", "/apis/nothing/api-themes").status == 404
