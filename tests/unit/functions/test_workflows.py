"""What waits for an approval, and what an administrator's decision makes of it, through the surfaces."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.workflow import WorkflowKind
from tests.callers import OTHER_TENANT
from tests.worlds.approvals import waits
from tests.worlds.workflows import WaitingWorld

if TYPE_CHECKING:
    from tests.callers import Reply

K = WorkflowKind


def body(application_id: str, api_id: str, plan: str = "Gold") -> dict[str, str]:
    return {"applicationId": application_id, "apiId": api_id, "throttlingPolicy": plan}


def code(reply: Reply) -> tuple[int, Any]:
    return reply.status, reply.json["code"]


class TestSubscriptions:
    def test_201_a_subscription_waits_on_hold_and_nothing_else_is_written(self) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_CREATION)
        application, api = world.application(), world.api()
        subscription = world.subscribe(application, api)
        assert world.status(subscription) == "ON_HOLD"
        assert world.plan(application, api)["status"] == "ON_HOLD"
        (waiting,) = world.pending()
        assert waiting == {
            "workflowType": "SUBSCRIPTION_CREATION",
            "workflowStatus": "CREATED",
            "createdTime": waiting["createdTime"],
            "updatedTime": waiting["createdTime"],
            "referenceId": waiting["referenceId"],
            "properties": {
                "apiName": "Pizza",
                "apiVersion": "1.0.0",
                "applicationName": "Kiosk",
                "subscriber": "mary",
                "currentTier": "Gold",
                "requestedTier": "Gold",
            },
            "description": "Approve the subscription to [Pizza - 1.0.0] on plan Gold by application [Kiosk] of mary",
        }
        assert world.admin("GET", f"/workflows/{waiting['referenceId']}").json == waiting

    @pytest.mark.parametrize(("decision", "status"), [("APPROVED", "UNBLOCKED"), ("REJECTED", "REJECTED")])
    def test_200_a_decision_holds_at_the_gateway_when_the_answer_is_out(self, decision: str, status: str) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_CREATION)
        application, api = world.application(), world.api()
        subscription = world.subscribe(application, api)
        decided = world.decide(decision, description="So be it", attributes={"note": "x"})
        assert decided.json == {"status": decision, "description": "So be it", "attributes": {"note": "x"}}
        assert world.plan(application, api)["status"] == status
        assert (world.status(subscription), world.pending()) == (status, [])

    def test_without_a_word_in_the_configuration_nothing_waits(self) -> None:
        world = WaitingWorld()
        application, api = world.application(), world.api()
        assert world.status(world.subscribe(application, api)) == "UNBLOCKED"
        assert (world.pending(), world.approvals.workflows.writes) == ([], 0)  # type: ignore[attr-defined]

    def test_a_new_plan_is_the_old_one_until_it_is_approved(self) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_UPDATE)
        application, api = world.application(), world.api()
        subscription = world.subscribe(application, api)
        path = f"/subscriptions/{subscription}"
        changed = world.call("PUT", path, body(application, api.id, "Unlimited")).json
        assert changed["status"] == "TIER_UPDATE_PENDING"
        assert (changed["throttlingPolicy"], changed["requestedThrottlingPolicy"]) == ("Gold", "Unlimited")
        assert world.plan(application, api)["policy"] == "Gold"
        assert world.decide("APPROVED").status == 200
        assert world.plan(application, api) == {
            "subscription_id": subscription,
            "policy": "Unlimited",
            "status": "UNBLOCKED",
        }

    def test_a_plan_that_is_refused_leaves_the_old_one(self) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_UPDATE)
        application, api = world.application(), world.api()
        subscription = world.subscribe(application, api)
        world.call("PUT", f"/subscriptions/{subscription}", body(application, api.id, "Unlimited"))
        world.decide("REJECTED")
        found = world.call("GET", f"/subscriptions/{subscription}").json
        assert (found["status"], found["throttlingPolicy"], found["requestedThrottlingPolicy"]) == (
            "UNBLOCKED",
            "Gold",
            "Gold",
        )

    def test_202_an_end_waits_and_the_subscription_serves_until_it_is_approved(self) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_DELETION)
        application, api = world.application(), world.api()
        subscription = world.subscribe(application, api)
        path = f"/subscriptions/{subscription}"
        asked = world.call("DELETE", path)
        assert (asked.status, asked.json) == (202, {"workflowStatus": "CREATED", "jsonPayload": ""})
        assert asked.headers["Location"].endswith(path)
        assert world.plan(application, api)["status"] == "DELETE_PENDING"
        assert code(world.call("DELETE", path)) == (409, 900553)
        world.decide("REJECTED")
        assert world.plan(application, api)["status"] == "UNBLOCKED"
        world.call("DELETE", path)
        world.decide("APPROVED")
        assert world.plan(application, api) is None
        assert world.call("GET", path).status == 404

    @pytest.mark.parametrize("status", ["BLOCKED", "PROD_ONLY_BLOCKED"])
    def test_who_is_blocked_stays_so_while_the_end_waits_and_when_it_is_rejected(self, status: str) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_DELETION)
        application, api = world.application(), world.api()
        subscription = world.subscribe(application, api)
        kept = world.subscriptions.get(SUPER_TENANT, subscription)
        world.subscriptions.save(replace(kept, status=SubscriptionStatus(status)))
        assert world.call("DELETE", f"/subscriptions/{subscription}").status == 202
        assert (world.status(subscription), world.plan(application, api)["status"]) == ("DELETE_PENDING", status)
        world.decide("REJECTED")
        assert (world.status(subscription), world.plan(application, api)["status"]) == (status, status)

    def test_who_gives_up_a_subscription_gives_up_what_it_waits_for(self) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_CREATION, K.SUBSCRIPTION_UPDATE, K.SUBSCRIPTION_DELETION)
        application, api = world.application(), world.api()
        subscription = world.subscribe(application, api)
        assert world.call("DELETE", f"/subscriptions/{subscription}").status == 200
        assert world.pending() == []
        subscription = world.subscribe(application, api)
        world.decide("APPROVED")
        world.call("PUT", f"/subscriptions/{subscription}", body(application, api.id, "Unlimited"))
        assert world.call("DELETE", f"/subscriptions/{subscription}").status == 202
        (waiting,) = world.pending()
        assert waiting["workflowType"] == "SUBSCRIPTION_DELETION"
        world.decide("REJECTED")
        assert world.status(subscription) == "UNBLOCKED"

    def test_a_rejected_subscription_ends_at_once(self) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_CREATION, K.SUBSCRIPTION_DELETION)
        application, api = world.application(), world.api()
        subscription = world.subscribe(application, api)
        world.decide("REJECTED")
        assert world.call("DELETE", f"/subscriptions/{subscription}").status == 200
        assert world.pending() == []

    def test_a_signed_key_names_no_api_that_nobody_has_approved(self) -> None:
        world = WaitingWorld()
        application = world.application()
        world.subscribe(application, world.api("Open"))
        waits(world.configurations, K.SUBSCRIPTION_CREATION)
        world.subscribe(application, world.api("Waiting"))
        body = {"keyName": "k", "additionalProperties": {"format": "JWT"}}
        made = world.call("POST", f"/applications/{application}/api-keys/PRODUCTION/generate", body)
        payload = made.json["apikey"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        assert [one["name"] for one in claims["subscribedAPIs"]] == ["Open"]


class TestApplications:
    def test_201_an_application_waits_and_takes_neither_keys_nor_subscriptions(self) -> None:
        world = WaitingWorld(K.APPLICATION_CREATION)
        made = world.call("POST", "/applications", {"name": "Kiosk", "throttlingPolicy": "10PerMin"})
        assert (made.status, made.json["status"]) == (201, "CREATED")
        application = made.json["applicationId"]
        keys = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]}
        assert code(world.call("POST", f"/applications/{application}/generate-keys", keys)) == (400, 900309)
        assert code(world.call("POST", "/subscriptions", body(application, world.api().id))) == (400, 900309)
        world.decide("APPROVED")
        assert world.call("GET", f"/applications/{application}").json["status"] == "APPROVED"
        assert world.generate(application)["keyState"] == "COMPLETED"

    def test_a_rejected_application_takes_nothing_and_can_be_deleted(self) -> None:
        world = WaitingWorld(K.APPLICATION_CREATION, K.APPLICATION_DELETION)
        application = world.application()
        world.decide("REJECTED")
        assert world.call("GET", f"/applications/{application}").json["status"] == "REJECTED"
        assert code(world.call("POST", "/subscriptions", body(application, world.api().id))) == (400, 900309)
        assert world.call("DELETE", f"/applications/{application}").status == 200

    def test_202_a_deletion_waits_and_calls_go_on_until_it_is_approved(self) -> None:
        world = WaitingWorld(K.APPLICATION_DELETION)
        application, api = world.application(), world.api()
        world.subscribe(application, api)
        key = world.generate(application)["consumerKey"]
        path = f"/applications/{application}"
        assert (world.call("DELETE", path).status, world.call("GET", path).json["status"]) == (202, "DELETE_PENDING")
        assert world.grant(key) is not None
        assert code(world.call("DELETE", path)) == (409, 900553)
        world.decide("REJECTED")
        assert world.call("GET", path).json["status"] == "APPROVED"
        world.call("DELETE", path)
        world.decide("APPROVED")
        assert (world.call("GET", path).status, world.grant(key), world.plan(application, api)) == (404, None, None)

    def test_with_an_application_goes_all_that_waits_for_it(self) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_CREATION, K.APPLICATION_REGISTRATION_PRODUCTION)
        application = world.application()
        world.subscribe(application, world.api())
        world.generate(application)
        assert len(world.pending()) == 2
        assert world.call("DELETE", f"/applications/{application}").status == 200
        assert world.pending() == []

    def test_an_application_that_waits_goes_with_what_it_waits_for(self) -> None:
        world = WaitingWorld(K.APPLICATION_CREATION, K.APPLICATION_DELETION)
        application = world.application()
        assert world.call("DELETE", f"/applications/{application}").status == 200
        assert world.pending() == []


class TestChangesOfApplications:
    CHANGED: ClassVar = {"name": "Booth", "throttlingPolicy": "20PerMin", "description": "moved"}

    def test_200_a_change_waits_and_shows_who_decides_what_it_is(self) -> None:
        world = WaitingWorld(K.APPLICATION_UPDATE)
        application = world.application()
        key = world.generate(application)["consumerKey"]
        path = f"/applications/{application}"
        asked = world.call("PUT", path, self.CHANGED)
        assert (asked.status, asked.json["status"], asked.json["name"]) == (200, "UPDATE_PENDING", "Kiosk")
        (waiting,) = world.pending(workflowType="AM_APPLICATION_UPDATE")
        assert waiting["properties"]["applicationName"] == "Kiosk"
        assert {one["attributeName"]: one["expected"] for one in json.loads(waiting["properties"]["updates"])} == {
            "Application Name": "Booth",
            "Tier": "20PerMin",
            "Description": "moved",
        }
        assert code(world.call("PUT", path, self.CHANGED)) == (409, 900553)
        assert world.grant(key) is not None
        world.subscribe(application, world.api())
        assert world.decide("APPROVED").status == 200
        found = world.call("GET", path).json
        assert (found["status"], found["name"], found["throttlingPolicy"]) == ("APPROVED", "Booth", "20PerMin")
        assert world.grant(key)["policy"] == "20PerMin"

    def test_a_rejected_change_leaves_the_application_as_it_was_and_open_to_another(self) -> None:
        world = WaitingWorld(K.APPLICATION_UPDATE)
        path = f"/applications/{world.application()}"
        world.call("PUT", path, self.CHANGED)
        world.decide("REJECTED")
        found = world.call("GET", path).json
        assert (found["status"], found["name"]) == ("UPDATE_REJECTED", "Kiosk")
        waits(world.configurations)
        assert world.call("PUT", path, self.CHANGED).json["status"] == "APPROVED"

    def test_a_change_that_cannot_be_made_any_more_keeps_waiting(self) -> None:
        world = WaitingWorld(K.APPLICATION_UPDATE)
        path = f"/applications/{world.application()}"
        world.call("PUT", path, self.CHANGED)
        world.application("Booth")
        assert code(world.decide("APPROVED")) == (409, 900301)
        assert len(world.pending()) == 1

    def test_what_changes_nothing_or_cannot_be_waits_for_nobody(self) -> None:
        world = WaitingWorld(K.APPLICATION_UPDATE)
        application = world.application()
        world.application("Booth")
        same = world.call("GET", path := f"/applications/{application}").json
        kept = {name: same[name] for name in ("name", "throttlingPolicy", "description", "attributes")}
        assert world.call("PUT", path, kept).json["status"] == "APPROVED"
        assert code(world.call("PUT", path, self.CHANGED)) == (409, 900301)
        assert code(world.call("PUT", path, {**kept, "throttlingPolicy": "Unheard"}))[0] == 400
        assert world.pending() == []

    def test_the_end_of_an_application_gives_up_the_change_that_waits(self) -> None:
        world = WaitingWorld(K.APPLICATION_UPDATE, K.APPLICATION_DELETION)
        path = f"/applications/{world.application()}"
        world.call("PUT", path, self.CHANGED)
        assert world.call("DELETE", path).status == 202
        (waiting,) = world.pending()
        assert waiting["workflowType"] == "APPLICATION_DELETION"
        world.decide("REJECTED")
        assert world.call("GET", path).json["status"] == "APPROVED"


class TestKeys:
    @pytest.mark.parametrize(
        ("kind", "waiting"),
        [("PRODUCTION", K.APPLICATION_REGISTRATION_PRODUCTION), ("SANDBOX", K.APPLICATION_REGISTRATION_SANDBOX)],
    )
    def test_keys_have_no_client_until_they_are_approved(self, kind: str, waiting: WorkflowKind) -> None:
        world = WaitingWorld(waiting)
        application = world.application()
        asked = world.generate(application, kind)
        assert (asked["keyState"], asked["consumerKey"], asked["consumerSecret"], asked["token"]) == (
            "CREATED",
            None,
            None,
            None,
        )
        assert not world.key_manager.clients
        assert world.pending()[0]["workflowType"] == waiting.short
        secret = f"/applications/{application}/keys/{kind}/regenerate-secret"
        assert code(world.call("POST", secret)) == (409, 900553)
        assert world.decide("APPROVED").status == 200
        found = world.call("GET", f"/applications/{application}/keys/{kind}").json
        assert (found["keyState"], found["supportedGrantTypes"]) == ("COMPLETED", ["client_credentials", "password"])
        assert world.grant(found["consumerKey"])["application_id"] == application
        assert world.call("POST", secret).json["consumerKey"] == found["consumerKey"]

    def test_rejected_keys_are_cleaned_up_and_asked_for_again(self) -> None:
        world = WaitingWorld(K.APPLICATION_REGISTRATION_PRODUCTION)
        application = world.application()
        world.generate(application)
        world.decide("REJECTED")
        keys = f"/applications/{application}/keys/PRODUCTION"
        assert world.call("GET", keys).json["keyState"] == "REJECTED"
        assert code(world.call("POST", f"{keys}/generate-token", {"consumerSecret": "x"})) == (403, 900558)
        assert world.call("POST", f"{keys}/clean-up").status == 200
        assert world.generate(application)["keyState"] == "CREATED"

    def test_the_other_type_does_not_wait(self) -> None:
        world = WaitingWorld(K.APPLICATION_REGISTRATION_PRODUCTION)
        assert world.generate(world.application(), "SANDBOX")["keyState"] == "COMPLETED"

    def test_keys_that_are_given_up_wait_no_more(self) -> None:
        world = WaitingWorld(K.APPLICATION_REGISTRATION_PRODUCTION)
        application = world.application()
        asked = world.generate(application)
        path = f"/applications/{application}/oauth-keys/{asked['keyMappingId']}"
        assert world.call("DELETE", path).status == 200
        assert world.pending() == []


class TestDeciding:
    def test_400_a_second_decision_names_the_first(self) -> None:
        world = WaitingWorld(K.APPLICATION_CREATION)
        world.application()
        (waiting,) = world.pending()
        world.decide("REJECTED")
        second = world.decide("APPROVED", waiting["referenceId"])
        assert code(second) == (400, 900552)
        assert "REJECTED already" in second.json["description"]
        assert world.admin("GET", f"/workflows/{waiting['referenceId']}").status == 404

    def test_404_what_was_given_up_or_never_was_or_is_another_tenant_s(self) -> None:
        world = WaitingWorld(K.APPLICATION_CREATION)
        world.application()
        (waiting,) = world.pending()
        path, query = "/workflows/update-workflow-status", {"workflowReferenceId": waiting["referenceId"]}
        foreign = world.admin("POST", path, {"status": "APPROVED"}, query=query, by=f"admin@{OTHER_TENANT}")
        assert code(foreign) == (404, 900551)
        assert code(world.decide("APPROVED", "unheard-of")) == (404, 900551)
        assert len(world.pending()) == 1

    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            (None, (400, 902035)),
            ({}, (400, 902035)),
            ({"description": "why not"}, (400, 902036)),
            ({"status": "MAYBE"}, (400, 902036)),
            ({"status": "APPROVED", "surprise": 1}, (400, 400)),
        ],
    )
    def test_400_a_decision_that_is_none(self, sent: Any, expected: tuple[int, int]) -> None:
        world = WaitingWorld(K.APPLICATION_CREATION)
        world.application()
        query = {"workflowReferenceId": world.pending()[0]["referenceId"]}
        assert code(world.admin("POST", "/workflows/update-workflow-status", sent, query=query)) == expected
        assert len(world.pending()) == 1

    def test_the_list_is_filtered_by_type_with_or_without_its_prefix_and_paged(self) -> None:
        world = WaitingWorld(K.APPLICATION_CREATION)
        world.application("One"), world.application("Two")
        waits(world.configurations, K.SUBSCRIPTION_CREATION)
        world.subscribe(world.application("Three"), world.api())
        for name in ("AM_APPLICATION_CREATION", "APPLICATION_CREATION"):
            assert [one["workflowType"] for one in world.pending(workflowType=name)] == ["APPLICATION_CREATION"] * 2
        assert world.admin("GET", "/workflows", query={"workflowType": "TEA"}).status == 400
        page = world.admin("GET", "/workflows", query={"limit": "1", "offset": "1"}).json
        assert (page["count"], page["pagination"]["total"], page["next"]) == (1, 3, "/workflows?limit=1&offset=2")

    def test_a_subject_that_changes_meanwhile_is_not_overwritten(self) -> None:
        world = WaitingWorld(K.APPLICATION_CREATION)
        application = world.application()
        known = world.shelf.applications[SUPER_TENANT, application]
        world.shelf.applications[SUPER_TENANT, application] = replace(known, workflow="another")
        assert code(world.decide("APPROVED")) == (400, 900552)
        assert len(world.pending()) == 1


class TestProviders:
    def test_a_provider_decides_about_subscriptions_to_apis_that_they_see(self) -> None:
        world = WaitingWorld(K.SUBSCRIPTION_CREATION)
        seen, hidden = world.api(), world.api("Secret", accessControl="RESTRICTED", accessControlRoles=["bosses"])
        application = world.application()
        world.subscribe(application, seen), world.subscribe(application, hidden)
        listed = world.provider("GET", "/workflows", by="carol").json
        assert [one["properties"]["apiName"] for one in listed["list"]] == ["Pizza"]
        references = {one["properties"]["apiName"]: one["referenceId"] for one in world.pending()}
        path = "/workflows/update-workflow-status"
        query = {"workflowReferenceId": references["Secret"]}
        assert code(world.provider("POST", path, {"status": "APPROVED"}, query=query, by="carol")) == (404, 900551)
        query = {"workflowReferenceId": references["Pizza"]}
        assert world.provider("POST", path, {"status": "APPROVED"}, query=query, by="carol").status == 200
        assert world.plan(application, seen)["status"] == "UNBLOCKED"

    def test_400_other_kinds_are_the_administrator_s(self) -> None:
        world = WaitingWorld(K.APPLICATION_CREATION)
        world.application()
        reference = world.pending()[0]["referenceId"]
        assert world.provider("GET", "/workflows").json["count"] == 0
        assert code(world.provider("GET", f"/workflows/{reference}")) == (400, 900559)
        decide = "/workflows/update-workflow-status"
        query = {"workflowReferenceId": reference}
        assert code(world.provider("POST", decide, {"status": "APPROVED"}, query=query)) == (400, 900559)
