"""Operation policies leave as their specifications. None comes in: what the gateway can do comes with the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.project import enveloped, mapped, opened, text_of
from gatehouse.controlplane.publishing.particulars.operation_policies import (
    OperationPolicyNotFound,
    PolicyNotRunnable,
    described,
)
from gatehouse.domain.archive import ArchiveRefused
from gatehouse.domain.errors import Conflict
from gatehouse.mediation.registry import specification
from gatehouse.mediation.specification import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.controlplane.archives.project import Project
    from gatehouse.domain.api import Api
    from gatehouse.domain.archive import Notation
    from gatehouse.domain.identity import Principal
    from gatehouse.mediation.specification import Specification
    from gatehouse.ports.archives import Archives

FOLDER = "Policies"
KIND = "operation_policy_specification"


class OperationPolicyExists(Conflict):
    """The policy that an archive brings is there."""

    message = "The operation policy already exists"


@dataclass(frozen=True, slots=True)
class PolicyPart:
    """`Policies/`: the specifications of the policies that an API uses. Archives bring none, so nothing is taken in."""

    archives: Archives

    def written(self, principal: Principal, api: Api, notation: Notation) -> dict[str, bytes]:  # noqa: ARG002
        """A file for each."""
        used = {(one.name, one.version): one for one in _used(api)}
        return {
            f"{FOLDER}/{_stem(one)}{notation.suffix}": self.archives.render(enveloped(KIND, described(one)), notation)
            for _, one in sorted(used.items())
        }

    def check(self, principal: Principal, project: Project) -> None:
        """Nothing: an API that uses a policy that is not there is refused when it is deployed."""

    def take(self, principal: Principal, api: Api, project: Project) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class OperationPolicyArchives:
    """Policies one by one."""

    archives: Archives

    def export(self, name: str, version: str, notation: Notation) -> tuple[str, bytes]:
        """The name of the folder, and the zip that holds it. Raises OperationPolicyNotFound."""
        found = specification(name, version)
        if found is None:
            raise OperationPolicyNotFound(f"Operation policy '{name}' of version '{version}' not found")
        folder = _stem(found)
        document = self.archives.render(enveloped(KIND, described(found)), notation)
        return folder, self.archives.pack({f"{folder}/{folder}{notation.suffix}": document})

    def run(self, content: bytes) -> None:
        """Raises OperationPolicyExists for one that is there, and PolicyNotRunnable for all others."""
        project = opened(self.archives, content)
        stems = sorted({path.rpartition(".")[0] for path in project.files if project.find(path.rpartition(".")[0])})
        if len(stems) != 1:
            raise ArchiveRefused.entry("file", "must hold the specification of one operation policy")
        data = mapped(project.data(stems[0], KIND), f"{stems[0]}: data")
        name = text_of(data.get("name"), f"{stems[0]}: data.name")
        version = text_of(data.get("version"), f"{stems[0]}: data.version") or "v1"
        if specification(name, version) is not None:
            raise OperationPolicyExists(f"Operation policy '{name}' of version '{version}' exists already")
        raise PolicyNotRunnable(f"{stems[0]}: {PolicyNotRunnable.default_description.partition(': ')[2]}")


def _used(api: Api) -> Iterator[Specification]:
    attached: list[Any] = [api.document.get("apiPolicies")]
    attached += [operation.get("operationPolicies") for operation in api.document.get("operations") or ()]
    for policies in attached:
        for flow in Flow if isinstance(policies, dict) else ():
            for one in policies.get(flow) or ():
                found = specification(str(one.get("policyName") or ""), str(one.get("policyVersion") or "v1"))
                if found is not None:
                    yield found


def _stem(found: Specification) -> str:
    return f"{found.name}_{found.version}"
