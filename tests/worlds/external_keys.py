"""A store whose developers have keys made at an external key manager, which is in memory."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gatehouse.domain.artifact import client_key
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.tokens.key_manager import ExternalKeyManager
from tests.worlds.issuers import issuer
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from tests.callers import Reply

CODE = {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials", "authorization_code"]}


class ExternalKeysWorld(StoreWorld):
    """A store with an external key manager that registers clients and gives tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.theirs = self.register("Theirs")
        self.application_id = self.application()

    def register(self, name: str, tenant: str = SUPER_TENANT, **document: Any) -> ExternalKeyManager:
        known = {
            "type": "OIDC",
            "displayName": name,
            "enabled": True,
            "enableOAuthAppCreation": True,
            "enableTokenGeneration": True,
            "clientRegistrationEndpoint": f"https://{name.lower()}.example/reg",
            "tokenEndpoint": f"https://{name.lower()}.example/token",
            "additionalProperties": {"initial_access_token": "open sesame"},
        }
        key_manager = ExternalKeyManager(
            tenant=tenant,
            id=str(uuid.uuid4()),
            name=name,
            issuer=f"https://{name.lower()}.example",
            document={**known, **document},
        )
        return self.key_managers.add(key_manager, issuer(name=name, key_manager=key_manager.id))

    def configure(self, **document: Any) -> None:
        changed = replace(self.theirs, document={**self.theirs.document, **document})
        self.theirs = self.key_managers.save(changed, issuer(name="Theirs", key_manager=changed.id))

    def ask(self, application_id: str = "", *, by: str = "mary", **changes: Any) -> Reply:
        body = {**CODE, "keyManager": "Theirs", "callbackUrl": "https://app.example/cb", **changes}
        return self.call("POST", f"/applications/{application_id or self.application_id}/generate-keys", body, by=by)

    def made(self, **changes: Any) -> Any:
        answer = self.ask(**changes)
        assert answer.status == 200, answer.text
        return answer.json

    def at(self, key: Any, path: str = "") -> str:
        return f"/applications/{self.application_id}/oauth-keys/{key['keyMappingId']}{path}"

    def their_grant(self, consumer_key: str, tenant: str = SUPER_TENANT) -> Any:
        return self.artifacts.get([client_key(tenant, consumer_key, self.theirs.id)])[0]
