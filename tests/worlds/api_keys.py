"""API keys of a developer, made and looked at through a store in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.applications.api_key import digest_of
from gatehouse.domain.artifact import api_key_key
from gatehouse.domain.people.identity import SUPER_TENANT

if TYPE_CHECKING:
    from tests.callers import Reply
    from tests.worlds.store import StoreWorld

UNHEARD = "00000000-0000-0000-0000-000000000000"


def of_application(application_id: str, kind: str = "PRODUCTION") -> str:
    return f"/applications/{application_id}/api-keys/{kind}"


def of_api(api_id: str) -> str:
    return f"/apis/{api_id}/api-keys"


def generate(world: StoreWorld, path: str, *, by: str = "mary", **body: Any) -> str:
    made = world.call("POST", f"{path}/generate", body, by=by)
    assert made.status == 200, made.text
    return str(made.json["apikey"])


def listed(world: StoreWorld, path: str, *, by: str = "mary") -> Any:
    answer = world.call("GET", path, by=by)
    assert answer.status == 200, answer.text
    assert answer.json["count"] == len(answer.json["list"])
    return answer.json["list"]


def grant(world: StoreWorld, secret: str) -> Any:
    return world.artifacts.get([api_key_key(SUPER_TENANT, digest_of(secret))])[0]


def refusal(answer: Reply) -> tuple[int, str]:
    return answer.status, answer.json["description"]


class Associable:
    """An application that is subscribed to an API, and a key of that API."""

    def __init__(self, world: StoreWorld) -> None:
        self.api = world.api()
        self.application_id = world.application()
        world.subscribe(self.application_id, self.api)
        self.secret = generate(world, of_api(self.api.id), keyName="browser")
        (key,) = listed(world, of_api(self.api.id))
        self.id = key["keyUUID"]
