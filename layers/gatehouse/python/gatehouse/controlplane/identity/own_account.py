"""One's own account: what everybody may read and say about themselves, and their password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from gatehouse.controlplane.identity.authority import voiding_tokens
from gatehouse.controlplane.identity.rules import local_name
from gatehouse.domain.errors import Forbidden, Invalid, Unauthenticated
from gatehouse.domain.people.identity import ADMIN, User, UserNotFound
from gatehouse.domain.portal.organization import claimed, with_organization
from gatehouse.domain.tokens.scopes import ROLES_OF_SCOPE

if TYPE_CHECKING:
    from gatehouse.controlplane.identity.accounts import AccountDraft, Accounts
    from gatehouse.domain.people.identity import Principal


class WrongPassword(Invalid):
    """The password that was to prove who is asking is another."""

    code: ClassVar[int] = 901451
    message = "Current password is incorrect"
    default_description = "The current password is another."


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    """What a caller does with the account they are using."""

    accounts: Accounts

    def get(self, caller: Principal) -> User:
        """Raises UserNotFound: the caller stands in a user store that is not kept here."""
        found = self.accounts.users.get(caller.tenant, caller.user)
        if found is None:
            raise UserNotFound("Your account is kept in another user store.")
        return found

    def replace(self, caller: Principal, user: User, draft: AccountDraft) -> User:
        """Say everything anew about oneself, save name, roles and state. Raises Invalid, Forbidden, Changed."""
        _may_write(caller)
        if local_name(caller.tenant, draft.username).lower() != user.name.lower():
            raise Invalid.field("userName", f"is '{user.name}' and cannot be changed")
        if draft.roles not in {None, user.roles} or draft.active != user.active:
            raise Forbidden("Roles and state of an account are its administrator's to change.")
        organization = claimed(user.profile)
        if claimed(draft.profile) not in {"", organization}:
            raise Forbidden("The organization that an account belongs to is its administrator's to change.")
        # Who leaves it out does not leave the organization.
        profile = with_organization(draft.profile, organization)
        return self.accounts.keep(user, self.accounts.with_password(replace(user, profile=profile), draft.password))

    def change_password(self, caller: Principal, current: str, new: str) -> None:
        """Raises WrongPassword, Invalid (`newPassword`), UserNotFound, Changed."""
        user = self.get(caller)
        if not self.accounts.passwords.matches(current, user.password_hash):
            raise WrongPassword
        self.accounts.keep(user, self.accounts.with_password(user, new))

    def delete(self, caller: Principal, user: User) -> None:
        """Leave. Raises Forbidden (administrators have duties), Changed."""
        _may_write(caller)
        if ADMIN in user.roles:
            raise Forbidden("You cannot delete the account you are using.")
        self.accounts.users.remove(user, voiding_tokens(user, self.accounts.clock.now()))


def _may_write(caller: Principal) -> None:
    """A token for calling APIs is not one for changing its user. Raises Unauthenticated, as for any missing scope."""
    if caller.scopes and caller.scopes.isdisjoint(ROLES_OF_SCOPE):
        raise Unauthenticated("Unauthenticated request", cause="scope missing")
