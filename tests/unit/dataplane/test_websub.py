"""Requests to a hub from end to end in memory: what is handed over to it, and what is refused before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from gatehouse.domain.apis.websub import (
    EVENT_BYTES_MAX,
    LEASE_SECONDS,
    LEASE_SECONDS_MAX,
    RECEIVER,
    signature,
)
from gatehouse.domain.applications.webhook import WEBHOOKS_MAX, Standing
from gatehouse.domain.publishing.deployed import (
    Algorithm,
    ApiType,
    Cors,
    DeployedApi,
    DeployedOperation,
    EndpointGroup,
    EventSource,
)
from gatehouse.domain.throttling.limit import Rate, Unit
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from tests.calls import API_ID, APPLICATION_ID, menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

PATH = "/menu/1.0.0"
CALLBACK = "https://kiosk.example/orders?of=all"
SECRET = "the backend's and ours"
FORM = "application/x-www-form-urlencoded"
WANTED = {"hub.mode": "subscribe", "hub.topic": "/Orders", "hub.callback": CALLBACK}


def websub_api(**changes: Any) -> DeployedApi:
    values: dict[str, Any] = {
        "type": ApiType.WEBSUB,
        "production": EndpointGroup(),
        "sandbox": EndpointGroup(),
        "operations": (
            DeployedOperation(verb="SUBSCRIBE", target="/Orders"),
            DeployedOperation(verb="SUBSCRIBE", target="lights/{id}/on", scopes=("light_switch",)),
        ),
        "events": EventSource(signed=True, secret=SECRET, algorithm=Algorithm.SHA1),
    }
    return menu_api(**{**values, **changes})


@pytest.fixture
def served(running: Running) -> Running:
    running.world.deploy(websub_api())
    return running


def subscribe(served: Running, *, token: str | None = None, form: bool = True, **changes: str) -> Reply:
    """In a form, or in the query."""
    wanted = {**WANTED, **{f"hub.{name}": value for name, value in changes.items()}}
    sent: dict[str, Any] = {"query": urlencode(wanted)}
    if form:
        sent = {"body": urlencode(wanted).encode(), "headers": {"content-type": f"{FORM}; charset=utf-8"}}
    return served.call("POST", PATH, token=token or served.world.token(), **sent)


def post(served: Running, body: bytes = b"{}", *, topic: str = "/Orders", header: str | None = None) -> Reply:
    signed = signature(body, SECRET, Algorithm.SHA1) if header is None else header
    headers = {"content-type": "application/json", "x-hub-signature": signed}
    return served.call("POST", f"{PATH}{RECEIVER}", query=urlencode({"topic": topic}), body=body, headers=headers)


def told(reply: Reply) -> tuple[int, str]:
    return reply.status, json.loads(reply.body)["code"]


def test_202_a_form_is_handed_over_with_what_the_caller_is_known_by(served: Running) -> None:
    assert subscribe(served, secret="s3cret", lease_seconds="600").status == 202
    [registration] = served.world.hub.subscribed
    webhook = registration.webhook
    assert (webhook.application_id, webhook.api_id, webhook.topic) == (APPLICATION_ID, API_ID, "/Orders")
    assert (webhook.callback, webhook.secret, webhook.subject) == (CALLBACK, "s3cret", "menuConsumerKey")
    assert webhook.expires_at - webhook.created_at == registration.lease_seconds == 600
    assert (registration.places, registration.verified) == (WEBHOOKS_MAX, False)
    assert "s3cret" not in repr(registration)
    line = served.lines[-1]
    assert (line["api_resource_template"], line["status"], line["application_id"]) == ("/Orders", 202, APPLICATION_ID)
    assert served.world.backend.requests == []


def test_200_parameters_in_the_query_are_taken_as_by_wso2(served: Running) -> None:
    assert subscribe(served, form=False).status == 200
    assert subscribe(served, form=False, mode="Unsubscribe").status == 200
    assert served.world.hub.subscribed[0].lease_seconds == LEASE_SECONDS
    assert [one.callback for one in served.world.hub.unsubscribed] == [CALLBACK]


@pytest.mark.parametrize("name", ["/Orders", "orders", "/ORDERS"])
def test_a_topic_is_found_in_any_case_and_with_or_without_a_slash(served: Running, name: str) -> None:
    assert subscribe(served, topic=name).status == 202
    [registration] = served.world.hub.subscribed
    assert (registration.webhook.topic, registration.topic_name) == ("/Orders", name)


def test_a_lease_is_never_longer_than_the_longest(served: Running) -> None:
    subscribe(served, lease_seconds="9" * 12)
    assert served.world.hub.subscribed[0].lease_seconds == LEASE_SECONDS_MAX


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"mode": ""}, "hub.mode"),
        ({"topic": ""}, "hub.topic"),
        ({"callback": ""}, "hub.callback"),
        ({"mode": "publish"}, "hub.mode"),
        ({"callback": "/orders"}, "hub.callback"),
        ({"callback": "https://kiosk.example/#top"}, "hub.callback"),
        ({"callback": "https://mary:pw@kiosk.example"}, "credentials"),
        ({"callback": "https://kiosk.example:port/"}, "hub.callback"),
        ({"callback": f"https://kiosk.example/{'x' * 2048}"}, "hub.callback"),
        ({"lease_seconds": "-1"}, "hub.lease_seconds"),
        ({"lease_seconds": "²"}, "hub.lease_seconds"),
        ({"secret": "ü" * 100}, "hub.secret"),
    ],
)
def test_400_names_the_parameter_that_is_wrong(served: Running, changes: dict[str, str], named: str) -> None:
    reply = subscribe(served, **changes)
    assert told(reply) == (400, "400")
    assert named in json.loads(reply.body)["description"]
    assert served.world.hub.subscribed == []


def test_401_403_404_as_for_every_api(served: Running) -> None:
    assert told(served.call("POST", PATH, query=urlencode(WANTED))) == (401, "900902")
    assert told(subscribe(served, token=served.world.token(azp="nobody's"))) == (403, "900908")
    assert told(subscribe(served, topic="lights/{id}/on")) == (403, "900910")
    assert told(subscribe(served, topic="/nothing")) == (404, "404")
    assert served.world.hub.subscribed == []


def test_405_404_a_hub_has_two_addresses_and_one_method(served: Running) -> None:
    assert told(served.call(path=PATH, token=served.world.token())) == (405, "405")
    assert told(served.call("POST", f"{PATH}/Orders", token=served.world.token())) == (404, "404")
    served.world.deploy(websub_api(cors=Cors()))
    preflight = served.call("OPTIONS", PATH, headers={"origin": "https://shop.example"})
    assert ("access-control-allow-methods", "POST") in preflight.headers


def test_403_webhooks_belong_to_an_application_with_a_subscription(served: Running) -> None:
    operations = (DeployedOperation(verb="SUBSCRIBE", target="/Orders", authenticated=False),)
    served.world.deploy(websub_api(operations=operations))
    assert told(served.call("POST", PATH, query=urlencode(WANTED))) == (403, "900908")
    served.world.deploy(websub_api())
    served.world.hub.standing = Standing.ENDED
    assert told(subscribe(served)) == (403, "900908")


def test_429_where_the_plan_takes_no_more_webhooks(served: Running) -> None:
    served.world.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Gold", webhooks=3))
    served.world.hub.standing = Standing.FULL
    reply = subscribe(served)
    assert told(reply) == (429, "900808")
    assert "3" in json.loads(reply.body)["description"]
    assert served.world.hub.subscribed[0].places == 3


def test_400_a_callback_that_may_not_be_called(served: Running) -> None:
    served.world.hub.standing = Standing.FORBIDDEN
    assert told(subscribe(served)) == (400, "400")


def test_503_nothing_is_accepted_when_the_hub_does_not_answer(served: Running) -> None:
    served.world.hub.down = True
    for reply in (subscribe(served), post(served)):
        assert told(reply) == (503, "503")
        assert ("retry-after", "1") in reply.headers


def test_a_subscriber_s_request_is_no_event_of_its_plan(served: Running) -> None:
    terms = Terms(name="Gold", limits=(Rate(count=1, seconds=60, unit=Unit.EVENTS),))
    served.world.set_policy(PolicyKind.SUBSCRIPTION, terms)
    assert [subscribe(served).status for _ in range(3)] == [202, 202, 202]


def test_200_an_event_with_its_signature_is_handed_over_as_it_is(served: Running) -> None:
    body = b'{"order": 7}\r\n'
    assert post(served, body, topic="orders").status == 200
    [event] = served.world.hub.published
    assert (event.api_id, event.topic, event.content_type, event.body) == (API_ID, "/Orders", "application/json", body)
    assert event.id == served.lines[-1]["activity_id"]


@pytest.mark.parametrize(
    "header",
    ["", "sha1=00", "00", signature(b"{}", "another", Algorithm.SHA1), signature(b"{}", SECRET, Algorithm.SHA256), "ü"],
)
def test_401_an_event_without_the_backend_s_signature(served: Running, header: str) -> None:
    reply = post(served, header=header)
    assert told(reply) == (401, "900901")
    assert "sha1=" in json.loads(reply.body)["description"]
    assert SECRET not in reply.body.decode()
    assert served.world.hub.published == []


def test_the_secret_that_counts_is_the_deployed_one_and_a_new_one_holds_at_once(served: Running) -> None:
    assert post(served).status == 200
    served.world.deploy(websub_api(events=EventSource(signed=True, secret="new", algorithm=Algorithm.SHA512)))
    assert post(served, header=signature(b"{}", "new", Algorithm.SHA512)).status == 200


def test_a_signed_event_is_limited_by_no_plan_and_an_unsigned_one_by_that_of_strangers(served: Running) -> None:
    one = (Rate(count=1, seconds=60),)
    served.world.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Unauthenticated", limits=one))
    assert [post(served).status for _ in range(3)] == [200, 200, 200]
    served.world.deploy(websub_api(events=EventSource()))
    assert [post(served, header="").status for _ in range(2)] == [200, 429]


def test_404_413_400_what_is_no_event(served: Running) -> None:
    assert told(post(served, topic="/nothing")) == (404, "404")
    assert told(post(served, topic="")) == (400, "400")
    assert told(post(served, b"x" * (EVENT_BYTES_MAX + 1))) == (413, "413")
    assert told(served.call(path=f"{PATH}{RECEIVER}")) == (405, "405")
    assert served.world.hub.published == []
