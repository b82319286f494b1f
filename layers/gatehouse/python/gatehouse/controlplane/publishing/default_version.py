"""The default version of an API answers calls that name no version.

A new default takes over only when it is deployed and published; until then the one before goes on serving. So what is to
be served is settled anew after each change of a version, from what all versions are then: the same change settled twice,
or two changes at once, end alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.artifact import Artifact, Withdrawal, route_key
from gatehouse.domain.publishing.lifecycle import LifecycleState

if TYPE_CHECKING:
    from gatehouse.domain.apis.api import Api, ApiSummary
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.artifacts import Artifacts, Publication

_NOT_SERVED = frozenset({LifecycleState.CREATED, LifecycleState.RETIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultVersions:
    """Keeps the address without a version pointing at the right API."""

    apis: ApiLookup
    artifacts: Artifacts
    publication: Publication

    def settle(self, api: Api) -> None:
        """Call after anything has changed of a version: its flag, its state, its deployments, its existence."""
        if api.default_path == api.base_path:
            return
        family = [one for one in self.apis.summaries(api.tenant) if one.name.lower() == api.name.lower()]
        if api.is_default_version or any(_is_flagged(one) for one in family):
            self._point(api, family)

    def _point(self, api: Api, family: list[ApiSummary]) -> None:
        key = route_key(api.tenant, api.default_path)
        (body,) = self.artifacts.get([key])
        serving = str(body["api_id"]) if body else ""
        if (
            serving
            and serving != api.id
            and serving not in {one.id for one in family}
            and self._is_anothers(api, serving)
        ):
            return
        wanted = self._wanted(api.tenant, family, serving)
        if wanted != serving:
            self.publication.publish([Artifact(key, {"api_id": wanted}) if wanted else Withdrawal(key)])

    def _wanted(self, tenant: str, family: list[ApiSummary], serving: str) -> str:
        """The version that is flagged, if it can serve; else the one that serves, as long as it can; "" for none."""
        flagged = [one for one in family if _is_flagged(one)]
        candidates = [*flagged, *(one for one in family if flagged and one.id == serving)]
        for one in candidates:
            if one.state not in _NOT_SERVED and self.apis.deployments(tenant, one.id):
                return one.id
        return ""

    def _is_anothers(self, api: Api, serving: str) -> bool:
        """Whether the address belongs to an API of another name, whose base path it is."""
        other = self.apis.some(api.tenant, [serving]).get(serving)
        return other is not None and other.name.lower() != api.name.lower()


def _is_flagged(summary: ApiSummary) -> bool:
    return bool(summary.info.get("isDefaultVersion"))
