"""Keys of the caller's applications, and tokens for trying them out.

Everything can be addressed in two ways: `keys/{keyType}` is the resident key manager's, `oauth-keys/{keyMappingId}` any one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.store import terms, views, wire
from functions.store.routes.common import APPLICATIONS
from gatehouse.controlplane.store.keys import is_resident
from gatehouse.domain.applications.application import KeyManagerUnknown
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.key_manager import resident_id
from gatehouse.domain.tokens.token import RESIDENT_KEY_MANAGER
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.controlplane.store.keys import OwnKeys
    from gatehouse.edge.http import Request
    from gatehouse.edge.wire import Wire

TAG = "Application Keys"
TOKENS = "Application Tokens"
ONE = "/applications/{applicationId}"
BY_TYPE = f"{ONE}/keys/{{keyType}}"
BY_ID = f"{ONE}/oauth-keys/{{keyMappingId}}"


def routes(keys: OwnKeys) -> tuple[Operation, ...]:
    """Generate, map, list, read, change, delete; secrets and tokens."""
    own = _Keys(keys)

    def post(path: str, name: str, route: Callable[..., Answer], summary: str, body: type[Wire] | None) -> Operation:
        tag = TOKENS if body is wire.TokenBody else TAG
        return Operation(
            method="POST", path=path, id=name, route=route, summary=summary, tag=tag, scopes=APPLICATIONS, body=body
        )

    def get(path: str, name: str, route: Callable[..., Answer], summary: str) -> Operation:
        return Operation(method="GET", path=path, id=name, route=route, summary=summary, tag=TAG, scopes=APPLICATIONS)

    def put(path: str, name: str, summary: str) -> Operation:
        return Operation(
            method="PUT",
            path=path,
            id=name,
            route=own.update,
            summary=summary,
            tag=TAG,
            scopes=APPLICATIONS,
            body=wire.KeyBody,
        )

    both = ((BY_TYPE, "KeysOfType"), (BY_ID, "Keys"))
    return (
        post(f"{ONE}/generate-keys", "generateKeys", own.generate, "Make keys", wire.KeyGenerationBody),
        post(f"{ONE}/map-keys", "mapKeys", own.map, "Use a client of an external key manager", wire.KeyMappingBody),
        get(f"{ONE}/keys", "listResidentKeys", own.all, "The keys of the application"),
        get(f"{ONE}/oauth-keys", "listKeys", own.all, "The keys of the application, of all key managers"),
        *(get(path, f"get{name}", own.get, "One key") for path, name in both),
        *(put(path, f"update{name}", "Change grant types, callback and properties") for path, name in both),
        *(
            post(f"{path}/regenerate-secret", f"regenerateSecretOf{name}", own.regenerate, "A new secret", None)
            for path, name in both
        ),
        *(
            post(f"{path}/clean-up", f"cleanUp{name}", own.clean_up, "Forget keys, whatever became of them", None)
            for path, name in both
        ),
        *(
            post(f"{path}/generate-token", f"generateTokenOf{name}", own.token, "A token to try out", wire.TokenBody)
            for path, name in both
        ),
        Operation(
            method="DELETE",
            path=BY_ID,
            id="deleteKeys",
            route=own.delete,
            summary="Delete keys; their tokens are void at once",
            tag=TAG,
            scopes=APPLICATIONS,
        ),
    )


class _Keys:
    def __init__(self, keys: OwnKeys) -> None:
        self._keys = keys

    def generate(self, request: Request, body: wire.KeyGenerationBody) -> Answer:
        name = body.keyManager or RESIDENT_KEY_MANAGER
        key, token = terms.of_generation(body, resident=is_resident(request.principal, name))
        application_id, kind = request.path["applicationId"], KeyType(body.keyType)
        made = self._keys.generate(request.principal, application_id, kind, key, token, key_manager=name)
        return Answer(body=views.new_key(made))

    def map(self, request: Request, body: wire.KeyMappingBody) -> Answer:
        mapped = self._keys.map(
            request.principal,
            request.path["applicationId"],
            KeyType(body.keyType),
            body.keyManager or RESIDENT_KEY_MANAGER,
            body.consumerKey,
        )
        return Answer(body=views.application_key(mapped))

    def all(self, request: Request) -> Answer:
        return Answer(body=views.keys(self._keys.all(request.principal, request.path["applicationId"])))

    def get(self, request: Request) -> Answer:
        found = self._keys.get(request.principal, request.path["applicationId"], _which(request))
        return Answer(body=views.application_key(found))

    def update(self, request: Request, body: wire.KeyBody) -> Answer:
        application_id = request.path["applicationId"]
        known = self._keys.get(request.principal, application_id, _which(request))
        if body.keyManager not in {None, known.key_manager, known.key_manager_id or resident_id(known.tenant)}:
            raise KeyManagerUnknown.field("keyManager", f"is '{known.key_manager}' and cannot be changed")
        wanted = terms.of_change(body, resident=not known.key_manager_id)
        return Answer(
            body=views.application_key(self._keys.update(request.principal, application_id, known.id, wanted))
        )

    def delete(self, request: Request) -> Answer:
        self._keys.delete(request.principal, request.path["applicationId"], _which(request))
        return Answer()

    def clean_up(self, request: Request) -> Answer:
        self._keys.clean_up(request.principal, request.path["applicationId"], _which(request))
        return Answer()

    def regenerate(self, request: Request) -> Answer:
        application_id = request.path["applicationId"]
        return Answer(
            body=views.credentials(
                self._keys.regenerate_secret(request.principal, application_id, _which(request)),
            )
        )

    def token(self, request: Request, body: wire.TokenBody) -> Answer:
        application_id, wanted = request.path["applicationId"], terms.of_token(body)
        return Answer(body=views.token(self._keys.token(request.principal, application_id, _which(request), wanted)))


def _which(request: Request) -> str | KeyType:
    if "keyMappingId" in request.path:
        return request.path["keyMappingId"]
    name = request.path["keyType"]
    if name not in set(KeyType):
        raise Invalid.field("keyType", f"must be one of {', '.join(KeyType)}")
    return KeyType(name)
