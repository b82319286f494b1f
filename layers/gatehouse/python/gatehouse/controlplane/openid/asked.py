"""What a client asks for at the authorization endpoint, and what the user must be shown before it gets an answer.

OpenID Connect Core §3.1.2.1 has the parameters, §3.1.2.3 the order: first who it is, then whether they agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import qualified
from gatehouse.domain.tokens.refusals import ConsentRequired, LoginRequired

if TYPE_CHECKING:
    from collections.abc import Collection

    from gatehouse.domain.errors import GatehouseError
    from gatehouse.domain.tokens.authorization import LoginSession
    from gatehouse.domain.tokens.oauth import Client

NONE = "none"
LOGIN = "login"
CONSENT = "consent"
SELECT_ACCOUNT = "select_account"
PROMPTS = frozenset({NONE, LOGIN, CONSENT, SELECT_ACCOUNT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A valid authorization request. `redirect_uri` is where the answer goes, by `mode`.

    `max_age` is in seconds, None for any. `subject` is whom the client's id token was about (`id_token_hint`), "" for anybody.
    `grant` is Authlib's, which makes the answer.
    """

    client: Client
    redirect_uri: str
    mode: str
    state: str
    scopes: tuple[str, ...]
    prompts: frozenset[str]
    max_age: int | None
    login_hint: str
    nonce: str
    subject: str
    grant: object = field(repr=False)


class Step(Enum):
    """What comes next."""

    LOGIN = auto()
    CONSENT = auto()
    ANSWER = auto()


def suits(asked: Asked, session: LoginSession | None, now: float, *, just_logged_in: bool = False) -> bool:
    """Whether the client can be told of this session: the right tenant and person, and logged in recently enough."""
    if session is None or (session.tenant != asked.client.tenant and not asked.client.saas):
        return False
    if asked.subject and asked.subject != qualified(session.tenant, session.user):
        return False
    if just_logged_in:
        return True
    if asked.prompts & {LOGIN, SELECT_ACCOUNT}:
        return False
    return asked.max_age is None or now - session.logged_in_at <= asked.max_age


def next_step(
    asked: Asked, *, logged_in: bool, wanted: Collection[str], given: Collection[str]
) -> Step | GatehouseError:
    """What comes next for a user who wants to grant `wanted` and has allowed the client `given` before.

    An error is for the client: it wants no page, and without one there is no answer.
    """
    silent = NONE in asked.prompts
    if not logged_in:
        return LoginRequired() if silent else Step.LOGIN
    if CONSENT in asked.prompts or not set(wanted) <= set(given):
        return ConsentRequired() if silent else Step.CONSENT
    return Step.ANSWER
