"""What an API is like in one gateway environment: properties that are not the same everywhere.

`productionEndpoint` and `sandboxEndpoint` are the URLs of its backends there, in place of those that it was designed with.
Others are kept for who asks. All take effect with the next deployment to the environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.compiling.compiled_endpoints import url_problem
from gatehouse.controlplane.publishing.placing import PLACED
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.environment import EnvironmentKeysInvalid, EnvironmentNotFound
from gatehouse.domain.record import Kind, made, rewritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.environments.lookup import Environments
    from gatehouse.controlplane.publishing.designs import Designs
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.environment import Environment
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Clock

PROPERTIES_MAX = 50
CHARACTERS_MAX = 2000
"""How many properties an API may have in an environment, and how long names and values may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentKeys:
    """The properties of a tenant's APIs in its environments, one record for each pair."""

    environments: Environments
    records: Records
    clock: Clock

    def of(self, tenant: str, api_id: str, environment: Environment) -> Mapping[str, str]:
        """Those of one API in one environment; none when nobody has set any."""
        record = self.records.get(tenant, Kind.ENVIRONMENT_KEYS, environment.id, api_id)
        return record.body["properties"] if record is not None else {}

    def everywhere(self, tenant: str, api_id: str) -> dict[str, Mapping[str, str]]:
        """Those of one API, by the id of the environment."""
        found = self.records.all(tenant, Kind.ENVIRONMENT_KEYS, api_id)
        return {record.id: record.body["properties"] for record in found}

    def get(self, principal: Principal, designs: Designs, api_id: str, environment_id: str) -> Mapping[str, str]:
        """The same, for a caller. Raises ApiNotFound, EnvironmentNotFound."""
        api = designs.get(principal, api_id)
        return self.of(api.tenant, api.id, self._environment(principal, environment_id))

    def put(
        self, principal: Principal, designs: Designs, api_id: str, environment_id: str, properties: Mapping[str, Any]
    ) -> Mapping[str, str]:
        """Replace them. Raises what `get` raises, EnvironmentKeysInvalid, Changed."""
        api = designs.get(principal, api_id)
        environment = self._environment(principal, environment_id)
        checked = _checked(properties)
        now, body = self.clock.now(), {"properties": checked}
        before = self.records.get(api.tenant, Kind.ENVIRONMENT_KEYS, environment.id, api.id)
        if before is not None:
            self.records.replace(before, rewritten(before, principal, now, body), taken=Changed())
            return checked
        record = made(principal, now, Kind.ENVIRONMENT_KEYS, environment.id, body, owner=api.id)
        self.records.add(record, taken=Changed())
        return checked

    def _environment(self, principal: Principal, environment_id: str) -> Environment:
        found = self.environments.get(principal.tenant, environment_id)
        if not found.open_to(principal.roles):
            raise EnvironmentNotFound.by_id(environment_id)
        return found


def _checked(properties: Mapping[str, Any]) -> dict[str, str]:
    if len(properties) > PROPERTIES_MAX:
        raise EnvironmentKeysInvalid.field("", f"at most {PROPERTIES_MAX} properties are kept")
    for name, value in properties.items():
        if not name or len(name) > CHARACTERS_MAX:
            raise EnvironmentKeysInvalid.field("", f"names have 1 to {CHARACTERS_MAX} characters")
        if not isinstance(value, str) or len(value) > CHARACTERS_MAX:
            raise EnvironmentKeysInvalid.field(name, f"must be a text of at most {CHARACTERS_MAX} characters")
        if name in PLACED and (problem := url_problem(value)):
            raise EnvironmentKeysInvalid.field(name, problem)
    return dict(properties)
