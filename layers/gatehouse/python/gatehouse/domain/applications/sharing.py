"""Sharing: an application's owner lets a circle of people use it too.

A circle is a group, which is a role of the tenant's users, or the people of an organization. Roles are given by
administrators; what users can say of themselves makes nobody a member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.errors import Forbidden, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.domain.applications.application import Application
    from gatehouse.domain.people.identity import Principal

SWITCH = "EnableApplicationSharing"
"""The property of the tenant's configuration."""

GROUPS_MAX = 20
"""How many groups an application can be shared with: each is a row in the transaction that changes it."""

PRIVATE, SHARED_WITH_ORGANIZATION = "PRIVATE", "SHARED_WITH_ORG"


class NotTheOwner(Forbidden):
    """Who uses somebody's application with them may neither change nor delete it."""

    message = "Only the owner can do this"
    default_description = "The application is shared with you. Only its owner can change or delete it."


class SharingRefused(Invalid):
    """The application cannot be shared as it is asked for."""

    message = "The application cannot be shared like that"


def circles_of(principal: Principal) -> frozenset[str]:
    """The circles that somebody is in."""
    own = {_organization(principal.organization)} if principal.organization else set()
    return frozenset({_group(role) for role in principal.roles} | own)


def circles_around(application: Application) -> frozenset[str]:
    """The circles that an application is shared with."""
    own = {_organization(application.organization)} if application.organization else set()
    return frozenset({_group(name) for name in application.groups} | own)


def named(groups: Iterable[str]) -> tuple[str, ...]:
    """The groups, each once, whatever its case, as it was named first."""
    found: dict[str, str] = {}
    for group in groups:
        found.setdefault(group.strip().lower(), group.strip())
    return tuple(found[name] for name in sorted(found) if name)


def _group(name: str) -> str:
    return f"group:{name.lower()}"


def _organization(identifier: str) -> str:
    return f"organization:{identifier}"
