"""The key manager, asked by invoking its function. IAM decides who may; there is no secret between the two functions.

`{"action": "create_client", "arguments": {…}}` → `{"result": …}` or `{"error": {"kind", "description", "fields"}}`.
The other side is `functions/key_manager/actions`, which shares the encoding below.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gatehouse.adapters.invoking.asking import AskedFunction
from gatehouse.domain import body as bodies
from gatehouse.domain.errors import (
    Changed,
    Conflict,
    FieldError,
    Forbidden,
    GatehouseError,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from gatehouse.domain.tokens.oauth import (
    DEFAULT_LIFETIMES,
    DEFAULT_RULES,
    ClientCredentials,
    ClientExists,
    ClientNotFound,
    InvalidClient,
    InvalidScope,
    IssuedToken,
    LastSecret,
    NewSecret,
    SecretFacts,
    SecretNotFound,
    UnauthorizedClient,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gatehouse.domain.tokens.oauth import ClientRules, Lifetimes

ACTIONS = frozenset(
    {
        "create_client",
        "update_client",
        "regenerate_secret",
        "delete_client",
        "hand_over",
        "issue_application_token",
        "revoke_token",
        "add_secret",
        "secrets",
        "remove_secret",
        "sign_api_key",
    }
)

_KINDS: dict[str, type[GatehouseError]] = {
    kind.__name__: kind
    for kind in (
        ClientExists,
        ClientNotFound,
        InvalidClient,
        InvalidScope,
        LastSecret,
        SecretNotFound,
        UnauthorizedClient,
        Changed,
        Conflict,
        Forbidden,
        Invalid,
        NotFound,
        Unauthenticated,
        Unavailable,
        GatehouseError,
    )
}


class LambdaKeyManager:
    """Implements `ports.tokens.key_manager.KeyManager` on a botocore Lambda client (`adapters.aws.invoke_client`)."""

    def __init__(self, client: Any, function_name: str) -> None:
        """On the key manager's function, by name or ARN."""
        self._function = AskedFunction(client, function_name, decode_error)

    def create_client(
        self,
        *,
        tenant: str,
        owner: str,
        name: str,
        grant_types: Collection[str],
        callback_url: str = "",
        lifetimes: Lifetimes = DEFAULT_LIFETIMES,
        rules: ClientRules = DEFAULT_RULES,
    ) -> ClientCredentials:
        """Register a client. Raises ClientExists, Invalid (`grant_types`)."""
        result = self._ask(
            "create_client",
            tenant=tenant,
            owner=owner,
            name=name,
            grant_types=sorted(grant_types),
            callback_url=callback_url,
            lifetimes=asdict(lifetimes),
            rules=bodies.to_body(rules),
        )
        return ClientCredentials(**result)

    def update_client(
        self,
        *,
        tenant: str,
        client_id: str,
        grant_types: Collection[str],
        callback_url: str = "",
        lifetimes: Lifetimes = DEFAULT_LIFETIMES,
        rules: ClientRules = DEFAULT_RULES,
    ) -> None:
        """Replace what may change of a client. Raises ClientNotFound, Changed, Invalid (`grant_types`)."""
        self._ask(
            "update_client",
            tenant=tenant,
            client_id=client_id,
            grant_types=sorted(grant_types),
            callback_url=callback_url,
            lifetimes=asdict(lifetimes),
            rules=bodies.to_body(rules),
        )

    def regenerate_secret(self, *, tenant: str, client_id: str) -> ClientCredentials:
        """A new secret; the old one is dead at once. Raises ClientNotFound, Changed."""
        return ClientCredentials(**self._ask("regenerate_secret", tenant=tenant, client_id=client_id))

    def hand_over(self, *, tenant: str, client_id: str, owner: str) -> None:
        """Give a client to another user of its tenant. Raises ClientNotFound, ClientExists, Changed."""
        self._ask("hand_over", tenant=tenant, client_id=client_id, owner=owner)

    def delete_client(self, *, tenant: str, client_id: str) -> None:
        """Forget a client and void all its tokens; it need not be there."""
        self._ask("delete_client", tenant=tenant, client_id=client_id)

    def issue_application_token(
        self,
        *,
        tenant: str,
        client_id: str,
        client_secret: str | None,
        scopes: Sequence[str] = (),
        validity_seconds: int | None = None,
    ) -> IssuedToken:
        """An application's own token. Raises ClientNotFound, InvalidClient, InvalidScope."""
        result = self._ask(
            "issue_application_token",
            tenant=tenant,
            client_id=client_id,
            client_secret=client_secret,
            scopes=list(scopes),
            validity_seconds=validity_seconds,
        )
        return IssuedToken(**{**result, "scopes": tuple(result["scopes"])})

    def revoke_token(self, *, tenant: str, client_id: str, token: str) -> None:
        """Void a token of this client. Raises ClientNotFound, UnauthorizedClient."""
        self._ask("revoke_token", tenant=tenant, client_id=client_id, token=token)

    def add_secret(self, *, tenant: str, client_id: str, description: str = "", expires_in: int = 0) -> NewSecret:
        """A further secret. Raises ClientNotFound, Changed, Invalid."""
        told = {"tenant": tenant, "client_id": client_id, "description": description, "expires_in": expires_in}
        return NewSecret(**self._ask("add_secret", **told))

    def secrets(self, *, tenant: str, client_id: str) -> list[SecretFacts]:
        """What secrets the client has. Raises ClientNotFound."""
        return [SecretFacts(**one) for one in self._ask("secrets", tenant=tenant, client_id=client_id)]

    def remove_secret(self, *, tenant: str, client_id: str, secret_id: str) -> None:
        """Void one. Raises ClientNotFound, SecretNotFound, LastSecret, Changed."""
        self._ask("remove_secret", tenant=tenant, client_id=client_id, secret_id=secret_id)

    def sign_api_key(
        self, *, tenant: str, token_id: str, issued_at: int, expires_at: int, claims: Mapping[str, object]
    ) -> str:
        """A signed API key. Raises Invalid."""
        told = {"token_id": token_id, "issued_at": issued_at, "expires_at": expires_at, "claims": dict(claims)}
        return str(self._ask("sign_api_key", tenant=tenant, **told)["text"])

    def _ask(self, action: str, **arguments: object) -> Any:
        return self._function.ask(action, arguments)


def encode_error(error: GatehouseError) -> dict[str, object]:
    """A failure as the caller's function may know it: its facts stay in our log."""
    kind = next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _KINDS)
    return {"kind": kind, "description": error.description, "fields": [asdict(field) for field in error.fields]}


def decode_error(document: Mapping[str, Any]) -> GatehouseError:
    """The failure that `encode_error` wrote down."""
    kind = _KINDS.get(document["kind"], GatehouseError)
    return kind(document["description"], fields=tuple(FieldError(**field) for field in document["fields"]))
