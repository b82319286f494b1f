"""Login sessions: a browser that somebody has logged in with.

A cookie is a secret with our signature. Before somebody logs in, it only ties forms to the browser that they were shown in;
after that, another one names a row. So nobody can have a session prepared for somebody else (session fixation).
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.controlplane.clients.redirect_uri import origin_of
from gatehouse.domain.artifact import revocation_keys
from gatehouse.domain.tokens.authorization import Login, LoginSession, digest_of, new_secret
from gatehouse.domain.tokens.token import revokes

if TYPE_CHECKING:
    from gatehouse.controlplane.oauth.revocation import Revocation
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.people.identity import UserLookup
    from gatehouse.ports.tokens.oauth import Sessions, TokenFamilies
    from gatehouse.ports.tokens.signing import Keyring
    from gatehouse.ports.world import Clock

SESSION_ID_BYTES = 16
SALT_BYTES = 16
COOKIE_CHARACTERS_MAX = 1024
_SEPARATOR = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is at the browser: somebody, or, with a session, a user. `cookie` is what the browser must send next."""

    cookie: str = field(repr=False)
    session: LoginSession | None = None
    user: User | None = None

    @property
    def digest(self) -> str:
        """What forms are tied to."""
        return digest_of(self.cookie)

    @property
    def state(self) -> str:
        """What changes when somebody logs in or out, and tells nothing else; "" when nobody is logged in."""
        return digest_of(self.session.id) if self.session else ""

    @property
    def login(self) -> Login:
        """How the user came in. For visitors with a session only."""
        if self.session is None:
            message = "nobody has logged in"
            raise TypeError(message)
        return Login(at=self.session.logged_in_at, session=self.session.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSessions:
    """Knows visitors by their cookies. A session lasts `seconds`, whatever happens in it."""

    sessions: Sessions
    families: TokenFamilies
    revocation: Revocation
    users: UserLookup
    artifacts: Artifacts
    keyring: Keyring
    clock: Clock
    seconds: int

    def visitor(self, cookie: str) -> Visitor:
        """Who sends this cookie, "" for none. What is no cookie of ours, or no longer one, makes a new visitor."""
        tenant = self._tenant(cookie)
        if tenant is None:
            return Visitor(cookie=self._cookie(""))
        if not tenant:
            return Visitor(cookie=cookie)
        session = self.sessions.get(tenant, digest_of(cookie))
        user = self._user(session) if session and session.expires_at > self.clock.now() else None
        return Visitor(cookie=cookie, session=session, user=user) if user else Visitor(cookie=self._cookie(""))

    def open(self, user: User, instead_of: Visitor) -> Visitor:
        """A session of this user, who has just proved who they are. The visitor's own goes on in it, somebody else's ends."""
        standing = instead_of.session
        goes_on = standing is not None and (standing.tenant, standing.user) == (user.tenant, user.name)
        if standing is not None and goes_on:
            self.sessions.remove(standing.tenant, standing.digest)
        else:
            self.close(instead_of)
        cookie = self._cookie(user.tenant)
        now = int(self.clock.now())
        session = LoginSession(
            digest=digest_of(cookie),
            # Another cookie, the same login to those who have tokens of it: they end with it all together.
            id=standing.id if standing is not None and goes_on else secrets.token_urlsafe(SESSION_ID_BYTES),
            tenant=user.tenant,
            user=user.name,
            logged_in_at=now,
            expires_at=now + self.seconds,
        )
        self.sessions.add(session)
        return Visitor(cookie=cookie, session=session, user=user)

    def close(self, visitor: Visitor) -> None:
        """End the visitor's session, if there is one, and with it all tokens that came from it.

        Those stay that the user has allowed for the time when they are away (`offline_access`, OpenID Connect Core §11).
        """
        session = visitor.session
        if session is None:
            return
        # The session goes last: while it is there, this can be repeated.
        for tenant, family in self.families.close_session(session.tenant, session.id):
            self.revocation.end(tenant, family)
        self.sessions.remove(session.tenant, session.digest)

    def _user(self, session: LoginSession) -> User | None:
        # What voids a user's tokens (another password, say) ends their sessions too.
        revocations = self.artifacts.get(revocation_keys(session.tenant, user=session.user))
        if any(revokes(one, session.logged_in_at) for one in revocations):
            return None
        user = self.users.get(session.tenant, session.user)
        return user if user and user.active else None

    def _cookie(self, tenant: str) -> str:
        parts = [new_secret(), base64.urlsafe_b64encode(tenant.encode()).rstrip(b"=").decode()]
        return _SEPARATOR.join([*parts, self._signature(*parts)])

    def _tenant(self, cookie: str) -> str | None:
        """The tenant of a cookie, "" before the login; None when it is not one of ours."""
        parts = cookie.split(_SEPARATOR) if len(cookie) <= COOKIE_CHARACTERS_MAX and cookie.isascii() else []
        if len(parts) != len(("secret", "tenant", "signature")):
            return None
        secret, tenant, signature = parts
        if not hmac.compare_digest(signature, self._signature(secret, tenant)):
            return None
        return base64.urlsafe_b64decode(tenant + "==").decode()

    def _signature(self, secret: str, tenant: str) -> str:
        return base64.urlsafe_b64encode(self.keyring.derive(f"cookie\n{secret}\n{tenant}")).rstrip(b"=").decode()


def session_state(visitor: Visitor, client_id: str, redirect_uri: str) -> str:
    """What a client compares later to see whether this is still the same login (OpenID Connect Session Management §3.2)."""
    salt = secrets.token_urlsafe(SALT_BYTES)
    return f"{digest_of(' '.join([client_id, origin_of(redirect_uri), visitor.state, salt]))}.{salt}"
