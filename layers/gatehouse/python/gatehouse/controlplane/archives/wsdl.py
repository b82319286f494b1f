"""The WSDL of a SOAP API in its project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.apis.wsdl import form_of

if TYPE_CHECKING:
    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.publishing.kinds.soap import SoapDesign
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.domain.people.identity import Principal

FOLDER = "WSDL"


@dataclass(frozen=True, slots=True)
class WsdlPart:
    """`WSDL/Pizza-1.0.0.wsdl`, or `.zip` for one in several documents."""

    soap: SoapDesign

    def written(self, principal: Principal, api: Api, notation: Notation) -> dict[str, bytes]:  # noqa: ARG002
        """The WSDL as it was sent, if there is one."""
        form = form_of(api.document)
        if form is None or not api.schema:
            return {}
        content = self.soap.design.blobs.get(api.tenant, api.schema)
        return {f"{FOLDER}/{api.name}-{api.version}.{form.lower()}": content}

    def check(self, principal: Principal, project: Project) -> None:  # noqa: ARG002 -- it is the API's own
        """Raises ArchiveRefused for several, and what `SoapDesign.validate` raises."""
        files = project.below(FOLDER).files
        if len(files) > 1:
            raise ArchiveRefused.entry(f"{FOLDER}/{max(files)}", "is one too many: zip the documents of one WSDL")
        for content in files.values():
            self.soap.validate(content)

    def take(self, principal: Principal, api: Api, project: Project) -> None:
        """Keep it in place of the one that is there."""
        for content in project.below(FOLDER).files.values():
            self.soap.replace(principal, api.id, content)
