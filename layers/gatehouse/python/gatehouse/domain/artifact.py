"""An artifact is an answer that the control plane wrote down for the call path to look up.

Each has a full key (partition and name) and a JSON body. Every artifact belongs to a category of its tenant; a change
bumps the category's counter in the tenant's epoch, which is how each execution environment learns what to forget.

| partition                   | name              | body                                                        | category |
|-----------------------------|-------------------|-------------------------------------------------------------|----------|
| `{tenant}#ROUTES#{segment}` | base path         | `{api_id}`: all APIs whose path starts with that segment     | apis |
| `{tenant}#API#{api_id}`     | `REVISION`        | the deployed revision, compiled (controlplane/compilation)   | apis |
| `{tenant}#API#{api_id}`     | `REVISION {environment}` | the same, in another gateway environment than `Default` | apis |
| `{tenant}#API#{api_id}`     | `STATE`           | `{state}`: the life-cycle state, e.g. `PUBLISHED`            | apis |
| `{tenant}#API#{api_id}`     | `LOG`             | `{levels}`: how much is logged, by operation (`publishing.log_level`) | apis |
| `{tenant}#SYSTEMSCOPES`     | `ROLES`           | `{roles, aliases}`: which roles have which management scope  | apis |
| `{tenant}#ENVIRONMENT`      | environment       | `{hosts, own_hosts}` (the latter are `Default`'s too)        | apis |
| `{tenant}#GATEWAYPOLICY`    | environment       | what happens to the calls of all APIs there (`Mediation`)    | apis |
| `{tenant}#TENANT`           | `CLOSED`          | `{}`: the tenant is deactivated, and with it all its APIs    | apis |
| `{tenant}#CLIENT#{key}`     | `GRANT`           | the application behind a consumer key (`application_grant`)  | applications |
| `{tenant}#KEYMANAGER#{id}#CLIENT#{key}` | `GRANT` | the same, for a client at an external key manager          | applications |
| `{tenant}#APP#{app_id}`     | `PROFILE`         | the application by itself (`application_profile`)           | applications |
| `{tenant}#APIKEY#{digest}`  | `GRANT`           | what an API key opens that does not say it (`api_key_grant`) | applications |
| `{tenant}#SUB#{app_id}`     | api id            | the subscription and its plan (`subscription_grant`)         | applications |
| `{tenant}#ABROAD#{app_id}`  | api id            | `{tenant}`: whose the API is that it is subscribed to         | applications |
| `{tenant}#POLICY#{kind}`    | policy name       | the limits of a throttling policy (`policy_terms`)           | policies |
| `{tenant}#DENY`             | condition id      | a deny policy (`throttling.denial`)                              | policies |
| `{tenant}#RULE`             | rule id           | a custom rule; the super tenant's (`throttling.custom_rule`)     | policies |
| `{tenant}#REVOKED#{what}`   | token, client, …  | `{before}`: tokens issued before this second are void        | revocations |
| `{tenant}#TOKEN`            | SHA-256           | the claims of an opaque access token of ours                 | revocations |
| `{tenant}#SCOPE`            | scope             | `{roles: [...]}`: who may have it; the token endpoint asks   | apis |
| `{tenant}#FACTS#{api_id}#{revision}` | `MOCK {verb} {target}`   | the mocked answer of an operation           | apis |
| `{tenant}#FACTS#{api_id}#{revision}` | `SCHEMA {verb} {target}` | the schemas of an operation (`mediation`)   | apis |
| `{tenant}#FACTS#{api_id}#{revision}` | `GRAPH`  | what a GraphQL schema says (`domain.apis.graphql`)               | apis |
| `{tenant}#FACTS#{api_id}#{revision}` | `CERT {fingerprint}` | a client certificate (`certificate_grant`)    | trust |
| `{tenant}#API#{api_id}`     | `TESTKEY {digest}` | what a key for trying the API out opens (`internal_key_grant`) | trust |
| `{tenant}#TRUST#{host}`     | alias             | `{content}`: a certificate (PEM) trusted when that host shows it | trust |
| `{tenant}#KEYS`             | `JWKS`            | `{keys: [...]}`: the public signing keys, RFC 7517 §5        | keys |
| `{tenant}#KEYS`             | `RESIDENT`        | `{enabled}`: whether our own key manager is on               | keys |
| `{tenant}#ISSUER`           | issuer            | how tokens of an external key manager are checked (`issuer`) | keys |

Key managers of all tenants stand under `WSO2-ALL-TENANTS`; the super tenant's counter tells of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.revision import DEFAULT_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL_TENANTS = "WSO2-ALL-TENANTS"
"""What stands where a tenant's name would, of a key manager that all tenants have."""


class Category(StrEnum):
    """What a change makes environments forget."""

    APIS = "apis"
    APPLICATIONS = "applications"
    POLICIES = "policies"
    REVOCATIONS = "revocations"
    KEYS = "keys"
    TRUST = "trust"


class RevocationKind(StrEnum):
    """What a revocation voids: a token by its `jti`, or all of a client, a user or the tenant, issued before a second."""

    TOKEN = "TOKEN"
    CLIENT = "CLIENT"
    USER = "USER"
    TENANT = "TENANT"


@dataclass(frozen=True, slots=True)
class ArtifactKey:
    """The full key of one artifact."""

    tenant: str
    category: Category
    partition: str
    name: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """A body to be looked up under a key. `expires_at` is in epoch seconds; 0 keeps it until withdrawn."""

    key: ArtifactKey
    body: Mapping[str, object] = field(hash=False)
    expires_at: int = 0


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The artifact under this key shall no longer be found."""

    key: ArtifactKey


Change = Artifact | Withdrawal


def first_segment(path: str) -> str:
    """`/pizza/1.0.0/menu` → `pizza`. The tenant prefix `/t/{domain}` is taken off before."""
    return path.lstrip("/").partition("/")[0]


def route_partition(tenant: str, segment: str) -> str:
    """Where the base paths stand that begin with this path segment."""
    return f"{tenant}#ROUTES#{segment}"


def route_key(tenant: str, base_path: str) -> ArtifactKey:
    """`base_path` has a leading slash, the version in place, and neither tenant prefix nor trailing slash."""
    return ArtifactKey(tenant, Category.APIS, route_partition(tenant, first_segment(base_path)), base_path)


def revision_key(tenant: str, api_id: str, environment: str = DEFAULT_ENVIRONMENT) -> ArtifactKey:
    """The revision of an API that is deployed in a gateway environment."""
    name = "REVISION" if environment == DEFAULT_ENVIRONMENT else f"REVISION {environment}"
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#API#{api_id}", name)


def environment_partition(tenant: str) -> str:
    """Where the gateway environments of a tenant stand, but for the stage's own."""
    return f"{tenant}#ENVIRONMENT"


def environment_key(tenant: str, environment: str) -> ArtifactKey:
    """The host names of a gateway environment."""
    return ArtifactKey(tenant, Category.APIS, environment_partition(tenant), environment)


def state_key(tenant: str, api_id: str) -> ArtifactKey:
    """The life-cycle state of an API."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#API#{api_id}", "STATE")


def log_key(tenant: str, api_id: str) -> ArtifactKey:
    """How much is logged of an API's calls; absent while nobody has asked for more than the line."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#API#{api_id}", "LOG")


def system_scopes_key(tenant: str) -> ArtifactKey:
    """Which roles of a tenant have which scopes of the management interfaces; absent while it is as by default."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#SYSTEMSCOPES", "ROLES")


def gateway_policy_key(tenant: str, environment: str) -> ArtifactKey:
    """What happens to the calls of all APIs in a gateway environment; absent where nothing does."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#GATEWAYPOLICY", environment)


def closed_key(tenant: str) -> ArtifactKey:
    """That a tenant is deactivated; absent while it is active."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#TENANT", "CLOSED")


def mock_key(tenant: str, api_id: str, revision: int, operation: str) -> ArtifactKey:
    """The mocked answer of one operation (`GET /items`) of a revision."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#FACTS#{api_id}#{revision}", f"MOCK {operation}")


def schema_key(tenant: str, api_id: str, revision: int, operation: str) -> ArtifactKey:
    """What the requests and responses of one operation (`GET /items`) of a revision must look like."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#FACTS#{api_id}#{revision}", f"SCHEMA {operation}")


def graph_key(tenant: str, api_id: str, revision: int) -> ArtifactKey:
    """What the GraphQL schema of a revision says."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#FACTS#{api_id}#{revision}", "GRAPH")


def client_key(tenant: str, consumer_key: str, key_manager: str = "") -> ArtifactKey:
    """The application that a consumer key stands for; `key_manager` is the id of an external one.

    Each key manager names its clients as it likes: theirs must never be taken for ours or for another's.
    """
    where = f"{tenant}#KEYMANAGER#{key_manager}" if key_manager else tenant
    return ArtifactKey(tenant, Category.APPLICATIONS, f"{where}#CLIENT#{consumer_key}", "GRANT")


def application_key(tenant: str, application_id: str) -> ArtifactKey:
    """The application by itself, for credentials that name it."""
    return ArtifactKey(tenant, Category.APPLICATIONS, f"{tenant}#APP#{application_id}", "PROFILE")


def api_key_key(tenant: str, digest: str) -> ArtifactKey:
    """What an API key opens; `digest` is the key's SHA-256 in hexadecimal."""
    return ArtifactKey(tenant, Category.APPLICATIONS, f"{tenant}#APIKEY#{digest}", "GRANT")


def subscription_key(tenant: str, application_id: str, api_id: str) -> ArtifactKey:
    """The subscription of an application, of whatever tenant, to an API of this one."""
    return ArtifactKey(tenant, Category.APPLICATIONS, f"{tenant}#SUB#{application_id}", api_id)


def abroad_partition(tenant: str, application_id: str) -> str:
    """Where it stands which APIs of other tenants an application is subscribed to."""
    return f"{tenant}#ABROAD#{application_id}"


def abroad_key(tenant: str, application_id: str, api_id: str) -> ArtifactKey:
    """The tenant of an API that an application of this tenant is subscribed to."""
    return ArtifactKey(tenant, Category.APPLICATIONS, abroad_partition(tenant, application_id), api_id)


def policy_key(tenant: str, kind: str, name: str) -> ArtifactKey:
    """A throttling policy; `kind` is a value of `domain.throttling.policy.PolicyKind`."""
    return ArtifactKey(tenant, Category.POLICIES, f"{tenant}#POLICY#{kind}", name)


def denial_partition(tenant: str) -> str:
    """Where a tenant's deny policies stand that are on."""
    return f"{tenant}#DENY"


def denial_key(tenant: str, condition_id: str) -> ArtifactKey:
    """A deny policy that is on."""
    return ArtifactKey(tenant, Category.POLICIES, denial_partition(tenant), condition_id)


def rule_partition(tenant: str) -> str:
    """Where the custom rules stand; those of the super tenant are about everybody's calls."""
    return f"{tenant}#RULE"


def rule_key(tenant: str, rule_id: str) -> ArtifactKey:
    """A custom rule."""
    return ArtifactKey(tenant, Category.POLICIES, rule_partition(tenant), rule_id)


def revocation_key(tenant: str, kind: RevocationKind, subject: str) -> ArtifactKey:
    """A revocation; `subject` is a `jti`, a consumer key or a user name without its tenant."""
    return ArtifactKey(tenant, Category.REVOCATIONS, f"{tenant}#REVOKED#{kind}", subject)


def tenant_revocation_key(tenant: str) -> ArtifactKey:
    """The revocation of all that was issued in a tenant before a second."""
    return revocation_key(tenant, RevocationKind.TENANT, "ALL")


def revocation_keys(tenant: str, *, token: str = "", client: str = "", user: str = "") -> list[ArtifactKey]:
    """All revocations that may void what was issued to these: what is "" does not matter, the tenant always does."""
    subjects = ((RevocationKind.TOKEN, token), (RevocationKind.CLIENT, client), (RevocationKind.USER, user))
    keys = [revocation_key(tenant, kind, subject) for kind, subject in subjects if subject]
    return [*keys, tenant_revocation_key(tenant)]


def token_key(tenant: str, digest: str) -> ArtifactKey:
    """What an opaque access token says; `digest` is the token's SHA-256 in hexadecimal."""
    return ArtifactKey(tenant, Category.REVOCATIONS, f"{tenant}#TOKEN", digest)


def scope_key(tenant: str, scope: str) -> ArtifactKey:
    """The roles that an API's scope is bound to; an empty list binds it to nobody in particular, so all may have it."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#SCOPE", scope)


def certificate_key(tenant: str, api_id: str, revision: int, fingerprint: str) -> ArtifactKey:
    """A client certificate that a revision of an API knows; `fingerprint` is the SHA-256 of its DER in hexadecimal."""
    return ArtifactKey(tenant, Category.TRUST, f"{tenant}#FACTS#{api_id}#{revision}", f"CERT {fingerprint}")


def internal_key_key(tenant: str, api_id: str, digest: str) -> ArtifactKey:
    """What a key for trying an API out opens; `digest` is the key's SHA-256 in hexadecimal."""
    return ArtifactKey(tenant, Category.TRUST, f"{tenant}#API#{api_id}", f"TESTKEY {digest}")


def trust_partition(tenant: str, host: str) -> str:
    """Where the certificates stand that are trusted of a host, besides those of the public authorities."""
    return f"{tenant}#TRUST#{host}"


def trust_key(tenant: str, host: str, alias: str) -> ArtifactKey:
    """A certificate that is trusted of a host."""
    return ArtifactKey(tenant, Category.TRUST, trust_partition(tenant, host), alias)


def keys_key(tenant: str) -> ArtifactKey:
    """The public signing keys of a tenant's tokens."""
    return ArtifactKey(tenant, Category.KEYS, f"{tenant}#KEYS", "JWKS")


def resident_key(tenant: str) -> ArtifactKey:
    """Whether tokens of the tenant's own key manager open its APIs; absent while they do."""
    return ArtifactKey(tenant, Category.KEYS, f"{tenant}#KEYS", "RESIDENT")


def issuer_partition(tenant: str) -> str:
    """Where a tenant's external issuers stand."""
    return f"{tenant}#ISSUER"


def issuer_key(tenant: str, issuer: str) -> ArtifactKey:
    """How tokens of an external issuer are checked; `tenant` may be ALL_TENANTS."""
    told_by = SUPER_TENANT if tenant == ALL_TENANTS else tenant
    return ArtifactKey(told_by, Category.KEYS, issuer_partition(tenant), issuer)
