"""Endpoints of an API by name, beside those of its endpoint configuration: policies choose among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing.endpoints import API_ENDPOINTS, redacted, with_kept_secrets
from gatehouse.domain.errors import Conflict, Invalid, NotFound
from gatehouse.domain.record import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.publishing.amending import Amendments
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal

ENDPOINTS_MAX = 20
"""Each stands in the API's row, which holds 400 kB."""
_PRIMARY = ("primaryProductionEndpointId", "primarySandboxEndpointId")

Endpoint = dict[str, Any]


class EndpointNotFound(NotFound):
    """The API has no such endpoint."""

    @classmethod
    def by_id(cls, endpoint_id: str) -> EndpointNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Requested API endpoint with Id '{endpoint_id}' not found")


class EndpointTaken(Conflict):
    """The API has an endpoint of this name for this stage."""

    default_description = "The API has an endpoint of this name already."


class EndpointInUse(Conflict):
    """Calls go there unless a policy says otherwise."""

    default_description = "The endpoint is a primary one of the API."


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiEndpoints:
    """The endpoints of APIs that callers have read before. What is returned has no secrets."""

    amendments: Amendments

    def all(self, api: Api) -> list[Endpoint]:
        """Every one, in the order in which they were added."""
        return [_shown(one) for one in _kept(api)]

    def get(self, api: Api, endpoint_id: str) -> Endpoint:
        """One. Raises EndpointNotFound."""
        return _shown(_find(api, endpoint_id))

    def add(self, principal: Principal, api: Api, endpoint: Mapping[str, Any]) -> Endpoint:
        """A new one. Raises Invalid, EndpointTaken, Changed."""
        kept = _kept(api)
        if len(kept) >= ENDPOINTS_MAX:
            raise Invalid.field("name", f"an API has at most {ENDPOINTS_MAX} endpoints")
        made = {**endpoint, "id": new_id()}
        _refuse_taken(kept, made)
        self.amendments.keep(principal, api, **{API_ENDPOINTS: [*kept, made]})
        return _shown(made)

    def update(self, principal: Principal, api: Api, endpoint_id: str, endpoint: Mapping[str, Any]) -> Endpoint:
        """Replace it; secrets that are empty stay. Raises EndpointNotFound, EndpointTaken, Changed."""
        before = _find(api, endpoint_id)
        made: Endpoint = {**with_kept_secrets(endpoint, before), "id": endpoint_id}
        others = [one for one in _kept(api) if one["id"] != endpoint_id]
        _refuse_taken(others, made)
        changed = [made if one["id"] == endpoint_id else one for one in _kept(api)]
        self.amendments.keep(principal, api, **{API_ENDPOINTS: changed})
        return _shown(made)

    def remove(self, principal: Principal, api: Api, endpoint_id: str) -> None:
        """Forget one that is no primary one. Raises EndpointNotFound, EndpointInUse, Changed."""
        _find(api, endpoint_id)
        if endpoint_id in {api.document.get(name) for name in _PRIMARY}:
            raise EndpointInUse
        left = [one for one in _kept(api) if one["id"] != endpoint_id]
        self.amendments.keep(principal, api, **{API_ENDPOINTS: left})


def _kept(api: Api) -> list[Endpoint]:
    return list(api.document.get(API_ENDPOINTS) or ())


def _find(api: Api, endpoint_id: str) -> Endpoint:
    found = next((one for one in _kept(api) if one["id"] == endpoint_id), None)
    if found is None:
        raise EndpointNotFound.by_id(endpoint_id)
    return found


def _refuse_taken(others: list[Endpoint], endpoint: Endpoint) -> None:
    wanted = endpoint["name"].lower(), endpoint["deploymentStage"]
    if any((one["name"].lower(), one["deploymentStage"]) == wanted for one in others):
        raise EndpointTaken(f"name: the API has an endpoint '{endpoint['name']}' of this stage already")


def _shown(endpoint: Endpoint) -> Endpoint:
    return redacted(endpoint)
