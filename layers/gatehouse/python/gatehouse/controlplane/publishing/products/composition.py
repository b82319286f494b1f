"""Composition: a product takes operations from its members as they are at that moment, with what stands behind them.

Who may call an operation, its limit and its policies are its API's; address, plans and visibility are the product's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.documents import (
    OPERATIONS_MAX,
    checked_document,
    defined_operations,
    defined_scopes,
)
from gatehouse.domain.apis.definition import DefinedPart
from gatehouse.domain.apis.product import MEMBERS, DuplicateOperation, OperationUnknown
from gatehouse.domain.errors import Changed, Invalid
from gatehouse.domain.publishing.deployed import ApiType
from gatehouse.domain.publishing.sequence_backend import SEQUENCES
from gatehouse.domain.throttling.policy import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.product import Choice
    from gatehouse.ports.apis.definitions import MergedDefinitions
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.world import Blobs

TAKEN = ("endpointConfig", "endpointImplementationType", "apiPolicies", "maxTps", SEQUENCES)
"""What of a member's document stands behind its operations wherever they are called from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A product's document, checked, and the definition that goes with it; the members as they were read."""

    document: dict[str, Any]
    definition: bytes
    members: tuple[Api, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """Composes products."""

    definitions: MergedDefinitions
    blobs: Blobs
    policies: Policies

    def composed(
        self, tenant: str, document: Mapping[str, Any], chosen: Sequence[Choice], members: Mapping[str, Api]
    ) -> Composed:
        """The product of these choices; `members` are the APIs by id.

        Raises OperationUnknown, DuplicateOperation, Invalid, and Changed when a member is on its way out.
        """
        if not members.keys() >= {choice.api_id for choice in chosen}:
            raise Changed
        operations = list(_operations(chosen, members))
        _check_distinct(chosen)
        if len(operations) > OPERATIONS_MAX:
            problem = f"at most {OPERATIONS_MAX} operations are possible in one product, not {len(operations)}"
            raise Invalid.field(MEMBERS, problem)
        taken = [members[choice.api_id] for choice in chosen]
        whole = {
            **document,
            "type": ApiType.PRODUCT.value,
            MEMBERS: [_entry(member) for member in taken],
            "operations": operations,
            "scopes": list(_scopes(operations, taken)),
        }
        checked = checked_document(tenant, whole, self.policies)
        return Composed(document=checked, definition=self._definition(checked, chosen, taken), members=tuple(taken))

    def _definition(self, document: Mapping[str, Any], chosen: Sequence[Choice], members: Sequence[Api]) -> bytes:
        parts = [
            DefinedPart(content=self.blobs.get(member.tenant, member.definition), operations=choice.operations)
            for choice, member in zip(chosen, members, strict=True)
        ]
        merged = self.definitions.merge(
            title=document["name"],
            version=document["version"],
            description=document.get("description") or "",
            parts=parts,
        )
        return self.definitions.align(merged, defined_operations(document), defined_scopes(document))


def _operations(chosen: Sequence[Choice], members: Mapping[str, Api]) -> Iterator[dict[str, Any]]:
    for index, choice in enumerate(chosen):
        member = members[choice.api_id]
        known = {(one["verb"], one["target"]): one for one in member.document["operations"]}
        whole = member.document.get("apiThrottlingPolicy")
        for position, (verb, target) in enumerate(choice.operations):
            operation = known.get((verb, target))
            if operation is None:
                problem = f"API '{member.name}' {member.version} has no operation {verb} {target}"
                raise OperationUnknown(f"{MEMBERS}.{index}.operations.{position}: {problem}")
            # The limit of a whole API cannot be shared with a product's calls; it holds for each operation there.
            policy = whole if whole not in {None, "", UNLIMITED} else operation["throttlingPolicy"]
            yield {**operation, "usedProductIds": [], "throttlingPolicy": policy, "apiId": member.id}


def _entry(member: Api) -> dict[str, Any]:
    behind = {name: member.document[name] for name in TAKEN if member.document.get(name) is not None}
    return {"apiId": member.id, "name": member.name, "version": member.version, **behind}


def _scopes(operations: Sequence[Mapping[str, Any]], members: Sequence[Api]) -> Iterator[dict[str, Any]]:
    """The scopes that the operations ask for, each once: one that is shared may be several members'."""
    asked = {scope for operation in operations for scope in operation["scopes"]}
    declared = {entry["scope"]["name"]: entry for member in members for entry in member.document.get("scopes") or ()}
    yield from (declared[name] for name in sorted(asked & declared.keys()))


def _check_distinct(chosen: Sequence[Choice]) -> None:
    """Raises DuplicateOperation for two operations that answer the same calls."""
    seen: dict[tuple[str, str], str] = {}
    for index, choice in enumerate(chosen):
        for position, (verb, target) in enumerate(choice.operations):
            shape = verb, re.sub(r"\{[^}]*\}", "{}", target.rstrip("/") or "/")
            if shape in seen:
                problem = f"{verb} {target} cannot be told from {verb} {seen[shape]}, which is in the product already"
                raise DuplicateOperation.field(f"{MEMBERS}.{index}.operations.{position}", problem)
            seen[shape] = target
