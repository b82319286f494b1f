"""The rules for names and passwords, applied. Whoever breaks one is told which."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import PASSWORD_MAX, USERNAME_MAX
from gatehouse.domain.people.user_rules import UserRules
from gatehouse.mediation.patterns import matches
from gatehouse.mediation.patterns import problem as problem_of

if TYPE_CHECKING:
    from gatehouse.ports.people.identity import Tenants
    from gatehouse.ports.tenant_configuration import TenantConfigurations

PROGRAM_SIZE_MAX = 100_000
"""How many steps RE2 may need for one character: names and passwords are short, and have letters of all scripts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What each tenant asks of names and passwords."""

    configurations: TenantConfigurations
    tenants: Tenants

    def username(self, tenant: str, username: str) -> str:
        """The name of a new user, without the tenant. Raises Invalid (`userName`)."""
        name = local_name(tenant, username)
        if not 0 < len(name) <= USERNAME_MAX:
            raise Invalid.field("userName", f"must have 1 to {USERNAME_MAX} characters")
        _hold(self._of(tenant).username_pattern, name, "userName", self._of(tenant).username_problem)
        _, separator, domain = name.rpartition("@")
        if separator and (not domain or self.tenants.get(domain.lower()) is not None):
            # Logging in, the name would be taken for that tenant's user.
            raise Invalid.field("userName", f"ends with the name of another tenant, '{domain}'")
        return name

    def password(self, tenant: str, password: str | None) -> str:
        """A password that may be used. Raises Invalid (`password`)."""
        if password is None:
            raise Invalid.field("password", "is required")
        if len(password) > PASSWORD_MAX:
            raise Invalid.field("password", f"may have at most {PASSWORD_MAX} characters")
        rules = self._of(tenant)
        _hold(rules.password_pattern, unicodedata.normalize("NFC", password), "password", rules.password_problem)
        return password

    def _of(self, tenant: str) -> UserRules:
        return UserRules.of(self.configurations.get(tenant))


def local_name(tenant: str, username: str) -> str:
    """The name without the suffix of the tenant it lives in."""
    suffix = f"@{tenant}"
    return username[: -len(suffix)] if username.lower().endswith(suffix) else username


def _hold(pattern: str, text: str, field: str, problem: str) -> None:
    unusable = problem_of(pattern, program_size_max=PROGRAM_SIZE_MAX)
    if unusable is not None:
        raise Invalid.field(field, f"cannot be checked, because the tenant's rule for it {unusable}: {pattern[:100]}")
    if not matches(pattern, text):
        raise Invalid.field(field, problem)
