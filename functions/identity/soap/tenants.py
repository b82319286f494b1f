"""TenantMgtAdminService: tenants, for administrators of the super tenant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.identity.soap.wsdl import Part, Service, Shape, Structure
from gatehouse.controlplane.identity.tenancy import Owner
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.identity.soap.messages import Asked
    from gatehouse.controlplane.identity.tenancy import Tenancy
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.people.identity import UserLookup

BEANS = "http://beans.common.stratos.carbon.wso2.org/xsd"
_BEAN = Structure(
    BEANS,
    (
        Part("active", "boolean"),
        Part("admin"),
        Part("adminPassword"),
        Part("createdDate", "dateTime"),
        Part("email"),
        Part("firstname"),
        Part("lastname"),
        Part("originatedService"),
        Part("successKey"),
        Part("tenantDomain"),
        Part("tenantId", "int"),
        Part("usagePlan"),
    ),
)
TENANTS = Service(
    name="TenantMgtAdminService",
    namespace="http://services.mgt.tenant.carbon.wso2.org",
    shapes={
        "addTenant": Shape((Part("tenantInfoBean", "TenantInfoBean"),), Part("return")),
        "getTenant": Shape((Part("tenantDomain"),), Part("return", "TenantInfoBean")),
        "activateTenant": Shape((Part("tenantDomain"),)),
        "deactivateTenant": Shape((Part("tenantDomain"),)),
    },
    structures={"TenantInfoBean": _BEAN},
)


class TenantService:
    """Its operations, by name: each answers what goes under `return`."""

    def __init__(self, tenancy: Tenancy, users: UserLookup) -> None:
        self._tenancy = tenancy
        self._users = users
        self.operations: Mapping[str, Callable[[Principal, Asked], Any]] = {
            "addTenant": self.add,
            "getTenant": self.get,
            "activateTenant": lambda caller, asked: self._set(caller, asked, active=True),
            "deactivateTenant": lambda caller, asked: self._set(caller, asked, active=False),
        }

    def add(self, caller: Principal, asked: Asked) -> str:
        """The domain. Raises Invalid, TenantExists, Forbidden."""
        (bean, *_) = [*asked.parts("tenantInfoBean"), None]
        if bean is None:
            raise Invalid.field("tenantInfoBean", "is required")
        told = {name: value for name, value in bean.items() if isinstance(value, str) and value}
        missing = [name for name in ("tenantDomain", "admin", "adminPassword") if name not in told]
        if missing:
            raise Invalid.field(f"tenantInfoBean.{missing[0]}", "is required")
        name = {"givenName": told.get("firstname"), "familyName": told.get("lastname")}
        profile: dict[str, object] = {"name": {part: value for part, value in name.items() if value}}
        if "email" in told:
            profile["emails"] = [{"value": told["email"], "primary": True}]
        owner = Owner(username=told["admin"], password=told["adminPassword"], profile=profile)
        return self._tenancy.create(caller, told["tenantDomain"], owner).domain

    def get(self, caller: Principal, asked: Asked) -> dict[str, Any]:
        """Raises TenantNotFound, Forbidden."""
        tenant = self._tenancy.of(caller, asked.text("tenantDomain"))
        owner = self._users.get(tenant.domain, tenant.owner)
        emails: Any = (owner.profile.get("emails") if owner else None) or [{}]
        name: Any = (owner.profile.get("name") if owner else None) or {}
        return {
            "": BEANS,
            "active": tenant.active,
            "admin": tenant.owner,
            "createdDate": datetime.fromtimestamp(tenant.created_at, UTC).isoformat(),
            "email": emails[0].get("value"),
            "firstname": name.get("givenName"),
            "lastname": name.get("familyName"),
            "tenantDomain": tenant.domain,
        }

    def _set(self, caller: Principal, asked: Asked, *, active: bool) -> None:
        self._tenancy.set_active(caller, self._tenancy.of(caller, asked.text("tenantDomain")), active=active)
