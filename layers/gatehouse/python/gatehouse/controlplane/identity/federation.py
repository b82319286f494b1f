"""Federation: users log in where they are known already, and come back as users of the tenant.

What has to be remembered in between stays with the browser, sealed: so whoever comes back is whoever went, within a time.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.identity.authority import voiding_tokens
from gatehouse.domain.errors import Changed, Unavailable
from gatehouse.domain.people.identity import EVERYONE, User, UserExists
from gatehouse.domain.people.identity_provider import (
    EMAIL,
    FAMILY_NAME,
    FULL_NAME,
    GIVEN_NAME,
    ORGANIZATION,
    USERNAME,
    IdentityProviderNotFound,
    NotProvisioned,
    NotVouchedFor,
    Protocol,
    foreign_user_id,
    foreign_user_name,
)
from gatehouse.domain.people.lockout import UNTIL_UNLOCKED
from gatehouse.domain.portal.organization import with_organization

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity_provider import IdentityProvider, Voucher
    from gatehouse.ports.people.identity import Tenants, Users
    from gatehouse.ports.people.identity_providers import IdentityProviders, Vouching
    from gatehouse.ports.people.lockouts import Lockouts, LoginJournal
    from gatehouse.ports.people.user_stores import Seal
    from gatehouse.ports.world import Clock

AWAY_SECONDS = 600
"""How long somebody may take to log in elsewhere."""

STATE_BYTES = 24
RETURN_CHARACTERS_MAX = 2_000
"""A cookie carries it, sealed, and browsers keep cookies up to 4096 characters."""

CALLBACK = "/commonauth"
_CONTEXT = "federation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Where the browser goes, and what it must bring back; whether it comes back with a form (`posts`)."""

    url: str
    ticket: str
    posts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Who came back, and where they wanted to go."""

    user: User
    return_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """Logs users in at identity providers."""

    providers: IdentityProviders
    protocols: Mapping[Protocol, Vouching]
    users: Users
    tenants: Tenants
    seal: Seal
    lockouts: Lockouts
    journal: LoginJournal
    clock: Clock
    management_url: str

    def offered(self, tenant: str) -> list[IdentityProvider]:
        """The providers that a login page names, by name."""
        return [provider for provider in self.providers.all(tenant) if provider.enabled]

    def begin(self, tenant: str, provider_id: str, return_to: str) -> Departure:
        """Send the browser to a provider. `return_to` is the path of ours, with its query, to go on at afterwards.

        Raises IdentityProviderNotFound, Unavailable.
        """
        provider = self._provider(tenant, provider_id)
        state = secrets.token_urlsafe(STATE_BYTES)
        url, asked = self.protocols[provider.protocol].ask(provider, self._callback, state)
        remembered = {
            "tenant": tenant,
            "provider": provider.id,
            "state": state,
            "asked": dict(asked),
            "return_to": return_to[:RETURN_CHARACTERS_MAX],
            "until": int(self.clock.now()) + AWAY_SECONDS,
        }
        ticket = self.seal.seal(json.dumps(remembered), _CONTEXT)
        return Departure(url=url, ticket=ticket, posts=provider.protocol is Protocol.SAML)

    def finish(self, told: Mapping[str, str], ticket: str, address: str = "") -> Arrival:
        """Who came back with these parameters and this ticket.

        Raises NotVouchedFor, NotProvisioned, IdentityProviderNotFound, Unavailable.
        """
        remembered = self._opened(ticket)
        state = told.get("state") or told.get("RelayState") or ""
        if not hmac.compare_digest(state.encode(), str(remembered["state"]).encode()):
            raise NotVouchedFor(cause="the state is not the one that this browser was sent with")
        if remembered["until"] <= self.clock.now():
            raise NotVouchedFor("The sign-in took too long. Try again.", cause="the ticket has expired")
        tenant = str(remembered["tenant"])
        provider = self._provider(tenant, str(remembered["provider"]))
        secret = self.seal.open(provider.sealed_secret, context_of(provider)) if provider.sealed_secret else ""
        facts = {"tenant": tenant, "provider": provider.name, "address": address}
        try:
            protocol = self.protocols[provider.protocol]
            voucher = protocol.hear(provider, secret, self._callback, told, remembered["asked"])
            user = self._user(provider, voucher)
        except (NotVouchedFor, NotProvisioned) as error:
            self.journal("login_failed", {**facts, "cause": str(error.facts.get("cause", type(error).__name__))})
            raise
        return Arrival(user=user, return_to=str(remembered["return_to"]))

    @property
    def _callback(self) -> str:
        return f"{self.management_url}{CALLBACK}"

    def _provider(self, tenant: str, provider_id: str) -> IdentityProvider:
        found = self.providers.get(tenant, provider_id)
        if found is None or not found.enabled:
            raise IdentityProviderNotFound(tenant=tenant)
        return found

    def _opened(self, ticket: str) -> dict[str, Any]:
        try:
            return dict(json.loads(self.seal.open(ticket, _CONTEXT)))
        except (Unavailable, ValueError) as error:
            raise NotVouchedFor(cause="the browser brought no ticket of ours") from error

    def _user(self, provider: IdentityProvider, voucher: Voucher) -> User:
        """The user whom the voucher is about: by issuer and subject, never by what else it says of them."""
        subject = provider.subject(voucher.claims, voucher.subject)
        if not subject:
            raise NotVouchedFor(cause="the provider does not say who it is")
        user_id = foreign_user_id(provider.tenant, voucher.issuer, subject)
        known = self.users.by_id(provider.tenant, user_id)
        if known is not None and not self._may_enter(known):
            raise NotVouchedFor(cause="the user is disabled or locked")
        if not provider.provisions:
            if known is None:
                raise NotProvisioned(cause="not provisioned")
            return known
        if known is not None:
            return self._renewed(provider, voucher, known)
        now = int(self.clock.now())
        user = User(
            tenant=provider.tenant,
            id=user_id,
            name=foreign_user_name(voucher.issuer, subject, _called(provider, voucher) or subject),
            roles=frozenset({EVERYONE, *self._roles(provider, voucher)}),
            # Nobody's password: it is not a hash.
            password_hash="",
            profile=_profile(provider, voucher, {}),
            created_at=now,
            modified_at=now,
            version=1,
        )
        try:
            self.users.add(user)
        except UserExists as error:
            # The same user came twice at the same moment.
            again = self.users.by_id(provider.tenant, user_id)
            if again is None:
                raise Unavailable("Your account is being made at this moment. Try again.") from error
            return again
        return user

    def _may_enter(self, user: User) -> bool:
        """Guesses at a password are nothing to who needs none; what an administrator has locked is locked."""
        return user.active and self.lockouts.get(user.tenant, user.name).locked_until != UNTIL_UNLOCKED

    def _renewed(self, provider: IdentityProvider, voucher: Voucher, known: User) -> User:
        """The user as the provider now describes them. Roles that it does not give are left as they are."""
        roles = (known.roles - provider.given_roles) | self._roles(provider, voucher)
        profile = _profile(provider, voucher, known.profile)
        if roles == known.roles and profile == dict(known.profile):
            return known
        new = replace(known, roles=roles, profile=profile, modified_at=int(self.clock.now()))
        changes = () if known.roles <= roles else voiding_tokens(known, self.clock.now())
        try:
            return self.users.save(new, changes)
        except Changed as error:
            raise Unavailable("Your account is being changed at this moment. Try again.", user=known.name) from error

    def _roles(self, provider: IdentityProvider, voucher: Voucher) -> frozenset[str]:
        """The mapped roles, as far as they are there: a role that was deleted keeps nobody out."""
        wanted = provider.local_roles(voucher.claims)
        return wanted & self.tenants.roles(provider.tenant)


def context_of(provider: IdentityProvider) -> str:
    """What the provider's secret is sealed for."""
    return f"{provider.tenant}#IDP#{provider.id}"


def _called(provider: IdentityProvider, voucher: Voucher) -> str:
    return provider.said(voucher.claims, USERNAME) or provider.said(voucher.claims, EMAIL)


def _profile(provider: IdentityProvider, voucher: Voucher, known: Mapping[str, object]) -> dict[str, object]:
    """What is known of a user, with what the provider says; what it does not say stays."""
    parts = {"givenName": GIVEN_NAME, "familyName": FAMILY_NAME, "formatted": FULL_NAME}
    name = {key: said for key, claim in parts.items() if (said := provider.said(voucher.claims, claim))}
    profile = {**known, **({"name": name} if name else {})}
    if email := provider.said(voucher.claims, EMAIL):
        profile["emails"] = [{"value": email, "primary": True}]
    organization = provider.said(voucher.claims, ORGANIZATION)
    return with_organization(profile, organization) if organization else profile
