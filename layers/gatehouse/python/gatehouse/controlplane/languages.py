"""Languages: which of the two kinds of definitions describes an API, by the type in its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.streaming import is_streaming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.apis.definitions import Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """What understands them."""

    openapi: Definitions
    asyncapi: Definitions

    def of(self, document: Mapping[str, Any]) -> Definitions:
        """The one for an API of this document."""
        return self.asyncapi if is_streaming(document) else self.openapi
