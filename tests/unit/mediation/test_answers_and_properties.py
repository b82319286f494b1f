"""Policies that answer by themselves, that change a status, and that tell later ones something."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.domain.errors import Invalid
from gatehouse.mediation.message import Notes, Stop
from tests.unit.mediation.messages import JSON, XML, request, response, run, situation

ORDER = json.dumps({"order": {"id": 7, "items": [{"name": 'the "best"'}], "open": True}})


def answered(message: Any, about: Any = None, **parameters: Any) -> Stop:
    stop = run("respond", message, about, **parameters)
    assert stop is not None
    return stop


def test_an_answer_is_made_of_a_template_and_of_what_the_caller_sent() -> None:
    stop = answered(
        request(ORDER, JSON, (("x-who", "Ann"),)),
        statusCode=201,
        body='{"id": ${json.order.id}, "who": "${header.x-who}", "first": "${json.order.items[0].name}", "all": ${json.order}}',
        headers="X-Who: ${header.x-who}\nConnection: close\n\nx-two: 2",
    )
    assert (stop.status, stop.code) == (201, "")
    assert stop.headers == (("content-type", JSON), ("x-who", "Ann"), ("x-two", "2"))
    assert json.loads(stop.body) == {
        "id": 7,
        "who": "Ann",
        "first": 'the "best"',
        "all": json.loads(ORDER)["order"],
    }


def test_an_answer_without_a_template_is_the_message_as_it_is_then() -> None:
    stop = answered(request("<a/>", XML))
    assert (stop.status, stop.headers, stop.body) == (200, (("content-type", XML),), b"<a/>")
    assert answered(request()).headers == ()


@pytest.mark.parametrize("wrong", [{"statusCode": 600}, {"statusCode": 100}, {"headers": "X-One: 1\nno header"}])
def test_an_answer_that_http_does_not_know_is_refused_when_it_is_saved(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        run("respond", request(), **wrong)


def test_what_comes_back_gets_another_status() -> None:
    message = response(status=200)
    assert run("setStatus", message, statusCode="404") is None
    assert message.status == 404


def test_a_property_is_known_to_the_later_policies_of_the_call_and_never_recorded() -> None:
    notes = Notes()
    about = situation(note=notes, properties=notes.properties)
    run("setProperty", request(ORDER, JSON), about, name="who", value="${json.order.id}-${header.x}")
    back = response()
    run("setHeader", back, about, headerName="X-Who", headerValue="${property.who}${property.other}")
    assert back.header("x-who") == "7-"
    assert not notes


@pytest.mark.parametrize("path", ["nothing", "order.items[1].name", "order.items[name]", "order.id.x"])
def test_what_a_body_does_not_have_is_the_empty_text(path: str) -> None:
    message = request(ORDER, JSON)
    run("setHeader", message, headerName="x", headerValue=f"<${{json.{path}}}>")
    assert message.header("x") == "<>"


def test_a_part_of_a_body_is_no_more_written_down_than_the_whole() -> None:
    about = situation(note=Notes())
    run("addLogMessage", request(ORDER, JSON), about, message="${json.order.id} ${body}")
    assert about.note["log"][0]["message"] == f"*** ({len(ORDER)} bytes)"
