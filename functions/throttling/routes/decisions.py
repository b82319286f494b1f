"""Decisions for gateways that are not ours, an operation of our own: a call is counted, and may go on or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.throttling.wire_decisions import DecisionBody, decision, foreign_call
from gatehouse.domain.errors import NotFound
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from gatehouse.dataplane.foreign import Judge
    from gatehouse.edge.http import Request

_SCOPES = ("apim:admin", "apim:admin_tier_manage")
_ABSENT = frozenset({404, 405})
"""Refusals of calls for what is not there: here it is the question that is wrong."""


def decision_routes(judge: Judge) -> tuple[Operation, ...]:
    """The one operation."""
    return (
        Operation(
            method="POST",
            path="/throttling/decisions",
            id="decideCall",
            route=_Decisions(judge).decide,
            summary="Count a call that came in at another gateway, and say whether it is within its limits",
            tag="Decisions",
            scopes=_SCOPES,
            body=DecisionBody,
        ),
    )


class _Decisions:
    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def decide(self, request: Request, body: DecisionBody) -> Answer:
        """`{admitted, limits, code, message, description, retryAfter, nextAccessTime}`; 200 also when it is not admitted."""
        judgement = self._judge.judge(foreign_call(request.principal.tenant, body))
        if judgement.refusal is not None and judgement.refusal.status in _ABSENT:
            raise NotFound(judgement.refusal.description)
        return Answer(body=decision(judgement))
