"""The catalogue is what this execution environment knows of the artifacts, and how old that knowledge may be.

Every answer is cached until its category's counter in the tenant's epoch moves, or `LIFETIME_SECONDS` pass. The epoch is
read again beside the backend call when it is older than `refresh_after`, and before the call when it is older than
`max_staleness`: so a change holds everywhere within that bound, and a warm call reads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from gatehouse.dataplane.limits.denials import Denials
from gatehouse.dataplane.served import ServedApi
from gatehouse.domain.artifact import (
    Category,
    RevocationKind,
    api_key_key,
    application_key,
    certificate_key,
    client_key,
    denial_partition,
    graph_key,
    internal_key_key,
    issuer_partition,
    keys_key,
    mock_key,
    policy_key,
    revision_key,
    revocation_key,
    route_partition,
    rule_partition,
    schema_key,
    scope_key,
    state_key,
    subscription_key,
    trust_partition,
)
from gatehouse.domain.custom_rule import CustomRule
from gatehouse.domain.denial import Denial
from gatehouse.domain.grant import (
    ApiKeyGrant,
    ApplicationGrant,
    ApplicationProfile,
    CertificateGrant,
    InternalKeyGrant,
    SubscriptionGrant,
)
from gatehouse.domain.identity import SUPER_TENANT
from gatehouse.domain.issuer import Issuer
from gatehouse.domain.policy import PolicyKind, Terms
from gatehouse.domain.token import revokes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatehouse.dataplane.evidence import Target
    from gatehouse.domain.artifact import ArtifactKey
    from gatehouse.domain.deployed import DeployedApi
    from gatehouse.domain.graphql import Graph
    from gatehouse.domain.token import Claims
    from gatehouse.mediation.schema import OperationSchemas
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.world import Clock

LIFETIME_SECONDS = 300.0
"""How long an answer is kept though no epoch moved: the backstop for a bump that was lost."""

ENTRIES_MAX = 20_000
"""How many answers of one tenant and category are kept; the oldest go first."""

APIS_MAX = 2_000
"""As above, of deployed APIs and their base paths: an API with 500 operations is half a megabyte of objects."""

T = TypeVar("T")


class Catalogue:
    """Looks up what a call needs, from memory when it can. Raises Unavailable when the table does not answer.

    Not for concurrent calls: a Lambda environment serves one call at a time, and only `refresh` runs beside it.
    """

    def __init__(self, artifacts: Artifacts, clock: Clock, *, max_staleness: float, refresh_after: float) -> None:
        """Ages in seconds."""
        self._artifacts = artifacts
        self._clock = clock
        self._max_staleness = max_staleness
        self._refresh_after = refresh_after
        self._views: dict[str, _View] = {}

    def routes(self, tenant: str, segment: str) -> Mapping[str, str]:
        """Base path → API id, of all deployed APIs whose base path starts with this segment."""

        def load() -> Mapping[str, str]:
            found = self._artifacts.partition(route_partition(tenant, segment))
            return {base_path: str(body["api_id"]) for base_path, body in found.items()}

        return self._fresh(tenant).answer(Category.APIS, ("routes", segment), load)

    def api(self, tenant: str, api_id: str) -> ServedApi | None:
        """The deployed revision of an API, None when there is none."""

        def load() -> ServedApi | None:
            revision, state = self._artifacts.get([revision_key(tenant, api_id), state_key(tenant, api_id)])
            return ServedApi(revision, str(state["state"]) if state else "") if revision else None

        return self._fresh(tenant).answer(Category.APIS, ("api", api_id), load)

    def mocked(self, target: Target) -> Mapping[str, Any] | None:
        """The mocked answer of an operation: `{status, headers, body}`."""
        deployed, operation = target.api.deployed, target.operation
        key = mock_key(deployed.tenant, deployed.id, deployed.revision, f"{operation.verb} {operation.target}")
        return self._one(key, dict)

    def schemas(self, target: Target) -> OperationSchemas | None:
        """What an operation's requests and responses must look like."""
        deployed, operation = target.api.deployed, target.operation
        key = schema_key(deployed.tenant, deployed.id, deployed.revision, f"{operation.verb} {operation.target}")

        def read(body: Mapping[str, Any]) -> OperationSchemas:
            from gatehouse.mediation.schema import OperationSchemas  # noqa: PLC0415 -- who validates nothing waits for nothing

            return OperationSchemas.from_body(body)

        return self._one(key, read)

    def graph(self, deployed: DeployedApi) -> Graph | None:
        """What the schema of a GraphQL API says."""

        def read(body: Mapping[str, Any]) -> Graph:
            from gatehouse.domain.graphql import Graph  # noqa: PLC0415 -- as above

            return Graph.from_body(body)

        return self._one(graph_key(deployed.tenant, deployed.id, deployed.revision), read)

    def application(self, tenant: str, consumer_key: str, key_manager: str = "") -> ApplicationGrant | None:
        """The application behind a consumer key; `key_manager` is the id of an external one."""
        return self._one(client_key(tenant, consumer_key, key_manager), ApplicationGrant.from_body)

    def api_key(self, tenant: str, digest: str) -> ApiKeyGrant | None:
        """What the API key with this SHA-256 digest opens."""
        return self._one(api_key_key(tenant, digest), ApiKeyGrant.from_body)

    def internal_key(self, tenant: str, api_id: str, digest: str) -> InternalKeyGrant | None:
        """For how long the key with this SHA-256 digest opens this API."""
        return self._one(internal_key_key(tenant, api_id, digest), InternalKeyGrant.from_body)

    def certificate(self, target: Target, fingerprint: str) -> CertificateGrant | None:
        """What the client certificate with this fingerprint opens the API for."""
        deployed = target.api.deployed
        key = certificate_key(deployed.tenant, deployed.id, deployed.revision, fingerprint)
        return self._one(key, CertificateGrant.from_body)

    def trusted(self, tenant: str, host: str) -> tuple[str, ...]:
        """The certificates (PEM) that are trusted of a host, besides those of the public authorities."""

        def load() -> tuple[str, ...]:
            found = self._artifacts.partition(trust_partition(tenant, host))
            return tuple(str(found[alias]["content"]) for alias in sorted(found))

        return self._fresh(tenant).answer(Category.TRUST, ("trusted", host), load)

    def roles_of_scope(self, tenant: str, scope: str) -> frozenset[str] | None:
        """The roles that a scope is bound to, none for one that everybody may have; None for one that is not there."""
        return self._one(scope_key(tenant, scope), lambda body: frozenset(body["roles"]))

    def profile(self, tenant: str, application_id: str) -> ApplicationProfile | None:
        """An application by its id, for credentials that name it."""
        return self._one(application_key(tenant, application_id), ApplicationProfile.from_body)

    def subscription(self, tenant: str, application_id: str, api_id: str) -> SubscriptionGrant | None:
        """The subscription of an application to an API."""
        return self._one(subscription_key(tenant, application_id, api_id), SubscriptionGrant.from_body)

    def terms(self, tenant: str, kind: PolicyKind, name: str) -> Terms | None:
        """The limits of a throttling policy."""
        return self._one(policy_key(tenant, kind, name), Terms.from_body)

    def denials(self, tenant: str) -> Denials:
        """The deny policies of a tenant that are on."""

        def load() -> Denials:
            return Denials(map(Denial.from_body, self._artifacts.partition(denial_partition(tenant)).values()))

        return self._fresh(tenant).answer(Category.POLICIES, ("denials", ""), load)

    def rules(self) -> tuple[CustomRule, ...]:
        """The custom rules, which the super tenant has and which are about everybody's calls."""

        def load() -> tuple[CustomRule, ...]:
            found = self._artifacts.partition(rule_partition(SUPER_TENANT))
            return tuple(CustomRule.from_body(found[rule_id]) for rule_id in sorted(found))

        return self._fresh(SUPER_TENANT).answer(Category.POLICIES, ("rules", ""), load)

    def keys(self, tenant: str) -> Sequence[Mapping[str, object]]:
        """The public signing keys (JWKs) of the tenant's tokens."""

        def load() -> Sequence[Mapping[str, object]]:
            (body,) = self._artifacts.get([keys_key(tenant)])
            keys = body.get("keys") if body else None
            return keys if isinstance(keys, list) else []

        return self._fresh(tenant).answer(Category.KEYS, ("keys", ""), load)

    def issuers(self, tenant: str) -> Mapping[str, Issuer]:
        """The external issuers of the tenant, by their name in tokens."""

        def load() -> Mapping[str, Issuer]:
            found = self._artifacts.partition(issuer_partition(tenant))
            return {issuer: Issuer.from_body(body) for issuer, body in found.items()}

        return self._fresh(tenant).answer(Category.KEYS, ("issuers", ""), load)

    def changes(self, tenant: str, category: Category) -> int:
        """How often anything of this category has changed, as far as this environment has heard."""
        return self._fresh(tenant).changes(category)

    def revoked(self, tenant: str, claims: Claims, user: str) -> bool:
        """Whether the token, all tokens of its client or all tokens of its user have been revoked."""

        def load() -> bool:
            subjects = (
                (RevocationKind.TOKEN, claims.token_id),
                (RevocationKind.CLIENT, claims.client_id),
                (RevocationKind.USER, user),
            )
            found = self._artifacts.get([revocation_key(tenant, kind, subject) for kind, subject in subjects])
            return any(revokes(revocation, claims.issued_at) for revocation in found)

        return self._fresh(tenant).answer(Category.REVOCATIONS, ("token", claims.token_id), load)

    def version(self, tenant: str) -> str:
        """What this environment's knowledge of a tenant is: the counters of its epoch, as `apis.12-keys.1`."""
        view = self._views.get(tenant)
        return view.version if view is not None else ""

    def refresh_due(self, tenant: str) -> bool:
        """Whether what is known of this tenant should be renewed beside the backend call."""
        view = self._views.get(tenant)
        return view is not None and self._clock.now() - view.checked_at > self._refresh_after

    def refresh(self, tenant: str) -> bool:
        """Read the tenant's epoch and forget what has changed; whether anything had."""
        now = self._clock.now()
        epoch = self._artifacts.epoch(tenant)
        view = self._views.get(tenant)
        if view is None:
            self._views[tenant] = _View(self._clock, epoch, now)
            return True
        return view.moved_to(epoch, now)

    def _one(self, key: ArtifactKey, read: Callable[[Mapping[str, Any]], T]) -> T | None:
        """What is read from the artifact under this key, None when there is none."""

        def load() -> T | None:
            (body,) = self._artifacts.get([key])
            return read(body) if body else None

        return self._fresh(key.tenant).answer(key.category, (key.partition, key.name), load)

    def _fresh(self, tenant: str) -> _View:
        view = self._views.get(tenant)
        if view is None or self._clock.now() - view.checked_at > self._max_staleness:
            self.refresh(tenant)
            view = self._views[tenant]
        return view


class _View:
    """What is known of one tenant: the epoch it was true at, and the answers by category."""

    __slots__ = ("_answers", "_clock", "_epoch", "checked_at", "version")

    def __init__(self, clock: Clock, epoch: Mapping[str, int], now: float) -> None:
        self._clock = clock
        self._epoch = dict(epoch)
        self.version = _named(epoch)
        self.checked_at = now
        self._answers: dict[str, dict[tuple[str, str], tuple[float, object]]] = {}

    def moved_to(self, epoch: Mapping[str, int], now: float) -> bool:
        # `now` was taken before the epoch was read, so the age is never understated.
        changed = [category for category, count in epoch.items() if self._epoch.get(category) != count]
        for category in changed:
            self._answers.pop(category, None)
        self.checked_at = now
        if changed:
            self._epoch = dict(epoch)
            self.version = _named(epoch)
        return bool(changed)

    def changes(self, category: Category) -> int:
        return self._epoch.get(category, 0)

    def answer(self, category: Category, question: tuple[str, str], load: Callable[[], T]) -> T:
        answers = self._answers.get(category)
        if answers is None:
            answers = self._answers[category] = {}
        now = self._clock.now()
        known = answers.get(question)
        if known is not None and known[0] > now:
            # The question's first part fixes the type of its answer.
            return cast("T", known[1])
        answer = load()
        if len(answers) >= (APIS_MAX if category is Category.APIS else ENTRIES_MAX):
            del answers[next(iter(answers))]
        answers[question] = (now + LIFETIME_SECONDS, answer)
        return answer


def _named(epoch: Mapping[str, int]) -> str:
    return "-".join(f"{category}.{count}" for category, count in sorted(epoch.items()))
