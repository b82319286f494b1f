"""Mediate: an admitted call passes the policies of its API and operation; so does what comes back.

On the way in the policies of the gateway environment come first, then the API's, then the operation's; on the way out they
come in the opposite order. What identifies the caller to us
(the token, identity headers) leaves before the first policy looks, and no header from outside can pretend to be one of ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.dataplane.answers.refusal import MEDIATION_FAILED, NO_MOCK, Refusal
from gatehouse.dataplane.call import Reply
from gatehouse.dataplane.evidence import Outbound
from gatehouse.dataplane.knowledge.served import path_variables
from gatehouse.mediation.conditions import hold
from gatehouse.mediation.message import CallerFacts, Message, Situation, Stop
from gatehouse.mediation.registry import function

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Call
    from gatehouse.dataplane.evidence import Admission, Target
    from gatehouse.dataplane.knowledge.catalogue import Catalogue
    from gatehouse.domain.publishing.deployed import AttachedPolicy
    from gatehouse.mediation.message import Notes, Signer
    from gatehouse.mediation.schema import SchemaChecker
    from gatehouse.ports.backends import Backends, Functions

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""RFC 9110 §7.6.1: they belong to one connection."""

NEVER_FORWARDED = HOP_BY_HOP | {
    "host",
    "content-length",
    "expect",
    "apikey",
    "internal-key",
    "x-jwt-assertion",
    "x-wso2-client-certificate",
    "x-gatehouse-request-id",
    "activityid",
}

_API_KEY_PARAMETER = "apikey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mediator:
    """Runs policies. `notes` of a call are what its policies want to be recorded."""

    catalogue: Catalogue
    schemas: SchemaChecker
    backends: Backends
    functions: Functions
    signer: Signer

    def request(self, call: Call, admission: Admission, notes: Notes) -> Outbound | Refusal | Reply:
        """The call as its backend shall see it, or a policy's last word."""
        message = _message(call, admission)
        target = admission.grant.caller.target
        if target.api.deployed.validated:
            if stop := self._invalid_request(target, message):
                return _ended(stop)
            message.remove_header("accept-encoding")  # what comes back compressed could not be checked
        policies = (
            *target.api.everywhere.request,
            *target.behind.mediation.request,
            *target.operation.mediation.request,
        )
        ended = self._run(policies, message, call, admission, notes)
        return Outbound(admission, message) if ended is None else ended

    def answer(self, call: Call, outbound: Outbound, notes: Notes) -> Reply | Refusal:
        """What an API's sequence answers in place of a backend. The outbound message stays as it is."""
        message = replace(outbound.message, headers=list(outbound.message.headers))
        sequence = outbound.admission.grant.endpoints.sequence
        return self._run(sequence, message, call, outbound.admission, notes) or NO_MOCK

    def response(self, call: Call, outbound: Outbound, reply: Reply, notes: Notes) -> Reply | Refusal:
        """The backend's reply as the caller shall see it, or a policy's last word."""
        target = outbound.admission.grant.caller.target
        if target.api.deployed.validated and (stop := self._invalid_response(target, reply)):
            return _ended(stop)
        policies = (
            *target.operation.mediation.response,
            *target.behind.mediation.response,
            *target.api.everywhere.response,
        )
        return self._outwards(policies, call, outbound.admission, reply, notes)

    def fault(self, call: Call, admission: Admission, reply: Reply, notes: Notes) -> Reply | Refusal:
        """An error that was made for an admitted call, as the caller shall see it."""
        target = admission.grant.caller.target
        return self._outwards(_fault_policies(target), call, admission, reply, notes)

    def mends(self, target: Target) -> bool:
        """Whether anything happens to the errors of this operation's calls."""
        return bool(_fault_policies(target))

    def _outwards(
        self,
        policies: tuple[AttachedPolicy, ...],
        call: Call,
        admission: Admission,
        reply: Reply,
        notes: Notes,
    ) -> Reply | Refusal:
        if not policies:
            return reply
        message = _answer(admission.grant.caller.target, reply)
        ended = self._run(policies, message, call, admission, notes)
        if ended is not None:
            return ended
        return Reply(status=message.status, headers=tuple(message.headers), body=message.body)

    def _invalid_request(self, target: Target, message: Message) -> Stop | None:
        schemas = self.catalogue.schemas(target)
        if schemas is None:
            return None
        from gatehouse.mediation.schema import check_request  # noqa: PLC0415 -- who validates nothing waits for nothing

        variables = path_variables(target.operation.target, target.suffix)
        return check_request(schemas, message, variables, self.schemas)

    def _invalid_response(self, target: Target, reply: Reply) -> Stop | None:
        schemas = self.catalogue.schemas(target)
        if schemas is None:
            return None
        from gatehouse.mediation.schema import check_response  # noqa: PLC0415 -- as above

        return check_response(schemas, _answer(target, reply), self.schemas)

    def _run(
        self,
        policies: tuple[AttachedPolicy, ...],
        message: Message,
        call: Call,
        admission: Admission,
        notes: Notes,
    ) -> Refusal | Reply | None:
        if not policies:
            return None
        situation = self._situation(call, admission, notes)
        for policy in policies:
            try:
                if policy.conditions and not hold(policy.conditions, message, situation):
                    continue
                stop = function(policy.name)(message, policy.parameters, situation)
            except Exception as error:  # noqa: BLE001 -- a policy must not take a call's error body and its record away
                notes["policy_error"] = f"{policy.name}: {type(error).__name__}"
                return MEDIATION_FAILED.because(MEDIATION_FAILED.description.format(policy=policy.name))
            if stop is not None:
                notes["stopped_by"] = policy.name
                return _ended(stop)
        return None

    def _situation(self, call: Call, admission: Admission, notes: Notes) -> Situation:
        grant = admission.grant
        caller, application = grant.caller, grant.application
        facts = CallerFacts(
            subject=caller.identity.subject,
            username=caller.identity.username,
            application_id=application.application_id if application else "",
            application_name=application.name if application else "",
            application_owner=application.owner if application else "",
            application_tier=application.policy if application else "",
            plan=grant.subscription.policy if grant.subscription else "",
            key_type=grant.key_type,
        )
        return Situation(
            api=caller.target.api.deployed,
            operation=caller.target.operation,
            correlation_id=call.activity_id,
            received_at=call.received_at,
            source_ip=call.address,
            claims=caller.identity.claims,
            request_headers=call.headers,
            backends=self.backends,
            functions=self.functions,
            signer=self.signer,
            caller=facts,
            note=notes,
            properties=notes.properties,
        )


def _fault_policies(target: Target) -> tuple[AttachedPolicy, ...]:
    mediation, behind = target.operation.mediation, target.behind.mediation
    return (*mediation.fault, *behind.fault, *target.api.everywhere.fault)


def _answer(target: Target, reply: Reply) -> Message:
    headers = [(name.lower(), value) for name, value in reply.headers]
    return Message(
        status=reply.status, headers=headers, body=reply.body, method=target.operation.verb, path=target.suffix
    )


def _message(call: Call, admission: Admission) -> Message:
    target = admission.grant.caller.target
    access, credentials = target.api.deployed.access, target.api.credential_headers
    connection = call.headers.get("connection")
    nominated = {name.strip().lower() for name in connection.split(",")} if connection else ()
    headers = [
        (name, value)
        for name, value in call.headers.items()
        if name not in NEVER_FORWARDED and name not in nominated and name not in credentials
    ]
    if access.outbound_authorization and (value := call.headers.get(target.api.authorization_header)):
        headers.append((target.api.authorization_header, value))
    headers.append(("activityid", call.activity_id))
    headers.append(("x-gatehouse-request-id", call.id))
    query = _without_key(call.query) if access.api_key else call.query
    return Message(method=call.method, path=target.suffix, query=query, headers=headers, body=call.body)


def _without_key(query: str) -> str:
    """The query without the API key in it; everything else stays as it was sent."""
    if _API_KEY_PARAMETER not in query:
        return query
    parts = query.split("&")
    return "&".join(part for part in parts if part.partition("=")[0] != _API_KEY_PARAMETER)


def _ended(stop: Stop) -> Refusal | Reply:
    if not stop.code:
        return Reply(status=stop.status, headers=stop.headers, body=stop.body)
    return Refusal(
        status=stop.status,
        code=stop.code,
        type=stop.type,
        message=stop.message,
        description=stop.description,
        headers=stop.headers,
    )
