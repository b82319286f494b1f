"""Wordings: read from whatever describes an API, when it is kept and when it is deployed, so that it can be searched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.apis.wording import texts_of_definition, words_of
from gatehouse.domain.apis.wsdl import form_of

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.publishing.revision import Revision
    from gatehouse.ports.apis.wsdl import WsdlReader
    from gatehouse.ports.world import Blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordings:
    """`wsdl` reads what describes SOAP APIs."""

    blobs: Blobs
    wsdl: WsdlReader

    def of(self, described: Api | Revision) -> bytes:
        """What is searched of an API's design, or of a revision (`domain.apis.wording.Wording`).

        That of a GraphQL API is its schema, and of a SOAP API its WSDL; all others have OpenAPI or AsyncAPI.
        """
        if described.graph:
            return words_of(self._read(described, described.schema).decode(errors="replace").splitlines())
        if described.schema and form_of(described.document):
            return words_of(self.wsdl.words(self._read(described, described.schema)))
        return words_of(texts_of_definition(json.loads(self._read(described, described.definition))))

    def _read(self, described: Api | Revision, key: str) -> bytes:
        return self.blobs.get(described.tenant, key)
