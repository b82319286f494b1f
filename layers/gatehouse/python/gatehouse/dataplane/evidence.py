"""Evidence: what each step of a call hands to the next. Only the step that is named makes it.

A step cannot be skipped or reordered, because its argument is the result of the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.dataplane.served import ServedApi
    from gatehouse.dataplane.throttle.meter import Admitted
    from gatehouse.domain.grant import ApplicationGrant, DeployedOperation, KeyType, SubscriptionGrant
    from gatehouse.domain.token import Claims


@dataclass(frozen=True, slots=True)
class Target:
    """Made by `route`: the operation a call is for. `suffix` is the path behind the API's base path."""

    api: ServedApi
    operation: DeployedOperation
    suffix: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Made by `authenticate`: who calls. `claims` is None on an operation that asks for no credentials."""

    target: Target
    claims: Claims | None


@dataclass(frozen=True, slots=True)
class Grant:
    """Made by `authorize`: what the caller may use. Application and subscription are None for an anonymous caller."""

    caller: Caller
    key_type: KeyType
    endpoint: str
    application: ApplicationGrant | None
    subscription: SubscriptionGrant | None


@dataclass(frozen=True, slots=True)
class Admission:
    """Made by `throttle`: the call is counted and may go to the backend. `counted` is None where nothing limits it."""

    grant: Grant
    counted: Admitted | None


Evidence = Target | Caller | Grant | Admission


def target_of(evidence: Evidence | None) -> Target | None:
    """The target this evidence rests on."""
    grant = evidence.grant if isinstance(evidence, Admission) else evidence
    caller = grant.caller if isinstance(grant, Grant) else grant
    return caller.target if isinstance(caller, Caller) else caller


def grant_of(evidence: Evidence | None) -> Grant | None:
    """The grant this evidence rests on, when the call got that far."""
    if isinstance(evidence, Admission):
        return evidence.grant
    return evidence if isinstance(evidence, Grant) else None
