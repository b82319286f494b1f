"""Themes over HTTP: the same five operations for APIs and for organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import MULTIPART
from gatehouse.edge.operation import Operation
from gatehouse.edge.shared.archives import archive, uploaded
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.themes import Themes, Wearer
    from gatehouse.domain.record import Record
    from gatehouse.edge.http import Request


class PublishStatus(Wire):
    """What is to be done with a theme."""

    action: Literal["PUBLISH", "UNPUBLISH"]


def theme_routes(
    themes: Themes, path: str, noun: str, scopes: tuple[str, ...], wearer_of: Callable[[Request], Wearer]
) -> tuple[Operation, ...]:
    """List, import, download, delete, publish. `noun` is `Api` or `Org`, as the operations are called."""

    def listed(request: Request) -> Answer:
        found = [_view(one) for one in themes.all(wearer_of(request))]
        if "publish" in request.query:
            wanted = request.flag("publish")
            found = [one for one in found if one["published"] is wanted]
        return Answer(body=found)

    def add(request: Request) -> Answer:
        return Answer(body=_view(themes.add(request.principal, wearer_of(request), uploaded(request))))

    def content(request: Request) -> Answer:
        theme = themes.get(wearer_of(request), request.path["id"])
        return archive(f"theme-{theme.id}", themes.content(theme))

    def delete(request: Request) -> Answer:
        themes.remove(wearer_of(request), request.path["id"])
        return Answer()

    def status(request: Request, body: PublishStatus) -> Answer:
        move = themes.publish if body.action == "PUBLISH" else themes.unpublish
        move(wearer_of(request), request.path["id"])
        return Answer()

    def line(method: str, below: str, name: str, summary: str, route: Callable[..., Answer], **more: Any) -> Operation:
        return Operation(
            method=method, path=path + below, id=name, summary=summary, route=route, tag="Themes", scopes=scopes, **more
        )

    one = "/{id}"
    return (
        line("GET", "", f"get{noun}Themes", "The themes, and which is published", listed, query=("publish",)),
        line("POST", "", f"import{noun}Theme", "Add a theme, which is not published yet", add, accepts=(MULTIPART,)),
        line("GET", f"{one}/content", f"get{noun}ThemeContent", "A theme as a zip", content),
        line("DELETE", one, f"delete{noun}Theme", "Delete a theme", delete),
        line(
            "POST",
            f"{one}/status",
            f"update{noun}ThemeStatus",
            "Publish a theme in place of the one that is, or take it back",
            status,
            body=PublishStatus,
        ),
    )


def _view(theme: Record) -> dict[str, Any]:
    return {"id": theme.id, "published": bool(theme.name)}
