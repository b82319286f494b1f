"""Errors in the caller's language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from gatehouse.domain.applications.grant import SubscriptionStatus
from gatehouse.domain.publishing.deployed import ApiType
from tests.calls import menu_api

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from tests.worlds.gateway import Running

SOAP_11 = "{http://schemas.xmlsoap.org/soap/envelope/}"
SOAP_12 = "{http://www.w3.org/2003/05/soap-envelope}"
SECURITY = "{http://wso2.org/apimanager/security}"


def content_type(reply: Reply) -> str:
    return dict(reply.headers)["content-type"].partition(";")[0]


@pytest.mark.parametrize("accept", ["", "*/*", "text/html", "application/json, application/xml"])
def test_json_unless_something_else_is_wanted(running: Running, accept: str) -> None:
    reply = running.call(headers={"Accept": accept} if accept else {})
    assert content_type(reply) == "application/json"
    assert json.loads(reply.body)["code"] == "900902"


@pytest.mark.parametrize("accept", ["application/xml", "text/xml;q=0.9, application/json;q=0.1"])
def test_xml_for_who_accepts_it_first(running: Running, accept: str) -> None:
    reply = running.call(headers={"Accept": accept})
    fault = ET.fromstring(reply.body)
    assert content_type(reply) in {"application/xml", "text/xml"}
    assert (fault.tag, fault.findtext(f"{SECURITY}code")) == (f"{SECURITY}fault", "900902")


def test_the_type_of_a_body_goes_before_what_is_accepted(running: Running) -> None:
    headers = {"Content-Type": "application/xml", "Accept": "application/json"}
    reply = running.call("POST", "/menu/1.0.0/orders", headers=headers, body=b"<order/>")
    assert content_type(reply) == "application/xml"


@pytest.mark.parametrize(
    ("headers", "envelope"),
    [
        ({"Content-Type": "text/xml", "SOAPAction": '"order"'}, SOAP_11),
        ({"Content-Type": "application/soap+xml; charset=utf-8"}, SOAP_12),
    ],
)
def test_a_soap_call_is_answered_with_a_fault(running: Running, headers: dict[str, str], envelope: str) -> None:
    reply = running.call("POST", "/menu/1.0.0/orders", headers=headers, body=b"<e/>")
    fault = ET.fromstring(reply.body)
    assert fault.tag == f"{envelope}Envelope"
    (code,) = fault.iter(f"{SECURITY}code")
    assert (reply.status, code.text) == (401, "900902")


def test_an_api_that_speaks_soap_always_answers_faults(running: Running) -> None:
    running.world.deploy(menu_api(type=ApiType.SOAP))
    assert ET.fromstring(running.call().body).tag == f"{SOAP_11}Envelope"


def test_what_comes_from_outside_cannot_break_out_of_the_xml(running: Running) -> None:
    running.world.deploy(menu_api(version="<&>"))
    reply = running.call(token="a.b.c", headers={"Accept": "application/xml"})
    assert "<&>" in str(ET.fromstring(reply.body).findtext(f"{SECURITY}description"))


def test_every_error_carries_the_caller_s_own_correlation_id(running: Running) -> None:
    running.world.subscribe(SubscriptionStatus.BLOCKED)
    reply = running.call(token=running.world.token())
    assert dict(reply.headers)["activityid"] == running.lines[-1]["request_id"]


def the_line(running: Running, **parts: Any) -> dict[str, Any]:
    running.call(**parts)
    return running.lines[-1]


def test_the_line_of_a_call_says_what_was_judged_by_which_knowledge(running: Running) -> None:
    line = the_line(running, token=running.world.token())
    assert {"route", "authenticate", "authorize", "throttle", "mediate", "backend"} <= {
        name.removesuffix("_latency_ms") for name in line
    }
    assert (line["backend_status"], line["key_type"], line["api_resource_template"]) == (200, "PRODUCTION", "/items")
    assert line["throttle_remaining"] == {"subscription": 4999}
    assert "apis." in line["config_version"]
