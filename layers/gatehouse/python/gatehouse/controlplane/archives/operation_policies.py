"""Operation policies in archives: one by one, and with the APIs that use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.archives.project import opened
from gatehouse.controlplane.operation_policies.attaching import named
from gatehouse.controlplane.operation_policies.packing import packed_policy, policy_files, read_policy, stems
from gatehouse.controlplane.operation_policies.reading import KIND
from gatehouse.controlplane.operation_policies.snapshots import snapshots_of
from gatehouse.controlplane.operation_policies.usage import attached_in
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.publishing.operation_policy import (
    FIRST_VERSION,
    SNAPSHOTS,
    OperationPolicyExists,
    OperationPolicyNotFound,
)
from gatehouse.mediation.registry import specification

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
    from gatehouse.controlplane.operation_policies.reading import Draft
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.operation_policy import CustomPolicy
    from gatehouse.mediation.specification import Specification
    from gatehouse.ports.apis.archives import Archives

FOLDER = "Policies"


@dataclass(frozen=True, slots=True)
class PolicyPart:
    """`Policies/`: what an API uses. What comes in and is not there as it is becomes the API's own."""

    policies: OperationPolicies
    archives: Archives

    def written(self, principal: Principal, api: Api, notation: Notation) -> dict[str, bytes]:  # noqa: ARG002
        """The files of each that is attached, and of those that the API has and does not attach."""
        found: dict[tuple[str, str], Specification | CustomPolicy] = {}
        for builtin in _builtin(api):
            found[builtin.name, builtin.version] = builtin
        for custom in self._custom(api):
            found.setdefault((custom.name, custom.version), custom)
        return {
            f"{FOLDER}/{name}": content
            for _, one in sorted(found.items())
            for name, content in policy_files(self.policies, self.archives, api.tenant, one, notation).items()
        }

    def check(self, principal: Principal, project: Project) -> None:  # noqa: ARG002 -- what is in it is judged, not whose
        """Raises ArchiveRefused for what is no policy."""
        for _ in self._drafts(project):
            pass

    def take(self, principal: Principal, api: Api, project: Project) -> None:
        """Keep what the tenant does not have in the same words."""
        for draft in self._drafts(project):
            common = self.policies.named(api.tenant, draft.name, draft.version)
            if common is None or common.fingerprint != draft.fingerprint:
                self.policies.put(principal, draft, api.id)

    def _drafts(self, project: Project) -> Iterator[Draft]:
        folder = project.below(FOLDER)
        for name in stems(folder):
            # Those of the product come without a definition that it would need; what it does, it does everywhere.
            called = folder.data(name, KIND)
            if not (isinstance(called, dict) and specification(str(called.get("name")), _version(called))):
                yield read_policy(self.archives, folder, name, FOLDER)

    def _custom(self, api: Api) -> list[CustomPolicy]:
        if SNAPSHOTS in api.document:
            return snapshots_of(api.document)
        used = self.policies.custom_of(api.tenant, api.id, attached_in(api.document))
        return [*self.policies.all(api.tenant, api.id), *used]


@dataclass(frozen=True, slots=True)
class OperationPolicyArchives:
    """Policies one by one."""

    policies: OperationPolicies
    archives: Archives

    def export(self, tenant: str, name: str, version: str, notation: Notation) -> tuple[str, bytes]:
        """The name of the folder, and the zip that holds it. Raises OperationPolicyNotFound."""
        found = specification(name, version) or self.policies.named(tenant, name, version)
        if found is None:
            raise OperationPolicyNotFound(f"Operation policy '{name}' of version '{version}' not found")
        return packed_policy(self.policies, self.archives, tenant, found, notation)

    def run(self, principal: Principal, content: bytes) -> None:
        """Raises OperationPolicyExists for one that is there, ArchiveRefused and Invalid for what is no policy."""
        project = opened(self.archives, content)
        names = stems(project)
        if len(names) != 1:
            raise ArchiveRefused.entry("file", "must hold the specification of one operation policy")
        called = project.data(names[0], KIND)
        if isinstance(called, dict) and specification(str(called.get("name")), _version(called)):
            raise OperationPolicyExists.named(str(called["name"]), _version(called))
        self.policies.add(principal, read_policy(self.archives, project, names[0]))


def _builtin(api: Api) -> Iterator[Specification]:
    for one in attached_in(api.document):
        if found := specification(*named(one)):
            yield found


def _version(called: dict[str, object]) -> str:
    return str(called.get("version") or FIRST_VERSION)
