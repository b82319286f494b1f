"""What a tenant owns in all tables, found without a scan: lists lead to what they list, and go last.

So a deletion that breaks off finds the rest again. What expires by itself (codes, sessions, counters) is left to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException

from gatehouse.adapters.dynamo.table import Row, bind, query
from gatehouse.domain.artifact import first_segment
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.record import Kind
from gatehouse.domain.throttling.policy import PolicyKind

if TYPE_CHECKING:
    from collections.abc import Iterator

Place = tuple[type[Row], str]

_OF_RECORDS = tuple(name for kind in Kind for name in (f"{kind}#NAME", str(kind)))

_OF_SETTINGS = (
    *_OF_RECORDS,
    "POLICYID",
    "KEYMANAGERS",
    "ISSUERS",
    "CONFIGURATION",
    "DENY",
    "DENYVALUE",
    "TRUST",
    "KEYMANAGERID",
)
_OF_ARTIFACTS = ("DENY", "RULE", "SCOPE", "KEYS", "ISSUER", "SYSTEMSCOPES", "ENVIRONMENT", "GATEWAYPOLICY")
_OF_APIS = (
    *("NAME", "NAMEVERSION", "CONTEXT", "SCOPENAME", *_OF_RECORDS, "DOCUMENTS", "RATINGS"),
    *("WORDINGS", "WORDINGS-DEPLOYED", "DEPLOYED", "APIS"),
)
_OF_APPLICATIONS = ("SHARED", "SUBID", "WELCOMED", "APPS")
_OF_WORKFLOWS = ("PENDING", "DECIDED")
_OF_IDENTITY = ("USERID", "ROLEID", "RECOVERY", "RECOVERING", "LOCKOUT", "USERSTORE", "IDP", "ROLE", "USER")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The names of the tables that hold what tenants own."""

    apis: str
    applications: str
    artifacts: str
    identity: str
    oauth: str
    settings: str
    workflows: str


class TableEstate:
    """Implements `ports.people.erasure.Estate`."""

    def __init__(self, tables: Tables) -> None:
        self._apis = bind(Row, tables.apis)
        self._applications = bind(Row, tables.applications)
        self._artifacts = bind(Row, tables.artifacts)
        self._identity = bind(Row, tables.identity)
        self._oauth = bind(Row, tables.oauth)
        self._settings = bind(Row, tables.settings)
        self._workflows = bind(Row, tables.workflows)

    def erase(self, tenant: str, *, items: int) -> bool:
        """Delete up to this many items; True when nothing is left. Raises Unavailable."""
        left = items
        for row, pk in self._places(tenant):
            found = list(query(row, pk, limit=left + 1))
            _delete(row, found[:left])
            if len(found) > left:
                return False
            left -= len(found)
        return True

    def _places(self, tenant: str) -> Iterator[Place]:
        """Every partition of the tenant's: what is listed before the list."""
        yield from self._of_apis(tenant)
        yield from self._of_applications(tenant)
        yield from self._of_clients(tenant)
        yield from ((self._apis, f"{tenant}#{name}") for name in _OF_APIS)
        yield from ((self._applications, f"{tenant}#{name}") for name in _OF_APPLICATIONS)
        for kind in PolicyKind:
            yield self._artifacts, f"{tenant}#POLICY#{kind}"
            yield self._settings, f"{tenant}#POLICY#{kind}"
        yield from ((self._artifacts, f"{tenant}#{name}") for name in _OF_ARTIFACTS)
        yield from ((self._settings, f"{tenant}#{name}") for name in _OF_SETTINGS)
        yield from ((self._workflows, f"{tenant}#{name}") for name in _OF_WORKFLOWS)
        for role in query(self._identity, f"{tenant}#ROLE"):
            yield self._identity, f"{tenant}#MEMBER#{role.sk}"
        yield from ((self._identity, f"{tenant}#{name}") for name in _OF_IDENTITY)

    def _of_apis(self, tenant: str) -> Iterator[Place]:
        for base_path in query(self._apis, f"{tenant}#CONTEXT"):
            yield self._artifacts, f"{tenant}#ROUTES#{first_segment(base_path.sk)}"
        for certificate in query(self._settings, f"{tenant}#TRUST"):
            yield self._artifacts, f"{tenant}#TRUST#{certificate.body.get('host', '')}"
        for summary in query(self._apis, f"{tenant}#APIS"):
            api_id = summary.sk.rpartition("#")[2]
            for revision in query(self._apis, f"{tenant}#API#{api_id}", prefix="REVISION#"):
                yield self._artifacts, f"{tenant}#FACTS#{api_id}#{revision.sk.rpartition('#')[2]}"
            yield self._artifacts, f"{tenant}#API#{api_id}"
            yield self._applications, f"{tenant}#APIKEYS#{api_id}"
            yield self._applications, f"{tenant}#APISUBS#{api_id}"
            yield self._applications, f"{tenant}#PLACES#{api_id}"
            yield self._applications, f"{tenant}#HOLDERS#{api_id}"
            yield self._apis, f"{tenant}#API#{api_id}"

    def _of_applications(self, tenant: str) -> Iterator[Place]:
        owners = {row.sk for row in query(self._applications, f"{tenant}#WELCOMED")}
        for listed in query(self._applications, f"{tenant}#APPS"):
            owners.add(listed.sk.partition("#")[0])
            app_id = listed.body["id"]
            for key in query(self._applications, f"{tenant}#APP#{app_id}", prefix="APIKEY#"):
                yield self._artifacts, f"{tenant}#APIKEY#{key.body.get('digest', '')}"
            yield self._artifacts, f"{tenant}#APP#{app_id}"
            yield self._artifacts, f"{tenant}#SUB#{app_id}"
            yield self._artifacts, f"{tenant}#ABROAD#{app_id}"
            yield self._applications, f"{tenant}#WEBHOOKS#{app_id}"
            yield self._applications, f"{tenant}#APP#{app_id}"
        for owner in sorted(owners):
            for key in query(self._applications, f"{tenant}#BOUNDKEYS#{owner}"):
                yield self._artifacts, f"{tenant}#APIKEY#{key.body.get('digest', '')}"
            yield self._applications, f"{tenant}#BOUNDKEYS#{owner}"
        yield self._applications, f"{tenant}#CLIENTS#"
        for key_manager in query(self._settings, f"{tenant}#KEYMANAGERID"):
            for client in query(self._applications, f"{tenant}#CLIENTS#{key_manager.sk}"):
                yield self._artifacts, f"{tenant}#KEYMANAGER#{key_manager.sk}#CLIENT#{client.sk}"
            yield self._applications, f"{tenant}#CLIENTS#{key_manager.sk}"

    def _of_clients(self, tenant: str) -> Iterator[Place]:
        for user in query(self._identity, f"{tenant}#USER"):
            for name in {user.sk, str(user.body["name"])}:
                for client in query(self._oauth, f"{tenant}#CLIENTNAME#{name}"):
                    client_id = client.body["id"]
                    yield self._artifacts, f"{tenant}#CLIENT#{client_id}"
                    yield self._oauth, f"{tenant}#CLIENT#{client_id}"
                    yield self._oauth, f"CLIENT#{client_id}"
                yield self._oauth, f"{tenant}#CLIENTNAME#{name}"
                yield self._oauth, f"{tenant}#CONSENT#{name}"


def _delete(row: type[Row], found: list[Row]) -> None:
    try:
        with row.batch_write() as batch:
            for one in found:
                batch.delete(one)
    except PynamoDBException as error:
        raise Unavailable(cause=str(error), operation="batch_write") from error
