"""Administering gateway environments. What the gateway must know of one, its host names, is written with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.environments.lookup import Environments, environment_of
from gatehouse.domain.artifact import Artifact, Withdrawal, environment_key
from gatehouse.domain.publishing.environment import (
    ENVIRONMENTS_MAX,
    EnvironmentInUse,
    EnvironmentNameFixed,
    EnvironmentNotFound,
    EnvironmentReadOnly,
    EnvironmentTaken,
    HostInvalid,
    HostMissing,
    HostTwice,
    TooManyEnvironments,
    is_host,
)
from gatehouse.domain.publishing.revision import DEFAULT_ENVIRONMENT
from gatehouse.domain.record import Kind, made, new_id, rewritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.publishing.environment import Environment
    from gatehouse.domain.record import Record
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Clock

SHOWN_MAX = 3
"""How many APIs a refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentAdministration:
    """Making, changing and deleting those that are not the stage's own. `stage` is the name of the deployment."""

    environments: Environments
    records: Records
    apis: ApiLookup
    clock: Clock
    stage: str

    def add(self, principal: Principal, name: str, document: Mapping[str, Any]) -> Environment:
        """A new one. Raises EnvironmentTaken, HostMissing, HostInvalid, HostTwice, TooManyEnvironments."""
        tenant = principal.tenant
        taken = EnvironmentTaken.field("name", f"there is a gateway environment '{name}' already")
        if name.lower() == DEFAULT_ENVIRONMENT.lower():
            raise taken
        _check_hosts(document)
        if len(self.records.all(tenant, Kind.ENVIRONMENT)) >= ENVIRONMENTS_MAX:
            raise TooManyEnvironments(f"A tenant has at most {ENVIRONMENTS_MAX} gateway environments of its own.")
        record = made(principal, self.clock.now(), Kind.ENVIRONMENT, new_id(), document, name=name)
        return environment_of(self.records.add(record, taken=taken, changes=[self._hosts(record)]))

    def update(self, principal: Principal, environment_id: str, name: str, document: Mapping[str, Any]) -> Environment:
        """Replace one, save its name, which deployments refer to.

        Raises EnvironmentNotFound, EnvironmentReadOnly, EnvironmentNameFixed, Changed, and what `add` raises of hosts.
        """
        before = self._record(principal.tenant, environment_id)
        if name != before.name:
            raise EnvironmentNameFixed.field("name", f"is '{before.name}' and stays so")
        _check_hosts(document)
        self._check_hosts_in_use(before, document)
        changed = rewritten(before, principal, self.clock.now(), document)
        taken = EnvironmentTaken.field("name", f"there is a gateway environment '{name}' already")
        return environment_of(self.records.replace(before, changed, taken=taken, changes=[self._hosts(changed)]))

    def remove(self, principal: Principal, environment_id: str) -> None:
        """Forget one that nothing is deployed in.

        Raises EnvironmentNotFound, EnvironmentReadOnly, EnvironmentInUse, Changed.
        """
        record = self._record(principal.tenant, environment_id)
        if deployed := self.apis.deployed_in(record.tenant, record.name, SHOWN_MAX + 1):
            raise EnvironmentInUse(f"Undeploy from '{record.name}' first: {_named(deployed)}")
        self.records.remove([record], [Withdrawal(environment_key(record.tenant, record.name))])

    def _record(self, tenant: str, environment_id: str) -> Record:
        if environment_id == DEFAULT_ENVIRONMENT:
            raise EnvironmentReadOnly(
                f"'{DEFAULT_ENVIRONMENT}' is the stage's own; its address is that of the gateway."
            )
        record = self.records.get(tenant, Kind.ENVIRONMENT, environment_id)
        if record is None:
            raise EnvironmentNotFound.by_id(environment_id)
        return record

    def _check_hosts_in_use(self, before: Record, document: Mapping[str, Any]) -> None:
        """A host that APIs are served at stays. Raises HostInvalid that names them."""
        kept = {str(one["host"]).lower() for one in document["vhosts"]}
        gone = {str(one["host"]).lower() for one in before.body["vhosts"]} - kept
        if not gone:
            return
        for api_id in self.apis.deployed_in(before.tenant, before.name):
            for deployment in self.apis.deployments(before.tenant, api_id):
                if deployment.environment == before.name and deployment.vhost.lower() in gone:
                    problem = f"'{deployment.vhost}' stays while API '{api_id}' is served there"
                    raise HostInvalid.field("vhosts", problem)

    def _hosts(self, record: Record) -> Artifact:
        own = {one.host.lower() for one in self.environments.own(record.tenant).virtual_hosts}
        hosts = [one.host.lower() for one in environment_of(record).virtual_hosts]
        body = {"hosts": hosts, "own_hosts": [host for host in hosts if host in own]}
        return Artifact(environment_key(record.tenant, record.name), body)


def _check_hosts(document: Mapping[str, Any]) -> None:
    vhosts = document.get("vhosts") or ()
    if not vhosts:
        raise HostMissing.field("vhosts", "name at least one host, by which calls are told to be for this environment")
    seen: set[str] = set()
    for index, given in enumerate(vhosts):
        host = str(given["host"]).lower()
        if not is_host(host):
            raise HostInvalid.field(f"vhosts.{index}.host", f"'{given['host']}' is no host name")
        if host in seen:
            raise HostTwice.field(f"vhosts.{index}.host", f"'{given['host']}' is named twice")
        seen.add(host)


def _named(api_ids: list[str]) -> str:
    more = ", and others" if len(api_ids) > SHOWN_MAX else ""
    return f"APIs {', '.join(api_ids[:SHOWN_MAX])}{more}"
