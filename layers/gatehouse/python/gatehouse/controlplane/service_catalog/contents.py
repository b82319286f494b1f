"""Contents: what defines a service, checked to be of the kind that it is said to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid
from gatehouse.domain.service import DefinitionType

if TYPE_CHECKING:
    from gatehouse.ports.definitions import Definitions
    from gatehouse.ports.graphql import GraphqlSchemas

_SPECIFICATIONS = {DefinitionType.OAS2: "Swagger 2", DefinitionType.OAS3: "OpenAPI 3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Reads definitions of every kind that APIs can be made of."""

    definitions: Definitions
    schemas: GraphqlSchemas

    def check(self, kind: DefinitionType, content: bytes) -> None:
        """Raises DefinitionInvalid, SchemaInvalid, and Invalid when it is of another kind."""
        if kind is DefinitionType.GRAPHQL_SDL:
            self.schemas.read(content)
            return
        wanted = _SPECIFICATIONS.get(kind)
        if wanted is None:
            raise Invalid.field("definitionType", f"definitions of type {kind} cannot be read here")
        found = self.definitions.read(content).specification
        if not found.startswith(wanted):
            raise Invalid.field("definitionType", f"is {kind}, but the definition is {found}")
