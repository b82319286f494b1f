"""Display: what a tenant has set about its store, and which of the APIs that a visitor may see are put out there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.abroad import SWITCH, is_offered_to
from gatehouse.domain.apis.api import version_order
from gatehouse.domain.publishing.lifecycle import VISIBLE_IN_STORE, LifecycleState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatehouse.domain.apis.api import ApiSummary

ANONYMOUS, VERSIONS, DEPRECATED = "EnableAnonymousMode", "DisplayMultipleVersions", "DisplayDeprecatedAPIs"
"""The properties of a tenant's configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Whether strangers may look around, whether all versions of an API stand there, and whether deprecated ones do.

    `abroad` is whether applications of other tenants may have what is offered to them.
    """

    to_strangers: bool = True
    every_version: bool = False
    deprecated: bool = False
    abroad: bool = False

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> Display:
        """As a tenant's configuration has it."""
        return cls(
            to_strangers=configuration.get(ANONYMOUS) is not False,
            every_version=configuration.get(VERSIONS) is True,
            deprecated=configuration.get(DEPRECATED) is True,
            abroad=configuration.get(SWITCH) is True,
        )

    def sells_to(self, tenant: str, summary: ApiSummary) -> bool:
        """Whether applications of a tenant, this one or another, may be subscribed to an API of this one."""
        return tenant == summary.tenant or (self.abroad and is_offered_to(tenant, summary))

    def puts_out(self, state: LifecycleState) -> bool:
        """Whether APIs in this state of their life are listed."""
        return state in VISIBLE_IN_STORE or (self.deprecated and state is LifecycleState.DEPRECATED)

    def chosen(self, summaries: Iterable[ApiSummary]) -> list[ApiSummary]:
        """Those that are listed, of those that may be seen: by default the newest version of each name.

        A prototype is a name's version of its own: it never hides what is released.
        """
        listed = [summary for summary in summaries if self.puts_out(summary.state)]
        if self.every_version:
            return listed
        newest: dict[tuple[str, bool], ApiSummary] = {}
        for summary in listed:
            name = summary.name.lower(), summary.state is LifecycleState.PROTOTYPED
            best = newest.get(name)
            if best is None or version_order(best.version) < version_order(summary.version):
                newest[name] = summary
        kept = {summary.id for summary in newest.values()}
        return [summary for summary in listed if summary.id in kept]
