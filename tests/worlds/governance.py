"""Governance in memory, to be called through its surface, over the APIs of a publisher in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.governance.interface import interface
from gatehouse.controlplane.governance.compliance import Compliance
from gatehouse.controlplane.governance.policies import GovernancePolicies
from gatehouse.controlplane.governance.rulesets import Rulesets
from tests.callers import client
from tests.worlds.forms import multipart
from tests.worlds.publisher import PublisherWorld

if TYPE_CHECKING:
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.portal.records import Records
    from tests.callers import Reply

NAMED = b"""
rules:
  named:
    description: An API is called after pizza
    severity: error
    given: $.info
    then: {field: title, function: pattern, functionOptions: {match: ^Pizza}}
  described:
    description: An API says what it is for
    severity: warn
    given: $.info
    then: {field: description, function: truthy}
"""
EVERYWHERE = ["GLOBAL"]


class GovernanceWorld:
    """`call` asks governance, `publisher` is the world that it governs."""

    def __init__(self, *, apis: ApiLookup | None = None, results: Records | None = None) -> None:
        """`apis` are others than the publisher's; `results` is where results are kept, beside the publisher's records."""
        self.publisher = PublisherWorld()
        world = self.publisher
        judge = world.judge
        self.interface = interface(
            Rulesets(records=world.settings, shelf=judge.shelf, linter=judge.linter, clock=world.clock),
            GovernancePolicies(records=world.settings, shelf=judge.shelf, clock=world.clock),
            Compliance(results=results or world.records, policies=world.settings, apis=apis or world.apis, judge=judge),
        )
        self.call = client(self.interface)

    def ruleset(self, content: bytes = NAMED, name: str = "Names", **more: str) -> Reply:
        fields: dict[str, Any] = {"name": name, "ruleType": "API_DEFINITION", "artifactType": "REST_API", **more}
        return self.form("POST", "/rulesets", rulesetContent=content, **fields)

    def policy(self, *rulesets: str, **more: Any) -> Any:
        """A policy that blocks everything that breaks an error, everywhere, unless said otherwise."""
        body = policy(*rulesets, **more)
        reply = self.call("POST", "/policies", body)
        assert reply.status == 201, reply.text
        return reply.json

    def governed(self, *, content: bytes = NAMED, **more: Any) -> Any:
        """A policy over one ruleset."""
        return self.policy(self.ruleset(content).json["id"], **more)

    def form(self, method: str, path: str, *, by: str = "admin", **fields: str | bytes) -> Reply:
        body, headers = multipart(fields)
        return self.call(method, path, body, by=by, headers=headers)

    def read(self, path: str, **more: Any) -> Any:
        reply = self.call("GET", path, **more)
        assert reply.status == 200, reply.text
        return reply.json


def policy(*rulesets: str, states: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """A policy as somebody who governs sends it."""
    states = states or ["API_CREATE", "API_UPDATE", "API_DEPLOY", "API_PUBLISH"]
    actions = [{"state": state, "ruleSeverity": "ERROR", "type": "BLOCK"} for state in states]
    known = {"name": "House rules", "governableStates": states, "actions": actions, "labels": EVERYWHERE}
    return {**known, "rulesets": list(rulesets), **more}
