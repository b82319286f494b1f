"""The terms of an application: what its owner decides about it, and can have changed."""

from __future__ import annotations

import json
from collections.abc import Mapping  # noqa: TC003 - `body.from_body` reads the hints at run time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gatehouse.domain.applications.application import Application, ApplicationStatus, TierInvalid
from gatehouse.domain.throttling.policy import UNLIMITED, PolicyKind

if TYPE_CHECKING:
    from gatehouse.ports.throttling.policies import Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationTerms:
    """As `Application` has them."""

    name: str
    policy: str
    description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    groups: tuple[str, ...] = ()
    organization: str = ""


def terms_of(application: Application) -> ApplicationTerms:
    """Those that hold."""
    return ApplicationTerms(
        name=application.name,
        policy=application.policy,
        description=application.description,
        attributes=dict(application.attributes),
        groups=application.groups,
        organization=application.organization,
    )


def changed(application: Application, terms: ApplicationTerms, now: int) -> Application:
    """The application on these terms from `now` on, in epoch seconds; what waited for other ones is over."""
    return replace(
        application,
        **{name: getattr(terms, name) for name in ApplicationTerms.__slots__},
        status=ApplicationStatus.APPROVED,
        workflow="",
        updated_at=now,
    )


def updates(before: ApplicationTerms, after: ApplicationTerms) -> str:
    """What changes, for who decides about it: WSO2's `[{attributeName, current, expected}]` as JSON."""
    pairs = (_fields(before), _fields(after)), (before.attributes, after.attributes)
    return json.dumps(
        [
            {"attributeName": name, "current": known.get(name, ""), "expected": wanted.get(name, "")}
            for known, wanted in pairs
            for name in {**known, **wanted}
            if known.get(name, "") != wanted.get(name, "")
        ]
    )


def require_tier(policies: Policies, tenant: str, name: str) -> None:
    """Raises TierInvalid unless applications of the tenant can have this tier."""
    if name != UNLIMITED and policies.named(tenant, PolicyKind.APPLICATION, name) is None:
        raise TierInvalid.field("throttlingPolicy", f"there is no application tier '{name}'")


def _fields(terms: ApplicationTerms) -> dict[str, str]:
    return {
        "Application Name": terms.name,
        "Tier": terms.policy,
        "Description": terms.description,
        "Groups": ",".join(terms.groups),
        "Sharing with the organization": "Enabled" if terms.organization else "Disabled",
    }
