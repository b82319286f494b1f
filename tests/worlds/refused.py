"""Calls that end in an error: one scenario for each status and code that the gateway answers with."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.gateway.http import call_of
from gatehouse.dataplane.answers.platform import REQUEST_BYTES_MAX
from gatehouse.domain.applications.grant import KeyType, SubscriptionStatus
from gatehouse.domain.artifact import Artifact, denial_key, rule_key, schema_key
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.deployed import (
    Access,
    AttachedPolicy,
    Cors,
    DeployedOperation,
    EndpointGroup,
    EndpointKind,
    Mediation,
)
from gatehouse.domain.throttling.custom_rule import CustomRule
from gatehouse.domain.throttling.denial import Denial, DenialKind
from gatehouse.domain.throttling.limit import Rate, Unit
from gatehouse.domain.throttling.policy import PolicyKind, Terms
from gatehouse.mediation import registry
from gatehouse.mediation.schema import compile_schemas
from gatehouse.ports.backends import (
    BackendBroken,
    BackendClosed,
    BackendConnectTimeout,
    BackendGarbled,
    BackendReply,
    BackendSecurityFailed,
    BackendTimeout,
    BackendTooLarge,
    BackendUnreachable,
    BackendUnsent,
)
from gatehouse.ports.throttling.counters import CountersDown
from tests.calls import API_ID, FOREIGN_KEY, backend, menu_api
from tests.events import http_event
from tests.worlds.graphql import deploy, graphql_api, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.dataplane.call import Reply
    from gatehouse.ports.backends import BackendFailed
    from tests.worlds.gateway import Running

    Scenario = Callable[[Running], Reply]

EVIL = "https://evil.example"
HANDSHAKE = {"connection": "keep-alive, Upgrade", "upgrade": "websocket", "origin": EVIL}
DEEP = "{ menu { name } }"
ORDERS = "/menu/1.0.0/orders"
OBJECT = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
DEFINITION = {
    "openapi": "3.0.3",
    "info": {"title": "Menu", "version": "1"},
    "paths": {"/orders": {"post": {"requestBody": OBJECT}}},
}


def _down(*_: Any, **__: Any) -> Any:
    raise Unavailable


def _uncounted(*_: Any, **__: Any) -> Any:
    raise CountersDown


def _asked(running: Running, **claims: Any) -> Reply:
    return running.call(token=running.world.token(**claims))


def _served(running: Running, **changes: Any) -> Reply:
    running.world.deploy(menu_api(**changes))
    return _asked(running)


def _subscribed(running: Running, status: SubscriptionStatus) -> Reply:
    running.world.subscribe(status)
    return _asked(running)


def _policed(running: Running, name: str, body: bytes = b"{}", flow: str = "request", **parameters: Any) -> Reply:
    known = registry.specification(name, "v1")
    assert known is not None
    attached = AttachedPolicy(name=name, parameters=known.checked(parameters, "p"))
    operation = DeployedOperation(verb="POST", target="/orders", mediation=Mediation(**{flow: (attached,)}))
    running.world.deploy(menu_api(operations=(operation,)))
    return running.call("POST", ORDERS, token=running.world.token(), body=body)


def _broken(running: Running) -> Reply:
    """A policy that this environment does not have: it was deployed by a newer control plane."""
    mediation = Mediation(request=(AttachedPolicy(name="ofTomorrow"),))
    return _served(running, mediation=mediation)


def _invalid(running: Running, encoding: str = "") -> Reply:
    schemas = compile_schemas(DEFINITION, "POST", "/orders")
    assert schemas is not None
    running.world.artifacts.publish([Artifact(schema_key(SUPER_TENANT, API_ID, 1, "POST /orders"), schemas)])
    running.world.deploy(menu_api(operations=(DeployedOperation(verb="POST", target="/orders"),), validated=True))
    headers = {"content-type": "application/json", **({"content-encoding": encoding} if encoding else {})}
    return running.call("POST", ORDERS, token=running.world.token(), headers=headers, body=b"[]")


def _shut_out(running: Running) -> Reply:
    denial = Denial(id="d1", kind=DenialKind.API, value="/menu/1.0.0")
    running.world.artifacts.publish([Artifact(denial_key(SUPER_TENANT, denial.id), denial.to_body())])
    return _asked(running)


def _ruled(running: Running) -> Reply:
    rule = CustomRule(id="r1", name="rule", key_template="$userId", limit=Rate(count=0, seconds=60))
    running.world.artifacts.publish([Artifact(rule_key(SUPER_TENANT, rule.id), rule.to_body())])
    return _asked(running)


def _eventful(running: Running) -> Reply:
    rate = Rate(count=0, seconds=60, unit=Unit.EVENTS)
    running.world.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="None", limits=(rate,)))
    running.world.subscribe(policy="None")
    return _asked(running)


def _had_enough(running: Running) -> Reply:
    backend_limits = (Rate(count=0, seconds=1),)
    return _served(running, production=replace(backend("http://backend.example"), limits=backend_limits))


def _limited(running: Running, kind: PolicyKind, *, burst: bool = False, **deployed: Any) -> Reply:
    """The second call where one is allowed."""
    rate = Rate(count=1, seconds=60)
    running.world.set_policy(kind, Terms(name="One", burst=rate) if burst else Terms(name="One", limits=(rate,)))
    running.world.deploy(menu_api(**deployed))
    if kind is PolicyKind.APPLICATION:
        running.world.grant_application("One")
    if kind is PolicyKind.SUBSCRIPTION:
        running.world.subscribe(policy="One")
    assert _asked(running).status == 200
    return _asked(running)


def _weighed(running: Running, **limits: int) -> Reply:
    deploy(running, graphql_api())
    running.world.set_policy(PolicyKind.SUBSCRIPTION, Terms(name="Gold", **limits))  # type: ignore[arg-type]
    return post(running, DEEP)


def _queried(running: Running, query: str) -> Reply:
    deploy(running, graphql_api())
    return post(running, query)


def _without_graph(running: Running) -> Reply:
    running.world.deploy(graphql_api())
    return post(running, DEEP)


def _greeted(running: Running, *, origin_allowed: bool) -> Reply:
    """A WebSocket handshake."""
    running.world.deploy(menu_api(cors=Cors(origins=(EVIL if origin_allowed else "https://shop.example",))))
    return running.call(token=running.world.token(), headers=HANDSHAKE)


def _greeted_while_down(running: Running) -> Reply:
    running.world.artifacts.get = _down  # type: ignore[method-assign]
    return _greeted(running, origin_allowed=True)


def _unchecked(running: Running) -> Reply:
    running.world.artifacts.get = _down  # type: ignore[method-assign]
    return _asked(running)


def _not_counted(running: Running) -> Reply:
    running.counters.lease = _uncounted  # type: ignore[method-assign]
    return _asked(running)


def _sandbox(running: Running) -> Reply:
    running.world.grant_application(key_type=KeyType.SANDBOX)
    return _served(running, sandbox=None)


def _failing(failure: BackendFailed) -> Scenario:
    def scenario(running: Running) -> Reply:
        running.world.backend.failure = failure
        return _asked(running)

    return scenario


def _swollen(running: Running) -> Reply:
    running.world.backend.reply = BackendReply(status=200, headers=(), body=b"x" * 2_900_000)
    return _policed(running, "setBody", flow="response", template="${body}${body}")


def _late(running: Running) -> Reply:
    call = running.world.call(token=running.world.token())
    running.world.clock.advance(29)
    return running.gateway.handle(call)


def _unreadable(running: Running) -> Reply:
    event = {**http_event("POST", ORDERS), "body": "x", "isBase64Encoded": True}
    return running.gateway.handle(call_of(event, running.world.clock.now()))


def _fault_of_ours(running: Running) -> Reply:
    running.world.backend.send = lambda _: 1 // 0  # type: ignore[method-assign, assignment, return-value]
    return _asked(running)


def _nowhere(running: Running) -> Reply:
    return _served(running, production=EndpointGroup(kind=EndpointKind.MOCK))


def _blocked(running: Running) -> Reply:
    running.world.deploy(menu_api(), state="BLOCKED")
    return _asked(running)


NO_ACCESS = Access(oauth2=False)
BY_USERS = (DeployedOperation(verb="GET", target="/items", token_type="APPLICATION_USER"),)
SCENARIOS: dict[tuple[int, str], Scenario] = {
    (400, "400"): _invalid,
    (400, "101001"): _unreadable,
    (400, "900820"): lambda running: _weighed(running, max_depth=1),
    (400, "900821"): lambda running: _weighed(running, max_complexity=1),
    (401, "900901"): lambda running: running.call(token=running.world.token(FOREIGN_KEY)),
    (401, "900902"): lambda running: running.call(),
    (401, "900903"): lambda running: _asked(running, exp=1),
    (401, "900904"): lambda running: _asked(running, nbf=2_000_000_000),
    (401, "900905"): lambda running: _served(running, operations=BY_USERS),
    (401, "900907"): lambda running: _subscribed(running, SubscriptionStatus.BLOCKED),
    (401, "900909"): lambda running: _subscribed(running, SubscriptionStatus.ON_HOLD),
    (401, "900912"): lambda running: _policed(
        running, "jwtClaimBasedAccessValidator", accessVerificationClaim="aut", accessVerificationClaimValue="OTHER"
    ),
    (401, "900913"): lambda running: _policed(
        running, "jwtClaimBasedAccessValidator", accessVerificationClaim="none", accessVerificationClaimValue="OTHER"
    ),
    (403, "403"): lambda running: _policed(running, "validateCsrfCookie"),
    (403, "900425"): lambda running: _greeted(running, origin_allowed=False),
    (403, "900901"): _sandbox,
    (403, "900805"): _shut_out,
    (403, "900906"): lambda running: _served(running, access=NO_ACCESS),
    (403, "900908"): lambda running: _asked(running, azp="nobody's"),
    (403, "900910"): lambda running: running.call("POST", ORDERS, token=running.world.token()),
    (403, "900914"): lambda running: _served(running, access=Access(audiences=("https://elsewhere.example",))),
    (404, "404"): lambda running: running.call(path="/menu/1.0.0/nothing"),
    (405, "405"): lambda running: running.call("DELETE"),
    (413, "413"): lambda running: running.call("POST", ORDERS, body=b"x" * (REQUEST_BYTES_MAX + 1)),
    (415, "415"): lambda running: _invalid(running, encoding="gzip"),
    (422, "900422"): lambda running: _queried(running, "{ menu {"),
    (429, "900800"): lambda running: _limited(running, PolicyKind.ADVANCED, policy="One"),
    (429, "900802"): lambda running: _limited(
        running, PolicyKind.ADVANCED, operations=(DeployedOperation(verb="GET", target="/items", policy="One"),)
    ),
    (429, "900803"): lambda running: _limited(running, PolicyKind.APPLICATION),
    (429, "900804"): lambda running: _limited(running, PolicyKind.SUBSCRIPTION),
    (429, "900806"): _ruled,
    (429, "900807"): lambda running: _limited(running, PolicyKind.SUBSCRIPTION, burst=True),
    (429, "900808"): _eventful,
    (429, "900809"): lambda running: _limited(running, PolicyKind.APPLICATION, burst=True),
    (500, "101503"): lambda running: _served(running, production=EndpointGroup(kind=EndpointKind.DYNAMIC)),
    (500, "101507"): _failing(BackendSecurityFailed()),
    (500, "601000"): _broken,
    (500, "900900"): _unchecked,
    (500, "900911"): _without_graph,
    (500, "900967"): _fault_of_ours,
    (501, "501"): _nowhere,
    (502, "101000"): _swollen,
    (502, "101506"): _failing(BackendGarbled()),
    (502, "101510"): _failing(BackendTooLarge()),
    (503, "101500"): _failing(BackendUnsent()),
    (503, "101501"): _failing(BackendBroken()),
    (503, "101503"): _failing(BackendUnreachable()),
    (503, "101505"): _failing(BackendClosed()),
    (503, "503"): _not_counted,
    (503, "700700"): _blocked,
    (503, "900801"): _had_enough,
    (503, "900424"): _greeted_while_down,
    (504, "101504"): _failing(BackendTimeout()),
    (504, "101508"): _failing(BackendConnectTimeout()),
    (504, "101509"): _late,
}


def told(reply: Reply) -> tuple[int, str]:
    """The status and the code of an error."""
    return reply.status, str(json.loads(reply.body)["code"])
