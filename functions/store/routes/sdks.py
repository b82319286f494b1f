"""Client SDKs of APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.store.routes.common import SUBSCRIBE, visiting
from gatehouse.domain.portal.sdk import LANGUAGES
from gatehouse.edge.http import Answer
from gatehouse.edge.operation import Operation
from gatehouse.edge.shared.archives import archive

if TYPE_CHECKING:
    from gatehouse.controlplane.store.sdks import ClientSdks
    from gatehouse.edge.http import Request

TAG = "SDKs"
SEE_OTHER = 303


def routes(sdks: ClientSdks) -> tuple[Operation, ...]:
    """List the languages, make an SDK."""

    def make(request: Request) -> Answer:
        name, sdk = sdks.make(visiting(request), request.path["apiId"], request.path["language"].lower())
        if sdk.url:
            return Answer(status=SEE_OTHER, headers={"Location": sdk.url})
        return archive(name, sdk.content)

    return (
        Operation(
            method="GET",
            path="/sdk-gen/languages",
            id="listSDKLanguages",
            route=lambda _: Answer(body=list(LANGUAGES)),
            summary="The languages that SDKs are made in",
            tag=TAG,
            scopes=(SUBSCRIBE,),
        ),
        Operation(
            method="GET",
            path="/apis/{apiId}/sdks/{language}",
            id="generateSDK",
            route=make,
            summary="A client SDK of an API as a zip archive; 303 leads to one that is too large for an answer",
            tag=TAG,
            scopes=(SUBSCRIBE,),
            answers=(200, SEE_OTHER),
        ),
    )
