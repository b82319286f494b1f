"""A stage is one deployment: its name, and the numbers that differ between a laptop and production.

Every number that decides is here or in gatehouse/settings.py, with its unit in its name. `cdk deploy -c name=value`
overrides those read by `from_context`.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from constructs import Node

FUNCTION_TIMEOUT_SECONDS = 29
"""Below the front door's 30 s, so that a slow call ends with our error and not with the front door's."""

AUTHORIZER_TIMEOUT_SECONDS = 9
"""Below the 10 s that API Gateway waits for an authorizer."""

LOG_RETENTION_DAYS = 30
SECONDS_OF_A_DAY = 86_400
HOST_RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}
PRESETS = ("strict", "balanced", "economy")
ON_FAULT = ("closed", "share")
RATIO_IS_A_SHARE = "{name} is a share: 0 (none) to 1 (all)"
NO_SUCH_WORD = "{name} is one of {words}"
COLLECTOR_IS_A_URL = "trace_endpoint is the URL that a collector takes traces at: http(s)://host:4318/v1/traces"
PASSWORD_IS_LOCAL = "first_admin_password is for the local stack only: elsewhere the password is generated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One deployment."""

    name: str
    local: bool
    runtime: str  # `python3.13`
    architecture: str  # `arm64` or `x86_64`
    management_url: str  # "" = the front door's own address
    gateway_url: str
    first_admin_password: str  # "" = generated; anything else on the local stack only
    max_staleness_seconds: float
    refresh_after_seconds: float
    environments_max: int  # how many gateway environments may serve; reserved when `reserve_concurrency`
    reserve_concurrency: bool
    counter_seconds: float
    throttle_preset: str
    throttle_on_fault: str
    throttle_epsilon: float
    give_back_seconds: float
    api_key_use_seconds: int
    introspected_seconds: float
    backend_connect_seconds: float
    backend_read_seconds: float
    call_seconds: float
    callback_connect_seconds: float
    callback_read_seconds: float
    hostname_verification: str
    tls_minimum: str
    trusted_proxies: tuple[str, ...]  # IP networks; in context separated by commas
    shared_response_cache: bool  # a table behind the response caches of all environments
    responses_seconds: float
    trace_endpoint: str  # "" = no traces
    trace_sample_ratio: float
    trace_export_seconds: float
    internal_key_seconds: int
    archive_entries_max: int
    archive_bytes_max: int
    upload_bytes_max: int
    upload_seconds: int
    download_seconds: int
    session_seconds: int
    key_rotation_days: int  # 0 = keys are never replaced
    introspects_across_tenants: bool
    implicit_allowed: bool
    lockout_threshold: int
    lockout_first_seconds: int
    lockout_growth: float
    lockout_seconds_max: int
    address_failures: int
    address_seconds: int
    mail_sender: str  # the address that letters to people come from; "" = none are sent
    management_burst: int  # calls
    management_rate: float  # calls per second
    gateway_burst: int
    gateway_rate: float

    @classmethod
    def from_context(cls, node: Node) -> Stage:
        """Read `cdk -c name=value`; what is not given has the default written here."""

        def given(name: str, default: str) -> str:
            value = node.try_get_context(name)
            return default if value is None else str(value)

        local = given("local", "false").lower() == "true"
        machine = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
        if given("first_admin_password", "") and not local:
            raise ValueError(PASSWORD_IS_LOCAL)
        return cls(
            name=given("stage", "dev"),
            local=local,
            runtime=given("runtime", HOST_RUNTIME if local else "python3.13"),
            architecture=given("architecture", machine if local else "arm64"),
            management_url=given("management_url", ""),
            gateway_url=given("gateway_url", ""),
            first_admin_password=given("first_admin_password", ""),
            max_staleness_seconds=float(given("max_staleness_seconds", "5")),
            refresh_after_seconds=float(given("refresh_after_seconds", "1")),
            environments_max=int(given("environments_max", "50")),
            reserve_concurrency=given("reserve_concurrency", "false").lower() == "true",
            # One machine is emulator, environments and clients at once: what takes 2 ms on AWS may wait for a processor.
            counter_seconds=float(given("counter_seconds", "2" if local else "0.1")),
            throttle_preset=_one_of(PRESETS, "throttle_preset", given("throttle_preset", "balanced")),
            throttle_on_fault=_one_of(ON_FAULT, "throttle_on_fault", given("throttle_on_fault", "closed")),
            throttle_epsilon=_ratio("throttle_epsilon", given("throttle_epsilon", "0")),
            give_back_seconds=float(given("give_back_seconds", "0.25")),
            api_key_use_seconds=int(given("api_key_use_seconds", "3600")),
            introspected_seconds=float(given("introspected_seconds", "60")),
            backend_connect_seconds=float(given("backend_connect_seconds", "3")),
            backend_read_seconds=float(given("backend_read_seconds", "25")),
            hostname_verification=given("hostname_verification", "Strict"),
            tls_minimum=given("tls_minimum", "1.2"),
            call_seconds=float(given("call_seconds", "28")),
            callback_connect_seconds=float(given("callback_connect_seconds", "3")),
            callback_read_seconds=float(given("callback_read_seconds", "10")),
            trusted_proxies=_networks(given("trusted_proxies", "")),
            shared_response_cache=given("shared_response_cache", "false").lower() == "true",
            responses_seconds=float(given("responses_seconds", "2" if local else "0.1")),
            trace_endpoint=_collector(given("trace_endpoint", "")),
            trace_sample_ratio=_ratio("trace_sample_ratio", given("trace_sample_ratio", "0.1")),
            trace_export_seconds=float(given("trace_export_seconds", "0.3")),
            archive_entries_max=int(given("archive_entries_max", "1000")),
            archive_bytes_max=int(given("archive_bytes_max", "50000000")),
            upload_bytes_max=int(given("upload_bytes_max", "50000000")),
            upload_seconds=int(given("upload_seconds", "900")),
            download_seconds=int(given("download_seconds", "300")),
            internal_key_seconds=int(given("internal_key_seconds", "3600")),
            session_seconds=int(given("session_seconds", "28800")),
            key_rotation_days=int(given("key_rotation_days", "90")),
            implicit_allowed=given("implicit_allowed", "false").lower() == "true",
            introspects_across_tenants=given("introspects_across_tenants", "false").lower() == "true",
            lockout_threshold=int(given("lockout_threshold", "5")),
            lockout_first_seconds=int(given("lockout_first_seconds", "300")),
            lockout_growth=float(given("lockout_growth", "2")),
            lockout_seconds_max=int(given("lockout_seconds_max", "86400")),
            # On one machine all clients have one address.
            address_failures=int(given("address_failures", "500" if local else "100")),
            address_seconds=int(given("address_seconds", "600")),
            # What the local stack sends goes no further than its emulator, which shows it.
            mail_sender=given("mail_sender", "gatehouse@gatehouse.example" if local else ""),
            management_burst=int(given("management_burst", "200")),
            management_rate=float(given("management_rate", "100")),
            gateway_burst=int(given("gateway_burst", "5000")),
            gateway_rate=float(given("gateway_rate", "10000")),
        )

    @property
    def lambda_runtime(self) -> lambda_.Runtime:
        """The Lambda runtime."""
        return lambda_.Runtime(self.runtime, lambda_.RuntimeFamily.PYTHON)

    @property
    def lambda_architecture(self) -> lambda_.Architecture:
        """The processor the functions run on."""
        return ARCHITECTURES[self.architecture]

    @property
    def removal(self) -> RemovalPolicy:
        """What becomes of data when its stack goes: it stays, except on the laptop."""
        return RemovalPolicy.DESTROY if self.local else RemovalPolicy.RETAIN


def _ratio(name: str, text: str) -> float:
    """A share. Raises ValueError for what is none."""
    ratio = float(text)
    if not 0 <= ratio <= 1:
        raise ValueError(RATIO_IS_A_SHARE.format(name=name))
    return ratio


def _one_of(words: tuple[str, ...], name: str, text: str) -> str:
    """One of these words. Raises ValueError for another."""
    if text not in words:
        raise ValueError(NO_SUCH_WORD.format(name=name, words=", ".join(words)))
    return text


def _collector(text: str) -> str:
    """The address of a collector, or "". Raises ValueError for what is no such address."""
    if text and (urlsplit(text).scheme not in {"http", "https"} or not urlsplit(text).hostname):
        raise ValueError(COLLECTOR_IS_A_URL)
    return text


def _networks(text: str) -> tuple[str, ...]:
    """IP networks in their one spelling. Raises ValueError for anything else."""
    return tuple(str(ip_network(part.strip())) for part in text.split(",") if part.strip())
