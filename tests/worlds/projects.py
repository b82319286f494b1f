"""Projects of APIs, as archives have them, sent to a publisher and received from one."""

from __future__ import annotations

from typing import Any

from tests.worlds.archives import enveloped, exported, zipped
from tests.worlds.forms import multipart
from tests.worlds.publisher import PublisherWorld, api, definition

DEFAULT = [{"displayOnDevportal": True, "deploymentEnvironment": "Default", "deploymentVhost": "gateway.example"}]
"""The deployment environments of an archive: the stage's own."""


def export(world: PublisherWorld, name: str = "Pizza", version: str = "1.0.0", **query: Any) -> dict[str, bytes]:
    """The files of the exported API, by path below its folder."""
    files = exported(world.call("GET", "/apis/export", query={"name": name, "version": version, **query}))
    start = f"{name}-{version}/"
    assert all(path.startswith(start) for path in files)
    return {path.removeprefix(start): content for path, content in files.items()}


def take(world: PublisherWorld, files: dict[str, Any], *, by: str = "admin", **query: Any) -> Any:
    """The reply to the import of these files, below a folder."""
    content = zipped({f"Pizza-1.0.0/{path}": content for path, content in files.items()})
    return sent(world, content, by=by, **query)


def sent(world: PublisherWorld, content: bytes, *, by: str = "admin", accept: str = "", **query: Any) -> Any:

    body, headers = multipart({"file": content})
    return world.call("POST", "/apis/import", body, by=by, query=query, headers={**headers, "accept": accept})


def project(**more: Any) -> dict[str, Any]:
    """A small project."""
    return {
        "api.yaml": enveloped("api", {**api(), "provider": "admin", **more}),
        "Definitions/swagger.yaml": definition(),
    }


def only(world: PublisherWorld) -> Any:
    """The document of the only API."""
    (line,) = world.made("GET", "/apis")["list"]
    return world.made("GET", f"/apis/{line['id']}")
