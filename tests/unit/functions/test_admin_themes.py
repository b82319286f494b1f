"""Themes through the admin interface: the tenant's own, and its organizations'."""

from __future__ import annotations

import base64
import zipfile
from io import BytesIO
from typing import Any

import pytest

from gatehouse.domain.portal.theme import THEMES_MAX
from tests.callers import OTHER_TENANT, Reply
from tests.worlds.admin import AdminWorld
from tests.worlds.forms import multipart


@pytest.fixture
def world() -> AdminWorld:
    return AdminWorld()


def zipped(**files: str) -> bytes:
    """A zip of these files; their names have `_` in place of `.`."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in (files or {"custom_css": "body {}"}).items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def send(world: AdminWorld, method: str, path: str, content: bytes, by: str = "admin") -> Reply:
    body, headers = multipart({"file": content})
    world.clock.advance(1)
    return world.call(method, path, body, headers=headers, by=by)


def content_of(answer: Reply) -> bytes:
    return base64.b64decode(answer.text)


def listed(world: AdminWorld, **query: str) -> list[tuple[Any, Any]]:
    return [(one["id"], one["published"]) for one in world.call("GET", "/org-themes", query=query).json]


def test_200_a_tenant_wears_the_theme_that_it_was_given_last(world: AdminWorld) -> None:
    assert world.call("GET", "/tenant-theme").json["code"] == 901710
    for color in ("red", "blue"):
        assert send(world, "PUT", "/tenant-theme", zipped(custom_css=color)).status == 200
    answer = world.call("GET", "/tenant-theme")
    assert answer.headers["Content-Type"] == "application/zip"
    assert content_of(answer) == zipped(custom_css="blue")
    assert world.call("GET", "/tenant-theme", by=f"admin@{OTHER_TENANT}").status == 404


def test_200_one_theme_of_an_organization_is_published_at_a_time(world: AdminWorld) -> None:
    first, second = (send(world, "POST", "/org-themes", zipped(custom_css=text)).json["id"] for text in ("a", "b"))
    for theme in (first, second):
        assert world.call("POST", f"/org-themes/{theme}/status", {"action": "PUBLISH"}).status == 200
    assert listed(world) == [(first, False), (second, True)]
    assert listed(world, publish="true") == [(second, True)]
    world.call("POST", f"/org-themes/{second}/status", {"action": "UNPUBLISH"})
    assert listed(world, publish="true") == []
    assert content_of(world.call("GET", f"/org-themes/{first}/content")) == zipped(custom_css="a")
    assert world.call("DELETE", f"/org-themes/{first}").status == 200
    assert listed(world) == [(second, False)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip", "zip"),
        (zipped(run_exe="x"), "run.exe"),
        (zipped(bomb_css="0" * 200_000), "100000"),
        (zipped(**{".././outside_css": "x"}), "outside"),
    ],
    ids=["no zip", "kind of file", "bomb", "traversal"],
)
def test_400_names_what_is_dangerous_in_a_theme(world: AdminWorld, content: bytes, words: str) -> None:
    before = world.writes
    refused = send(world, "POST", "/org-themes", content)
    assert refused.status == 400
    assert words in refused.json["description"]
    assert world.writes == before


def test_400_a_bounded_number_is_kept(world: AdminWorld) -> None:
    for _ in range(THEMES_MAX):
        send(world, "POST", "/org-themes", zipped())
    assert "At most" in send(world, "POST", "/org-themes", zipped()).json["description"]


def test_404_a_theme_of_another_tenant_is_one_that_is_not_there(world: AdminWorld) -> None:
    theme = send(world, "POST", "/org-themes", zipped()).json["id"]
    stranger = f"admin@{OTHER_TENANT}"
    assert world.call("GET", f"/org-themes/{theme}/content", by=stranger).status == 404
    assert world.call("DELETE", f"/org-themes/{theme}", by=stranger).status == 404
    assert world.call("POST", f"/org-themes/{theme}/status", {"action": "PUBLISH"}, by=stranger).status == 404
