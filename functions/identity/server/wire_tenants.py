"""What a tenant looks like when it is made (WSO2's `/api/server/v1/tenants`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gatehouse.controlplane.identity.tenancy import Owner
from gatehouse.domain.people.identity import DOMAIN_MAX
from gatehouse.edge.wire import Wire

Text = Annotated[str, Field(max_length=1000)]


class OwnerBody(Wire):
    """Who a tenant is made for."""

    username: Text
    password: Annotated[str, Field(max_length=2000, repr=False)]
    email: Text | None = None
    firstname: Text | None = None
    lastname: Text | None = None
    provisioningMethod: Literal["inline-password"] | None = None

    def owner(self) -> Owner:
        """The owner, with a profile as SCIM shows it."""
        name = {"givenName": self.firstname, "familyName": self.lastname}
        name = {part: value for part, value in name.items() if value}
        profile: dict[str, object] = {"name": name} if name else {}
        if self.email:
            profile["emails"] = [{"value": self.email, "primary": True}]
        return Owner(username=self.username, password=self.password, profile=profile)


class TenantBody(Wire):
    """A new tenant."""

    domain: Annotated[str, Field(max_length=DOMAIN_MAX)]
    owners: Annotated[list[OwnerBody], Field(min_length=1, max_length=1)]


class LifecycleBody(Wire):
    """Whether a tenant is active."""

    activated: bool
