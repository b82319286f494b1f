"""What a tenant may be called, and what goes wrong with one."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from gatehouse.domain.people.identity import DOMAIN_MAX, SUPER_TENANT

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import Tenant

SUPER_TENANT_NUMBER = -1234

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


class TenantExists(Conflict):
    """There is a tenant with this domain."""

    default_description = "A tenant with this domain exists already."


class TenantNotFound(NotFound):
    """There is no such tenant."""

    default_description = "There is no such tenant."


class SuperTenantStays(Forbidden):
    """The super tenant can neither be deactivated nor deleted."""

    default_description = f"{SUPER_TENANT} cannot be deactivated or deleted: everything is run from it."


class StillDeleting(Unavailable):
    """A tenant that owns more than one request can delete."""

    default_description = "The tenant owns much and is still being deleted. Repeat the request."


def checked_domain(domain: str) -> str:
    """The domain that a new tenant may have, in lower case. Raises Invalid."""
    name = domain.lower()
    if len(name) > DOMAIN_MAX or not _DOMAIN.fullmatch(name):
        raise Invalid.field("domain", "must be a domain name of at least two parts, such as example.com")
    return name


def tenant_number(tenant: Tenant) -> int:
    """The number that WSO2's interfaces call a tenant by: -1234 for the super tenant, for others one that follows from the id.

    It never changes, and is unique as far as a number of 31 bits is.
    """
    return SUPER_TENANT_NUMBER if tenant.domain == SUPER_TENANT else uuid.UUID(tenant.id).int % (2**31 - 1) + 1
