"""APIs of events and streams: made from AsyncAPI definitions, or from their topics; the definition follows either way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.publishing import access
from gatehouse.controlplane.publishing.documents import (
    checked_document,
    defined_operations,
    defined_scopes,
    new_operation,
)
from gatehouse.domain.apis.streaming import NotStreaming, StreamType, is_streaming, type_of
from gatehouse.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.apis.definition import DefinedOperation, Definition
    from gatehouse.domain.people.identity import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A channel, and what clients do there: `mode` is SUBSCRIBE or PUBLISH."""

    name: str
    mode: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamingDesign:
    """Designing these APIs of a tenant."""

    design: Design

    def create(self, principal: Principal, document: Mapping[str, Any], definition: bytes) -> Api:
        """A new API for this definition, of the type that its servers speak unless the document names one.

        Raises AsyncApiInvalid, ProtocolMissing, and what `Design.create` raises.
        """
        protocols = self.validate(definition).protocols
        kind = document.get("type") or type_of(protocols).value
        if kind not in set(StreamType):
            raise Invalid.field("type", f"'{kind}' is none of {', '.join(StreamType)}")
        spoken = {"asyncTransportProtocols": list(protocols)} if protocols else {}
        return self.design.create(principal, {**spoken, **document, "type": kind}, definition)

    def described(self, principal: Principal, api_id: str) -> tuple[Api, bytes]:
        """The API, with its definition as JSON. Raises NotStreaming."""
        api = self._api(principal, api_id)
        return api, self.design.blobs.get(api.tenant, api.definition)

    def redefine(
        self, principal: Principal, api_id: str, definition: bytes, wanted: Collection[int] | None = None
    ) -> tuple[Api, bytes]:
        """Replace the definition; the operations follow it. `wanted` and the answer are as of `Design.redefine`.

        Raises AsyncApiInvalid, NotStreaming, ScopeTaken, Outdated, Changed.
        """
        return self.design.describe(principal, self._api(principal, api_id, wanted), definition)

    def set_topics(
        self, principal: Principal, api_id: str, topics: Sequence[Topic], wanted: Collection[int] | None = None
    ) -> Api:
        """Have exactly these topics; what is known of those that stay is kept.

        Raises Invalid, NotStreaming, Outdated, Changed.
        """
        api = self._api(principal, api_id, wanted)
        known = {(one["verb"], one["target"]): one for one in api.document["operations"]}
        operations = [known.get((one.mode, one.name)) or new_operation(one.mode, one.name) for one in topics]
        checked = checked_document(api.tenant, {**api.document, "operations": operations}, self.design.policies)
        content = self.design.definitions.asyncapi.align(
            self.design.blobs.get(api.tenant, api.definition), _described(checked, topics), defined_scopes(checked)
        )
        return self.design.keep(principal, api, checked, content)

    def validate(self, definition: bytes) -> Definition:
        """What a definition says, without keeping it. Raises AsyncApiInvalid."""
        return self.design.definitions.asyncapi.read(definition)

    def _api(self, principal: Principal, api_id: str, wanted: Collection[int] | None = None) -> Api:
        api = self.design.get(principal, api_id)
        access.require_current(api, wanted)
        if not is_streaming(api.document):
            raise NotStreaming.of(api_id, api.document.get("type"))
        return api


def _described(document: Mapping[str, Any], topics: Sequence[Topic]) -> list[DefinedOperation]:
    said = {(one.mode, one.name): one.description for one in topics}
    return [
        replace(operation, description=said.get((operation.verb, operation.target), ""))
        for operation in defined_operations(document)
    ]
