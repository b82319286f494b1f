from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.adapters.definitions.asyncapi import AsyncApiDefinitions
from gatehouse.adapters.definitions.asyncapi.validation import SCHEMAS, VERSIONS
from gatehouse.domain.apis.definition import DefinedOperation, DefinedScope
from gatehouse.domain.apis.streaming import PUBLISH, SUBSCRIBE, AsyncApiInvalid
from local.asyncapi import without_notes
from tests.asyncapi_texts import STREETLIGHTS_2, STREETLIGHTS_3

DEFINITIONS = AsyncApiDefinitions()


def operations(content: bytes) -> list[tuple[str, str]]:
    return [(one.verb, one.target) for one in DEFINITIONS.read(content).operations]


def refused(content: bytes) -> list[str]:
    with pytest.raises(AsyncApiInvalid) as caught:
        DEFINITIONS.read(content)
    return [f"{problem.path}: {problem.problem}" for problem in caught.value.fields]


def minimal(version: str) -> dict[str, Any]:
    return {"asyncapi": version, "info": {"title": "Bells", "version": "1"}, "channels": {}}


def test_what_clients_do_is_said_alike_in_both_versions() -> None:
    old, new = DEFINITIONS.read(STREETLIGHTS_2), DEFINITIONS.read(STREETLIGHTS_3)
    assert operations(STREETLIGHTS_2) == [(SUBSCRIBE, "lights/{lightId}/measured"), (PUBLISH, "lights/{lightId}/on")]
    assert operations(STREETLIGHTS_3) == [(SUBSCRIBE, "lights.{lightId}.measured"), (PUBLISH, "lights.{lightId}.on")]
    assert (old.specification, old.servers, old.protocols) == (
        "AsyncAPI 2.6.0",
        ("wss://lights.example/stream",),
        ("wss",),
    )
    assert (new.specification, new.servers, new.protocols) == (
        "AsyncAPI 3.0.0",
        ("kafka://broker.example:9092",),
        ("kafka",),
    )
    assert [operation.scopes for operation in old.operations] == [(), ("light_switch",)]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_held_to_its_own_schema(version: str) -> None:
    assert DEFINITIONS.read(json.dumps(minimal(version)).encode()).specification == f"AsyncAPI {version}"
    assert refused(json.dumps({**minimal(version), "chanels": {}}).encode())


def test_the_schemas_are_kept_without_what_no_validator_reads() -> None:
    kept = json.loads((SCHEMAS / "3.0.0.json").read_text())
    assert kept == without_notes(kept)
    assert "description" in kept["definitions"]["tag"]["properties"]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (b"minimum: 0", b"minimum: none", "/components/schemas/measurement/properties/lumens/minimum: 'none' is not of type 'number' (line 28)"),  # noqa: E501
        (b"protocol: wss", b"protocoll: wss", "/servers/production: 'protocol' is a required property (line 8)"),
        (b"      summary:", b"      sumary:", "/channels/lights~1{lightId}~1measured/subscribe: 'sumary' does not match any of the regexes: '^x-[\\\\w\\\\d\\\\.\\\\x2d_]+$' (line 13)"),  # noqa: E501
        (b"schemas/measurement", b"schemas/gone", "/components/messages/measured/payload/$ref: nothing stands at '#/components/schemas/gone' (line 25)"),  # noqa: E501
        (b"#/components/schemas/measurement", b"./more.yaml", "/components/messages/measured/payload/$ref: './more.yaml' leads out of the document, and what it leads to was not sent along (line 25)"),  # noqa: E501
        (b"2.6.0", b"1.2.0", f"/asyncapi: AsyncAPI '1.2.0' is not supported; {', '.join(VERSIONS)} are (line 1)"),
        (b"asyncapi: 2.6.0", b"swagger: '2.0'", ": 'asyncapi' must say which version this follows"),
        (b"info:", b"info: [", ": not YAML: expected the node content, but found '-' at line 8, column 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_pointer_and_its_line(before: bytes, after: bytes, problem: str) -> None:
    (found,) = refused(STREETLIGHTS_2.replace(before, after, 1))[:1]
    if "not YAML" in problem:
        assert found.startswith(": not YAML: ")
        assert " at line " in found
    else:
        assert found == problem


@pytest.mark.parametrize("content", [STREETLIGHTS_2, STREETLIGHTS_3])
def test_a_round_trip_keeps_everything(content: bytes) -> None:
    read = DEFINITIONS.read(content)
    aligned = json.loads(DEFINITIONS.align(content, read.operations, read.scopes))
    for told in _operations_of(aligned):
        del told["x-auth-type"], told["x-throttling-tier"]
    aligned.get("components", {}).pop("securitySchemes", None)
    assert aligned == json.loads(read.content)


@pytest.mark.parametrize("content", [STREETLIGHTS_2, STREETLIGHTS_3])
def test_the_definition_follows_the_operations(content: bytes) -> None:
    first = DEFINITIONS.read(content).operations[0]
    added = DefinedOperation(target="bells/{bellId}", verb=PUBLISH, scopes=("ring",), throttling_policy="10KPerMin")
    scope = DefinedScope(name="ring", description="Ring bells", roles=("sexton", "verger"))
    read = DEFINITIONS.read(DEFINITIONS.align(content, [first, added], [scope]))
    assert [(one.verb, one.target) for one in read.operations] == [
        (SUBSCRIBE, first.target),
        (PUBLISH, "bells/{bellId}"),
    ]
    assert read.operations[1] == added
    assert read.scopes == (scope,)
    # The same again changes nothing.
    assert DEFINITIONS.align(read.content, read.operations, read.scopes) == read.content


def test_several_operations_of_version_3_on_one_channel_are_one() -> None:
    again = "  again: {action: send, channel: {$ref: '#/channels/measured'}}\ncomponents:"
    content = STREETLIGHTS_3.replace(b"components:", again.encode())
    assert operations(content) == operations(STREETLIGHTS_3)
    kept = json.loads(DEFINITIONS.align(content, DEFINITIONS.read(content).operations[1:], ()))
    assert list(kept["operations"]) == ["onSwitch"]
    assert list(kept["channels"]) == ["switch"]


def test_a_definition_is_made_of_operations() -> None:
    wanted = [DefinedOperation(target="/*", verb=verb) for verb in (SUBSCRIBE, PUBLISH)]
    made = DEFINITIONS.generate(title="Bells", version="1.0.0", description="They ring", operations=wanted)
    read = DEFINITIONS.read(made)
    assert (read.title, read.version, read.description) == ("Bells", "1.0.0", "They ring")
    assert list(read.operations) == wanted


def _operations_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    if "operations" in document:
        return list(document["operations"].values())
    return [item[word] for item in document["channels"].values() for word in ("subscribe", "publish") if word in item]
