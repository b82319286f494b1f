"""A custom policy is an operation policy of a tenant's own: a specification, kept whole, and a definition.

What the gateway runs of it are steps, read from the definition once: each is a policy that comes with the product, with
parameters in which the custom policy's attributes stand as `{{ name }}`. No code of a tenant's is ever run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.domain import body as bodies
from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gatehouse.domain.publishing.deployed import Condition  # noqa: TC001 -- bodies read annotations

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST_VERSION = "v1"
"""Of a policy that names none."""

SNAPSHOTS = "policySnapshots"
"""The property of a revision's document that holds the custom policies of its API; the documents of APIs have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the product's policies. `when` is a text that must be `true` for the step to be taken; "" always is.

    `conditions` are about the message, and attributes may stand in them as in `parameters`.
    """

    policy: str
    version: str = FIRST_VERSION
    parameters: dict[str, str] = field(default_factory=dict, hash=False)
    when: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomPolicy:
    """A policy of one API (`owner`), or of all of a tenant's ("").

    `data` is its specification as it was sent. `files` are the blob keys of its definitions, by suffix (`j2`, `gotmpl`).
    `problem` says why the gateway cannot run it, with the line; "" when it can.
    """

    id: str
    name: str
    version: str = FIRST_VERSION
    owner: str = ""
    data: dict[str, Any] = field(default_factory=dict, hash=False)
    files: dict[str, str] = field(default_factory=dict, hash=False)
    fingerprint: str = ""
    steps: tuple[Step, ...] = ()
    problem: str = ""

    def to_body(self) -> dict[str, Any]:
        """As a record, and a revision, keeps it."""
        body: dict[str, Any] = bodies.to_body(self)
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> CustomPolicy:
        """Read back what `to_body` wrote."""
        return bodies.from_body(cls, body)


class OperationPolicyNotFound(NotFound):
    """There is no such policy."""

    code = 902010
    message = "Operation policy not found"

    @classmethod
    def by_id(cls, policy_id: str) -> OperationPolicyNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Operation policy with Id '{policy_id}' not found")


class OperationPolicyExists(Conflict):
    """There is a policy of this name and version."""

    code = 903001
    message = "The operation policy already exists"

    @classmethod
    def named(cls, name: str, version: str) -> OperationPolicyExists:
        """The sentence that says which."""
        return cls(f"Operation policy '{name}' of version '{version}' exists already")


class PolicyInvalid(Invalid):
    """What was sent is no policy."""

    code = 902005
    message = "Invalid operation policy"


class SpecificationInvalid(Invalid):
    """The specification of a policy is none."""

    code = 902006
    message = "Invalid operation policy specification"


class PolicyNameInvalid(Invalid):
    """The name or the version of a policy is none."""

    code = 903211
    message = "Invalid operation policy name or version"


class PolicyStays(Forbidden):
    """It comes with the product."""

    default_description = "A policy that comes with the product cannot be deleted."


class OperationPolicyInUse(Forbidden):
    """An API or a gateway policy is made with it."""

    message = "The operation policy is in use"
