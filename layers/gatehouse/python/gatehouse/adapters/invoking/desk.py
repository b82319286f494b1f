"""A desk that is asked by invoking its function: whoever has a workflow's subject decides about it.

`{"action": "decide", "arguments": {tenant, reference, approved, by, answer}}` → `{"result": …}`, or `{"error": …}` with what
the caller may be told. `carry_out` is the other side of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gatehouse.adapters.invoking.asking import AskedFunction
from gatehouse.domain.body import from_body, to_body
from gatehouse.domain.errors import FieldError, GatehouseError
from gatehouse.domain.publishing.workflow import Workflow, WorkflowNotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.publishing.workflows import Desk, Workflows

DECIDE = "decide"
_log = Logger(service="gatehouse")


class LambdaDesk:
    """Implements `ports.publishing.workflows.Desk` on a botocore Lambda client (`adapters.aws.invoke_client`)."""

    def __init__(self, client: Any, function_name: str) -> None:
        """On a function, by name or ARN."""
        self._function = AskedFunction(client, function_name, _error_of)

    def decide(self, workflow: Workflow, answer: Mapping[str, Any], *, approved: bool, by: str) -> Workflow:
        """Let the function decide. Raises what it raises, and Unavailable."""
        arguments = {
            "tenant": workflow.tenant,
            "reference": workflow.id,
            "answer": dict(answer),
            "approved": approved,
            "by": by,
        }
        return from_body(Workflow, self._function.ask(DECIDE, arguments))


def carry_out(event: Mapping[str, Any], desk: Desk, workflows: Workflows) -> dict[str, Any]:
    """Answer an invocation by `LambdaDesk`. IAM says who may invoke."""
    told = event["arguments"]
    facts = {"action": DECIDE, "tenant": told["tenant"], "workflow": told["reference"], "by": told["by"]}
    try:
        found = workflows.get(told["tenant"], told["reference"])
        if found is None:
            raise WorkflowNotFound.by_id(told["reference"])
        decided = desk.decide(found, told["answer"], approved=told["approved"], by=told["by"])
    except GatehouseError as error:
        # The only place that turns an error into a value: an action has no Surface around it.
        _log.info("action", extra=facts | {"error": type(error).__name__, "facts": str(error.facts)})
        return {"error": _document_of(error)}
    _log.info("action", extra=facts)
    return {"result": to_body(decided)}


def _document_of(error: GatehouseError) -> dict[str, object]:
    """A failure as the caller may know it: its facts stay in our log."""
    fields = [{"path": field.path, "problem": field.problem} for field in error.fields]
    return {"kinds": [kind.__name__ for kind in _line(type(error))], "description": error.description, "fields": fields}


def _error_of(document: Mapping[str, Any]) -> GatehouseError:
    """The failure that `_document_of` wrote down, or the nearest one that this function knows of."""
    known = _known()
    kind = next((known[name] for name in document["kinds"] if name in known), GatehouseError)
    return kind(document["description"], fields=tuple(FieldError(**field) for field in document["fields"]))


def _line(kind: type[GatehouseError]) -> list[type[GatehouseError]]:
    return [one for one in kind.__mro__ if issubclass(one, GatehouseError)]


def _known() -> dict[str, type[GatehouseError]]:
    found, left = {}, [GatehouseError]
    while left:
        kind = left.pop()
        found[kind.__name__] = kind
        left += kind.__subclasses__()
    return found
