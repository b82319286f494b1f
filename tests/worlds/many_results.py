"""Ten thousand APIs of a tenant, governed by three policies and judged by them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.records import RecordTable
from gatehouse.controlplane.governance.holding import Rules
from gatehouse.domain.apis.api import summary_of
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.record import Kind, Record
from tests.worlds.governance import GovernanceWorld
from tests.worlds.many_apis import APIS, api, fill, item, write

if TYPE_CHECKING:
    from tests.conftest import DynamoDB

PATHS = (
    *("/artifact-compliance/api", "/artifact-compliance/api/summary"),
    *("/policy-adherence", "/policy-adherence/summary"),
)
"""What dashboards ask. APIs and policies are paged, and everything that is shown of a policy counts all APIs."""


class ManyResults(GovernanceWorld):
    """Every tenth API breaks a rule of each policy."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        table, artifacts = dynamodb.table("apis"), ArtifactTable(dynamodb.table("artifacts"))
        super().__init__(apis=ApiTable(table, artifacts), results=RecordTable(table, artifacts))
        for number in range(3):
            made = self.ruleset(name=f"Rules {number}").json["id"]
            self.policy(made, name=f"Policy {number}", states=["API_PUBLISH"])
        fill(dynamodb, table, map(api, range(APIS)))
        rules = Rules.of(self.publisher.settings, self.publisher.judge, SUPER_TENANT)
        write(dynamodb, table, [item(str(Kind.COMPLIANCE), f"id-{one}", _result(rules, one)) for one in range(APIS)])


def _result(rules: Rules, number: int) -> dict[str, object]:
    summary = summary_of(api(number))
    holding = rules.for_api(summary)
    broken = {"named": "ERROR", "described": "WARN"} if number % 10 == 0 else {}
    result = Record(
        tenant=SUPER_TENANT,
        kind=Kind.COMPLIANCE,
        id=summary.id,
        body={"basis": rules.basis(summary, holding), "violated": dict.fromkeys(holding.rulesets, broken)},
        created_at=1,
        updated_at=1,
        by="",
        updated_by="",
    )
    kept = asdict(result)
    del kept["version"]
    return kept
