"""Key managers as an administrator sends them, and what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.callers import OTHER_TENANT

if TYPE_CHECKING:
    from tests.callers import Reply
    from tests.worlds.admin import AdminWorld

ALL = "/key-managers"
ISSUER = "https://idp.example/realms/menu"
ELSEWHERE = f"admin@{OTHER_TENANT}"


def body(**changes: Any) -> dict[str, Any]:
    document = {
        "name": "Theirs",
        "type": "custom",
        "issuer": ISSUER,
        "certificates": {"type": "JWKS", "value": "https://idp.example/jwks"},
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def error(answer: Reply, status: int) -> str:
    assert answer.status == status, answer.text
    return str(answer.json["description"])


def made(world: AdminWorld, **changes: Any) -> Any:
    answer = world.call("POST", ALL, body(**changes))
    assert answer.status == 201, answer.text
    return answer.json
