"""The policies that come with the product, as the interface knows them; and all policies, searched."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from gatehouse.domain.portal.search import WORD, terms_of
from gatehouse.domain.publishing.operation_policy import CustomPolicy
from gatehouse.mediation.registry import specifications

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.mediation.specification import Specification

_IDS = uuid.UUID("6f1d2a0c-5a52-4d0e-9a5e-3f6d0f6a7c11")
"""Ids follow from names and versions, so that they are the same in every environment."""


def policy_id(found: Specification) -> str:
    """What its interface knows it by."""
    return str(uuid.uuid5(_IDS, f"{found.name}:{found.version}"))


def policy(wanted: str) -> Specification | None:
    """The one of the product's with this id, None when there is none."""
    return next((one for one in specifications() if policy_id(one) == wanted), None)


def matching_policies(
    query: str, custom: Iterable[CustomPolicy], *, builtin: bool = True
) -> list[Specification | CustomPolicy]:
    """Those whose name, version or display name match: the product's by name, then the tenant's."""
    terms = terms_of(query)
    every: list[Specification | CustomPolicy] = [*(specifications() if builtin else ()), *custom]
    return [one for one in every if all(term.matches(_texts(one, term.attribute)) for term in terms)]


def _texts(one: Specification | CustomPolicy, attribute: str) -> list[str]:
    match attribute:
        case "name":
            return [one.name]
        case "version":
            return [one.version]
        case attribute if attribute == WORD:
            shown = str(one.data["displayName"]) if isinstance(one, CustomPolicy) else one.display_name
            return [one.name, shown]
        case _:
            return []
