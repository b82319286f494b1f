"""The catalogue is what this execution environment knows of the artifacts, and how old that knowledge may be.

Every answer is cached until its category's counter in the tenant's epoch moves, or `LIFETIME_SECONDS` pass. The epoch is
read again beside the backend call when it is older than `refresh_after`, and before the call when it is older than
`max_staleness`: so a change holds everywhere within that bound, and a warm call reads nothing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from gatehouse.dataplane.knowledge import questions
from gatehouse.domain.artifact import Category
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.revision import DEFAULT_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.dataplane.evidence import Target
    from gatehouse.dataplane.knowledge.questions import Question
    from gatehouse.dataplane.knowledge.served import ServedApi
    from gatehouse.dataplane.limits.denials import Denials
    from gatehouse.domain.apis.graphql import Graph
    from gatehouse.domain.applications.grant import (
        ApiKeyGrant,
        ApplicationGrant,
        ApplicationProfile,
        CertificateGrant,
        InternalKeyGrant,
        SubscriptionGrant,
    )
    from gatehouse.domain.publishing.deployed import DeployedApi
    from gatehouse.domain.throttling.custom_rule import CustomRule
    from gatehouse.domain.throttling.policy import PolicyKind, Terms
    from gatehouse.domain.tokens.issuer import Issuer
    from gatehouse.domain.tokens.token import Claims
    from gatehouse.mediation.schema import OperationSchemas
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.world import Clock

LIFETIME_SECONDS = 300.0
"""How long an answer is kept though no epoch moved: the backstop for a bump that was lost."""

ENTRIES_MAX = 20_000
"""How many answers of one tenant and category are kept; the oldest go first."""

APIS_MAX = 2_000
"""As above, of deployed APIs and their base paths: an API with 500 operations is half a megabyte of objects."""

_ELSEWHERE = (DEFAULT_ENVIRONMENT,)
"""What a host that no environment names belongs to."""

A = TypeVar("A")


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
        return self._answer(questions.ROUTES, tenant, segment)

    def environments(self, tenant: str, host: str) -> tuple[str, ...]:
        """The gateway environments that a host belongs to, in the order in which they are asked for an API."""
        return self._answer(questions.ENVIRONMENTS, tenant).get(host, _ELSEWHERE)

    def anywhere(self, tenant: str, api_id: str) -> ServedApi | None:
        """The revision of an API in `Default`, else in another environment: for calls whose host says nothing."""
        others = {one for there in self._answer(questions.ENVIRONMENTS, tenant).values() for one in there}
        found = (self.api(tenant, api_id, one) for one in (DEFAULT_ENVIRONMENT, *sorted(others)))
        return next(filter(None, found), None)

    def api(self, tenant: str, api_id: str, environment: str = DEFAULT_ENVIRONMENT) -> ServedApi | None:
        """The revision of an API that is deployed in a gateway environment, None when there is none."""
        return self._answer(questions.API, tenant, api_id, environment)

    def mocked(self, target: Target) -> Mapping[str, Any] | None:
        """The mocked answer of an operation: `{status, headers, body}`."""
        deployed, operation = target.api.deployed, target.operation
        name = f"{operation.verb} {operation.target}"
        return self._answer(questions.MOCK, deployed.tenant, deployed.id, deployed.revision, name)

    def schemas(self, target: Target) -> OperationSchemas | None:
        """What an operation's requests and responses must look like."""
        deployed, operation = target.api.deployed, target.operation
        name = f"{operation.verb} {operation.target}"
        return self._answer(questions.SCHEMAS, deployed.tenant, deployed.id, deployed.revision, name)

    def graph(self, deployed: DeployedApi) -> Graph | None:
        """What the schema of a GraphQL API says."""
        return self._answer(questions.GRAPH, deployed.tenant, deployed.id, deployed.revision)

    def application(self, tenant: str, consumer_key: str, key_manager: str = "") -> ApplicationGrant | None:
        """The application behind a consumer key; `key_manager` is the id of an external one."""
        return self._answer(questions.APPLICATION, tenant, consumer_key, key_manager)

    def api_key(self, tenant: str, digest: str) -> ApiKeyGrant | None:
        """What the API key with this SHA-256 digest opens."""
        return self._answer(questions.API_KEY, tenant, digest)

    def internal_key(self, tenant: str, api_id: str, digest: str) -> InternalKeyGrant | None:
        """For how long the key with this SHA-256 digest opens this API."""
        return self._answer(questions.INTERNAL_KEY, tenant, api_id, digest)

    def certificate(self, target: Target, fingerprint: str) -> CertificateGrant | None:
        """What the client certificate with this fingerprint opens the API for."""
        deployed = target.api.deployed
        return self._answer(questions.CERTIFICATE, deployed.tenant, deployed.id, deployed.revision, fingerprint)

    def trusted(self, tenant: str, host: str) -> tuple[str, ...]:
        """The certificates (PEM) that are trusted of a host, besides those of the public authorities."""
        return self._answer(questions.TRUSTED, tenant, host)

    def roles_of_scope(self, tenant: str, scope: str) -> frozenset[str] | None:
        """The roles that a scope is bound to, none for one that everybody may have; None for one that is not there."""
        return self._answer(questions.ROLES_OF_SCOPE, tenant, scope)

    def profile(self, tenant: str, application_id: str) -> ApplicationProfile | None:
        """An application by its id, for credentials that name it."""
        return self._answer(questions.PROFILE, tenant, application_id)

    def subscription(self, tenant: str, application_id: str, api_id: str) -> SubscriptionGrant | None:
        """The subscription of an application to an API."""
        return self._answer(questions.SUBSCRIPTION, tenant, application_id, api_id)

    def terms(self, tenant: str, kind: PolicyKind, name: str) -> Terms | None:
        """The limits of a throttling policy."""
        return self._answer(questions.TERMS, tenant, kind, name)

    def denials(self, tenant: str) -> Denials:
        """The deny policies of a tenant that are on."""
        return self._answer(questions.DENIALS, tenant)

    def rules(self) -> tuple[CustomRule, ...]:
        """The custom rules, which the super tenant has and which are about everybody's calls."""
        return self._answer(questions.RULES, SUPER_TENANT)

    def keys(self, tenant: str) -> Sequence[Mapping[str, object]]:
        """The public signing keys (JWKs) of the tenant's tokens."""
        return self._answer(questions.KEYS, tenant)[0]

    def resident_enabled(self, tenant: str) -> bool:
        """Whether tokens of the tenant's own key manager open its APIs."""
        return self._answer(questions.KEYS, tenant)[1]

    def issuers(self, tenant: str) -> Mapping[str, Issuer]:
        """The external issuers of the tenant, its own and those that all tenants have, by their names in tokens.

        One of its own stands before another of the same name, in tokens or as a key manager.
        """
        own = self._answer(questions.ISSUERS, tenant)
        everybodys = self._answer(questions.EVERYBODYS_ISSUERS, SUPER_TENANT)
        if not everybodys:
            return own
        taken = {issuer.name.lower() for issuer in own.values()}
        return {name: issuer for name, issuer in everybodys.items() if issuer.name.lower() not in taken} | dict(own)

    def changes(self, tenant: str, category: Category) -> int:
        """How often anything of this category has changed, as far as this environment has heard."""
        return self._fresh(tenant).changes(category)

    def opaque_token(self, tenant: str, digest: str) -> Claims | None:
        """What an opaque access token of ours says, by its SHA-256; None when there is none."""
        return self._answer(questions.OPAQUE_TOKEN, tenant, digest)

    def revoked(self, tenant: str, claims: Claims, user: str) -> bool:
        """Whether the token, all tokens of its client or all tokens of its user have been revoked."""
        return self._answer(questions.REVOKED, tenant, claims.token_id, claims.client_id, user, claims.issued_at)

    def key_ended(self, tenant: str, token_id: str, issued_at: int) -> bool:
        """Whether the signed API key with this `jti` has been revoked."""
        return self._answer(questions.KEY_ENDED, tenant, token_id, issued_at)

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
            self._views[tenant] = _View(epoch, now)
            return True
        return view.moved_to(epoch, now)

    def _answer(self, question: Question[A], tenant: str, *about: object) -> A:
        """What is known, else what the table says. A warm call comes here nine times."""
        view = self._fresh(tenant)
        # Taken before the table is asked: what a refresh meanwhile finds outdated goes with it, the new answer included.
        answers = view.answers[question.category]
        known = answers.get((question, *about))
        # Measured by the last refresh, which is recent enough for a backstop and spares a look at the clock.
        if known is not None and known[0] > view.checked_at:
            remembered: A = known[1]
            return remembered
        answer = question.load(self._artifacts, tenant, *about)
        if len(answers) >= (APIS_MAX if question.category is Category.APIS else ENTRIES_MAX):
            del answers[next(iter(answers))]
        answers[(question, *about)] = (view.checked_at + LIFETIME_SECONDS, answer)
        return answer

    def _fresh(self, tenant: str) -> _View:
        view = self._views.get(tenant)
        if view is None or self._clock.now() - view.checked_at > self._max_staleness:
            self.refresh(tenant)
            view = self._views[tenant]
        return view


class _View:
    """What is known of one tenant: the epoch it was true at, and by category the answers, with the time they go out of date."""

    __slots__ = ("_epoch", "answers", "checked_at", "version")

    def __init__(self, epoch: Mapping[str, int], now: float) -> None:
        self._epoch = dict(epoch)
        self.version = _named(epoch)
        self.checked_at = now
        self.answers: defaultdict[str, dict[tuple[object, ...], tuple[float, Any]]] = defaultdict(dict)

    def moved_to(self, epoch: Mapping[str, int], now: float) -> bool:
        # `now` was taken before the epoch was read, so the age is never understated.
        changed = [category for category, count in epoch.items() if self._epoch.get(category) != count]
        for category in changed:
            self.answers.pop(category, None)
        self.checked_at = now
        if changed:
            self._epoch = dict(epoch)
            self.version = _named(epoch)
        return bool(changed)

    def changes(self, category: Category) -> int:
        return self._epoch.get(category, 0)


def _named(epoch: Mapping[str, int]) -> str:
    return "-".join(f"{category}.{count}" for category, count in sorted(epoch.items()))
