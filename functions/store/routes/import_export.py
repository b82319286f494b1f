"""Applications leave as archives, and come in as archives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.store import terms, views, wire
from functions.store.routes.common import ROOT
from gatehouse.controlplane.archives.applications import Options
from gatehouse.controlplane.store.applications import Draft
from gatehouse.domain.apis.archive import notation_of
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.errors import Invalid
from gatehouse.domain.tokens.token import RESIDENT_KEY_MANAGER
from gatehouse.edge.http import Answer
from gatehouse.edge.multipart import MULTIPART
from gatehouse.edge.operation import Operation
from gatehouse.edge.shared.archives import archive, uploaded
from gatehouse.edge.wire import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.archives.applications import ApplicationArchives
    from gatehouse.controlplane.store.terms import KeyTerms, TokenTerms
    from gatehouse.edge.http import Request

TAG = "Import Export"
SCOPES = ("apim:app_import_export",)
MULTI_STATUS = 207


def routes(archives: ApplicationArchives) -> tuple[Operation, ...]:
    """Export and import applications."""

    def export(request: Request) -> Answer:
        name, owner = request.required("appName"), request.required("appOwner")
        notation = notation_of(request.query.get("format", ""))
        return archive(*archives.export(request.principal, name, owner, notation, with_keys=request.flag("withKeys")))

    def import_(request: Request) -> Answer:
        options = Options(
            owner=request.query.get("appOwner", ""),
            owner_kept=request.flag("preserveOwner"),
            subscriptions=not request.flag("skipSubscriptions"),
            keys=not request.flag("skipApplicationKeys"),
            update=request.flag("update"),
            tier_ignored=request.flag("ignoreTier"),
        )
        imported = archives.run(request.principal, uploaded(request), options, shaped, shaped_key)
        if imported.skipped:
            listed = [dict(one) for one in imported.skipped]
            return Answer(status=MULTI_STATUS, body={"count": len(listed), "list": listed})
        headers = {"Location": f"{ROOT}/applications/{imported.application.id}"}
        hidden = archives.applications.attributes.hidden(request.principal.tenant)
        return Answer(status=201, body=views.application_info(imported.application, hidden), headers=headers)

    return (
        Operation(
            method="GET",
            path="/applications/export",
            id="exportApplication",
            route=export,
            summary="An application as an archive",
            tag=TAG,
            scopes=SCOPES,
            query=("appName", "appOwner", "withKeys", "format"),
        ),
        Operation(
            method="POST",
            path="/applications/import",
            id="importApplication",
            route=import_,
            summary="Make or change an application as an archive says; 207 names the APIs that it is not subscribed to",
            tag=TAG,
            scopes=SCOPES,
            query=("appOwner", "preserveOwner", "skipSubscriptions", "skipApplicationKeys", "update", "ignoreTier"),
            accepts=(MULTIPART,),
            answers=(201, MULTI_STATUS),
        ),
    )


def shaped(info: Mapping[str, Any]) -> Draft:
    """What an archive says of an application. Raises Invalid."""
    known = {name: value for name, value in info.items() if name in wire.ApplicationBody.model_fields}
    body = parse(wire.ApplicationBody, {**known, "groups": None, "visibility": None}, "data.applicationInfo")
    return Draft(
        name=body.name,
        policy=body.throttlingPolicy,
        description=body.description or "",
        attributes=body.attributes or {},
    )


def shaped_key(key: Mapping[str, Any], path: str) -> tuple[KeyType, KeyTerms, TokenTerms] | None:
    """The terms of a key in an archive, None for one of an external key manager. Raises Invalid."""
    if key.get("keyManager") not in {None, "", RESIDENT_KEY_MANAGER}:
        return None
    if key.get("keyType") not in set(KeyType):
        raise Invalid.field(f"{path}.keyType", f"must be one of {', '.join(KeyType)}")
    generation = {
        "keyType": key["keyType"],
        "grantTypesToBeSupported": key.get("supportedGrantTypes") or ["client_credentials"],
        "callbackUrl": key.get("callbackUrl") or None,
        "additionalProperties": key.get("additionalProperties") or None,
    }
    body = parse(wire.KeyGenerationBody, generation, path)
    key_terms, token_terms = terms.of_generation(body, resident=True)
    return KeyType(body.keyType), key_terms, token_terms
