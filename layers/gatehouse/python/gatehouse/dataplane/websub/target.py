"""What a call of a WebSub API is for: a subscriber's request at its base path, or an event at its receiver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.cors import preflight
from gatehouse.dataplane.answers.refusal import METHOD_NOT_ALLOWED, NO_SUCH_RESOURCE
from gatehouse.dataplane.evidence import Target
from gatehouse.dataplane.websub.parameters import parameters_of
from gatehouse.dataplane.websub.refusals import EVENT_TOO_LARGE, NO_SUCH_TOPIC, UNINTELLIGIBLE
from gatehouse.domain.apis.websub import EVENT_BYTES_MAX, RECEIVER, hub_request, topic_named
from gatehouse.domain.publishing.deployed import DeployedOperation

if TYPE_CHECKING:
    from gatehouse.dataplane.answers.refusal import Refusal
    from gatehouse.dataplane.call import Call, Reply
    from gatehouse.dataplane.knowledge.served import ServedApi

POST, OPTIONS = "POST", "OPTIONS"
TOPIC = "topic"
SHOWN_CHARACTERS_MAX = 200
"""How much of a topic that is not there is repeated to who asked for it."""


def hub_target(call: Call, api: ServedApi, suffix: str) -> Target | Refusal | Reply:
    """The topic's operation, or what is wrong: the path (404), the method (405), the request (400, 413), the topic (404)."""
    path = suffix.rstrip("/")
    if path not in {"", RECEIVER}:
        return NO_SUCH_RESOURCE
    if call.method == OPTIONS and api.deployed.cors is not None:
        return preflight(call, api.deployed.cors, (POST,))
    if call.method != POST:
        return METHOD_NOT_ALLOWED.with_headers(("allow", POST))
    return _event(call, api) if path else _subscription(call, api)


def _subscription(call: Call, api: ServedApi) -> Target | Refusal:
    request = hub_request(parameters_of(call))
    if isinstance(request, str):
        return UNINTELLIGIBLE.because(UNINTELLIGIBLE.description.format(problem=request))
    operation = _operation(api, request.topic)
    return Target(api, operation, "") if operation else _no_topic(request.topic)


def _event(call: Call, api: ServedApi) -> Target | Refusal:
    """Whoever posts it: it is the signature that is looked at, not a credential."""
    if len(call.body) > EVENT_BYTES_MAX:
        return EVENT_TOO_LARGE.because(EVENT_TOO_LARGE.description.format(limit=EVENT_BYTES_MAX))
    topic = parameters_of(call._replace(body=b"")).get(TOPIC, "")
    if not topic:
        return UNINTELLIGIBLE.because(UNINTELLIGIBLE.description.format(problem="the query must name the topic"))
    operation = _operation(api, topic)
    if operation is None:
        return _no_topic(topic)
    received = DeployedOperation(verb=POST, target=operation.target, authenticated=False, policy=operation.policy)
    return Target(api, received, RECEIVER)


def _operation(api: ServedApi, name: str) -> DeployedOperation | None:
    topics = {one.target: one for one in api.deployed.operations}
    found = topic_named(name, topics)
    return topics[found] if found is not None else None


def _no_topic(name: str) -> Refusal:
    return NO_SUCH_TOPIC.because(NO_SUCH_TOPIC.description.format(topic=name[:SHOWN_CHARACTERS_MAX]))
