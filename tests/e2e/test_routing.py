"""Which operation a call reaches, and what opens it: contexts, templates, encodings, schemes and states of life."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local.stack import ADMIN
from tests import pki
from tests.events import http_event
from tests.house import DEVPORTAL, PUBLISHER, House, emulated, unique
from tests.rogue import Rogue, Seen, response

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Rogues = Callable[[Callable[[Seen], bytes]], Rogue]

MENU = {"verb": "GET", "target": "/menu"}
OPEN = {"authType": "None"}


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, "" if answer.is_success else str(answer.json()["code"])


def test_the_version_stands_where_the_context_says(house: House) -> None:
    name = unique("Inner")
    api_id = house.design({**MENU, **OPEN}, name=name, context=f"/shops/{{version}}/{name}")
    house.deploy(api_id)
    assert told(house.gateway(f"/shops/1.0.0/{name}/menu")) == (200, "")
    assert told(house.gateway(f"/shops/{name}/1.0.0/menu")) == (404, "404")
    assert told(house.gateway(f"/t/carbon.super/shops/1.0.0/{name}/menu")) == (200, ""), (
        "the first tenant's, spelled out"
    )
    assert told(house.gateway(f"/t/nobody.example/shops/1.0.0/{name}/menu")) == (404, "404")


def test_an_exact_path_goes_before_a_template_and_that_before_the_rest(house: House, rogues: Rogues) -> None:
    backend = rogues(lambda seen: response(seen.header("x-operation").encode()))

    def operation(target: str, verb: str = "GET") -> dict[str, Any]:
        named = {"policyName": "setHeader", "parameters": {"headerName": "X-Operation", "headerValue": target}}
        policies = {"request": [named], "response": [], "fault": []}
        return {"verb": verb, "target": target, **OPEN, "operationPolicies": policies}

    config = {"endpoint_type": "http", "production_endpoints": {"url": backend.url}}
    gets = [operation(target) for target in ("/*", "/dishes/{id}", "/dishes/soup")]
    base = house.base_path(house.publish(*gets, operation("/orders/*", "POST"), endpointConfig=config))
    paths = ("/dishes/soup", "/dishes/rice", "/dishes/rice/more", "/drinks")
    assert [house.gateway(f"{base}{path}").text for path in paths] == ["/dishes/soup", "/dishes/{id}", "/*", "/*"]
    assert house.gateway(f"{base}/orders/1/lines", method="POST").text == "/orders/*"
    refused = house.gateway(f"{base}/orders/1")
    assert (told(refused), refused.headers["allow"]) == ((405, "405"), "POST")


def test_what_is_percent_encoded_reaches_the_backend_encoded(house: House, rogues: Rogues) -> None:
    backend = rogues(lambda _: response(b"ok"))
    config = {"endpoint_type": "http", "production_endpoints": {"url": f"{backend.url}/v1"}}
    base = house.base_path(house.publish({"verb": "GET", "target": "/dishes/{id}", **OPEN}, endpointConfig=config))
    for path in ("caf%C3%A9%20au%25lait?q=a%2Bb%26c&q=%20", "a%3Fb%23c", "plain"):
        answer = house.gateway(f"{base}/dishes/{path}")
        assert (answer.status_code, answer.text) == (200, "ok")
        assert backend.seen[-1].path == f"/v1/dishes/{path}"


def test_a_prototype_needs_a_token_and_no_subscription(house: House) -> None:
    api_id = house.design(MENU)
    house.deploy(api_id)
    house.change_state(api_id, "Deploy as a Prototype")
    path, stranger = f"{house.base_path(api_id)}/menu", house.customer()
    assert told(house.gateway(path)) == (401, "900902")
    assert told(house.gateway(path, stranger)) == (200, "")


def test_an_api_may_be_had_without_a_subscription(house: House) -> None:
    api_id = house.publish(MENU, policies=["DefaultSubscriptionless"])
    path = f"{house.base_path(api_id)}/menu"
    assert told(house.gateway(path, house.customer())) == (200, "")
    assert told(house.gateway(path)) == (401, "900902")


def test_the_token_stands_in_the_header_that_the_api_names(house: House, rogues: Rogues) -> None:
    backend = rogues(lambda _: response(b"ok"))
    config = {"endpoint_type": "http", "production_endpoints": {"url": backend.url}}
    api_id = house.publish(MENU, authorizationHeader="X-Pass", endpointConfig=config)
    path, token = f"{house.base_path(api_id)}/menu", house.customer(api_id)
    assert told(house.gateway(path, headers={"X-Pass": f"Bearer {token}"})) == (200, "")
    assert token not in backend.seen[0].head
    refused = house.gateway(path, token)
    assert told(refused) == (401, "900902")
    assert "X-Pass" in refused.json()["description"]


def test_a_resource_for_users_refuses_an_application_s_own_token(house: House) -> None:
    users = {**MENU, "authType": "Application User"}
    applications = {"verb": "GET", "target": "/echo", "authType": "Application"}
    api_id = house.publish(users, applications)
    application = house.application()
    house.subscribe(application, api_id)
    keys, base = house.keys(application), house.base_path(api_id)
    form = {"grant_type": "password", "username": ADMIN[0], "password": ADMIN[1]}
    of_user = house.made("POST", "/oauth2/token", by=(keys.key, keys.secret), data=form)["access_token"]
    of_application = house.token(keys)
    assert told(house.gateway(f"{base}/menu", of_user)) == (200, "")
    assert told(house.gateway(f"{base}/menu", of_application)) == (401, "900905")
    assert told(house.gateway(f"{base}/echo", of_application)) == (200, "")
    assert told(house.gateway(f"{base}/echo", of_user)) == (401, "900905")


def test_any_of_several_schemes_opens_an_api(house: House) -> None:
    schemes = ["oauth2", "basic_auth", "api_key", "oauth_basic_auth_api_key_mandatory"]
    api_id = house.publish(MENU, securityScheme=schemes)
    application, path = house.application(), f"{house.base_path(api_id)}/menu"
    house.subscribe(application, api_id)
    where = f"{DEVPORTAL}/applications/{application}/api-keys/PRODUCTION/generate"
    key = str(house.made("POST", where, json={})["apikey"])
    assert told(house.gateway(path, house.token(house.keys(application)))) == (200, "")
    assert told(house.gateway(path, auth=ADMIN)) == (200, "")
    assert told(house.gateway(path, headers={"ApiKey": key})) == (200, "")
    assert told(house.gateway(path, params={"apikey": key})) == (200, "")
    assert told(house.gateway(path))[0] == 401


class TestMutualTls:
    """The local front doors ask for no certificates, so the deployed function is told of the connection as one that does."""

    @staticmethod
    def called(house: House, path: str, certificate: bytes | None, token: str = "") -> tuple[int, str]:
        client = emulated(house, "lambda")
        functions = client.list_functions()["Functions"]
        [name] = [one["FunctionName"] for one in functions if one["Handler"] == "functions.gateway.handler.handler"]
        event = http_event("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        if certificate is not None:
            event["requestContext"]["authentication"] = {"clientCert": {"clientCertPem": certificate.decode()}}
        answer = json.loads(client.invoke(FunctionName=name, Payload=json.dumps(event).encode())["Payload"].read())
        return answer["statusCode"], json.loads(answer["body"]).get("code", "") if answer["statusCode"] >= 400 else ""

    @pytest.mark.parametrize(
        ("also", "token_needed"), [((), False), (("oauth2", "oauth_basic_auth_api_key_mandatory"), True)]
    )
    def test_the_certificate_of_the_connection_opens_the_api_that_knows_it(
        self,
        house: House,
        also: tuple[str, ...],
        token_needed: bool,  # noqa: FBT001
    ) -> None:
        api_id = house.design(MENU, securityScheme=["mutualssl", "mutualssl_mandatory", *also])
        files = {"certificate": ("kiosk.crt", pki.pem())}
        uploaded = {"alias": "kiosk", "tier": "Unlimited"}
        house.made("POST", f"{PUBLISHER}/apis/{api_id}/client-certs/PRODUCTION", data=uploaded, files=files)
        house.deploy(api_id)
        house.change_state(api_id, "Publish")
        path, token = f"{house.base_path(api_id)}/menu", house.customer(api_id) if token_needed else ""
        assert self.called(house, path, pki.pem(), token) == (200, "")
        assert self.called(house, path, pki.pem("stranger"), token)[0] == 401
        assert self.called(house, path, None, token)[0] == 401
        if token_needed:
            assert self.called(house, path, pki.pem())[0] == 401
