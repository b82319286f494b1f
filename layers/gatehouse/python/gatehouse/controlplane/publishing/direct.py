"""Direct APIs: which ones the front door can take to their backends by itself, and how its routes follow a deployment.

The gateway function serves whatever the front door has no route for, and every route asks the authorizer, which knows what
is deployed. So neither a missing route nor one too many opens anything or closes what is deployed.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatehouse.controlplane.publishing.compiling.compilation import deployed_api
from gatehouse.controlplane.publishing.compiling.compiled_endpoints import MOCKED
from gatehouse.domain.apis.access import OUTBOUND_AUTHORIZATION
from gatehouse.domain.apis.direct import TIMEOUT_MAX_SECONDS, DirectApi, is_direct
from gatehouse.domain.errors import GatehouseError
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.publishing.certificate import host_of
from gatehouse.domain.publishing.deployed import ApiType, EndpointKind
from gatehouse.domain.publishing.revision import NotServable
from gatehouse.mediation.specification import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.errors import Invalid
    from gatehouse.domain.publishing.deployed import DeployedApi, Endpoint
    from gatehouse.domain.publishing.revision import Revision
    from gatehouse.ports.apis.apis import Apis
    from gatehouse.ports.apis.front_door import FrontDoorRoutes
    from gatehouse.ports.publishing.certificates import EndpointCertificates

_IMPOSSIBLE = "is not possible in a direct API (gatewayType): {reason}. {remedy}, or choose another gatewayType"
_FORWARDED = "authorization"
_IDENTITY_HEADERS = ("internal-key", "x-jwt-assertion", "x-wso2-client-certificate")
_API_KEY_PARAMETER = "apikey"
_MEANINGFUL = frozenset("${}?#")
"""Characters that would mean something in the front door's parameter mappings, or end the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectRoutes:
    """The front door's routes of the APIs that are, were or become direct; others cost it nothing."""

    apis: Apis
    certificates: EndpointCertificates
    front_door: FrontDoorRoutes

    @contextmanager
    def led(self, api: Api, revision: Revision | None) -> Iterator[None]:
        """Within, the front door leads to this revision of the API if that is direct, else (or with None) nowhere.

        What happens within decides: when it fails, so does the front door's part, as well as it can be taken back. If
        that fails too, routes are left over or missing until the API is deployed or undeployed the next time.
        Raises NotServable, FrontDoorFull, Changed, Unavailable.
        """
        after = direct_api(api, revision) if revision is not None and is_direct(revision.document) else None
        if after is None and not self._ever_direct(api):
            yield
            return
        if after is not None:
            self._check_trusted(api, after)
        before = self._before(api)
        try:
            self._lead(api, after)
            yield
        except Exception:
            with suppress(GatehouseError):
                self._lead(api, before)
            raise

    def _check_trusted(self, api: Api, direct: DirectApi) -> None:
        """The front door trusts public authorities only. Raises NotServable that names the certificates meant to help."""
        host = host_of(direct.backend)
        aliases = [one.alias for one in self.certificates.all(api.tenant) if one.host == host]
        if aliases and direct.backend.startswith("https:"):
            reason = f"the front door cannot trust the certificates uploaded for {host} ({', '.join(aliases)})"
            raise NotServable.field(
                "endpointConfig.production_endpoints.url", _IMPOSSIBLE.format(reason=reason, remedy="Delete them")
            )

    def _lead(self, api: Api, direct: DirectApi | None) -> None:
        if direct is None:
            self.front_door.remove(api.id)
        else:
            self.front_door.put(direct)

    def _ever_direct(self, api: Api) -> bool:
        revisions = self.apis.revisions(api.tenant, api.id)
        return is_direct(api.document) or any(is_direct(revision.document) for revision in revisions)

    def _before(self, api: Api) -> DirectApi | None:
        """Where the front door leads for the revision that is deployed; None when that is not direct, or none is."""
        deployed = {deployment.revision_id for deployment in self.apis.deployments(api.tenant, api.id)}
        for revision in self.apis.revisions(api.tenant, api.id):
            if revision.id in deployed and is_direct(revision.document):
                with suppress(NotServable):  # by the rules of an older release
                    return direct_api(api, revision)
        return None


def direct_api(api: Api, revision: Revision) -> DirectApi:
    """Where the front door leads for this revision. Raises NotServable that names what it could not keep."""
    deployed = deployed_api(api, revision)
    _check_document(revision.document)
    _check_deployed(deployed, revision.document)
    endpoint = _endpoint(deployed)
    url = urlsplit(endpoint.url)
    prefix = "" if api.tenant == SUPER_TENANT else f"/t/{api.tenant}"
    access = deployed.access
    credentials = (access.authorization_header, *((access.api_key_header,) if access.api_key else ()))
    hidden = {name.lower() for name in credentials} - {_FORWARDED}
    return DirectApi(
        id=api.id,
        path=f"{prefix}{api.base_path}",
        rooted=any(operation.target in {"/", "/*"} for operation in deployed.operations),
        backend=f"{url.scheme}://{url.netloc}",
        backend_path=url.path,
        timeout_seconds=endpoint.read_seconds,
        hidden_headers=tuple(sorted(hidden | set(_IDENTITY_HEADERS))),
        hidden_parameters=(_API_KEY_PARAMETER,) if access.api_key else (),
    )


def _check_document(document: Mapping[str, Any]) -> None:
    """What needs a function between the caller and the backend."""
    cors = document.get("corsConfiguration") or {}
    switches = {
        "responseCachingEnabled": (document.get("responseCachingEnabled"), "the front door keeps no answers"),
        "enableSchemaValidation": (document.get("enableSchemaValidation"), "the front door reads no bodies"),
        "corsConfiguration.corsConfigurationEnabled": (
            cors.get("corsConfigurationEnabled"),
            "the backend's own headers reach the browser",
        ),
        "endpointImplementationType": (document.get("endpointImplementationType") in MOCKED, "it has no backend"),
    }
    for path, (asked, reason) in switches.items():
        if asked:
            raise _impossible(path, reason)
    for path, policies in _attachments(document):
        for flow in Flow:
            if (policies or {}).get(flow):
                raise _impossible(f"{path}.{flow}", "the front door runs no policies")


def _attachments(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    yield "apiPolicies", document.get("apiPolicies")
    for index, operation in enumerate(document.get("operations") or ()):
        yield f"operations.{index}.operationPolicies", operation.get("operationPolicies")


def _check_deployed(deployed: DeployedApi, document: Mapping[str, Any]) -> None:
    if deployed.type is not ApiType.HTTP:
        raise _impossible("type", f"the front door does not speak {deployed.type}")
    if deployed.sandbox is not None:
        raise _impossible("endpointConfig.sandbox_endpoints", "every key reaches the one backend")
    if (document.get("endpointConfig") or {}).get("endpoint_type") != EndpointKind.HTTP:
        raise _impossible("endpointConfig.endpoint_type", f"one backend of type {EndpointKind.HTTP} is all it can have")
    access = deployed.access
    shown = (access.oauth2 or access.basic) and access.authorization_header.lower() == _FORWARDED
    if shown and not access.outbound_authorization:
        problem = (
            "the front door of a direct API cannot keep the caller's Authorization header from the backend. Accept that "
            f"with the property {OUTBOUND_AUTHORIZATION}=true, or give the API an authorizationHeader of its own"
        )
        raise NotServable.field("additionalProperties", problem)


def _endpoint(deployed: DeployedApi) -> Endpoint:
    """The one backend, which the front door calls once and waits for."""
    path = "endpointConfig.production_endpoints"
    group = deployed.production
    if group is None or len(group.members) != 1:
        raise NotServable.field(path, "a direct API has exactly one backend")
    if group.security is not None or group.client_certificate is not None:
        raise _impossible("endpointConfig.endpoint_security.production", "the front door holds no secrets")
    endpoint = group.members[0]
    if not _MEANINGFUL.isdisjoint(endpoint.url):
        raise NotServable.field(f"{path}.url", "the backend of a direct API has no variables, query or fragment")
    if endpoint.retries or endpoint.suspend_seconds or endpoint.connect_seconds:
        raise _impossible(
            f"{path}.config", "the front door neither repeats nor suspends, and only actionDuration is its"
        )
    if endpoint.read_seconds > TIMEOUT_MAX_SECONDS:
        problem = f"the front door waits {TIMEOUT_MAX_SECONDS:g} s at most, not {endpoint.read_seconds:g} s"
        raise NotServable.field(f"{path}.config.actionDuration", problem)
    return endpoint


def _impossible(path: str, reason: str) -> Invalid:
    return NotServable.field(path, _IMPOSSIBLE.format(reason=reason, remedy="Switch it off"))
