"""Walks the tables of APIs, applications and artifacts, and tells of rows that mean something only with one that is gone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Rows = dict[tuple[str, str], dict[str, Any]]


@dataclass
class Walk:
    """The rows of the three tables. `orphans` is empty where all is well."""

    apis: Rows
    applications: Rows
    artifacts: Rows
    orphans: list[str] = field(default_factory=list)

    @classmethod
    def through(cls, client: Any, *, apis: str, applications: str, artifacts: str) -> Walk:
        walk = cls(*(_rows(client, table) for table in (apis, applications, artifacts)))
        # Notes tell mirrors what has changed, of what is gone too, and expire.
        walk.applications = {key: row for key, row in walk.applications.items() if not key[0].endswith("-NOTES")}
        for (pk, sk), row in sorted(walk.applications.items()):
            walk._application_row(pk.split("#"), pk, sk, row)
        for pk, sk in sorted(walk.artifacts):
            walk._artifact(pk.split("#"), pk, sk)
        return walk

    def _application_row(self, parts: list[str], pk: str, sk: str, row: dict[str, Any]) -> None:  # noqa: C901, PLR0912 - a table
        tenant, kind, *rest = parts
        body = row.get("body", {})
        match kind, rest:
            case "APP", [application_id]:
                self._require(pk, sk, (pk, "META") in self.applications)
                self._of_application(tenant, application_id, pk, sk, row)
            case "APPS", []:
                self._require(pk, sk, (f"{tenant}#APP#{body['id']}", "META") in self.applications)
            case "SHARED", []:
                meta = self.applications.get((f"{tenant}#APP#{body['id']}", "META"), {}).get("body", {})
                circles = {f"group:{group.lower()}" for group in meta.get("groups", ())}
                self._require(pk, sk, sk.rpartition("#")[0] in circles)
            case "SUBID", []:
                home = body.get("tenant", tenant)
                found = self._subscription(home, body["application_id"], body["api_id"])
                self._require(pk, sk, found.get("id") == sk and found.get("policy") == body["policy"])
                self._require(pk, f"{sk} abroad", (found.get("abroad") or home) == (body.get("abroad") or tenant))
            case "APISUBS", [api_id]:
                self._require(pk, sk, bool(self._subscription(body.get("tenant", tenant), sk, api_id)))
            case "WEBHOOKS", [application_id]:
                self._require(pk, sk, bool(self._subscription(tenant, application_id, body["api_id"])))
                held = (f"{tenant}#HOLDERS#{body['api_id']}", application_id)
                self._require(pk, sk, held in self.applications)
            case "HOLDERS", [api_id]:
                self._require(pk, sk, bool(self._subscription(tenant, sk, api_id)))
                theirs = f"{tenant}#WEBHOOKS#{sk}"
                held = [one for where, one in self.applications if where == theirs and one.startswith(f"{api_id}#")]
                self._require(pk, f"{sk} counts {row['taken']}", int(row["taken"]) == len(held))
            case "PLACES", [api_id]:
                self._require(pk, sk, self._has_api(tenant, api_id))
            case "CLIENTS", [_]:
                clients = {key["client_id"] for key in self._keys()}
                self._require(pk, sk, sk in clients)
            case "APIKEYS", [api_id]:
                self._require(pk, sk, self._has_api(tenant, api_id))
                self._require(pk, sk, (body["pk"], body["sk"]) in self.applications)
            case "BOUNDKEYS", [_]:
                self._require(pk, sk, self._has_api(tenant, body["api_id"]))
                listed = (f"{tenant}#APIKEYS#{body['api_id']}", body["id"])
                self._require(pk, sk, listed in self.applications)
                if body["application_id"]:
                    theirs = f"{tenant}#APP#{body['application_id']}", f"ASSOC#{body['api_id']}#{body['id']}"
                    self._require(pk, sk, theirs in self.applications)
            case "WELCOMED", []:
                pass  # somebody had a first application once
            case _:
                self.orphans.append(f"unknown: {pk} {sk}")

    def _of_application(self, tenant: str, application_id: str, pk: str, sk: str, row: dict[str, Any]) -> None:
        body, [kind, *_] = row.get("body", {}), sk.split("#")
        match kind:
            case "META":
                listed = [
                    one["body"]["id"] for (where, _), one in self.applications.items() if where == f"{tenant}#APPS"
                ]
                self._require(pk, sk, listed.count(application_id) == 1)
                held = [one for where, one in self.applications if where == pk and one.startswith("SUB#")]
                self._require(pk, f"{sk} counts {row['subscriptions']}", int(row["subscriptions"]) == len(held))
                self._require(pk, sk, (f"{tenant}#APP#{application_id}", "PROFILE") in self.artifacts)
                for group in body["groups"]:
                    listed_for = f"{tenant}#SHARED", f"group:{group.lower()}#{application_id}"
                    self._require(pk, f"{sk} of {group}", listed_for in self.applications)
            case "SUB":
                there = body.get("abroad") or tenant
                self._require(pk, sk, self._has_api(there, body["api_id"]))
                for known_to in {tenant, there}:
                    self._require(pk, sk, (f"{known_to}#SUBID", body["id"]) in self.applications)
                self._require(pk, sk, (f"{there}#APISUBS#{body['api_id']}", application_id) in self.applications)
                granted = self.artifacts.get((f"{there}#SUB#{application_id}", body["api_id"]), {})
                self._require(pk, f"{sk} is granted", bool(granted))
                told = (f"{tenant}#ABROAD#{application_id}", body["api_id"]) in self.artifacts
                self._require(pk, f"{sk} is known at home", told == (there != tenant))
            case "KEY":
                self._require(pk, sk, (f"{tenant}#CLIENT#{body['client_id']}", "GRANT") in self.artifacts)
            case "ASSOC":
                key = self.applications.get((body["pk"], body["sk"]), {}).get("body", {})
                self._require(pk, sk, key.get("application_id") == application_id)
            case "APIKEY":
                self._require(pk, sk, (f"{tenant}#APIKEY#{body['digest']}", "GRANT") in self.artifacts)

    def _artifact(self, parts: list[str], pk: str, sk: str) -> None:
        tenant, kind, *rest = parts
        match kind, rest:
            case "SUB", [application_id]:
                self._require(f"artifact {pk}", sk, self._subscribed(tenant, application_id, sk))
            case "ABROAD", [application_id]:
                self._require(f"artifact {pk}", sk, bool(self._subscription(tenant, application_id, sk).get("abroad")))
            case "APP", [application_id]:
                self._require(f"artifact {pk}", sk, (f"{tenant}#APP#{application_id}", "META") in self.applications)
            case "CLIENT", [client_id]:
                clients = {key["client_id"] for key in self._keys()}
                self._require(f"artifact {pk}", sk, client_id in clients)
            case "APIKEY", [digest]:
                digests = {row["body"].get("digest") for row in self.applications.values() if "body" in row}
                self._require(f"artifact {pk}", sk, digest in digests)
            case "API", [api_id]:
                self._require(f"artifact {pk}", sk, self._has_api(tenant, api_id))

    def _require(self, pk: str, sk: str, holds: bool) -> None:  # noqa: FBT001
        if not holds:
            self.orphans.append(f"{pk} {sk}")

    def _subscription(self, tenant: str, application_id: str, api_id: str) -> dict[str, Any]:
        row = self.applications.get((f"{tenant}#APP#{application_id}", f"SUB#{api_id}"), {})
        return dict(row.get("body", {}))

    def _subscribed(self, tenant: str, application_id: str, api_id: str) -> bool:
        """Whether an application, of whatever tenant, is subscribed to an API of this one."""
        subscriber = self.applications.get((f"{tenant}#APISUBS#{api_id}", application_id), {})
        home = subscriber.get("body", {}).get("tenant", tenant)
        return bool(self._subscription(home, application_id, api_id))

    def _has_api(self, tenant: str, api_id: str) -> bool:
        return (f"{tenant}#API#{api_id}", "META") in self.apis

    def _keys(self) -> Iterator[dict[str, Any]]:
        return (row["body"] for (_, sk), row in self.applications.items() if sk.startswith("KEY#"))


def _rows(client: Any, table: str) -> Rows:
    """Everything in a table, with plain values. Only a test may scan."""
    found: Rows = {}
    start: dict[str, Any] = {}
    while True:
        page = client.scan(TableName=table, ConsistentRead=True, **start)
        for item in page["Items"]:
            values = {name: _plain(value) for name, value in item.items()}
            found[values["pk"], values["sk"]] = values
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _plain(value: dict[str, Any]) -> Any:
    [(kind, content)] = value.items()
    if kind == "S" and content[:1] == "{":
        return json.loads(content)
    return content
