"""Deny policies, as an admin keeps them: whom the gateway shuts out, for good or until a time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.controlplane.throttling.conditions import address, address_range
from gatehouse.domain.apis.api import base_path_of
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity import SUPER_TENANT, qualified, split_username
from gatehouse.domain.throttling.denial import Denial, DenialKind, DenialNotFound, UnknownApplication, UnknownContext

if TYPE_CHECKING:
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.applications.applications import Applications
    from gatehouse.ports.throttling.denials import Denials
    from gatehouse.ports.world import Clock

PATH = "conditionValue"
VALUE_CHARACTERS_MAX = 500
_SUBSCRIPTION_PARTS = 4
_KEY_TYPES = ("PRODUCTION", "SANDBOX")


@dataclass(frozen=True, slots=True)
class DenyPolicies:
    """The deny policies of tenants. Values are checked against what there is: a misspelt one would shut out nobody."""

    denials: Denials
    apis: ApiLookup
    applications: Applications
    clock: Clock

    def all(self, tenant: str) -> list[Denial]:
        """Every one of the tenant. One whose time is over is off."""
        return [self._by_now(denial) for denial in self.denials.all(tenant)]

    def get(self, tenant: str, denial_id: str) -> Denial:
        """Raises DenialNotFound."""
        found = self.denials.get(tenant, denial_id)
        if found is None:
            raise DenialNotFound(id=denial_id)
        return self._by_now(found)

    def add(self, tenant: str, kind: DenialKind, value: object, *, enabled: bool, until: int) -> Denial:
        """Shut out. `until` is in epoch seconds, 0 for good.

        Raises Invalid, UnknownContext, UnknownApplication, DenialExists.
        """
        if until and until <= self.clock.now():
            raise Invalid.field("conditionExpiry", "is over already")
        meant, inverted = self._value(tenant, kind, value)
        made = Denial(id=str(uuid.uuid4()), kind=kind, value=meant, inverted=inverted, enabled=enabled, until=until)
        self._clear(tenant, made)
        self.denials.add(tenant, made)
        return made

    def turn(self, tenant: str, denial_id: str, *, enabled: bool) -> Denial:
        """Turn one on or off. Raises DenialNotFound, Invalid when its time is over."""
        turned = replace(self.get(tenant, denial_id), enabled=enabled)
        if self._by_now(turned) != turned:
            raise Invalid.field("conditionStatus", "its time is over; delete it and add another")
        self.denials.save(tenant, turned)
        return turned

    def remove(self, tenant: str, denial_id: str) -> None:
        """Raises DenialNotFound."""
        self.denials.remove(tenant, self.get(tenant, denial_id))

    def _clear(self, tenant: str, place: Denial) -> None:
        """Remove one of the same kind and value whose time is over."""
        for known in self.denials.all(tenant):
            same = replace(place, id=known.id, enabled=known.enabled, until=known.until) == known
            if same and self._is_over(known):
                self.denials.remove(tenant, known)

    def _is_over(self, denial: Denial) -> bool:
        return 0 < denial.until <= self.clock.now()

    def _by_now(self, denial: Denial) -> Denial:
        return replace(denial, enabled=False) if self._is_over(denial) else denial

    def _value(self, tenant: str, kind: DenialKind, value: object) -> tuple[str, bool]:
        """The value as `domain.throttling.denial` has it, and whether it is inverted."""
        if kind in {DenialKind.IP, DenialKind.IP_RANGE}:
            return _addresses(kind, value)
        if not isinstance(value, str) or not 0 < len(value) <= VALUE_CHARACTERS_MAX:
            raise Invalid.field(PATH, f"must be a text of at most {VALUE_CHARACTERS_MAX} characters")
        match kind:
            case DenialKind.API:
                self._check_context(tenant, value)
                return value, False
            case DenialKind.APPLICATION:
                return self._application(tenant, value), False
            case DenialKind.USER:
                return _full_name(tenant, value), False
            case _:
                return self._subscription(tenant, value), False

    def _check_context(self, tenant: str, value: str) -> None:
        prefix = "" if tenant == SUPER_TENANT else f"/t/{tenant}"
        if not any(f"{prefix}{base_path_of(one.context, one.version)}" == value for one in self.apis.summaries(tenant)):
            raise UnknownContext.field(PATH, f"no API has the context and version '{value}' (like /menu/1.0.0)")

    def _application(self, tenant: str, value: str) -> str:
        owner, colon, name = value.partition(":")
        full = _full_name(tenant, owner)
        user = split_username(full)[1]
        owned = self.applications.owned(tenant, user) if colon else []
        if not any(application.name == name for application in owned):
            raise UnknownApplication.field(PATH, f"there is no application '{value}' (like mary:Kiosk)")
        return f"{full}:{name}"

    def _subscription(self, tenant: str, value: str) -> str:
        """`{context}:{version}:{owner}-{application}:{keyType}`."""
        parts = value.split(":")
        owner, dash, name = parts[2].partition("-") if len(parts) == _SUBSCRIPTION_PARTS else ("", "", "")
        if not dash or parts[3] not in _KEY_TYPES:
            problem = "must be {context}:{version}:{owner}-{application}:{PRODUCTION or SANDBOX}"
            raise Invalid.field(PATH, problem)
        self._check_context(tenant, parts[0])
        application = self._application(tenant, f"{owner}:{name}").partition(":")[0]
        return f"{parts[0]}:{parts[1]}:{application}-{name}:{parts[3]}"


def _addresses(kind: DenialKind, value: object) -> tuple[str, bool]:
    if not isinstance(value, dict):
        raise Invalid.field(PATH, "must be an object with the addresses")
    inverted = value.get("invert", False)
    if not isinstance(inverted, bool):
        raise Invalid.field(f"{PATH}.invert", "must be true or false")
    if kind is DenialKind.IP:
        return address(value.get("fixedIp"), f"{PATH}.fixedIp"), inverted
    first, last = f"{PATH}.startingIp", f"{PATH}.endingIp"
    return address_range(value.get("startingIp"), value.get("endingIp"), first, last), inverted


def _full_name(tenant: str, name: str) -> str:
    """A user's name with its tenant; without one it is the admin's own."""
    suffix = f"@{tenant}"
    if name.endswith(suffix):
        return name
    return qualified(tenant, name)
