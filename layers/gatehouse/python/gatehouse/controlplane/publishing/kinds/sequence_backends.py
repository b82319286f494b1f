"""Sequence backends: kept with their API, so that a revision has them as they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.operation_policies.attaching import steps_of
from gatehouse.controlplane.operation_policies.reading import DEFINITION_BYTES_MAX, definition_of
from gatehouse.controlplane.operation_policies.synapse import is_template
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.sequence_backend import (
    SEQUENCES,
    SequenceBackend,
    SequenceBackendNotFound,
    SequenceUnreadable,
    Side,
    sequences_of,
)
from gatehouse.domain.record import new_id
from gatehouse.mediation.specification import Flow

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.amending import Amendments
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.operation_policy import Step
    from gatehouse.ports.apis.archives import Archives
    from gatehouse.ports.world import Blobs

_ANSWER = "respond"


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceBackends:
    """The sequence backends of APIs that callers have read before."""

    amendments: Amendments
    blobs: Blobs
    archives: Archives

    def content(self, api: Api, side: str) -> tuple[bytes, str]:
        """What was sent, and its media type. Raises SequenceBackendNotFound."""
        content = self.blobs.get(api.tenant, self._found(api, side).content)
        return content, f"application/{suffix_of(content)}"

    def put(self, principal: Principal, api: Api, side: str, content: bytes) -> Api:
        """Keep a sequence in place of the one of this side. Raises Invalid, SequenceUnreadable, Changed."""
        wanted = _side(side)
        if wanted is None:
            raise Invalid.field("type", f"'{side}' is neither {' nor '.join(Side)}")
        steps = self.steps(content, "sequence")
        sequence = SequenceBackend(id=new_id(), content=self.blobs.put(api.tenant, content), steps=steps)
        kept = {**(api.document.get(SEQUENCES) or {}), wanted.value: sequence.to_body()}
        return self.amendments.keep(principal, api, **{SEQUENCES: kept})

    def remove(self, principal: Principal, api: Api, side: str) -> None:
        """Forget the one of this side. Raises SequenceBackendNotFound, Changed."""
        self._found(api, side)
        kept = {name: one for name, one in api.document[SEQUENCES].items() if name != _side(side)}
        self.amendments.keep(principal, api, **{SEQUENCES: kept})

    def steps(self, content: bytes, where: str) -> tuple[Step, ...]:
        """What a sequence does. Raises SequenceUnreadable that names the line; `where` is where it was sent."""
        if len(content) > DEFINITION_BYTES_MAX:
            raise SequenceUnreadable.field(where, f"may have at most {DEFINITION_BYTES_MAX} bytes")
        definition = definition_of(self.archives, content, ())
        if definition.problem:
            raise SequenceUnreadable.field(where, definition.problem)
        steps = definition.steps
        if not steps or steps[-1].policy != _ANSWER or steps[-1].when or steps[-1].conditions:
            raise SequenceUnreadable.field(where, f"must end in an answer without a condition: {_ANSWER}")
        try:
            steps_of(steps, {}, Flow.REQUEST, where)
        except Invalid as problem:
            raise SequenceUnreadable(problem.description, fields=problem.fields) from problem
        return steps

    def _found(self, api: Api, side: str) -> SequenceBackend:
        wanted, kept = _side(side), sequences_of(api.document)
        if wanted is None or wanted not in kept:
            raise SequenceBackendNotFound(f"API '{api.id}' has no sequence backend for {side or 'any side'}")
        return kept[wanted]


def suffix_of(content: bytes) -> str:
    """How a file of it ends: what it is written in."""
    text = content.decode("utf-8-sig", "replace")
    if is_template(text):
        return "xml"
    return "json" if text.lstrip().startswith("{") else "yaml"


def _side(text: str) -> Side | None:
    return next((side for side in Side if side == text.upper()), None)
