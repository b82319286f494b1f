"""What those who sign up, or have forgotten their password, send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field

from gatehouse.controlplane.identity.accounts import AccountDraft
from gatehouse.domain.errors import FieldError, Invalid
from gatehouse.domain.portal.organization import ATTRIBUTE, ENTERPRISE
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

CLAIMS = "http://wso2.org/claims/"
Text = Annotated[str, Field(max_length=1000)]


class Claim(Wire):
    """Something about a person, by WSO2's name for it."""

    uri: Text
    value: Text


class Property(Wire):
    """Something about the request; none has a meaning here."""

    key: Text
    value: Text


class NewUser(Wire):
    """Who signs up."""

    username: Text
    password: Annotated[str, Field(max_length=2000, repr=False)]
    realm: Text | None = None
    tenantDomain: Text | None = None
    claims: Annotated[list[Claim], Field(max_length=50)] = Field(default_factory=list)


class SignUpBody(Wire):
    """The body of a sign-up."""

    user: NewUser
    properties: Annotated[list[Property], Field(max_length=50)] = Field(default_factory=list)

    def draft(self, username: str) -> AccountDraft:
        """What it says about the account. Raises Invalid for claims that are not kept."""
        return AccountDraft(
            username=username,
            password=self.user.password,
            roles=None,
            active=True,
            profile=profile_of([(claim.uri, claim.value) for claim in self.user.claims]),
        )


class KnownUser(Wire):
    """Who has forgotten their password."""

    model_config = ConfigDict(populate_by_name=True)

    username: Text
    realm: Text | None = None
    tenantDomain: Annotated[Text | None, Field(alias="tenant-domain")] = None


class RecoverBody(Wire):
    """The body of a request for a code."""

    user: KnownUser
    properties: Annotated[list[Property], Field(max_length=50)] = Field(default_factory=list)


class CodeBody(Wire):
    """The body of a question whether a code is good."""

    code: Text
    properties: Annotated[list[Property], Field(max_length=50)] = Field(default_factory=list)


class SetPasswordBody(Wire):
    """The body of a new password; `key` is the code."""

    key: Text
    password: Annotated[str, Field(max_length=2000, repr=False)]
    properties: Annotated[list[Property], Field(max_length=50)] = Field(default_factory=list)


class ChangePasswordBody(Wire):
    """The password that proves who is asking, and the one to come."""

    currentPassword: Annotated[str, Field(max_length=2000, repr=False)]
    newPassword: Annotated[str, Field(max_length=2000, repr=False)]


def profile_of(claims: Sequence[tuple[str, str]], *, by_administrator: bool = False) -> dict[str, object]:
    """Claims as a profile, as SCIM shows it. Raises Invalid that names those that are not kept, or not of who makes them."""
    profile: dict[str, Any] = {}
    keepers = _KEPT | _ADMINISTRATORS if by_administrator else _KEPT
    unknown: list[FieldError] = []
    for place, (uri, value) in enumerate(claims):
        name = uri.removeprefix(CLAIMS)
        if name not in keepers or name == uri:
            unknown.append(FieldError(f"user.claims.{place}.uri", f"the claim '{uri}' is not kept"))
        elif value:
            keepers[name](profile, value)
    if unknown:
        raise Invalid("; ".join(f"{one.path}: {one.problem}" for one in unknown), fields=tuple(unknown))
    return profile


def _one_of(attribute: str, kind: str | None = None) -> Any:
    def keep(profile: dict[str, Any], value: str) -> None:
        profile.setdefault(attribute, []).append({"value": value, **({"type": kind} if kind else {})})

    return keep


def _part_of(attribute: str, part: str) -> Any:
    def keep(profile: dict[str, Any], value: str) -> None:
        profile.setdefault(attribute, {})[part] = value

    return keep


def _plain(attribute: str) -> Any:
    def keep(profile: dict[str, Any], value: str) -> None:
        profile[attribute] = value

    return keep


_KEPT = {
    "emailaddress": _one_of("emails"),
    "givenname": _part_of("name", "givenName"),
    "lastname": _part_of("name", "familyName"),
    "fullname": _part_of("name", "formatted"),
    "mobile": _one_of("phoneNumbers", "mobile"),
    "telephone": _one_of("phoneNumbers", "work"),
    "organization": _part_of(ENTERPRISE, "organization"),
    "department": _part_of(ENTERPRISE, "department"),
    "displayName": _plain("displayName"),
    "nickname": _plain("nickName"),
    "title": _plain("title"),
    "local": _plain("locale"),
    "preferredLanguage": _plain("preferredLanguage"),
}
_ADMINISTRATORS = {ATTRIBUTE: _part_of(ENTERPRISE, ATTRIBUTE)}
"""What only administrators say of others."""
