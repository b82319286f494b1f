"""A condition says which calls a limit of an advanced policy is for: by address, header, query parameter or claim.

The conditions of a group must all hold. Values of headers, parameters and claims are regular expressions, and any part of
the text may match, as in WSO2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gatehouse.domain.throttling.limit import Rate  # noqa: TC001 -- bodies read annotations


class ConditionKind(StrEnum):
    """What is looked at. The names are those of the admin interface, shortened."""

    ADDRESS = "address"
    ADDRESS_RANGE = "address-range"
    HEADER = "header"
    QUERY = "query"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition; `inverted` holds when it would not.

    `name` is the header, parameter or claim, "" for addresses. `value` is a regular expression, an address, or two
    addresses, both included, with a blank between them: `10.0.0.1 10.0.0.9`.
    """

    kind: ConditionKind
    value: str
    name: str = ""
    inverted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalGroup:
    """Limits for the calls that meet all conditions. `id` is unique in its policy and part of the counters' keys."""

    id: str
    conditions: tuple[Condition, ...]
    limits: tuple[Rate, ...]
