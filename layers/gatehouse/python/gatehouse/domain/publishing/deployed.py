"""A deployed API is a revision as the gateway serves it: compiled once by the publisher, read by full key for every call.

Only the publisher's compilation makes a `DeployedApi` (`controlplane/publishing/compiling/compilation`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain import body as bodies
from gatehouse.domain.publishing.revision import DEFAULT_ENVIRONMENT
from gatehouse.domain.throttling.limit import Rate  # noqa: TC001 -- bodies read annotations

if TYPE_CHECKING:
    from collections.abc import Mapping

UNLIMITED = "Unlimited"
ALL = "all"


class ApiType(StrEnum):
    """What an API speaks."""

    HTTP = "HTTP"
    SOAP = "SOAP"
    GRAPHQL = "GRAPHQL"
    WEBSUB = "WEBSUB"
    PRODUCT = "APIProduct"


WITHOUT_PATHS = frozenset({ApiType.GRAPHQL, ApiType.WEBSUB})
"""What a call of these is for stands in its body or its query: their operations are no paths."""


class EndpointKind(StrEnum):
    """How a backend is reached. The names are those of `endpointConfig.endpoint_type`."""

    HTTP = "http"
    ADDRESS = "address"  # SOAP: every call goes to the very URL
    LOAD_BALANCE = "load_balance"
    FAILOVER = "failover"
    DYNAMIC = "default"  # the address comes with the call, from a policy
    SERVICE = "service"
    LAMBDA = "awslambda"
    MOCK = "sequence_backend"


class Algorithm(StrEnum):
    """How events are signed (W3C WebSub §7); in the API's document as `SHA256`, in a signature as `sha256=`."""

    SHA1 = "SHA1"
    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class SecurityKind(StrEnum):
    """How the gateway proves itself to a backend."""

    BASIC = "basic"
    DIGEST = "digest"
    OAUTH = "oauth"
    API_KEY = "apikey"
    AWS = "aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which credentials open an API: any one of the application-level ones, a client certificate, or both."""

    oauth2: bool = True
    api_key: bool = False
    basic: bool = False
    mutual_tls: bool = False
    application_mandatory: bool = True
    mutual_tls_mandatory: bool = False
    authorization_header: str = "Authorization"
    api_key_header: str = "ApiKey"
    audiences: tuple[str, ...] = ()
    key_managers: tuple[str, ...] = (ALL,)
    outbound_authorization: bool = False  # the caller's own Authorization goes on to the backend
    subscribed: bool = True  # False: a valid token will do, on the plan of `DefaultSubscriptionless`


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """Cross-origin resource sharing. An origin may hold a wildcard: `https://*.example.com`."""

    origins: tuple[str, ...] = ("*",)
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    credentials: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSecurity:
    """How calls to a backend are authenticated. Which fields are used depends on the kind."""

    kind: SecurityKind
    username: str = ""
    password: str = field(default="", repr=False)
    token_url: str = ""
    grant_type: str = "CLIENT_CREDENTIALS"  # or PASSWORD
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    parameters: tuple[tuple[str, str], ...] = ()  # sent along to the token endpoint
    key_name: str = ""
    key_value: str = field(default="", repr=False)
    key_in: str = "HEADER"  # or QUERY
    access_key: str = ""  # "" = the function's own role signs
    secret_key: str = field(default="", repr=False)
    region: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCertificate:
    """What the gateway shows a backend that asks for a certificate. Both in PEM; `certificate` may be a chain.

    `password` opens the key; "" when it is not encrypted.
    """

    certificate: str
    private_key: str = field(repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of a backend, and how patient the gateway is with it. 0 is the stage's default."""

    url: str
    connect_seconds: float = 0.0
    read_seconds: float = 0.0
    retries: int = 0
    retry_delay_seconds: float = 0.0
    retry_codes: tuple[str, ...] = ()  # transport codes; () = every one that is safe to repeat
    suspend_codes: tuple[str, ...] = ()
    suspend_seconds: float = 0.0  # 0 = never suspended
    suspend_max_seconds: float = 300.0
    suspend_factor: float = 1.0
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must hold of a message: that `value`, a text with placeholders, is `equals`, or wholly matches `matches` (RE2).

    `negated` turns it round. With `matches` nothing is compared with `equals`.
    """

    value: str
    equals: str = ""
    matches: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedPolicy:
    """A mediation policy where it is attached, with its parameters as checked at deploy time.

    It is passed over by messages of which not all `conditions` hold.
    """

    name: str
    version: str = "v1"
    parameters: dict[str, Any] = field(default_factory=dict, hash=False, repr=False)  # some are secret
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointGroup:
    """The production or the sandbox side of an API. `members` are tried in order by failover, in turn by load balancing."""

    kind: EndpointKind = EndpointKind.HTTP
    members: tuple[Endpoint, ...] = ()
    weighted: bool = False
    sticky: str = ""  # "" | `cookie` | the name of a request header
    sticky_seconds: int = 0
    fails_over: bool = False
    security: EndpointSecurity | None = None
    client_certificate: ShownCertificate | None = None
    function_access: EndpointSecurity | None = None  # Lambda: whose credentials invoke; None = the function's own role
    assumed_role: str = ""  # Lambda: the role to assume first
    limits: tuple[Rate, ...] = ()  # what all callers together may send there
    sequence: tuple[AttachedPolicy, ...] = ()  # what answers in place of a backend; () = what the definition says


@dataclass(frozen=True, slots=True, kw_only=True)
class Mediation:
    """Which policies a call passes, in order, on each flow."""

    request: tuple[AttachedPolicy, ...] = ()
    response: tuple[AttachedPolicy, ...] = ()
    fault: tuple[AttachedPolicy, ...] = ()


NO_MEDIATION = Mediation()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """How the backend of a WebSub API proves its events, and how the hub goes about its subscribers.

    With `signed`, every event carries its signature by `secret` in `header` (lower case). Deliveries are signed by the same
    `algorithm`, with the subscriber's secret. With `verified`, a callback must confirm that it wants to be subscribed.
    """

    signed: bool = False
    secret: str = field(default="", repr=False)
    algorithm: Algorithm = Algorithm.SHA256
    header: str = "x-hub-signature"
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedOperation:
    """One operation. `target` is a path template (`/menu/{item}`, a trailing `/*` is a wildcard), or a GraphQL field.

    `scopes` are any-of. `authenticated` False is WSO2's authType `None`; `token_type` is what it asks of tokens (the claim
    `aut`), "" for either. `policy` is an advanced tier. `api_id` names the API an operation of a product comes from; "" is
    the API itself.
    """

    verb: str
    target: str
    scopes: tuple[str, ...] = ()
    authenticated: bool = True
    token_type: str = ""
    policy: str = UNLIMITED
    mediation: Mediation = NO_MEDIATION
    function: str = ""  # Lambda: the ARN that is invoked
    function_seconds: float = 0.0
    api_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An API of a product: what stands behind the operations that come from it. Fields as those of `DeployedApi`."""

    id: str
    name: str
    version: str
    production: EndpointGroup | None = None
    sandbox: EndpointGroup | None = None
    mediation: Mediation = NO_MEDIATION


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedApi:
    """A revision as the gateway serves it.

    `base_path` has the version in place and no tenant prefix. `policy` is the advanced tier of the whole API, or None when
    each operation has its own. A side without endpoints is None. `cache_seconds` 0 caches no response. Only a product has
    `members`, which have its endpoints. `environment` is the gateway environment it is deployed in, and `host` the one host
    name it is served at, in lower case; "" for all that the environment has. Only an API of WebSub has `events`.
    """

    id: str
    tenant: str
    name: str
    version: str
    context: str
    base_path: str
    provider: str
    revision: int
    type: ApiType = ApiType.HTTP
    policy: str | None = None
    access: Access = Access()
    cors: Cors | None = None
    production: EndpointGroup | None = None
    sandbox: EndpointGroup | None = None
    mediation: Mediation = NO_MEDIATION
    cache_seconds: int = 0
    validated: bool = False  # requests and responses are held to their schemas (artifact `SCHEMA`)
    operations: tuple[DeployedOperation, ...] = ()
    members: tuple[Member, ...] = ()
    environment: str = DEFAULT_ENVIRONMENT
    host: str = ""
    events: EventSource | None = None

    def behind(self, operation: DeployedOperation) -> DeployedApi | Member:
        """What serves an operation of this API: the API itself or, in a product, the member that it comes from."""
        if not operation.api_id:
            return self
        return next(member for member in self.members if member.id == operation.api_id)

    def to_body(self) -> dict[str, Any]:
        """The artifact's body."""
        body: dict[str, Any] = bodies.to_body(self)
        return body

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> DeployedApi:
        """Read back what `to_body` wrote."""
        return bodies.from_body(cls, body)
