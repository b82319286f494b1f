"""Usage: which policies stand in the flows of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation.specification import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POLICY_MAPPING = "policyMapping"


def attached_in(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every policy that an API attaches, to the whole of it and to its operations, as it stands there."""
    yield from in_flows(document.get("apiPolicies"))
    for operation in document.get("operations") or ():
        yield from in_flows(operation.get("operationPolicies"))


def attached_by_owner(document: Mapping[str, Any], api_id: str) -> dict[str, list[dict[str, Any]]]:
    """As `attached_in`, of an API or a product: by the id of the API whose policies are meant."""
    found = {api_id: list(in_flows(document.get("apiPolicies")))}
    for member in document.get("apis") or ():
        found.setdefault(member["apiId"], []).extend(in_flows(member.get("apiPolicies")))
    for operation in document.get("operations") or ():
        owner = str(operation.get("apiId") or api_id)
        found.setdefault(owner, []).extend(in_flows(operation.get("operationPolicies")))
    return found


def mapping_flows(mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The policies of a gateway policy."""
    return list(in_flows(mapping.get(POLICY_MAPPING)))


def in_flows(flows: object) -> Iterator[dict[str, Any]]:
    """The policies of all flows, in their order."""
    for flow in Flow if isinstance(flows, dict) else ():
        for one in flows.get(flow) or ():  # type: ignore[attr-defined] # it is a dictionary
            if isinstance(one, dict):
                yield one
