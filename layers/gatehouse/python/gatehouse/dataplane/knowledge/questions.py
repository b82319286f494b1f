"""Questions: what the call path asks of the artifacts, and the category whose changes make an answer outdated.

A question is asked about something, such as a client's consumer key; what it is about is also what the answer is remembered
by. Keys are made only when the table is asked, which is rare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from gatehouse.dataplane.knowledge.served import ServedApi
from gatehouse.dataplane.limits.denials import Denials
from gatehouse.domain.applications.grant import (
    ApiKeyGrant,
    ApplicationGrant,
    ApplicationProfile,
    CertificateGrant,
    InternalKeyGrant,
    SubscriptionGrant,
)
from gatehouse.domain.artifact import (
    ALL_TENANTS,
    Category,
    RevocationKind,
    api_key_key,
    application_key,
    certificate_key,
    client_key,
    closed_key,
    denial_partition,
    environment_partition,
    gateway_policy_key,
    graph_key,
    internal_key_key,
    issuer_partition,
    keys_key,
    log_key,
    mock_key,
    policy_key,
    resident_key,
    revision_key,
    revocation_key,
    revocation_keys,
    route_partition,
    rule_partition,
    schema_key,
    scope_key,
    state_key,
    subscription_key,
    token_key,
    trust_partition,
)
from gatehouse.domain.publishing.revision import DEFAULT_ENVIRONMENT
from gatehouse.domain.throttling.custom_rule import CustomRule
from gatehouse.domain.throttling.denial import Denial
from gatehouse.domain.throttling.policy import Terms
from gatehouse.domain.tokens.issuer import Issuer
from gatehouse.domain.tokens.token import claims_of, revokes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatehouse.domain.apis.graphql import Graph
    from gatehouse.domain.artifact import ArtifactKey
    from gatehouse.mediation.schema import OperationSchemas
    from gatehouse.ports.artifacts import Artifacts

A = TypeVar("A")


# Without equality a question is hashed by its identity, which is all that a look-up needs of it.
@dataclass(frozen=True, slots=True, eq=False)
class Question(Generic[A]):
    """`load` asks the table: of these artifacts, for this tenant, about whatever the question is about."""

    category: Category
    load: Callable[..., A]


def _one(key: Callable[..., ArtifactKey], read: Callable[[Mapping[str, Any]], A]) -> Callable[..., A | None]:
    """Ask for one artifact; None when there is none."""

    def load(artifacts: Artifacts, tenant: str, *about: Any) -> A | None:  # noqa: ANN401 -- each key is made of other parts
        (body,) = artifacts.get([key(tenant, *about)])
        return read(body) if body else None

    return load


def _routes(artifacts: Artifacts, tenant: str, segment: str) -> Mapping[str, str]:
    found = artifacts.partition(route_partition(tenant, segment))
    return {base_path: str(body["api_id"]) for base_path, body in found.items()}


def _environments(artifacts: Artifacts, tenant: str) -> Mapping[str, tuple[str, ...]]:
    """The gateway environments that each host belongs to, those first that come first in the alphabet, or are our own."""
    by_host: dict[str, tuple[str, ...]] = {}
    found: Mapping[str, Mapping[str, Any]] = artifacts.partition(environment_partition(tenant))
    for name in sorted(found):
        body = found[name]
        for host in body["hosts"]:
            before = (DEFAULT_ENVIRONMENT,) if host in body["own_hosts"] else ()
            by_host[host] = (*by_host.get(host, before), name)
    return by_host


def _api(artifacts: Artifacts, tenant: str, api_id: str, environment: str) -> ServedApi | None:
    # Of a tenant that is deactivated nothing is served; asked together, all this costs one round trip.
    keys = (
        revision_key(tenant, api_id, environment),
        state_key(tenant, api_id),
        closed_key(tenant),
        gateway_policy_key(tenant, environment),
        log_key(tenant, api_id),
    )
    revision, state, closed, everywhere, log = artifacts.get(keys)
    if closed is not None or revision is None:
        return None
    return ServedApi(revision, str(state["state"]) if state else "", everywhere, log)


def _schemas(body: Mapping[str, Any]) -> OperationSchemas:
    from gatehouse.mediation.schema import OperationSchemas  # noqa: PLC0415 -- who validates nothing waits for nothing

    return OperationSchemas.from_body(body)


def _graph(body: Mapping[str, Any]) -> Graph:
    from gatehouse.domain.apis.graphql import Graph  # noqa: PLC0415 -- as above

    return Graph.from_body(body)


def _roles(body: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(body["roles"])


def _trusted(artifacts: Artifacts, tenant: str, host: str) -> tuple[str, ...]:
    found = artifacts.partition(trust_partition(tenant, host))
    return tuple(str(found[alias]["content"]) for alias in sorted(found))


def _denials(artifacts: Artifacts, tenant: str) -> Denials:
    return Denials(map(Denial.from_body, artifacts.partition(denial_partition(tenant)).values()))


def _rules(artifacts: Artifacts, tenant: str) -> tuple[CustomRule, ...]:
    found = artifacts.partition(rule_partition(tenant))
    return tuple(CustomRule.from_body(found[rule_id]) for rule_id in sorted(found))


def _keys(artifacts: Artifacts, tenant: str) -> tuple[Sequence[Mapping[str, object]], bool]:
    # Asked together, it costs no round trip to know whether our own key manager is on.
    body, resident = artifacts.get([keys_key(tenant), resident_key(tenant)])
    keys = body.get("keys") if body else None
    return keys if isinstance(keys, list) else [], resident is None or bool(resident["enabled"])


def _issuers(artifacts: Artifacts, tenant: str) -> Mapping[str, Issuer]:
    found = map(Issuer.from_body, artifacts.partition(issuer_partition(tenant)).values())
    return {name: issuer for issuer in found for name in issuer.names}


def _everybodys_issuers(artifacts: Artifacts, _tenant: str) -> Mapping[str, Issuer]:
    return _issuers(artifacts, ALL_TENANTS)


def _revoked(artifacts: Artifacts, tenant: str, token_id: str, client_id: str, user: str, issued_at: int) -> bool:
    found = artifacts.get(revocation_keys(tenant, token=token_id, client=client_id, user=user))
    return any(revokes(revocation, issued_at) for revocation in found)


def _key_ended(artifacts: Artifacts, tenant: str, token_id: str, issued_at: int) -> bool:
    # Of itself alone: who voids all tokens of a user or a tenant means what people log in for, not keys of machines.
    (revocation,) = artifacts.get([revocation_key(tenant, RevocationKind.TOKEN, token_id)])
    return revokes(revocation, issued_at)


ENVIRONMENTS = Question(Category.APIS, _environments)
ROUTES = Question(Category.APIS, _routes)
API = Question(Category.APIS, _api)
MOCK = Question(Category.APIS, _one(mock_key, dict[str, Any]))
SCHEMAS = Question(Category.APIS, _one(schema_key, _schemas))
GRAPH = Question(Category.APIS, _one(graph_key, _graph))
ROLES_OF_SCOPE = Question(Category.APIS, _one(scope_key, _roles))
APPLICATION = Question(Category.APPLICATIONS, _one(client_key, ApplicationGrant.from_body))
PROFILE = Question(Category.APPLICATIONS, _one(application_key, ApplicationProfile.from_body))
API_KEY = Question(Category.APPLICATIONS, _one(api_key_key, ApiKeyGrant.from_body))
SUBSCRIPTION = Question(Category.APPLICATIONS, _one(subscription_key, SubscriptionGrant.from_body))
TERMS = Question(Category.POLICIES, _one(policy_key, Terms.from_body))
DENIALS = Question(Category.POLICIES, _denials)
RULES = Question(Category.POLICIES, _rules)
INTERNAL_KEY = Question(Category.TRUST, _one(internal_key_key, InternalKeyGrant.from_body))
CERTIFICATE = Question(Category.TRUST, _one(certificate_key, CertificateGrant.from_body))
TRUSTED = Question(Category.TRUST, _trusted)
KEYS = Question(Category.KEYS, _keys)
ISSUERS = Question(Category.KEYS, _issuers)
EVERYBODYS_ISSUERS = Question(Category.KEYS, _everybodys_issuers)
OPAQUE_TOKEN = Question(Category.REVOCATIONS, _one(token_key, claims_of))
REVOKED = Question(Category.REVOCATIONS, _revoked)
KEY_ENDED = Question(Category.REVOCATIONS, _key_ended)
