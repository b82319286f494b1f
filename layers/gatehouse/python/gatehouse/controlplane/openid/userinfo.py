"""Userinfo (OpenID Connect Core §5.3): what a client may know of its user, by the scopes of the access token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.people.identity import display_username, qualified, split_username
from gatehouse.domain.tokens.refusals import InsufficientScope, InvalidToken
from gatehouse.domain.tokens.scopes import EMAIL, OPENID, PROFILE
from gatehouse.domain.tokens.token import APPLICATION_USER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.oauth.introspection import TokenReader
    from gatehouse.domain.people.identity import User
    from gatehouse.ports.people.identity import UserLookup

_PROFILE = {"nickName": "nickname", "locale": "locale", "timezone": "zoneinfo", "profileUrl": "profile"}
_NAME = {"formatted": "name", "givenName": "given_name", "familyName": "family_name", "middleName": "middle_name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfo:
    """Tells clients of their users."""

    reader: TokenReader
    users: UserLookup

    def __call__(self, access_token: str) -> dict[str, object]:
        """The claims that the token's scopes open. Raises InvalidToken, InsufficientScope (RFC 6750 §3.1)."""
        found = self.reader.access_token(access_token)
        if found is None or found[1].token_type != APPLICATION_USER:
            raise InvalidToken
        tenant, claims = found
        if OPENID not in claims.scopes:
            raise InsufficientScope
        _, name = split_username(claims.username)
        user = self.users.get(tenant, name)
        if user is None or not user.active:
            raise InvalidToken(cause="the user is gone or disabled")
        return claims_of(user, claims.scopes)


def claims_of(user: User, scopes: frozenset[str]) -> dict[str, object]:
    """What these scopes tell of a user (OpenID Connect Core §5.1, §5.4). What is not known is left out."""
    told: dict[str, object] = {"sub": qualified(user.tenant, user.name)}
    if PROFILE in scopes:
        told |= _profile(user)
    address = _email(user.profile.get("emails"))
    if EMAIL in scopes and address:
        told["email"] = address
    return told


def _profile(user: User) -> dict[str, object]:
    names = user.profile.get("name")
    told: dict[str, object] = {"preferred_username": display_username(user.tenant, user.name)}
    told |= _renamed(user.profile, _PROFILE)
    told |= _renamed(names, _NAME) if isinstance(names, dict) else {}
    if "name" not in told and isinstance(user.profile.get("displayName"), str):
        told["name"] = user.profile["displayName"]
    if user.modified_at:
        told["updated_at"] = user.modified_at
    return told


def _renamed(found: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    return {ours: found[theirs] for theirs, ours in names.items() if isinstance(found.get(theirs), str)}


def _email(emails: object) -> str:
    """The primary address, or the first one; SCIM has them as objects or as plain text."""
    if not isinstance(emails, list):
        return ""
    ordered = sorted(emails, key=lambda one: not (isinstance(one, dict) and one.get("primary") is True))
    found = [one.get("value") if isinstance(one, dict) else one for one in ordered]
    return next((one for one in found if isinstance(one, str) and one), "")
