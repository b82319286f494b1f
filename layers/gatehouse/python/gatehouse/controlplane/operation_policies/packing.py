"""Packing: policies as files, and files as policies, laid out as WSO2's tools do: `name_v1.yaml` beside `name_v1.j2`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.controlplane.archives.project import SUFFIXES, enveloped
from gatehouse.controlplane.operation_policies.described import described
from gatehouse.controlplane.operation_policies.reading import CHOREO, KIND, SYNAPSE, draft_of
from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.publishing.operation_policy import CustomPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.controlplane.archives.project import Project
    from gatehouse.controlplane.operation_policies.keeping import OperationPolicies
    from gatehouse.controlplane.operation_policies.reading import Draft
    from gatehouse.domain.apis.archive import Notation
    from gatehouse.mediation.specification import Specification
    from gatehouse.ports.apis.archives import Archives

_DEFINITIONS = {f".{SYNAPSE}": SYNAPSE, ".xml": SYNAPSE, f".{CHOREO}": CHOREO}
"""How files of definitions end."""


def stem(found: Specification | CustomPolicy) -> str:
    """What its files are called."""
    return f"{found.name}_{found.version}"


def policy_files(
    policies: OperationPolicies,
    archives: Archives,
    tenant: str,
    found: Specification | CustomPolicy,
    notation: Notation,
) -> dict[str, bytes]:
    """The specification and the definitions, by name."""
    name = stem(found)
    data = found.data if isinstance(found, CustomPolicy) else described(found)
    files = {f"{name}{notation.suffix}": archives.render(enveloped(KIND, data), notation)}
    if isinstance(found, CustomPolicy):
        files |= {f"{name}.{suffix}": content for suffix, content in policies.files(tenant, found).items()}
    return files


def packed_policy(
    policies: OperationPolicies,
    archives: Archives,
    tenant: str,
    found: Specification | CustomPolicy,
    notation: Notation,
) -> tuple[str, bytes]:
    """The name of the folder, and the zip that holds it."""
    folder = stem(found)
    files = policy_files(policies, archives, tenant, found, notation)
    return folder, archives.pack({f"{folder}/{name}": content for name, content in files.items()})


def stems(project: Project) -> list[str]:
    """The names of the policies in a folder: of its documents, without their ends."""
    return sorted({path.removesuffix(suffix) for path in project.files for suffix in SUFFIXES if path.endswith(suffix)})


def read_policy(archives: Archives, project: Project, name: str, folder: str = "") -> Draft:
    """The policy of this name in a project. Raises ArchiveRefused, SpecificationInvalid, PolicyNameInvalid, PolicyInvalid."""
    project.data(name, KIND)  # refuses another kind or version by name
    path = project.find(name)
    files = dict(_definitions(project, name))
    where = f"{folder}/{path}" if folder else path
    try:
        return draft_of(archives, project.files[path], files, where)
    except GatehouseError as error:
        if isinstance(error, ArchiveRefused) or not folder:
            raise
        raise ArchiveRefused(error.description, fields=error.fields) from error


def _definitions(project: Project, name: str) -> Iterator[tuple[str, bytes]]:
    for suffix, kind in _DEFINITIONS.items():
        if content := project.files.get(f"{name}{suffix}"):
            yield kind, content
