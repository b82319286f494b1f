"""Mocks: a description of each operation's answer, made of its examples and kept in the definition, to be changed there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from functions.publisher.routes import scopes as s
from gatehouse.edge.conditional import versioned
from gatehouse.edge.http import Answer
from gatehouse.edge.lines import Lines
from gatehouse.mediation.mock_description import descriptions, with_descriptions

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.design import Design
    from gatehouse.edge.http import Request
    from gatehouse.edge.operation import Operation

_SCOPES = (s.CREATE, s.MANAGE)


def routes(design: Design) -> tuple[Operation, ...]:
    """Make descriptions, and list them."""

    def generate(request: Request) -> Answer:
        api, definition = design.described(request.principal, request.path["apiId"])
        described = json.dumps(with_descriptions(json.loads(definition)), ensure_ascii=False).encode()
        changed, kept = design.describe(request.principal, api, described)
        return versioned(Answer(body=json.loads(kept)), changed.stored_version)

    def listed(request: Request) -> Answer:
        _, definition = design.described(request.principal, request.path["apiId"])
        return Answer(body={"list": descriptions(json.loads(definition))})

    line = Lines("APIs")
    return (
        line(
            "POST",
            "/apis/{apiId}/generate-mock-scripts",
            "generateMockScripts",
            "Describe in the definition what each operation answers when it is mocked",
            generate,
            _SCOPES,
        ),
        line(
            "GET",
            "/apis/{apiId}/generated-mock-scripts",
            "getGeneratedMockScriptsOfAPI",
            "What operations answer when they are mocked",
            listed,
            _SCOPES,
        ),
    )
