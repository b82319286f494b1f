"""What the devops interface takes and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatehouse.controlplane.call_logs import LoggedApi

Text = Annotated[str, Field(max_length=1000)]


class LogLevelBody(Wire):
    """How much is to be logged, of an API or of one of its resources."""

    logLevel: Literal["OFF", "BASIC", "STANDARD", "FULL"]
    resourceMethod: Text | None = None
    resourcePath: Text | None = None


class ComponentProperty(Wire):
    """A property of a component."""

    name: Text | None = None
    value: list[Text] | None = None


class Component(Wire):
    """A component that can write correlation lines."""

    name: Text
    enabled: Literal["true", "false"] | bool
    properties: list[ComponentProperty] | None = None


class ComponentsBody(Wire):
    """Some components, and whether they shall write."""

    components: Annotated[list[Component], Field(max_length=50)]


def logged(found: Sequence[LoggedApi]) -> dict[str, Any]:
    """The list, as it is answered. What is said of the whole API names no resource."""
    return {"apis": [_logged(one) for one in found]}


def _logged(one: LoggedApi) -> dict[str, Any]:
    method, _, path = one.operation.partition(" ")
    resource = {"resourceMethod": method, "resourcePath": path} if one.operation else {}
    return {"context": one.context, "logLevel": one.level, "apiId": one.api_id, **resource}
