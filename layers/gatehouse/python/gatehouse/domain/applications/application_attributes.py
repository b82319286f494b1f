"""What a tenant wants to know of its applications: attributes by name, which a developer must give, may give, or never sees.

The tenant's configuration lists them as WSO2 writes them: `ApplicationConfiguration.Attributes`, each with `Attribute` (its
name), `Description`, `Tooltip`, `Type`, `Required`, `Hidden` and `Default`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECTION, ATTRIBUTES = "ApplicationConfiguration", "Attributes"
"""Where they stand in the tenant's configuration."""


class AttributesMissing(Invalid):
    """The tenant demands attributes that an application was not given."""

    message = "Required application attributes are missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationAttribute:
    """One attribute. `type` is how a portal lets it be entered; one that is `hidden` is the server's alone."""

    name: str
    description: str = ""
    tooltip: str = ""
    type: str = "text"
    required: bool = False
    hidden: bool = False
    default: str = ""


def attributes_of(configuration: Mapping[str, Any]) -> tuple[ApplicationAttribute, ...]:
    """Those that a tenant's configuration lists."""
    return tuple(
        ApplicationAttribute(
            name=one["Attribute"],
            description=one.get("Description", ""),
            tooltip=one.get("Tooltip", ""),
            type=one.get("Type", "text"),
            required=one.get("Required", False),
            hidden=one.get("Hidden", False),
            default=one.get("Default", ""),
        )
        for one in (configuration.get(SECTION) or {}).get(ATTRIBUTES) or ()
    )


def settled(
    known: Sequence[ApplicationAttribute], given: Mapping[str, str], before: Mapping[str, str]
) -> dict[str, str]:
    """The attributes of an application after its developer has given these; `before` are those that it had.

    What is hidden is neither given nor taken away, what was left out has its default, and what the tenant does not know is
    kept. Raises AttributesMissing.
    """
    kept = dict(given)
    for attribute in known:
        kept.pop(attribute.name, None)
        value = before.get(attribute.name, "") if attribute.hidden else given.get(attribute.name, "").strip()
        if value or attribute.default:
            kept[attribute.name] = value or attribute.default
    missing = [one.name for one in known if one.required and not one.hidden and one.name not in kept]
    if missing:
        fields = tuple(FieldError(f"attributes.{name}", "is required") for name in missing)
        raise AttributesMissing(
            f"The tenant requires these attributes of applications: {', '.join(missing)}", fields=fields
        )
    return kept


def hidden_of(known: Sequence[ApplicationAttribute]) -> frozenset[str]:
    """The names of those that developers do not see."""
    return frozenset(one.name for one in known if one.hidden)
