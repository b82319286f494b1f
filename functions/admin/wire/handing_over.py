"""What is sent to change an application's settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gatehouse.edge.wire import Wire


class ApplicationSettings(Wire):
    """What an administrator changes of an application; what is left out stays."""

    owner: Annotated[str, Field(min_length=1, max_length=600)] | None = None
    tokenType: Literal["JWT"] | None = None
