"""An artifact is an answer that the control plane wrote down for the call path to look up.

Each has a full key (partition and name) and a JSON body. Every artifact belongs to a category of its tenant; a change
bumps the category's counter in the tenant's epoch, which is how each execution environment learns what to forget.

| partition                   | name              | body                                                        | category |
|-----------------------------|-------------------|-------------------------------------------------------------|----------|
| `{tenant}#ROUTES#{segment}` | base path         | `{api_id}`: all APIs whose path starts with that segment     | apis |
| `{tenant}#API#{api_id}`     | `REVISION`        | the deployed revision, compiled (controlplane/compilation)   | apis |
| `{tenant}#API#{api_id}`     | `STATE`           | `{state}`: the life-cycle state, e.g. `PUBLISHED`            | apis |
| `{tenant}#CLIENT#{key}`     | `GRANT`           | the application behind a consumer key (`application_grant`)  | applications |
| `{tenant}#KEYMANAGER#{id}#CLIENT#{key}` | `GRANT` | the same, for a client at an external key manager          | applications |
| `{tenant}#SUB#{app_id}`     | api id            | the subscription and its plan (`subscription_grant`)         | applications |
| `{tenant}#POLICY#{kind}`    | policy name       | the limits of a throttling policy (`policy_terms`)           | policies |
| `{tenant}#REVOKED#{what}`   | token, client, …  | `{before}`: tokens issued before this second are void        | revocations |
| `{tenant}#SCOPE`            | scope             | `{roles: [...]}`: who may have it; the token endpoint asks   | apis |
| `{tenant}#API#{api_id}`     | `MOCK {verb} {target}`   | the mocked answer of an operation                   | apis |
| `{tenant}#API#{api_id}`     | `SCHEMA {verb} {target}` | the schemas of an operation (mediation/schema)      | apis |
| `{tenant}#KEYS`             | `JWKS`            | `{keys: [...]}`: the public signing keys, RFC 7517 §5        | keys |
| `{tenant}#ISSUER`           | issuer            | how tokens of an external key manager are checked (`issuer`) | keys |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Category(StrEnum):
    """What a change makes environments forget."""

    APIS = "apis"
    APPLICATIONS = "applications"
    POLICIES = "policies"
    REVOCATIONS = "revocations"
    KEYS = "keys"


class RevocationKind(StrEnum):
    """What a revocation voids: one token by its `jti`, or all tokens of a client or a user issued before a second."""

    TOKEN = "TOKEN"
    CLIENT = "CLIENT"
    USER = "USER"


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


def revision_key(tenant: str, api_id: str) -> ArtifactKey:
    """The deployed revision of an API."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#API#{api_id}", "REVISION")


def state_key(tenant: str, api_id: str) -> ArtifactKey:
    """The life-cycle state of an API."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#API#{api_id}", "STATE")


def mock_key(tenant: str, api_id: str, verb: str, target: str) -> ArtifactKey:
    """The mocked answer of one operation."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#API#{api_id}", f"MOCK {verb} {target}")


def schema_key(tenant: str, api_id: str, verb: str, target: str) -> ArtifactKey:
    """What the requests and responses of one operation must look like."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#API#{api_id}", f"SCHEMA {verb} {target}")


def client_key(tenant: str, consumer_key: str, key_manager: str = "") -> ArtifactKey:
    """The application that a consumer key stands for; `key_manager` is the id of an external one.

    Each key manager names its clients as it likes: theirs must never be taken for ours or for another's.
    """
    where = f"{tenant}#KEYMANAGER#{key_manager}" if key_manager else tenant
    return ArtifactKey(tenant, Category.APPLICATIONS, f"{where}#CLIENT#{consumer_key}", "GRANT")


def subscription_key(tenant: str, application_id: str, api_id: str) -> ArtifactKey:
    """The subscription of an application to an API."""
    return ArtifactKey(tenant, Category.APPLICATIONS, f"{tenant}#SUB#{application_id}", api_id)


def policy_key(tenant: str, kind: str, name: str) -> ArtifactKey:
    """A throttling policy; `kind` is a value of `domain.policy.PolicyKind`."""
    return ArtifactKey(tenant, Category.POLICIES, f"{tenant}#POLICY#{kind}", name)


def revocation_key(tenant: str, kind: RevocationKind, subject: str) -> ArtifactKey:
    """A revocation; `subject` is a `jti`, a consumer key or a user name without its tenant."""
    return ArtifactKey(tenant, Category.REVOCATIONS, f"{tenant}#REVOKED#{kind}", subject)


def scope_key(tenant: str, scope: str) -> ArtifactKey:
    """The roles that an API's scope is bound to; an empty list binds it to nobody in particular, so all may have it."""
    return ArtifactKey(tenant, Category.APIS, f"{tenant}#SCOPE", scope)


def keys_key(tenant: str) -> ArtifactKey:
    """The public signing keys of a tenant's tokens."""
    return ArtifactKey(tenant, Category.KEYS, f"{tenant}#KEYS", "JWKS")


def issuer_partition(tenant: str) -> str:
    """Where a tenant's external issuers stand."""
    return f"{tenant}#ISSUER"


def issuer_key(tenant: str, issuer: str) -> ArtifactKey:
    """How tokens of an external issuer are checked."""
    return ArtifactKey(tenant, Category.KEYS, issuer_partition(tenant), issuer)
