"""Governance: rulesets are checked when they are saved, policies block what breaks them, results say who follows them."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.controlplane.vocabulary import Vocabulary
from gatehouse.domain.people.identity import SUPER_TENANT, Principal
from gatehouse.domain.record import Kind
from tests.worlds.governance import NAMED, GovernanceWorld, policy
from tests.worlds.projects import project, take
from tests.worlds.publisher import api, blamed, definition

VIOLATION = 903300


@pytest.fixture
def world() -> GovernanceWorld:
    return GovernanceWorld()


def test_201_a_ruleset_is_found_and_its_text_comes_back_as_it_was_sent(world: GovernanceWorld) -> None:
    reply = world.ruleset(documentationLink="https://rules.example")
    made = reply.json
    assert reply.status == 201
    assert reply.headers["Location"] == f"/api/am/governance/v1/rulesets/{made['id']}"
    assert world.read(f"/rulesets/{made['id']}") == made
    content = world.call("GET", f"/rulesets/{made['id']}/content")
    assert (content.text.encode(), content.headers["Content-Type"]) == (NAMED, "application/x-yaml")
    found = world.read("/rulesets", query={"query": "name:Name artifactType:REST_API ruleType:API_DEFINITION"})
    assert found["list"] == [made]


def test_400_what_is_wrong_with_a_ruleset_is_named_with_its_line(world: GovernanceWorld) -> None:
    content = b"rules:\n  named:\n    given: info\n    then:\n      function: shout\n"
    reply = world.ruleset(content)
    assert blamed(reply) == ["rules.named.given", "rules.named.then.function"]
    assert "(line 3)" in reply.json["error"][0]["message"]


def test_409_names_of_rulesets_are_taken_once_ours_included(world: GovernanceWorld) -> None:
    assert world.ruleset().status == 201
    assert world.ruleset(name="names").status == 409
    [ours, *_] = [one for one in world.read("/rulesets")["list"] if one["provider"] == "Gatehouse"]
    assert world.ruleset(name=ours["name"]).status == 409


def test_403_the_rulesets_of_all_tenants_are_read_and_not_changed(world: GovernanceWorld) -> None:
    ours = [one for one in world.read("/rulesets")["list"] if one["provider"] == "Gatehouse"]
    assert len(ours) == 3
    for one in ours:
        assert "rules:" in world.call("GET", f"/rulesets/{one['id']}/content").text
        assert world.call("DELETE", f"/rulesets/{one['id']}").status == 403
    assert world.policy(ours[0]["id"])["rulesets"] == [ours[0]["id"]]


def test_409_a_ruleset_that_policies_have_cannot_be_deleted(world: GovernanceWorld) -> None:
    made = world.governed()
    path = f"/rulesets/{made['rulesets'][0]}"
    assert world.read(f"{path}/usage") == [made["id"]]
    assert world.call("DELETE", path).status == 409
    assert world.call("DELETE", f"/policies/{made['id']}").status == 204
    assert world.call("DELETE", path).status == 204
    assert world.call("GET", path).status == 404


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"labels": ["no-such-label"]}, "labels.0"),
        ({"rulesets": ["no-such-ruleset"]}, "rulesets.0"),
        ({"rulesets": []}, "rulesets"),
        ({"governableStates": ["API_DEPLOY"]}, "actions.0.state"),
    ],
)
def test_400_a_policy_names_what_there_is(world: GovernanceWorld, more: dict[str, Any], field: str) -> None:
    ruleset = world.ruleset().json["id"]
    assert blamed(world.call("POST", "/policies", {**policy(ruleset), **more})) == [field]


def test_a_policy_is_changed_and_found_by_its_states(world: GovernanceWorld) -> None:
    made = world.governed(states=["API_DEPLOY"])
    changed = world.call("PUT", f"/policies/{made['id']}", {**made, "name": "Stricter"}).json
    assert changed["name"] == "Stricter"
    assert world.read("/policies", query={"query": "state:API_DEPLOY"})["list"] == [changed]
    assert world.read("/policies", query={"query": "state:API_PUBLISH"})["count"] == 0


def test_400_an_api_that_breaks_a_blocking_rule_is_not_created_and_every_violation_is_listed(
    world: GovernanceWorld,
) -> None:
    world.governed()
    refused = world.publisher.call("POST", "/apis", api("Pasta"))
    assert (refused.status, refused.json["code"]) == (400, VIOLATION)
    assert blamed(refused) == ["info.title"]
    assert "rule 'named' of ruleset 'Names', by policy 'House rules'" in refused.json["error"][0]["message"]
    assert world.publisher.call("GET", "/apis").json["count"] == 0
    assert world.publisher.call("POST", "/apis", api("Pizza")).status == 201


def test_an_update_a_deployment_and_a_publication_are_asked_about_each(world: GovernanceWorld) -> None:
    publisher = world.publisher
    made = publisher.imported(definition("Pasta")).json
    revision = publisher.revision(made["id"])
    for state, step in (
        ("API_UPDATE", lambda: publisher.call("PUT", f"/apis/{made['id']}", made)),
        ("API_DEPLOY", lambda: publisher.deploy(made["id"], revision["id"])),
        ("API_PUBLISH", lambda: publisher.change(made["id"], "Publish")),
    ):
        governing = world.policy(_ruleset(world), name=state, states=[state])
        refused = step()
        assert (refused.status, refused.json["code"]) == (400, VIOLATION), state
        world.call("DELETE", f"/policies/{governing['id']}")
        assert step().status in {200, 201}, state


def test_a_revision_that_breaks_the_rules_is_not_restored(world: GovernanceWorld) -> None:
    publisher = world.publisher
    made = publisher.imported(definition("Pasta")).json
    query = {"revisionId": publisher.revision(made["id"])["id"]}
    world.policy(_ruleset(world), states=["API_UPDATE"])
    refused = publisher.call("POST", f"/apis/{made['id']}/restore-revision", query=query)
    assert (refused.status, refused.json["code"]) == (400, VIOLATION)


def test_what_only_notifies_blocks_nothing_and_is_shown(world: GovernanceWorld) -> None:
    world.governed(actions=[{"state": "API_CREATE", "ruleSeverity": "ERROR", "type": "NOTIFY"}])
    made = world.publisher.design("Pasta")
    shown = world.read(f"/artifact-compliance/api/{made['id']}")
    assert shown["status"] == "NON-COMPLIANT"
    assert [one["status"] for one in shown["governedPolicies"]] == ["VIOLATED"]


def test_a_policy_holds_for_apis_with_its_labels(world: GovernanceWorld) -> None:
    publisher = world.publisher
    label = _label(world)
    world.governed(labels=[label], states=["API_UPDATE"])
    made = publisher.design("Pasta")
    assert publisher.call("PUT", f"/apis/{made['id']}", made).status == 200
    assert publisher.call("POST", f"/apis/{made['id']}/attach-labels", {"labels": [label]}).status == 200
    assert publisher.call("PUT", f"/apis/{made['id']}", made).status == 400


def test_one_api_is_let_off_a_rule_by_the_name_that_its_archive_has(world: GovernanceWorld) -> None:
    spared = b"overrides:\n  - files: ['Old Taxi-1.0.0/Definitions/**']\n    rules: {named: off}\n"
    world.governed(content=NAMED + spared)
    assert world.publisher.imported(definition("Taxi"), name="New Taxi", context="/new").status == 400
    assert world.publisher.imported(definition("Taxi"), name="Old Taxi", context="/old").status == 201


def test_rules_about_metadata_see_what_an_archive_shows(world: GovernanceWorld) -> None:
    content = b"""
rules:
  https: {given: "$.data.transport[*]", severity: error, then: {function: pattern, functionOptions: {match: ^https$}}}
"""
    world.policy(world.ruleset(content, ruleType="API_METADATA").json["id"])
    refused = world.publisher.call("POST", "/apis", api("Pizza", transport=["http", "https"]))
    assert blamed(refused) == ["data.transport.0"]
    assert world.publisher.call("POST", "/apis", api("Pizza", transport=["https"])).status == 201


def test_results_are_judged_once_and_again_when_the_api_or_the_rules_change(world: GovernanceWorld) -> None:
    made = world.publisher.design("Pasta")
    assert _status(world) == "NOT-APPLICABLE"
    governing = world.governed(states=["API_DEPLOY"])
    assert _status(world) == "NON-COMPLIANT"
    writes = world.publisher.records.writes
    assert _status(world) == "NON-COMPLIANT"
    assert world.publisher.records.writes == writes, "what is known is not judged again"
    lenient = NAMED.replace(b"^Pizza", b"^P")
    path = f"/rulesets/{governing['rulesets'][0]}"
    fields = {"name": "Names", "ruleType": "API_DEFINITION", "artifactType": "REST_API"}
    assert world.form("PUT", path, rulesetContent=lenient, **fields).status == 200
    rules = world.read(f"/artifact-compliance/api/{made['id']}/ruleset-validation-results/{governing['rulesets'][0]}")
    assert (rules["status"], [one["name"] for one in rules["followedRules"]]) == ("FAILED", ["named"])
    assert [(one["name"], one["violatedPath"]["path"]) for one in rules["violatedRules"]] == [
        ("described", "info.description")
    ]


def test_what_could_not_be_judged_in_time_is_judged_again(world: GovernanceWorld) -> None:
    world.publisher.design("Pasta")
    world.governed(states=["API_DEPLOY"], content=NAMED.replace(b"^Pizza", b"'^(a|aa)+(?=c)b$'"))
    world.publisher.imported(definition("a" * 60), name="Slow", context="/slow")
    for _ in range(2):
        writes = world.publisher.records.writes
        statuses = {one["info"]["name"]: one["status"] for one in world.read("/artifact-compliance/api")["list"]}
        assert statuses == {"Pasta": "NON-COMPLIANT", "Slow": "NON-COMPLIANT"}
    assert world.publisher.records.writes == writes, "only what is certain is kept"
    kept = {one.id for one in world.publisher.records.all(SUPER_TENANT, Kind.COMPLIANCE)}
    assert len(kept) == 1


def test_summaries_count_apis_and_policies(world: GovernanceWorld) -> None:
    world.publisher.design("Pizza", description="Round")
    world.publisher.design("Pasta")
    governing = world.governed(states=["API_DEPLOY"])
    counts = world.read("/artifact-compliance/api/summary")
    assert counts == {"total": 2, "compliant": 1, "nonCompliant": 1, "pending": 0, "notApplicable": 0}
    assert world.read("/policy-adherence/summary") == {"total": 1, "followed": 0, "violated": 1, "unApplied": 0}
    [line] = world.read("/policy-adherence")["list"]
    assert (line["status"], line["artifactComplianceSummary"]) == ("VIOLATED", {"compliant": 1, "nonCompliant": 1})
    full = world.read(f"/policy-adherence/{governing['id']}")
    stands = {one["info"]["name"]: one["status"] for one in full["evaluatedArtifacts"]}
    assert stands == {"Pizza": "COMPLIANT", "Pasta": "NON-COMPLIANT"}


def test_404_results_of_an_api_that_the_caller_may_not_see_are_absent(world: GovernanceWorld) -> None:
    hidden = world.publisher.design("Pasta", accessControl="RESTRICTED", accessControlRoles=["kitchen"])
    path = f"/artifact-compliance/api/{hidden['id']}"
    refused, absent = world.call("GET", path, by="carol"), world.call("GET", "/artifact-compliance/api/x", by="carol")
    assert (refused.status, refused.text.replace(hidden["id"], "x")) == (404, absent.text)
    assert world.read("/artifact-compliance/api", by="carol")["count"] == 0


def test_the_result_of_an_api_that_is_gone_is_forgotten(world: GovernanceWorld) -> None:
    made = world.publisher.design("Pasta")
    world.governed(states=["API_DEPLOY"])
    assert _status(world) == "NON-COMPLIANT"
    assert world.publisher.call("DELETE", f"/apis/{made['id']}").status == 200
    assert world.read("/artifact-compliance/api")["count"] == 0
    writes = world.publisher.records.writes
    assert world.read("/artifact-compliance/api")["count"] == 0
    assert world.publisher.records.writes == writes, "there is nothing left to forget"


def test_a_tenant_without_policies_reads_once_and_no_ruleset(world: GovernanceWorld) -> None:
    asked: list[str] = []
    records = world.publisher.settings
    whole, one = records.all, records.get
    records.all = lambda tenant, kind, owner="": asked.append(kind) or whole(tenant, kind, owner)  # type: ignore[method-assign, func-returns-value]
    records.get = lambda tenant, kind, *more: asked.append(kind) or one(tenant, kind, *more)  # type: ignore[method-assign, func-returns-value]
    world.publisher.design("Pasta")
    assert [kind for kind in asked if kind in {"GOVERNANCEPOLICY", "RULESET"}] == ["GOVERNANCEPOLICY"]


def test_a_dry_run_of_an_import_tells_what_governance_would_say_and_changes_nothing(world: GovernanceWorld) -> None:
    publisher = world.publisher
    world.governed(states=["API_PUBLISH"], content=NAMED.replace(b"^Pizza", b"^Pasta"))
    archived = project(lifeCycleStatus="PUBLISHED")
    check = take(publisher, archived, dryRun="true").json["complianceCheck"]
    assert (check["result"], {one["rule"]: one["action"] for one in check["violations"]}) == (
        "fail",
        {"named": "BLOCK", "described": "NOTIFY"},
    )
    assert publisher.call("GET", "/apis").json["count"] == 0
    unpublished = take(publisher, project(), dryRun="true").json["complianceCheck"]
    assert unpublished == {"result": "pass", "violations": []}
    refused = take(publisher, archived)
    assert (refused.status, refused.json["code"]) == (400, VIOLATION)
    assert publisher.call("GET", "/apis").json["count"] == 0, "what was refused at its publication is taken back"


def test_a_dry_run_over_an_api_asks_the_policies_of_its_labels(world: GovernanceWorld) -> None:
    publisher = world.publisher
    label = _label(world)
    api_id = publisher.design("Pizza")["id"]
    publisher.made("POST", f"/apis/{api_id}/attach-labels", {"labels": [label]})
    world.governed(states=["API_UPDATE"], content=NAMED.replace(b"^Pizza", b"^Pasta"), labels=[label])
    check = take(publisher, project(), dryRun="true", overwrite="true").json["complianceCheck"]
    assert (check["result"], "named" in {one["rule"] for one in check["violations"]}) == ("fail", True)


def _ruleset(world: GovernanceWorld) -> str:
    found = world.read("/rulesets", query={"query": 'name:"Names"'})["list"]
    return str(found[0]["id"] if found else world.ruleset().json["id"])


def _status(world: GovernanceWorld) -> str:
    [line] = world.read("/artifact-compliance/api")["list"]
    return str(line["status"])


def _label(world: GovernanceWorld) -> str:
    publisher = world.publisher
    words = Vocabulary(records=publisher.settings, apis=publisher.apis, clock=publisher.clock)
    admin = Principal(tenant=SUPER_TENANT, user="admin", scopes=frozenset(), roles=frozenset())
    return words.add(admin, Kind.LABEL, "partners", "").id
