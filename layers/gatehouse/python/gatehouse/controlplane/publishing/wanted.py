"""Deployments as a provider asks for them: named by the environments that are open to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.publishing.environment import EnvironmentClosed, HostInvalid, is_host
from gatehouse.domain.publishing.revision import Deployment, EnvironmentUnknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.publishing.environment import Environment
    from gatehouse.domain.publishing.revision import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A deployment that is asked for, or one that shall end. `path` names it in errors."""

    environment: str
    vhost: str
    displayed: bool
    path: str

    def among(self, known: Mapping[str, Environment]) -> Environment:
        """The environment, of those that are open to the caller, by name. Raises EnvironmentUnknown."""
        found = known.get(self.environment)
        if found is None:
            problem = f"there is no gateway environment '{self.environment}'; there is {', '.join(known)}"
            raise EnvironmentUnknown.field(f"{self.path}.name", problem)
        return found

    def of(self, revision: Revision, environment: Environment, *, now: int) -> Deployment:
        """The deployment of this revision; `now` is in epoch milliseconds. Raises EnvironmentClosed, HostInvalid."""
        if not environment.takes_deployments:
            problem = f"'{environment.name}' is in mode {environment.document['mode']} and takes no deployments"
            raise EnvironmentClosed.field(f"{self.path}.name", problem)
        return Deployment(
            tenant=revision.tenant,
            api_id=revision.api_id,
            environment=environment.name,
            vhost=self._host(environment),
            revision_id=revision.id,
            revision_number=revision.number,
            displayed=self.displayed,
            deployed_at=now,
        )

    def _host(self, environment: Environment) -> str:
        """The host that is asked for, else the environment's first. Raises HostInvalid."""
        path = f"{self.path}.vhost"
        if not self.vhost:
            return next((one.host for one in environment.virtual_hosts), "")
        if not is_host(self.vhost):
            raise HostInvalid.field(path, f"'{self.vhost}' is no host name")
        if not environment.own and environment.virtual_host(self.vhost) is None:
            there = ", ".join(one.host for one in environment.virtual_hosts)
            raise HostInvalid.field(path, f"'{environment.name}' has no host '{self.vhost}'; it has {there}")
        return self.vhost
