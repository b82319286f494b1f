"""Contents: what defines a service, checked to be of the kind that it is said to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.apis.service import DefinitionType
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from gatehouse.controlplane.languages import Languages
    from gatehouse.ports.apis.graphql import GraphqlSchemas
    from gatehouse.ports.apis.wsdl import WsdlReader

_SPECIFICATIONS = {
    DefinitionType.OAS2: "Swagger 2",
    DefinitionType.OAS3: "OpenAPI 3",
    DefinitionType.WSDL1: "WSDL 1",
    DefinitionType.WSDL2: "WSDL 2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Reads definitions of every kind that APIs can be made of."""

    languages: Languages
    schemas: GraphqlSchemas
    wsdl: WsdlReader

    def check(self, kind: DefinitionType, content: bytes) -> None:
        """Raises Invalid when it is of another kind, and what reading it raises."""
        match kind:
            case DefinitionType.GRAPHQL_SDL:
                self.schemas.read(content)
            case DefinitionType.ASYNC_API:
                self.languages.asyncapi.read(content)
            case DefinitionType.WSDL1 | DefinitionType.WSDL2:
                _require(kind, f"WSDL {self.wsdl.read(content).version}")
            case DefinitionType.OAS2 | DefinitionType.OAS3:
                _require(kind, self.languages.openapi.read(content).specification)


def _require(kind: DefinitionType, found: str) -> None:
    if not found.startswith(_SPECIFICATIONS[kind]):
        raise Invalid.field("definitionType", f"is {kind}, but the definition is {found}")
