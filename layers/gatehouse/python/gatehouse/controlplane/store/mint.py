"""The mint makes API keys: opaque ones of random bits by itself, signed ones with the key manager's signature."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.two_sides import apis_of
from gatehouse.domain.applications.api_key import digest_of, new_secret
from gatehouse.domain.applications.signed_key import SUBSCRIBED_APIS_MAX, key_claims
from gatehouse.domain.errors import Invalid
from gatehouse.domain.throttling.policy import PolicyKind

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.api_key import ApiKey
    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.throttling.policy import Policy
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.applications.applications import Subscriptions
    from gatehouse.ports.throttling.policies import Policies
    from gatehouse.ports.tokens.key_manager import KeyManager

SIGNED_CHARACTERS_MAX = 6_000
"""How long a signed key may be: with the other headers of a call it has to fit into the front door's 10 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApiKey:
    """A key that was just made: the one time it is shown."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mint:
    """Makes the secret of a key that is not kept yet; whether it is signed is in its `token_id`."""

    key_manager: KeyManager
    subscriptions: Subscriptions
    apis: Apis
    policies: Policies

    def for_application(self, key: ApiKey, application: Application) -> NewApiKey:
        """A key that is bound to this application. Raises Invalid (too long), Unavailable."""
        return self._signed(key, application, self._subscribed(application)) if key.token_id else _opaque(key)

    def for_api(self, key: ApiKey, api: Api) -> NewApiKey:
        """A key that is bound to this API. Raises Invalid (too long), Unavailable."""
        return self._signed(key, None, [(api, "")]) if key.token_id else _opaque(key)

    def _signed(self, key: ApiKey, application: Application | None, apis: list[tuple[Api, str]]) -> NewApiKey:
        """`apis` come with the plan that the application has of each."""
        signed = replace(key, token_id=str(uuid.uuid4()))  # each text has its own: one that is replaced is void by it
        plans = {(api.tenant, plan) for api, plan in apis if plan}
        tiers = {
            plan: _tier(policy)
            for tenant, plan in sorted(plans)
            if (policy := self.policies.named(tenant, PolicyKind.SUBSCRIPTION, plan)) is not None
        }
        text = self.key_manager.sign_api_key(
            tenant=signed.tenant,
            token_id=signed.token_id,
            issued_at=signed.created_at,
            expires_at=signed.expires_at,
            claims=key_claims(signed, application, [_facts(api, plan) for api, plan in apis], tiers),
        )
        if len(text) > SIGNED_CHARACTERS_MAX:
            raise Invalid.field(
                "additionalProperties", "a signed key with so many restrictions does not fit into a call"
            )
        return NewApiKey(key=replace(signed, digest=digest_of(text)), secret=text)

    def _subscribed(self, application: Application) -> list[tuple[Api, str]]:
        all_of_them = self.subscriptions.of_application(application.tenant, application.id)
        found = [one for one in all_of_them if one.status.approved][:SUBSCRIBED_APIS_MAX]
        apis = apis_of(self.apis, found)
        return [(apis[one.api_id], one.policy) for one in found if one.api_id in apis]


def _opaque(key: ApiKey) -> NewApiKey:
    secret = new_secret(key.tenant)
    return NewApiKey(key=replace(key, digest=digest_of(secret)), secret=secret)


def _facts(api: Api, plan: str) -> dict[str, object]:
    """An API as a key lists it."""
    return {
        "name": api.name,
        "context": f"{api.context}/{api.version}",
        "version": api.version,
        "publisher": api.provider,
        "uuid": api.id,
        "subscriberTenantDomain": api.tenant,
        "subscriptionTier": plan,
    }


def _tier(policy: Policy) -> dict[str, object]:
    """A plan as a key tells of it."""
    document = policy.document
    return {
        "tierQuotaType": (document.get("defaultLimit") or {}).get("type"),
        "stopOnQuotaReach": document.get("stopOnQuotaReach", True),
        "spikeArrestLimit": document.get("rateLimitCount", 0),
        "spikeArrestUnit": document.get("rateLimitTimeUnit"),
        "graphQLMaxDepth": document.get("graphQLMaxDepth", 0),
        "graphQLMaxComplexity": document.get("graphQLMaxComplexity", 0),
    }
