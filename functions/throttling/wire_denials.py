"""What the documents of deny policies look like."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from gatehouse.domain.errors import Invalid
from gatehouse.domain.throttling.denial import DenialKind
from gatehouse.edge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.throttling.denial import Denial


class DenialBody(Wire):
    """A deny policy. `conditionExpiry` is our own: the time (RFC 3339, with an offset) from which it holds no more."""

    conditionId: str | None = None
    conditionType: Literal["API", "APPLICATION", "IP", "IPRANGE", "USER", "SUBSCRIPTION"]
    conditionValue: str | dict[str, Any]
    conditionStatus: bool = True
    conditionExpiry: str | None = None


class DenialStatus(Wire):
    """Whether a deny policy is on."""

    conditionId: str | None = None
    conditionStatus: bool


def until_of(body: DenialBody) -> int:
    """When it ends, in epoch seconds; 0 is never. Raises Invalid."""
    if body.conditionExpiry is None:
        return 0
    try:
        expiry = datetime.fromisoformat(body.conditionExpiry)
    except ValueError:
        expiry = datetime.min  # noqa: DTZ901 -- has no offset, and so is refused below
    if expiry.tzinfo is None:
        raise Invalid.field("conditionExpiry", "must be a time with its offset from UTC, like 2026-12-24T18:00:00Z")
    return int(expiry.timestamp())


def denial(found: Denial) -> dict[str, Any]:
    """A deny policy as the interface shows it."""
    expiry = datetime.fromtimestamp(found.until, UTC).isoformat() if found.until else None
    return {
        "conditionId": found.id,
        "conditionType": found.kind,
        "conditionValue": _value(found),
        "conditionStatus": found.enabled,
        "conditionExpiry": expiry,
    }


def _value(found: Denial) -> object:
    if found.kind is DenialKind.IP:
        return {"fixedIp": found.value, "invert": found.inverted}
    if found.kind is DenialKind.IP_RANGE:
        first, _, last = found.value.partition(" ")
        return {"startingIp": first, "endingIp": last, "invert": found.inverted}
    return found.value


class QueryUnknown(Invalid):
    """Deny policies are found by type and value."""

    code = 900254
    message = "Invalid search for deny policies"


def asked_for(query: str) -> dict[str, str]:
    """`conditionType:API & conditionValue:menu/1.0.0` → what each attribute shall be. Raises QueryUnknown."""
    wanted: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in query.split("&"))):
        attribute, _, value = part.partition(":")
        if attribute not in {"conditionType", "conditionValue"} or not value:
            raise QueryUnknown.field("query", "must be conditionType:…, conditionValue:…, or both with & between them")
        wanted[attribute] = value.strip()
    return wanted


def matches(shown: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Whether a deny policy, as it is shown, is what was asked for. Of an object one member must be the value."""
    value = shown["conditionValue"]
    members = [str(member) for member in value.values()] if isinstance(value, dict) else [value]
    by_value = wanted.get("conditionValue", "").removeprefix("/")
    by_type = wanted.get("conditionType", shown["conditionType"]) == shown["conditionType"]
    return by_type and (not by_value or by_value in {member.removeprefix("/") for member in members})
