"""The parts that decide a call, made of settings: the gateway and the authorizer have the very same ones.

The traffic manager, which counts the calls of gateways that are not ours, has those that count.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.aws import counter_client, dynamodb_client
from gatehouse.adapters.dynamo.counters import CounterTable
from gatehouse.adapters.dynamo.key_uses import KeyUseTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.adapters.dynamo.users import UserReader
from gatehouse.adapters.expressions import CelExpressions
from gatehouse.adapters.extension import before_end
from gatehouse.adapters.graphql import CoreQueries
from gatehouse.adapters.keys.issuers import HttpIssuers
from gatehouse.adapters.keys.tokens import JwtVerifier
from gatehouse.adapters.login import password_login, store_users
from gatehouse.adapters.snapshot import after_restore
from gatehouse.dataplane.authenticate import Authenticator
from gatehouse.dataplane.credentials.api_key import ApiKeys
from gatehouse.dataplane.credentials.basic import BasicCredentials
from gatehouse.dataplane.credentials.bearer import BearerTokens
from gatehouse.dataplane.credentials.internal_key import InternalKeys
from gatehouse.dataplane.credentials.key_uses import KeyUses
from gatehouse.dataplane.credentials.mutual_tls import ClientCertificates
from gatehouse.dataplane.credentials.signed_key import SignedKeys
from gatehouse.dataplane.entrance import Entrance
from gatehouse.dataplane.foreign import Judge
from gatehouse.dataplane.knowledge.catalogue import Catalogue
from gatehouse.dataplane.quota import Quotas
from gatehouse.dataplane.throttle.engine import Throttle
from gatehouse.dataplane.throttle.rules import OnFault
from gatehouse.dataplane.throttle.sizing import PRESETS

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from gatehouse.ports.world import Clock
    from gatehouse.settings import CallSettings, HubSettings, ThrottlingSettings

    Counting = CallSettings | HubSettings | ThrottlingSettings
    """What a function is told that counts calls."""

THREADS = 4
"""Leases of one call that run at the same time, and upkeep beside the backend call."""


def entrance(settings: CallSettings, clock: Clock, executor: Executor) -> Entrance:
    """What checks and counts calls, on the tables and with the numbers of these settings."""
    client = dynamodb_client()
    catalogue = _catalogue(settings, clock, client)
    return Entrance(
        catalogue=catalogue,
        authenticate=authenticator(settings, catalogue, client, clock),
        quotas=quotas(settings, catalogue, clock, executor),
        queries=CoreQueries(),
        key_uses=KeyUses(
            KeyUseTable(client, settings.counters_table), executor, every_seconds=settings.api_key_use_seconds
        ),
    )


def judge(settings: HubSettings | ThrottlingSettings, clock: Clock, executor: Executor) -> Judge:
    """What counts calls that do not come in at our gateway, on the same counters."""
    catalogue = _catalogue(settings, clock, dynamodb_client())
    return Judge(catalogue, quotas(settings, catalogue, clock, executor), clock)


def _catalogue(settings: Counting, clock: Clock, client: Any) -> Catalogue:
    return Catalogue(
        ArtifactLookup(client, settings.artifacts_table),
        clock,
        max_staleness=settings.max_staleness_seconds,
        refresh_after=settings.refresh_after_seconds,
    )


def quotas(settings: Counting, catalogue: Catalogue, clock: Clock, executor: Executor) -> Quotas:
    """What counts calls."""
    counters = CounterTable(counter_client(settings.counter_seconds), settings.counters_table)
    throttle = Throttle(
        counters,
        clock,
        executor,
        environments_max=settings.environments_max,
        preset=PRESETS[settings.throttle_preset],
        on_fault=OnFault(settings.throttle_on_fault),
        epsilon=settings.throttle_epsilon,
    )
    return Quotas(catalogue, throttle, CelExpressions())


def attend(counting: Quotas, settings: Counting, runtime_api: str) -> None:
    """What is leased is given back when Lambda ends this environment, and forgotten when it begins as a copy.

    `runtime_api` as in `adapters.extension`. Part of the start of a function, on its main thread.
    """
    before_end(runtime_api, lambda: counting.give_back(settings.give_back_seconds))
    after_restore(counting.forget)


def authenticator(settings: CallSettings, catalogue: Catalogue, client: Any, clock: Clock) -> Authenticator:
    """Every scheme of authentication that an API may ask for."""
    users = store_users(settings, UserReader(client, settings.identity_table), client, clock)
    issuers = HttpIssuers(internal_allowed=settings.local_backends_allowed)
    verifier = JwtVerifier()
    return Authenticator(
        bearer=BearerTokens(
            catalogue,
            verifier,
            settings.management_url,
            key_source=issuers,
            introspector=issuers,
            introspected_seconds=settings.introspected_seconds,
        ),
        basic=BasicCredentials(
            catalogue,
            # What a password proved is remembered beside the whole credential, so that a warm call reads nothing; not twice.
            password_login(settings, users, client, clock, remembered_seconds=0.0),
            # As long as any other change may take to be heard of.
            remembered_seconds=settings.max_staleness_seconds,
        ),
        api_key=ApiKeys(catalogue, SignedKeys(catalogue, verifier, settings.management_url)),
        internal_key=InternalKeys(catalogue),
        mutual_tls=ClientCertificates(catalogue, settings.trusted_proxies),
    )


def write_line(line: str) -> None:
    """One structured line into the function's log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
