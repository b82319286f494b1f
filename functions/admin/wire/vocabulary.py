"""What categories and labels look like in the admin interface, on the way in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gatehouse.edge.wire import Wire, spelled

_NAME = spelled(r"""^[^~!@#;:%^*()+={}|\\<>"',&$\[\]]+$""", """must have none of ~!@#;:%^*()+={}|\\<>"',&$[]""")


class WordBody(Wire):
    """A category or a label."""

    id: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=255, pattern=_NAME)]
    description: Annotated[str, Field(max_length=1024)] | None = None
    numberOfAPIs: int | None = None
