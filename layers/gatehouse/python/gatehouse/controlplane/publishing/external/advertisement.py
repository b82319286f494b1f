"""The advertisement of an API: an archive for other stores, which holds what developers read and nothing that serves calls.

Who finds it there is led to the store it comes from. Endpoints, credentials, policies, plans, scopes, certificates and the
names of this tenant's other things stay here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.archives.exports import Taken, Wanted, stem_of
from gatehouse.controlplane.archives.wsdl import FOLDER as WSDL_FOLDER
from gatehouse.controlplane.publishing.documents import defined_operations
from gatehouse.controlplane.publishing.endpoints import THUMBNAIL
from gatehouse.controlplane.store.places import nowhere, places_of
from gatehouse.domain.apis.access import access_of
from gatehouse.domain.apis.archive import Notation
from gatehouse.domain.apis.streaming import is_streaming
from gatehouse.domain.apis.wsdl import WSDL_INFO
from gatehouse.domain.portal.doorway import Doorway
from gatehouse.domain.tokens.token import issuer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.controlplane.archives.exports import ApiExports
    from gatehouse.controlplane.environments.lookup import Environments
    from gatehouse.controlplane.languages import Languages
    from gatehouse.controlplane.store.places import Place
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.apis.wsdl import WsdlReader
    from gatehouse.ports.portal.publication import CallersDefinitions

TOLD = (
    "displayName",
    "description",
    "type",
    "transport",
    "tags",
    "businessInformation",
    "visibility",
    "visibleRoles",
    "asyncTransportProtocols",
    "hasThumbnail",
    THUMBNAIL,
    WSDL_INFO,
)
"""Properties of an API's document that go along as they are."""
_OPERATION = ("verb", "target", "authType")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertisements:
    """Writes them. `exports` has the parts that developers read: documents for everybody, the picture, the WSDL."""

    exports: ApiExports
    languages: Languages
    callers: CallersDefinitions
    wsdl: WsdlReader
    environments: Environments
    management_url: str

    def archive(self, principal: Principal, api: Api, original_url: str) -> bytes:
        """The zip, whose API is advertised to stand at this address."""
        place = self._place(api)
        origin = {
            "advertised": True,
            "originalDevPortalUrl": original_url,
            "apiOwner": api.provider,
            "vendor": "WSO2",
            "apiExternalProductionEndpoint": place.url or place.http_url,
        }
        document = {
            **{name: api.document[name] for name in TOLD if name in api.document},
            "additionalProperties": [
                one for one in api.document.get("additionalProperties") or () if one.get("display")
            ],
            "operations": [_told(one) for one in api.document["operations"]],
            "advertiseInfo": origin,
        }
        shown = replace(api, document=document)
        files = self.exports.files(principal, Taken(shown, ()), Wanted(notation=Notation.JSON))
        if not api.graph:
            path = stem_of(document) + Notation.JSON.suffix
            files[path] = self.exports.archives.render(self._definition(api, shown, place), Notation.JSON)
        for path in [one for one in files if one.startswith(f"{WSDL_FOLDER}/")]:
            files[path] = self.wsdl.relocated(files[path], place.url or place.http_url)
        folder = f"{api.name}-{api.version}"
        return self.exports.archives.pack({f"{folder}/{path}": file for path, file in files.items()})

    def _place(self, api: Api) -> Place:
        """Where developers call it, or would."""
        deployments = [one for one in self.exports.apis.deployments(api.tenant, api.id) if one.displayed]
        places = places_of(api, deployments, self.environments.all(api.tenant)) if deployments else []
        return places[0] if places else nowhere(api, self.environments.own(api.tenant))

    def _definition(self, api: Api, shown: Api, place: Place) -> dict[str, Any]:
        """As the own store tells it, and without scopes: they are granted to roles of this tenant."""
        content = self.exports.blobs.get(api.tenant, api.definition)
        aligned = self.languages.of(api.document).align(content, defined_operations(shown.document), ())
        if is_streaming(api.document):
            return {name: value for name, value in json.loads(aligned).items() if name != "servers"}
        doorway = Doorway(
            servers=tuple(url for url in (place.url, place.http_url) if url),
            token_url=issuer_of(self.management_url, api.tenant),
            authorization_url="",
            access=access_of(api.document),
        )
        published: dict[str, Any] = json.loads(self.callers.published(aligned, doorway))
        return published


def _told(operation: Mapping[str, Any]) -> dict[str, Any]:
    return {name: operation[name] for name in _OPERATION if name in operation}
