"""Shapes of user stores (WSO2's `/api/server/v1/userstores`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.controlplane.identity.user_stores import StoreDraft
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.directory import PASSWORD_PROPERTY, properties_of
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from gatehouse.domain.people.user_store import StoreType, UserStore

BASE = "/api/server/v1/userstores"
_MANDATORY = ("ConnectionURL", "ConnectionName", PASSWORD_PROPERTY, "UserSearchBase")


class Property(Wire):
    """A property by name. All values are text."""

    name: str
    value: str


class Store(Wire):
    """A user store as it is sent. `claimAttributeMappings` is accepted and ignored: which attribute says what is fixed."""

    typeId: str
    name: str
    description: str = ""
    properties: list[Property] = Field(default_factory=list)
    claimAttributeMappings: list[dict[str, Any]] | None = None

    def draft(self) -> StoreDraft:
        """Raises Invalid: a property that comes twice."""
        told: dict[str, str] = {}
        for number, given in enumerate(self.properties):
            if given.name in told:
                raise Invalid.field(f"properties.{number}.name", f"comes twice: '{given.name}'")
            told[given.name] = given.value
        return StoreDraft(domain=self.name, type_id=self.typeId, description=self.description, properties=told)


class Connection(Store):
    """What is tried: a store that need not be there yet."""

    name: str = ""


class Change(Wire):
    """One change of a PATCH: a property's value, or the description."""

    operation: Literal["REPLACE"]
    path: str
    value: str


def listed(store: UserStore) -> dict[str, Any]:
    """A line of the list."""
    return {
        "id": store.id,
        "name": store.domain,
        "description": store.description,
        "enabled": store.enabled,
        "typeName": store.type.value,
        "self": f"{BASE}/{store.id}",
    }


def shown(store: UserStore) -> dict[str, Any]:
    """A store with all of its properties, the secret hidden."""
    properties = {**properties_of(store.type), **store.properties, PASSWORD_PROPERTY: HIDDEN}
    return {
        "id": store.id,
        "typeId": store.type.id,
        "typeName": store.type.value,
        "className": f"org.wso2.carbon.user.core.ldap.{store.type}",
        "name": store.domain,
        "description": store.description,
        "properties": [{"name": name, "value": value} for name, value in properties.items()],
    }


def kind_listed(kind: StoreType) -> dict[str, Any]:
    """A type, as the list has it."""
    return {
        "typeId": kind.id,
        "typeName": kind.value,
        "className": f"org.wso2.carbon.user.core.ldap.{kind}",
        "self": f"{BASE}/meta/types/{kind.id}",
    }


def kind_shown(kind: StoreType) -> dict[str, Any]:
    """A type with the properties that its stores may have, the mandatory ones apart."""
    known = {PASSWORD_PROPERTY: "", **properties_of(kind)}
    described = [{"name": name, "defaultValue": default} for name, default in known.items()]
    return {
        **kind_listed(kind),
        "properties": {
            "Mandatory": [each for each in described if each["name"] in _MANDATORY],
            "Optional": [each for each in described if each["name"] not in _MANDATORY],
            "Advanced": [],
        },
    }
