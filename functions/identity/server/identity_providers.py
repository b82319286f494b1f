"""Routes of identity providers, for administrators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from functions.identity.server.wire_identity_providers import (
    BASE,
    Authenticator,
    Change,
    Claims,
    JustInTime,
    Provider,
    Roles,
    authenticator_id,
    authenticator_shown,
    draft_of,
    listed,
    protocol_of,
    settings_of,
    shown,
)
from gatehouse.controlplane.identity.identity_providers import MANDATORY, OPTIONAL
from gatehouse.domain.errors import Invalid
from gatehouse.domain.people.identity_provider import IdentityProviderNotFound, Protocol
from gatehouse.edge.http import Answer, created
from gatehouse.edge.operation import Operation
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from gatehouse.controlplane.identity.identity_providers import IdentityProviderAdministration
    from gatehouse.domain.people.identity_provider import IdentityProvider
    from gatehouse.edge.http import Request

SCOPES = ("apim:admin",)
TAG = "Identity Providers"
CHANGES_MAX = 50


class IdentityProviderRoutes:
    """HTTP in, one call, HTTP out."""

    def __init__(self, providers: IdentityProviderAdministration) -> None:
        self._providers = providers

    def operations(self) -> tuple[Operation, ...]:
        """Everything about identity providers."""
        operation = partial(Operation, tag=TAG, scopes=SCOPES)
        every, one = "/identity-providers", "/identity-providers/{id}"
        return (
            operation(method="GET", path=every, id="getIDPs", route=self._all, summary="List identity providers."),
            operation(
                method="POST",
                path=every,
                id="addIDP",
                route=self._create,
                summary="Add one.",
                body=Provider,
                answers=(201,),
            ),
            operation(
                method="GET",
                path="/identity-providers/meta/federated-authenticators",
                id="getMetaFederatedAuthenticators",
                route=self._kinds,
                summary="List the ways in which users can log in elsewhere, with their settings.",
            ),
            operation(method="GET", path=one, id="getIDP", route=self._one, summary="Read one."),
            operation(
                method="PUT", path=one, id="replaceIDP", route=self._replace, summary="Replace it.", body=Provider
            ),
            operation(method="PATCH", path=one, id="patchIDP", route=self._change, summary="Change some fields."),
            operation(
                method="DELETE", path=one, id="deleteIDP", route=self._remove, summary="Forget it.", answers=(204,)
            ),
            *self._parts(operation, one),
        )

    def _parts(self, operation: Any, one: str) -> tuple[Operation, ...]:
        """The parts that can be read and replaced alone."""
        authenticator = f"{one}/federated-authenticators/{{authenticator}}"
        about = "The authenticator's settings."
        return (
            operation(
                method="GET",
                path=authenticator,
                id="getFederatedAuthenticator",
                route=self._authenticator,
                summary=about,
            ),
            operation(
                method="PUT",
                path=authenticator,
                id="updateFederatedAuthenticator",
                route=self._set_authenticator,
                summary="Replace the authenticator's settings.",
                body=Authenticator,
            ),
            operation(
                method="PUT",
                path=f"{one}/provisioning/jit",
                id="updateJITConfig",
                route=self._set_jit,
                summary="Say whether users are kept.",
                body=JustInTime,
            ),
            operation(
                method="PUT",
                path=f"{one}/roles",
                id="updateRoleConfig",
                route=self._set_roles,
                summary="Say which roles bring which.",
                body=Roles,
            ),
            operation(
                method="PUT",
                path=f"{one}/claims",
                id="updateClaimConfig",
                route=self._set_claims,
                summary="Say what claims mean.",
                body=Claims,
            ),
        )

    def _all(self, request: Request) -> Answer:
        found = self._providers.all(request.principal)
        wanted = request.slice()
        page = found[wanted.offset : wanted.offset + wanted.limit]
        return Answer(
            body={
                "totalResults": len(found),
                "startIndex": wanted.offset + 1,
                "count": len(page),
                "identityProviders": [listed(provider) for provider in page],
            }
        )

    def _create(self, request: Request, body: Provider) -> Answer:
        provider = self._providers.create(request.principal, body.draft())
        return created(f"{BASE}/{provider.id}", shown(provider))

    def _kinds(self, _request: Request) -> Answer:
        return Answer(
            body=[
                {
                    "authenticatorId": authenticator_id(protocol),
                    "name": protocol.value,
                    "properties": [
                        *({"key": key, "isMandatory": True} for key in MANDATORY[protocol]),
                        *({"key": key, "isMandatory": False} for key in OPTIONAL[protocol]),
                    ],
                }
                for protocol in Protocol
            ]
        )

    def _one(self, request: Request) -> Answer:
        return Answer(body=shown(self._known(request)))

    def _replace(self, request: Request, body: Provider) -> Answer:
        return Answer(body=shown(self._providers.replace(request.principal, request.path["id"], body.draft())))

    def _change(self, request: Request) -> Answer:
        document = request.json()
        if not isinstance(document, list) or not 0 < len(document) <= CHANGES_MAX:
            raise Invalid.field("", f"must be a list of 1 to {CHANGES_MAX} changes")
        changes: dict[str, Any] = {}
        for number, each in enumerate(document):
            change = parse(Change, each, str(number))
            name = change.path.removeprefix("/")
            changes[name] = "" if change.operation == "REMOVE" else _typed(name, change.value, number)
        return Answer(body=shown(self._changed(request, **changes)))

    def _remove(self, request: Request) -> Answer:
        self._providers.remove(request.principal, request.path["id"])
        return Answer(status=204)

    def _authenticator(self, request: Request) -> Answer:
        return Answer(body=authenticator_shown(self._known(request, of_protocol=True)))

    def _set_authenticator(self, request: Request, body: Authenticator) -> Answer:
        self._known(request, of_protocol=True)
        return Answer(body=authenticator_shown(self._changed(request, settings=settings_of(body.properties))))

    def _set_jit(self, request: Request, body: JustInTime) -> Answer:
        jit = body.model_dump()
        self._changed(request, provisioning={**self._known(request).document.get("provisioning", {}), "jit": jit})
        return Answer(body=jit)

    def _set_roles(self, request: Request, body: Roles) -> Answer:
        roles = body.model_dump(exclude_none=True)
        self._changed(request, roles=roles)
        return Answer(body=roles)

    def _set_claims(self, request: Request, body: Claims) -> Answer:
        claims = body.model_dump(exclude_none=True)
        self._changed(request, claims=claims)
        return Answer(body=claims)

    def _known(self, request: Request, *, of_protocol: bool = False) -> IdentityProvider:
        provider = self._providers.get(request.principal, request.path["id"])
        if of_protocol and protocol_of(request.path["authenticator"]) is not provider.protocol:
            raise IdentityProviderNotFound("The identity provider has no such authenticator.")
        return provider

    def _changed(self, request: Request, **changes: Any) -> IdentityProvider:
        draft = draft_of(self._known(request), **changes)
        return self._providers.replace(request.principal, request.path["id"], draft)


def _typed(name: str, value: str | bool, number: int) -> str | bool:  # noqa: FBT001 -- a value of JSON
    """The value as the field has it: WSO2's clients send truth as text."""
    if name not in {"isEnabled", "isPrimary"}:
        return str(value)
    if str(value).lower() not in {"true", "false"}:
        raise Invalid.field(f"{number}.value", "must be true or false")
    return str(value).lower() == "true"
