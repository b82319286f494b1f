"""What each function must be told at deploy time: infra constructs it and writes it, the function reads it back.

One dataclass per concern, one environment variable per field (upper case). A forgotten one is a type error at synth
and a clear failure at start, never a surprise in the middle of a call.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "GATEHOUSE_"


class SettingMissing(Exception):
    """The environment lacks a variable that this function was promised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every function is told."""

    stage: str

    def to_environment(self) -> dict[str, str]:
        """The environment variables that carry these settings."""
        return {f"{PREFIX}{field.name.upper()}": _write(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read back what `to_environment` wrote. Raises SettingMissing with the name of the first absent variable."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            name = f"{PREFIX}{field.name.upper()}"
            if name not in environ:
                raise SettingMissing(name)
            values[field.name] = _read(str(field.type), environ[name])
        return cls(**values)


def _write(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(kind: str, text: str) -> object:
    match kind:
        case "int":
            return int(text)
        case "float":
            return float(text)
        case "bool":
            return text == "true"
        case "tuple[str, ...]":
            return tuple(filter(None, text.split(",")))
        case _:
            return text


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSettings(Settings):
    """What every function is told that checks passwords: where users stand, and how often one may guess."""

    identity_table: str
    user_store_secret: str  # the key that the secrets of user stores are sealed with
    lockout_threshold: int  # failed log-ins after which an account is locked
    lockout_first_seconds: int  # how long it is locked the first time
    lockout_growth: float  # by what factor longer each time until somebody logs in
    lockout_seconds_max: int
    address_failures: int  # failed log-ins from one address, whoever they are for, after which it has to wait
    address_seconds: int  # the time that they count together in


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementSettings(LoginSettings):
    """What every management function is told: who signs tokens, and where callers' rights stand."""

    management_url: str  # https://host:port of the management front door, which is also the issuer of tokens
    gateway_url: str  # https://host:port of the gateway front door, as published definitions name it
    max_staleness_seconds: float
    artifacts_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSettings(LoginSettings):
    """What every function that decides calls is told: the gateway and the authorizer."""

    artifacts_table: str
    counters_table: str
    management_url: str  # as in ManagementSettings: tokens of another issuer are refused
    max_staleness_seconds: float
    refresh_after_seconds: float  # a snapshot older than this is renewed beside the backend call
    environments_max: int  # the function's reserved concurrency: how many environments may hold leases (N_max)
    counter_seconds: float  # how long a lease may take; then it is lost, and its tokens with it
    throttle_preset: str  # how eagerly environments lease: strict, balanced or economy
    throttle_on_fault: str  # what hard limits do while counters do not answer: closed, or share what was left
    throttle_epsilon: float  # 0 to 1: the share of a limit that does not stop which may go unreported
    give_back_seconds: float  # how long an environment that ends may take to give back what it leased
    api_key_use_seconds: int  # how often an environment tells at most that an API key was used; 0 = never
    introspected_seconds: float  # how long an external issuer's word for an opaque token counts
    local_backends_allowed: bool  # loopback and private addresses, of backends and issuers, for the local stack only
    trusted_proxies: tuple[
        str, ...
    ]  # IP networks of proxies that may say whose certificate they saw, and which host was called


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizerSettings(CallSettings):
    """The authorizer: the decision about a call whose backend somebody else calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings(CallSettings):
    """The gateway: the call path."""

    backend_connect_seconds: float
    backend_read_seconds: float
    assertion_secret: str  # the key that vouches for callers towards backends
    hub_function: str  # takes what is for the hubs of WebSub APIs
    hostname_verification: str  # of backends: Strict, DefaultAndLocalhost or AllowAll
    tls_minimum: str  # towards backends: 1.2 or 1.3
    call_seconds: float  # from a call's arrival to its backend's answer, all attempts included
    responses_table: str  # behind the response caches of all environments; "" = each has its own alone
    responses_seconds: float  # how long that table may take; then the backend is asked
    trace_endpoint: str  # the collector's URL for traces over OTLP/HTTP; "" = no traces
    trace_sample_ratio: float  # 0 to 1, of calls whose callers have not decided whether they are traced
    trace_export_seconds: float  # how long an answer waits for the collector


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings(Settings):
    """The hub of WebSub APIs: who wants events, and bringing them. Fields without a comment are as in CallSettings."""

    applications_table: str
    artifacts_table: str
    counters_table: str
    gateway_url: str  # as in ManagementSettings: events say where their hub is
    callback_connect_seconds: float
    callback_read_seconds: float  # how long a callback may take to answer; then the event is sent again later
    local_backends_allowed: bool
    max_staleness_seconds: float
    refresh_after_seconds: float
    environments_max: int
    counter_seconds: float
    throttle_preset: str
    throttle_on_fault: str
    throttle_epsilon: float
    give_back_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherSettings(ManagementSettings):
    """The publisher: the life of an API."""

    gateway_api: str  # id of the HTTP API in front of the gateway: direct APIs have routes of their own there
    direct_authorizer: str  # id of the authorizer, in that HTTP API, that their routes ask
    apis_table: str
    applications_table: str
    settings_table: str
    workflows_table: str
    mail_sender: str  # as in IdentitySettings: subscribers are told of new versions
    content_bucket: str
    internal_key_seconds: int  # how long a key for trying an API out lasts
    local_backends_allowed: bool  # as in CallSettings: definitions at private addresses, for the local stack only
    archive_entries_max: int  # how many files an imported archive may hold
    archive_bytes_max: int  # how many bytes those may be, unpacked
    upload_bytes_max: int  # how large a file may be that is put past the function
    upload_seconds: int  # how long it may be put there


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings(ManagementSettings):
    """The store: applications and subscriptions."""

    counters_table: str
    apis_table: str
    applications_table: str
    settings_table: str
    content_bucket: str
    workflows_table: str
    key_manager_function: str
    sdk_generator_function: str
    download_seconds: int  # how long a file that is handed out past the function may be fetched
    archive_entries_max: int  # as in PublisherSettings
    archive_bytes_max: int  # as in PublisherSettings
    local_backends_allowed: bool  # as in CallSettings: external key managers without https, for the local stack only


@dataclass(frozen=True, slots=True, kw_only=True)
class SdkGeneratorSettings(Settings):
    """The SDK generator: where archives are put for the store to fetch."""

    content_bucket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyManagerSettings(ManagementSettings):
    """The key manager: clients and tokens."""

    oauth_table: str
    signing_secret: str
    assertion_secret: str
    session_seconds: int  # how long a browser stays logged in
    key_rotation_seconds: int  # how long a key signs until another takes its place; 0 = for ever
    implicit_allowed: bool  # whether tokens may go through browsers (RFC 6749 §4.2); codes are safer
    local_backends_allowed: bool  # as in CallSettings: external key managers without https, for the local stack only
    introspects_across_tenants: bool  # whether who introspects a token of another tenant is told of it


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySettings(ManagementSettings):
    """Identity: users, roles, tenants."""

    settings_table: str
    first_admin_secret: str
    apis_table: str
    applications_table: str
    oauth_table: str
    content_bucket: str
    workflows_table: str
    mail_sender: str  # the address that letters come from; "" = none are sent


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminSettings(ManagementSettings):
    """Admin: a tenant's settings, but for what is throttled."""

    local_backends_allowed: bool  # as in CallSettings: issuers without https, for the local stack only
    settings_table: str
    apis_table: str
    applications_table: str
    workflows_table: str
    key_manager_function: str
    store_function: str  # decides about applications, keys and subscriptions
    publisher_function: str  # decides about APIs
    identity_function: str  # decides about people who signed up
    content_bucket: str
    archive_entries_max: int  # as in PublisherSettings, of themes
    archive_bytes_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierSettings(LoginSettings):
    """The courier: it finds people's addresses where log-ins find their names."""

    management_url: str  # as in ManagementSettings: letters lead there
    settings_table: str
    workflows_table: str
    local_backends_allowed: bool  # as in CallSettings: webhooks at private addresses, for the local stack only
    mail_sender: str  # as in IdentitySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernanceSettings(ManagementSettings):
    """Governance: rules that APIs follow, and who follows them."""

    settings_table: str
    apis_table: str
    content_bucket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCatalogSettings(ManagementSettings):
    """The service catalog: backends that APIs can be made of."""

    apis_table: str
    content_bucket: str
    archive_entries_max: int  # as in PublisherSettings
    archive_bytes_max: int  # as in PublisherSettings
    local_backends_allowed: bool  # as in PublisherSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottlingSettings(ManagementSettings):
    """The traffic manager: policies, custom rules, deny policies; it counts calls of gateways that are not ours.

    Fields without a comment are as in CallSettings.
    """

    settings_table: str
    apis_table: str
    applications_table: str
    counters_table: str
    refresh_after_seconds: float
    environments_max: int
    counter_seconds: float
    throttle_preset: str
    throttle_on_fault: str
    throttle_epsilon: float
    give_back_seconds: float
