"""Approvals, end to end: what waits is refused by the gateway, and a decision holds there when its answer is out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from tests.approving import CONFIGURATION, DECIDE, arrived, decide, pending, waiting
from tests.house import ADMINISTRATION, DEVPORTAL, MAX_STALENESS_SECONDS, PUBLISHER, Keys, error, unique

if TYPE_CHECKING:
    from local.stack import LocalStack
    from tests.house import House

INACTIVE = "900909"


def test_approvals_decide_what_the_gateway_admits(house: House) -> None:
    api_id = house.publish()
    path = f"{house.base_path(api_id)}/menu"
    name = house.made("GET", f"{PUBLISHER}/apis/{api_id}")["name"]
    kinds = ("ApplicationCreation", "ProductionApplicationRegistration", "SubscriptionCreation", "SubscriptionDeletion")
    with waiting(house, *kinds):
        app = unique("App")
        made = house.made("POST", f"{DEVPORTAL}/applications", json={"name": app, "throttlingPolicy": "Unlimited"})
        application = made["applicationId"]
        assert made["status"] == "CREATED"
        decide(house, pending(house, "AM_APPLICATION_CREATION", applicationName=app), "APPROVED")

        body = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]}
        keys = house.made("POST", f"{DEVPORTAL}/applications/{application}/generate-keys", json=body)
        assert (keys["keyState"], keys["consumerKey"]) == ("CREATED", None)
        decide(house, pending(house, "AM_APPLICATION_REGISTRATION_PRODUCTION", applicationName=app), "APPROVED")
        secret = house.made("POST", f"{DEVPORTAL}/applications/{application}/keys/PRODUCTION/regenerate-secret")
        by, form = (secret["consumerKey"], secret["consumerSecret"]), {"grant_type": "client_credentials"}
        token = house.made("POST", "/oauth2/token", by=by, data=form)["access_token"]

        subscription = house.subscribe(application, api_id)
        refused = house.gateway(path, token)
        assert (refused.status_code, refused.json()["code"]) == (401, INACTIVE)
        reference = pending(house, "AM_SUBSCRIPTION_CREATION", applicationName=app, apiName=name)
        provider = f"{PUBLISHER}/workflows/update-workflow-status"
        assert decide(house, reference, "APPROVED", at=provider)["status"] == "APPROVED"
        assert house.gateway(path, token).status_code == 200
        again = house.management("POST", DECIDE, params={"workflowReferenceId": reference}, json={"status": "REJECTED"})
        assert (again.status_code, error(again)["code"]) == (400, 900552)

        ended = house.management("DELETE", f"{DEVPORTAL}/subscriptions/{subscription}")
        assert (ended.status_code, ended.json()["workflowStatus"]) == (202, "CREATED")
        assert house.gateway(path, token).status_code == 200
        decide(house, pending(house, "AM_SUBSCRIPTION_DELETION", applicationName=app), "APPROVED")
        time.sleep(MAX_STALENESS_SECONDS)
        assert house.gateway(path, token).status_code == 403


def test_sandbox_keys_wait_while_production_keys_do_not(house: House) -> None:
    api_id, application = house.publish(), house.application()
    house.subscribe(application, api_id)
    app = house.made("GET", f"{DEVPORTAL}/applications/{application}")["name"]
    path = f"{house.base_path(api_id)}/menu"
    with waiting(house, "SandboxApplicationRegistration"):
        assert house.gateway(path, house.token(house.keys(application))).status_code == 200
        body = {"keyType": "SANDBOX", "grantTypesToBeSupported": ["client_credentials"]}
        generate = f"{DEVPORTAL}/applications/{application}/generate-keys"
        assert house.made("POST", generate, json=body)["keyState"] == "CREATED"
        decide(house, pending(house, "AM_APPLICATION_REGISTRATION_SANDBOX", applicationName=app), "REJECTED")
        keys = f"{DEVPORTAL}/applications/{application}/keys/SANDBOX"
        assert house.made("GET", keys)["keyState"] == "REJECTED"
        house.made("POST", f"{keys}/clean-up")
        house.made("POST", generate, json=body)
        decide(house, pending(house, "AM_APPLICATION_REGISTRATION_SANDBOX", applicationName=app), "APPROVED")
        secret = house.made("POST", f"{keys}/regenerate-secret")
        sandbox = Keys(key=secret["consumerKey"], secret=secret["consumerSecret"])
        assert house.gateway(path, house.token(sandbox)).status_code == 200


def test_a_change_of_plan_holds_when_it_is_approved_and_calls_go_on_until_then(house: House) -> None:
    small = house.policy("subscription", 3)
    api_id, application = house.publish(policies=["Unlimited", small]), house.application()
    subscription = house.subscribe(application, api_id)
    app = house.made("GET", f"{DEVPORTAL}/applications/{application}")["name"]
    token, path = house.token(house.keys(application)), f"{house.base_path(api_id)}/menu"
    one = f"{DEVPORTAL}/subscriptions/{subscription}"
    wish = {"applicationId": application, "apiId": api_id, "throttlingPolicy": "Unlimited"}
    with waiting(house, "SubscriptionUpdate"):
        wish["requestedThrottlingPolicy"] = small
        asked = house.made("PUT", one, json=wish)
        assert (asked["status"], asked["throttlingPolicy"]) == ("TIER_UPDATE_PENDING", "Unlimited")
        assert asked["requestedThrottlingPolicy"] == small
        assert [house.gateway(path, token).status_code for _ in range(5)] == [200] * 5
        decide(house, pending(house, "AM_SUBSCRIPTION_UPDATE", applicationName=app), "APPROVED")
        assert house.made("GET", one)["throttlingPolicy"] == small
    assert [house.gateway(path, token).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_an_application_is_gone_when_its_deletion_is_approved(house: House) -> None:
    api_id, application = house.publish(), house.application()
    house.subscribe(application, api_id)
    keys = house.keys(application)
    token, path = house.token(keys), f"{house.base_path(api_id)}/menu"
    one = f"{DEVPORTAL}/applications/{application}"
    app = house.made("GET", one)["name"]
    with waiting(house, "ApplicationDeletion"):
        asked = house.management("DELETE", one)
        assert (asked.status_code, house.made("GET", one)["status"]) == (202, "DELETE_PENDING")
        assert house.gateway(path, token).status_code == 200
        decide(house, pending(house, "AM_APPLICATION_DELETION", applicationName=app), "APPROVED")
        assert house.management("GET", one).status_code == 404
    assert house.gateway(path, token).status_code in {401, 403}
    form = {"grant_type": "client_credentials"}
    assert house.management("POST", "/oauth2/token", by=(keys.key, keys.secret), data=form).status_code == 401


def test_a_product_is_published_when_its_state_is_approved(house: House) -> None:
    api_id, name = house.publish(), unique("Feast")
    member = {"apiId": api_id, "operations": [{"verb": "GET", "target": "/menu"}]}
    body = {"name": name, "context": f"/{name}", "policies": ["Unlimited"], "apis": [member]}
    product = house.made("POST", f"{PUBLISHER}/api-products", json=body)["id"]
    one = f"{PUBLISHER}/api-products/{product}"
    revision = house.made("POST", f"{one}/revisions", json={"description": ""})["id"]
    wanted = [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}]
    house.made("POST", f"{one}/deploy-revision", params={"revisionId": revision}, json=wanted)
    publish = f"{PUBLISHER}/api-products/change-lifecycle"
    query = {"action": "Publish", "apiProductId": product}
    with waiting(house, "APIProductStateChange"):
        house.made("POST", publish, params=query)
        again = house.management("POST", publish, params=query)
        assert (again.status_code, error(again)["code"]) == (409, 900553)
        decide(house, pending(house, "AM_API_PRODUCT_STATE", apiName=name), "REJECTED")
        assert house.made("GET", one)["state"] == "CREATED"
        house.made("POST", publish, params=query)
        decide(house, pending(house, "AM_API_PRODUCT_STATE", apiName=name), "APPROVED")
        assert house.made("GET", one)["state"] == "PUBLISHED"
    assert house.gateway(f"/{name}/1.0.0/menu", house.customer(product)).status_code == 200


def test_a_state_and_a_deployment_wait_for_an_administrator(house: House) -> None:
    name = unique("Api")
    with waiting(house, "APIStateChange", "APIRevisionDeployment"):
        api_id = house.design(name=name)
        house.deploy(api_id)
        path = f"{house.base_path(api_id)}/menu"
        assert house.gateway(path).status_code == 404
        revisions = house.made("GET", f"{PUBLISHER}/apis/{api_id}/revisions")["list"]
        assert [one["status"] for one in revisions[0]["deploymentInfo"]] == ["CREATED"]
        decide(house, pending(house, "AM_REVISION_DEPLOYMENT", apiName=name), "APPROVED")
        assert house.gateway(path).status_code == 401

        house.change_state(api_id, "Publish")
        waits = house.made("GET", f"{PUBLISHER}/apis/{api_id}")
        assert (waits["lifeCycleStatus"], waits["workflowStatus"]) == ("CREATED", "CREATED")
        house.made("DELETE", f"{PUBLISHER}/apis/{api_id}/lifecycle-state/pending-tasks")
        house.change_state(api_id, "Publish")
        decide(house, pending(house, "AM_API_STATE", apiName=name), "APPROVED")
        assert house.made("GET", f"{PUBLISHER}/apis/{api_id}")["lifeCycleStatus"] == "PUBLISHED"


def test_approvers_and_who_asked_are_written_to(house: House, stack: LocalStack) -> None:
    name, password, boss = unique("ann"), "Sesame opens 1", f"{unique('boss')}@example.com"
    body = {"userName": name, "password": password, "roles": [{"value": "Internal/subscriber"}]}
    house.made("POST", "/scim2/Users", json={**body, "emails": [{"value": f"{name}@example.com"}]})
    with waiting(house, "ApplicationCreation", Notifications={"requester": True, "approvers": [boss]}):
        app = unique("App")
        wish = {"name": app, "throttlingPolicy": "Unlimited"}
        house.made("POST", f"{DEVPORTAL}/applications", by=(name, password), json=wish)
        arrived(stack, boss, f"To be decided: the creation of application [{app}]")
        reference = pending(house, "AM_APPLICATION_CREATION", applicationName=app)
        answer = {"status": "REJECTED", "description": "Too many kiosks"}
        house.made("POST", DECIDE, params={"workflowReferenceId": reference}, json=answer)
        arrived(stack, f"{name}@example.com", f"Rejected: the creation of application [{app}]", "Too many kiosks")


def test_a_change_of_an_application_waits_while_its_calls_go_on(house: House) -> None:
    api_id, application = house.publish(), house.application()
    house.subscribe(application, api_id)
    token = house.token(house.keys(application))
    menu, path = f"{house.base_path(api_id)}/menu", f"{DEVPORTAL}/applications/{application}"
    before = house.made("GET", path)["name"]
    with waiting(house, "ApplicationUpdate"):
        wanted = {"name": unique("Moved"), "throttlingPolicy": "10PerMin", "description": "moved"}
        asked = house.made("PUT", path, json=wanted)
        assert (asked["status"], asked["name"]) == ("UPDATE_PENDING", before)
        assert house.gateway(menu, token).status_code == 200
        again = house.management("PUT", path, json=wanted)
        assert (again.status_code, error(again)["code"]) == (409, 900553)
        decide(house, pending(house, "AM_APPLICATION_UPDATE", applicationName=before), "REJECTED")
        assert house.made("GET", path)["status"] == "UPDATE_REJECTED"
        house.made("PUT", path, json=wanted)
        decide(house, pending(house, "AM_APPLICATION_UPDATE", applicationName=before), "APPROVED")
    found = house.made("GET", path)
    assert (found["status"], found["name"], found["throttlingPolicy"]) == ("APPROVED", wanted["name"], "10PerMin")
    assert int(house.gateway(menu, token).headers["x-ratelimit-limit"]) == 10


def test_who_signs_up_logs_in_when_an_administrator_has_approved(house: House) -> None:
    name, password = unique("eve"), "Sesame opens 1"
    with waiting(house, "UserSignUp"):
        claims = [{"uri": "http://wso2.org/claims/emailaddress", "value": f"{name}@example.com"}]
        user = {"username": name, "realm": "PRIMARY", "password": password, "claims": claims}
        house.made("POST", "/api/identity/user/v1.0/me", by=None, json={"user": user, "properties": []})
        assert house.management("GET", f"{DEVPORTAL}/applications", by=(name, password)).status_code == 401
        decide(house, pending(house, "AM_USER_SIGNUP", userName=name), "APPROVED")
        assert house.management("GET", f"{DEVPORTAL}/applications", by=(name, password)).status_code == 200


def test_subscribers_are_written_to_and_applications_and_apis_change_hands(house: House, stack: LocalStack) -> None:
    mary, john, password = unique("mary"), unique("john"), "Sesame opens 1"
    for name in (mary, john):
        body = {"userName": name, "password": password, "roles": [{"value": "Internal/subscriber"}]}
        house.made("POST", "/scim2/Users", json={**body, "emails": [{"value": f"{name}@example.com"}]})

    api_id = house.publish()
    path = f"{house.base_path(api_id)}/menu"
    app = {"name": unique("App"), "throttlingPolicy": "Unlimited"}
    application = house.made("POST", f"{DEVPORTAL}/applications", by=(mary, password), json=app)["applicationId"]
    wish = {"applicationId": application, "apiId": api_id, "throttlingPolicy": "Unlimited"}
    house.made("POST", f"{DEVPORTAL}/subscriptions", by=(mary, password), json=wish)
    body = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]}
    generate = f"{DEVPORTAL}/applications/{application}/generate-keys"
    keys = house.made("POST", generate, by=(mary, password), json=body)

    before = house.made("GET", CONFIGURATION)
    house.made("PUT", CONFIGURATION, json={**before, "NotificationsEnabled": "true"})
    time.sleep(MAX_STALENESS_SECONDS)
    second = house.made("POST", f"{PUBLISHER}/apis/copy-api", params={"newVersion": "2.0.0", "apiId": api_id})["id"]
    house.change_state(second, "Publish")
    house.made("PUT", CONFIGURATION, json=before)
    sent = httpx.get(f"{stack.ports.emulator_url}/_ministack/ses/messages", trust_env=False).text
    assert f"{mary}@example.com" in sent
    assert f"{john}@example.com" not in sent

    house.made("POST", f"{ADMINISTRATION}/applications/{application}/change-owner", params={"owner": john})
    assert house.management("GET", f"{DEVPORTAL}/applications/{application}", by=(mary, password)).status_code == 404
    assert house.made("GET", f"{DEVPORTAL}/applications/{application}", by=(john, password))["owner"] == john
    by, form = (keys["consumerKey"], keys["consumerSecret"]), {"grant_type": "client_credentials"}
    token = house.made("POST", "/oauth2/token", by=by, data=form)["access_token"]
    assert house.gateway(path, token).status_code == 200

    house.made("POST", f"{ADMINISTRATION}/apis/{api_id}/change-provider", params={"provider": john})
    assert house.made("GET", f"{PUBLISHER}/apis/{api_id}")["provider"] == john
