"""Messages and situations for the tests of policies, with a backend and functions that answer what they are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.domain.publishing.deployed import DeployedApi, DeployedOperation
from gatehouse.mediation.message import Message, Situation, Stop
from gatehouse.mediation.registry import function, specification
from gatehouse.ports.backends import BackendFailed, BackendReply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.backends import BackendRequest, Invocation

JSON, XML = "application/json", "application/xml"


@dataclass
class Answering:
    """Answers the same every time, and keeps what it was asked."""

    answer: BackendReply | BackendFailed = field(default_factory=lambda: BackendReply(status=200, headers=(), body=b""))
    asked: list[Any] = field(default_factory=list)

    def send(self, request: BackendRequest) -> BackendReply:
        self.asked.append(request)
        return self._answer()

    def invoke(self, invocation: Invocation) -> BackendReply:
        self.asked.append(invocation)
        return self._answer()

    def _answer(self) -> BackendReply:
        if isinstance(self.answer, BackendFailed):
            raise self.answer
        return self.answer


class Unsigned:
    """Signs nothing that anybody could check."""

    def sign(self, tenant: str, claims: Mapping[str, Any], seconds: int) -> str:
        return f"{tenant}.{len(claims)}.{seconds}"


def answering(body: bytes | str = b"", status: int = 200, **headers: str) -> Answering:
    content = body.encode() if isinstance(body, str) else body
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answering(BackendReply(status=status, headers=pairs, body=content))


def situation(**parts: Any) -> Situation:
    api = DeployedApi(
        id="api-1",
        tenant="carbon.super",
        name="Menu",
        version="1.0.0",
        context="/menu",
        base_path="/menu/1.0.0",
        provider="admin",
        revision=1,
    )
    operation = DeployedOperation(verb=parts.pop("verb", "POST"), target=parts.pop("target", "/items/{id}"))
    defaults: dict[str, Any] = {
        "api": api,
        "operation": operation,
        "correlation_id": "call-1",
        "received_at": 1_700_000_000.0,
        "source_ip": "192.0.2.7",
        "backends": Answering(),
        "functions": Answering(),
        "signer": Unsigned(),
    }
    return Situation(**{**defaults, **parts})


def request(
    body: bytes | str = b"", content_type: str = "", headers: tuple[tuple[str, str], ...] = (), **parts: Any
) -> Message:
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    kind = [("content-type", content_type)] if content_type else []
    return Message(**{"method": "POST", "path": "/items/7", **parts}, headers=[*kind, *headers], body=content)


def response(
    body: bytes | str = b"", content_type: str = "", headers: tuple[tuple[str, str], ...] = (), status: int = 200
) -> Message:
    return request(body, content_type, headers, status=status)


def run(name: str, message: Message, about: Situation | None = None, /, **parameters: Any) -> Stop | None:
    """Run a policy with parameters checked as they are when an API is deployed."""
    known = specification(name, "v1")
    assert known is not None
    return function(name)(message, known.checked(parameters, "policy"), about or situation())


def copy(message: Message) -> Message:
    return Message(
        headers=list(message.headers),
        body=message.body,
        method=message.method,
        path=message.path,
        query=message.query,
        url=message.url,
        status=message.status,
    )
