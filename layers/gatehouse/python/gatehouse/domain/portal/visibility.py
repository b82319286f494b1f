"""Visibility: to whom an API is shown in the store. The one rule of it; lists, counts, searches and direct ids all ask here.

The life of an API is another matter (`domain.publishing.lifecycle`), and so is who may work on it (`publishing.access`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.apis.api import PRIVATE, PUBLIC, RESTRICTED
from gatehouse.domain.people.identity import EVERYONE, display_username
from gatehouse.domain.portal.document import OWNER_ONLY
from gatehouse.domain.portal.document import PRIVATE as PRIVATE_DOCUMENT
from gatehouse.domain.portal.organization import is_open_to

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.record import Record


def is_shown_to(caller: Principal | None, summary: ApiSummary) -> bool:
    """Whether the caller, of whatever tenant, sees the API; None is somebody who has not logged in.

    A PRIVATE one is for its tenant, and for the `visibleTenants` that it names. A RESTRICTED one is for its tenant's
    `visibleRoles`, and for its provider and the tenant's admins. A visibility that nobody knows shows nothing. Besides,
    people of the tenant's organizations see only what is open to theirs, or is their own.
    """
    if caller is not None and not _is_open_to_organization(caller, summary):
        return False
    if summary.visibility == PUBLIC:
        return True
    if caller is None:
        return False
    at_home = caller.tenant == summary.tenant
    if summary.visibility == PRIVATE:
        return at_home or caller.tenant in summary.visible_tenants
    if summary.visibility == RESTRICTED:
        return at_home and (has_made(caller, summary) or _has_role(caller, summary))
    return False


def document_is_shown_to(caller: Principal | None, document: Record, summary: ApiSummary) -> bool:
    """Whether a caller who sees the API sees this document of it.

    One that is its owner's alone is for who made it, for the API's provider and for the tenant's admins; a PRIVATE one is
    for everybody who has logged in to the tenant.
    """
    visibility = document.body.get("visibility")
    if visibility not in {OWNER_ONLY, PRIVATE_DOCUMENT}:
        return True
    if caller is None or caller.tenant != document.tenant:
        return False
    if visibility == PRIVATE_DOCUMENT:
        return True
    own = document.by == display_username(caller.tenant, caller.user)
    return own or caller.is_admin or has_made(caller, summary)


def has_made(caller: Principal, summary: ApiSummary) -> bool:
    """Whether the caller is the API's provider."""
    return summary.provider == display_username(caller.tenant, caller.user)


def _is_open_to_organization(caller: Principal, summary: ApiSummary) -> bool:
    if caller.tenant != summary.tenant or has_made(caller, summary):
        return True  # other tenants' organizations are not ours
    return is_open_to(caller.organization, summary.visible_organizations)


def _has_role(caller: Principal, summary: ApiSummary) -> bool:
    return caller.is_admin or not summary.visible_roles.isdisjoint({EVERYONE, *caller.roles})
