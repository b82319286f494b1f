"""Evidence: what each step of a call hands to the next. Only the step that is named makes it.

A step cannot be skipped or reordered, because its argument is the result of the one before. Named tuples: each call makes
five, and a frozen data class takes twice as long to make.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.dataplane.knowledge.served import ServedApi
    from gatehouse.dataplane.throttle.meter import Admitted
    from gatehouse.domain.apis.graphql_query import Weight
    from gatehouse.domain.applications.grant import ApplicationGrant, KeyType, SubscriptionGrant
    from gatehouse.domain.publishing.deployed import DeployedApi, DeployedOperation, EndpointGroup, Member
    from gatehouse.mediation.message import Message


class Scheme(StrEnum):
    """What kind of credential a caller brought."""

    OAUTH2 = "oauth2"
    API_KEY = "api_key"
    BASIC = "basic"
    MUTUAL_TLS = "mutual_tls"
    INTERNAL_KEY = "internal_key"
    SIGNATURE = "signature"  # of an event, by the backend of a WebSub API
    VOUCHED = "vouched"  # another gateway has seen the credential, and says whose it is
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who calls, as far as a credential proves it. Made by a module of `credentials`.

    `subject` is what per-user limits count by: a full user name, or the consumer key of an application's own token.
    `consumer_key` leads to the application, unless the credential is bound to an `application` itself; it is a client of the
    external key manager with the id `key_manager`, or of ours (""). Both are of the API's tenant, unless a `tenant` is named:
    then they open what that tenant's applications are subscribed to, and nothing else. `plan` is the tier of a client
    certificate. `claims` are a token's, for policies and the backend's JWT.
    """

    scheme: Scheme
    subject: str = ""
    username: str = ""
    consumer_key: str = ""
    key_manager: str = ""
    tenant: str = ""
    application: ApplicationGrant | None = None
    scopes: frozenset[str] = frozenset()
    key_type: KeyType | None = None
    plan: str = ""
    credential_id: str = ""  # names the credential in counters: a certificate's fingerprint
    claims: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)


ANYBODY = Identity(scheme=Scheme.NONE)


class Target(NamedTuple):
    """Made by `route`: the operation a call is for. `suffix` is the path behind the API's base path.

    A GraphQL call may be for several operations, of which `others` are the rest, and has a `weight`.
    """

    api: ServedApi
    operation: DeployedOperation
    suffix: str
    others: tuple[DeployedOperation, ...] = ()
    weight: Weight | None = None

    @property
    def operations(self) -> tuple[DeployedOperation, ...]:
        """All operations that the call is for."""
        return (self.operation, *self.others)

    @property
    def behind(self) -> DeployedApi | Member:
        """What serves the operation: the API or, in a product, the member that it comes from."""
        return self.api.deployed.behind(self.operation)


class Caller(NamedTuple):
    """Made by `authenticate`: who calls."""

    target: Target
    identity: Identity


class Grant(NamedTuple):
    """Made by `authorize`: what the caller may use. Application and subscription are None for who needs none."""

    caller: Caller
    key_type: KeyType
    endpoints: EndpointGroup
    application: ApplicationGrant | None
    subscription: SubscriptionGrant | None


class Admission(NamedTuple):
    """Made by `throttle`: the call is counted and may go to the backend. `counted` is None where nothing limits it."""

    grant: Grant
    counted: Admitted | None


class Outbound(NamedTuple):
    """Made by `mediate`: an admitted call as its backend shall see it."""

    admission: Admission
    message: Message


Evidence = Target | Caller | Grant | Admission | Outbound


def caller_of(evidence: Evidence | None) -> Caller | None:
    """The caller this evidence rests on, when the call got that far."""
    if isinstance(evidence, Caller):
        return evidence
    grant = grant_of(evidence)
    return grant.caller if grant else None


def target_of(evidence: Evidence | None) -> Target | None:
    """The target this evidence rests on."""
    if isinstance(evidence, Target) or evidence is None:
        return evidence
    caller = caller_of(evidence)
    return caller.target if caller else None


def grant_of(evidence: Evidence | None) -> Grant | None:
    """The grant this evidence rests on, when the call got that far."""
    admission = admission_of(evidence)
    if admission is not None:
        return admission.grant
    return evidence if isinstance(evidence, Grant) else None


def admission_of(evidence: Evidence | None) -> Admission | None:
    """The admission this evidence rests on, when the call got that far."""
    if isinstance(evidence, Outbound):
        return evidence.admission
    return evidence if isinstance(evidence, Admission) else None
