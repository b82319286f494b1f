"""A gateway that takes tokens of an external issuer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.domain.applications.grant import ApplicationGrant, KeyType
from gatehouse.domain.artifact import Artifact, client_key, issuer_key
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.calls import APPLICATION_ID
from tests.worlds.issuers import CLIENT, JWKS_URL, KEY_MANAGER_ID, claims, issuer, jwk, rsa_key, signed

if TYPE_CHECKING:
    from gatehouse.dataplane.call import Reply
    from gatehouse.domain.tokens.issuer import Issuer
    from tests.worlds.gateway import Running

OK = (200, "")


class Theirs:
    """A gateway that takes tokens of an external issuer; `call` answers the status and the code."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.world = running.world
        self.world.issuers.sets[JWKS_URL] = [jwk(rsa_key())]
        self.configure(issuer())
        self.map()

    def configure(self, configured: Issuer) -> None:
        self.world.artifacts.publish(
            [Artifact(issuer_key(SUPER_TENANT, configured.issuer), json.loads(json.dumps(configured.to_body())))]
        )

    def map(self, client: str = CLIENT, key_manager: str = KEY_MANAGER_ID, application: str = APPLICATION_ID) -> None:
        grant = ApplicationGrant(
            application_id=application,
            name="Kiosk",
            owner="mary@carbon.super",
            policy="Unlimited",
            key_type=KeyType.PRODUCTION,
        )
        self.world.artifacts.publish([Artifact(client_key(SUPER_TENANT, client, key_manager), grant.to_body())])

    def token(self, key: Any = None, *, algorithm: str = "RS256", kid: str | None = "their-key", **changes: Any) -> str:
        return signed(claims(self.world.clock.now(), **changes), key, algorithm=algorithm, kid=kid)

    def call(self, token: str, method: str = "GET", path: str = "/menu/1.0.0/items") -> tuple[int, str]:
        return outcome(self.running.call(method, path, token=token))

    @property
    def fetched(self) -> int:
        return len(self.world.issuers.asked)


def outcome(reply: Reply) -> tuple[int, str]:
    return (reply.status, "" if reply.status == 200 else json.loads(reply.body)["code"])
