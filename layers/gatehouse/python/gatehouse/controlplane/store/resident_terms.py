"""What the tenant's administrator lets keys be like that are made at our own key manager."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.key_manager import KeyManagerDisabled, KeyManagerRestricted
from gatehouse.domain.tokens.oauth import LIFETIME_PROPERTIES, SERVED_GRANTS

if TYPE_CHECKING:
    from gatehouse.controlplane.store.terms import KeyTerms
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.tokens.key_manager import ExternalKeyManager

LEFT_OPEN = "N/A"
"""What a lifetime is that the developer leaves to the key manager, in WSO2's words."""


def on_terms_of(resident: ExternalKeyManager, principal: Principal, terms: KeyTerms, path: str) -> KeyTerms:
    """The terms, with the tenant's lifetimes where the developer leaves them open. `path` names the grants in an error.

    Raises KeyManagerDisabled, KeyManagerRestricted, Invalid (a grant that the administrator does not offer).
    """
    if not resident.may_be_used_by(principal.roles):
        raise KeyManagerRestricted.named(resident.name)
    if not resident.enabled:
        raise KeyManagerDisabled.field("keyManager", f"'{resident.name}' is not enabled")
    offered = resident.document["availableGrantTypes"]
    chosen = set(offered) != set(SERVED_GRANTS)  # else nobody has chosen: each stage serves what it serves
    for index, grant in enumerate(terms.grant_types):
        if chosen and grant not in offered:
            raise Invalid.field(f"{path}.{index}", f"'{grant}' is none of {', '.join(offered)}, which are offered here")
    preset = resident.document["additionalProperties"]
    left_open = {
        field: preset[name]
        for name, field in LIFETIME_PROPERTIES.items()
        if name in preset and terms.properties.get(name, LEFT_OPEN) == LEFT_OPEN
    }
    return replace(terms, lifetimes=replace(terms.lifetimes, **left_open))
