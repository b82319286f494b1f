"""Secrets of keys, as developers ask for them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from gatehouse.edge.wire import Wire


class SecretProperties(Wire):
    """What a secret is for, and for how many seconds; without, for ever."""

    description: Annotated[str, Field(max_length=255)] = ""
    expiresIn: Annotated[int, Field(ge=0)] = 0


class SecretCreation(Wire):
    """The secret that is asked for."""

    additionalProperties: SecretProperties | None = None


class SecretRevocation(Wire):
    """The secret that shall go."""

    secretId: Annotated[str, Field(min_length=1, max_length=64)]
    additionalProperties: Annotated[dict[str, Any], Field(max_length=0)] | None = None
