"""Compilation turns a revision into what the gateway reads. What the gateway cannot serve is refused here, never ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.domain.artifact import Artifact, Withdrawal, revision_key, route_key, scope_key, state_key
from gatehouse.domain.definition import NONE
from gatehouse.domain.errors import Invalid
from gatehouse.domain.grant import DeployedApi, DeployedOperation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.api import Api, Revision
    from gatehouse.domain.artifact import Change

OAUTH2 = "oauth2"
_SUPPORTED_SECURITY = frozenset({OAUTH2, "oauth_basic_auth_api_key_mandatory"})
_SUPPORTED_ENDPOINTS = frozenset({"http"})


class NotServable(Invalid):
    """The revision asks for something that the gateway does not do."""

    message = "The revision cannot be deployed"


def deployed_api(api: Api, revision: Revision) -> DeployedApi:
    """The revision as the gateway serves it. Raises NotServable that names the field."""
    document = revision.document
    _check_servable(document)
    return DeployedApi(
        id=api.id,
        tenant=api.tenant,
        name=api.name,
        version=api.version,
        context=api.context,
        base_path=api.base_path,
        provider=api.provider,
        revision=revision.number,
        policy=document.get("apiThrottlingPolicy") or None,
        production_endpoint=_endpoint(document, "production_endpoints"),
        sandbox_endpoint=_endpoint(document, "sandbox_endpoints"),
        authorization_header=document.get("authorizationHeader") or "Authorization",
        audiences=tuple(document.get("audiences") or ()),
        operations=tuple(_operation(operation) for operation in document.get("operations") or ()),
    )


def deployment_changes(api: Api, revision: Revision) -> list[Change]:
    """What makes the gateway serve this revision."""
    return [
        Artifact(route_key(api.tenant, api.base_path), {"api_id": api.id}),
        Artifact(revision_key(api.tenant, api.id), deployed_api(api, revision).to_body()),
        state_change(api),
    ]


def withdrawal_changes(api: Api) -> list[Change]:
    """What makes the gateway serve the API no longer."""
    keys = (route_key(api.tenant, api.base_path), revision_key(api.tenant, api.id), state_key(api.tenant, api.id))
    return [Withdrawal(key) for key in keys]


def state_change(api: Api) -> Change:
    """What tells the gateway the API's life-cycle state."""
    return Artifact(state_key(api.tenant, api.id), {"state": api.state})


def scope_changes(api: Api, before: Mapping[str, object]) -> list[Change]:
    """What tells the token endpoint who may have the API's scopes; `before` are those it had."""
    gone = [Withdrawal(scope_key(api.tenant, scope)) for scope in before if scope not in api.scopes]
    return [
        *(Artifact(scope_key(api.tenant, name), {"roles": list(roles)}) for name, roles in api.scopes.items()),
        *gone,
    ]


def endpoint_url(document: Mapping[str, Any], kind: str) -> str:
    """The URL of `production_endpoints` or `sandbox_endpoints`; "" when there is none."""
    endpoint = (document.get("endpointConfig") or {}).get(kind)
    return str(endpoint.get("url") or "").rstrip("/") if isinstance(endpoint, dict) else ""


def _check_servable(document: Mapping[str, Any]) -> None:
    config = document.get("endpointConfig") or {}
    kind = config.get("endpoint_type")
    if kind not in _SUPPORTED_ENDPOINTS:
        raise NotServable.field("endpointConfig.endpoint_type", f"'{kind}' cannot be deployed; use 'http'")
    for stage, security in (config.get("endpoint_security") or {}).items():
        if isinstance(security, dict) and security.get("enabled"):
            raise NotServable.field(f"endpointConfig.endpoint_security.{stage}", "cannot be deployed yet; disable it")
    unsupported = set(document.get("securityScheme") or ()) - _SUPPORTED_SECURITY
    if unsupported:
        schemes = ", ".join(sorted(unsupported))
        raise NotServable.field("securityScheme", f"{schemes} cannot be deployed; use {OAUTH2}")
    if any((document.get("apiPolicies") or {}).get(flow) for flow in ("request", "response", "fault")):
        raise NotServable.field("apiPolicies", "mediation policies cannot be deployed yet; remove them")
    for index, operation in enumerate(document.get("operations") or ()):
        policies = operation.get("operationPolicies") or {}
        if any(policies.get(flow) for flow in ("request", "response", "fault")):
            path = f"operations.{index}.operationPolicies"
            raise NotServable.field(path, "mediation policies cannot be deployed yet; remove them")
    if document.get("type", "HTTP") != "HTTP":
        raise NotServable.field("type", f"'{document.get('type')}' APIs cannot be deployed; only HTTP ones can")


def _endpoint(document: Mapping[str, Any], kind: str) -> str | None:
    url = endpoint_url(document, kind)
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise NotServable.field(f"endpointConfig.{kind}.url", "must be an absolute http or https URL without a query")
    return url


def _operation(operation: Mapping[str, Any]) -> DeployedOperation:
    return DeployedOperation(
        verb=operation["verb"],
        target=operation["target"],
        scopes=tuple(operation.get("scopes") or ()),
        authenticated=operation.get("authType") != NONE,
        policy=operation.get("throttlingPolicy") or "Unlimited",
    )
