"""Facts of a revision: what its definition says of each operation, where the gateway needs to know.

Mocked answers and schemas stand in artifacts of their own, one an operation: together they may be larger than a row. So do
client certificates, which a call asks for by fingerprint. All are named after the revision, which never changes, so they can
be written before the deployment that makes them found.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.compiling.compiled_endpoints import is_mocked
from gatehouse.domain.apis.product import behind
from gatehouse.domain.artifact import Artifact, Withdrawal, certificate_key, graph_key, mock_key, schema_key
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.certificate import certificate_grant, client_certificates
from gatehouse.mediation.mock import mock_answer
from gatehouse.mediation.mock_description import SCRIPT, NoDescription, described_answer
from gatehouse.mediation.schema import compile_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gatehouse.domain.artifact import Change
    from gatehouse.domain.publishing.revision import Revision
    from gatehouse.ports.artifacts import Publication
    from gatehouse.ports.world import Blobs

AT_ONCE = 25
"""How many are written in one transaction, which holds 4 MB."""

FACT_BYTES_MAX = 150_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Writes and withdraws the facts of revisions."""

    blobs: Blobs
    publication: Publication

    def publish(self, revision: Revision) -> None:
        """Write what the gateway will ask for. Raises Invalid for a schema or an example that is too large."""
        self._write(list(self._found(revision)))

    def withdraw(self, revision: Revision) -> None:
        """Forget it again; what is not there is no error."""
        self._write([Withdrawal(artifact.key) for artifact in self._found(revision)])

    def _write(self, changes: Sequence[Change]) -> None:
        for start in range(0, len(changes), AT_ONCE):
            self.publication.publish(changes[start : start + AT_ONCE])

    def _found(self, revision: Revision) -> Iterator[Artifact]:
        document = revision.document
        where = (revision.tenant, revision.api_id, revision.number)
        for certificate in client_certificates(document):
            key = certificate_key(*where, certificate.fingerprint)
            yield Artifact(key, certificate_grant(certificate).to_body())
        if revision.graph:
            yield Artifact(graph_key(*where), json.loads(self.blobs.get(revision.tenant, revision.graph)))
            return
        mocked = [is_mocked(behind(document, one)) for one in document["operations"]]
        validated = bool(document.get("enableSchemaValidation"))
        if not any(mocked) and not validated:
            return
        definition = json.loads(self.blobs.get(revision.tenant, revision.definition))
        for index, operation in enumerate(document["operations"]):
            verb, target = operation["verb"], operation["target"]
            if mocked[index] and (answer := _mocked(definition, verb, target, index)):
                yield _fact(Artifact(mock_key(*where, f"{verb} {target}"), answer), index)
            if validated and (schemas := compile_schemas(definition, verb, target)):
                yield _fact(Artifact(schema_key(*where, f"{verb} {target}"), schemas), index)


def _mocked(definition: dict[str, Any], verb: str, target: str, index: int) -> dict[str, Any] | None:
    """What the operation's description says, else its examples and schemas. Raises Invalid for a description that is none."""
    try:
        described = described_answer(definition, verb, target)
    except NoDescription as problem:
        raise Invalid.field(
            f"operations.{index}", f"{SCRIPT} of {verb} {target} cannot be used: {problem}"
        ) from problem
    return described or mock_answer(definition, verb, target, "application/json")


def _fact(artifact: Artifact, index: int) -> Artifact:
    if len(json.dumps(artifact.body)) > FACT_BYTES_MAX:
        kind = artifact.key.name.partition(" ")[0].lower()
        problem = f"its {kind} is larger than {FACT_BYTES_MAX} bytes; make it smaller in the definition"
        raise Invalid.field(f"operations.{index}", problem)
    return artifact
