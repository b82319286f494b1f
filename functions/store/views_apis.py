"""How the store interface shows APIs and API products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.apis.api import base_path_of, summary_of
from gatehouse.domain.apis.wsdl import form_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gatehouse.controlplane.store.glance import Glance
    from gatehouse.controlplane.store.places import Place
    from gatehouse.domain.apis.api import Api, ApiSummary

_NOT_ADVERTISED = {
    "advertised": False,
    "apiExternalProductionEndpoint": None,
    "apiExternalSandboxEndpoint": None,
    "originalDevPortalUrl": None,
    "apiOwner": None,
    "vendor": "WSO2",
}


def api_info(summary: ApiSummary, glance: Glance) -> dict[str, Any]:
    """A line of the list. Developers need the context with the version in place."""
    known = summary.info
    return {
        "id": summary.id,
        "name": summary.name,
        "displayName": known.get("displayName", summary.name),
        "description": known.get("description"),
        "context": base_path_of(summary.context, summary.version),
        "version": summary.version,
        "type": known.get("type", "HTTP"),
        "createdTime": str(summary.created_at),
        "provider": summary.provider,
        "lifeCycleStatus": summary.state,
        "thumbnailUri": thumbnail_of(summary),
        "avgRating": rounded(glance.average(summary)),
        "throttlingPolicies": glance.plans(summary),
        "advertiseInfo": {**_NOT_ADVERTISED, "advertised": bool(known.get("advertised"))},
        "businessInformation": known.get("businessInformation", {}),
        "isSubscriptionAvailable": glance.takes(summary),
        "monetizationLabel": "FREE",
        "gatewayType": known.get("gatewayType"),
        "gatewayVendor": "wso2",
        "additionalProperties": _displayed(known.get("additionalProperties", ())),
        "monetizedInfo": bool(known.get("monetized")),
        "egress": False,
        "subtype": known.get("subtype") or "DEFAULT",
    }


def api(found: Api, places: Sequence[Place], definition: str, glance: Glance) -> dict[str, Any]:
    """All that a developer needs."""
    document, summary = found.document, summary_of(found)
    return {
        **api_info(summary, glance),
        "apiDefinition": definition,
        "wsdlUri": f"/apis/{found.id}/wsdl" if form_of(document) else None,
        "isDefaultVersion": document.get("isDefaultVersion", False),
        "transport": document.get("transport", []),
        "operations": [
            {"id": operation.get("id", ""), "target": operation["target"], "verb": operation["verb"]}
            for operation in document.get("operations", ())
        ],
        "authorizationHeader": document.get("authorizationHeader"),
        "apiKeyHeader": document.get("apiKeyHeader"),
        "securityScheme": document.get("securityScheme", []),
        "tags": document.get("tags", []),
        "tiers": [
            {"tierName": name, "tierPlan": "FREE", "monetizationAttributes": None} for name in glance.plans(summary)
        ],
        "hasThumbnail": bool(document.get("hasThumbnail")),
        "monetization": {"enabled": bool((document.get("monetization") or {}).get("enabled"))},
        "endpointURLs": [_endpoint(place) for place in places],
        "environmentList": [place.environment.name for place in places],
        "scopes": api_scopes(found),
        "categories": document.get("categories", []),
        "keyManagers": document.get("keyManagers", ["all"]),
        "advertiseInfo": {**_NOT_ADVERTISED, **(document.get("advertiseInfo") or {})},
        "lastUpdatedTime": str(found.updated_at),
    }


def api_scopes(found: Api) -> list[dict[str, Any]]:
    """The scopes that the API's operations ask for."""
    scopes = [entry["scope"] for entry in found.document.get("scopes") or ()]
    return [
        {
            "key": scope["name"],
            "name": scope.get("displayName") or scope["name"],
            "roles": list(scope.get("bindings") or ()),
            "description": scope.get("description") or "",
        }
        for scope in scopes
    ]


def thumbnail_of(summary: ApiSummary) -> str | None:
    """Where its picture is, below the interface's base; None when it has none."""
    return f"/apis/{summary.id}/thumbnail" if summary.info.get("hasThumbnail") else None


def rounded(average: float) -> str:
    """An average of ratings as the interface has it, "0.0" when there are none."""
    return f"{average:.1f}"


def _endpoint(place: Place) -> dict[str, Any]:
    default = place.default_url or place.default_http_url
    return {
        "environmentName": place.environment.name,
        "environmentDisplayName": place.environment.display_name,
        "environmentType": place.environment.type,
        "URLs": _urls(place.url, place.http_url),
        "defaultVersionURLs": _urls(place.default_url, place.default_http_url) if default else None,
    }


def _urls(https: str, http: str) -> dict[str, Any]:
    return {"http": http or None, "https": https or None, "ws": None, "wss": None}


def _displayed(properties: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Custom properties are the provider's own unless marked for display."""
    return [dict(entry) for entry in properties if entry.get("display")]
