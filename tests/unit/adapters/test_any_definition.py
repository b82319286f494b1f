"""Whatever stands in a definition, it is read or refused by name: no document makes a reader stumble."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.definitions import OpenApiDefinitions
from gatehouse.adapters.definitions.asyncapi import AsyncApiDefinitions
from gatehouse.adapters.definitions.gathering import Gatherer
from gatehouse.adapters.wsdl import LxmlWsdl
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.domain.errors import Invalid
from tests.asyncapi_texts import STREETLIGHTS_2, STREETLIGHTS_3
from tests.definition_files import FILES
from tests.fakes.remote import InMemoryRemote
from tests.wsdl_texts import WSDL_11, WSDL_20

ARCHIVES = ZipArchives(ArchiveLimits(entries_max=20, bytes_max=100_000))
GATHERER = Gatherer(ARCHIVES, InMemoryRemote())
WHOLE = json.loads(GATHERER.gathered(ARCHIVES.pack(FILES)))
SECURED = {
    "oauth2": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://id.example", "scopes": {}}}}
}

REFERENCES = [
    "#",
    "#/",
    "#/info",
    "#/info/title",
    "#/channels",
    "#/operations",
    "#/components",
    "#/gone",
    "x.yaml",
    "#x",
]
ANYTHING = st.one_of(
    st.sampled_from([None, True, 0, -1.5, "", "x", [], {}, [[]], {"": ""}, {"type": "oauth2"}, [1], {"$ref": 1}]),
    st.sampled_from([{"$ref": reference} for reference in REFERENCES]),
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, part in entries for place in places(part, (*path, key)))]


def changed(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    copied = copy.deepcopy(document)
    node = copied
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    return copied


DOCUMENTS = {
    "asyncapi2": {**yaml.safe_load(STREETLIGHTS_2), "x-wso2-security": {"apim": {"x-wso2-scopes": []}}},
    "asyncapi3": {**yaml.safe_load(STREETLIGHTS_3)},
    "openapi": WHOLE,
}
DOCUMENTS["asyncapi2"]["components"]["securitySchemes"] = SECURED
DOCUMENTS["asyncapi2"]["channels"]["lights/{lightId}/on"]["publish"]["security"] = [{"oauth2": ["a"]}]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("asyncapi2", ("components", "securitySchemes")),
        ("asyncapi2", ("servers", "production")),
        ("asyncapi3", ("servers", "production")),
        ("asyncapi3", ("operations", "onSwitch")),
        ("openapi", ("components", "securitySchemes")),
    ],
)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_to_something_of_another_kind_is_read_or_refused(
    name: str, place: tuple[str, ...], reference: str
) -> None:
    content = json.dumps(changed(DOCUMENTS[name], place, {"$ref": reference})).encode()
    with suppress(Invalid):
        (OpenApiDefinitions() if name == "openapi" else AsyncApiDefinitions()).read(content)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_definition_with_anything_in_any_place_is_read_or_refused(name: str, data: st.DataObject) -> None:
    document = DOCUMENTS[name]
    for _ in range(data.draw(st.integers(1, 2))):
        document = changed(document, data.draw(st.sampled_from(places(document))), data.draw(ANYTHING))
    content = json.dumps(document).encode()
    reader = OpenApiDefinitions() if name == "openapi" else AsyncApiDefinitions()
    with suppress(Invalid):
        gathered = GATHERER.gathered(content)
        read = reader.read(gathered)
        reader.read(reader.align(read.content, read.operations, read.scopes))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_wsdl_with_anything_in_any_place_is_read_or_refused(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from([WSDL_11, WSDL_20]))
    start = data.draw(st.integers(0, len(content)))
    end = min(len(content), start + data.draw(st.integers(0, 40)))
    content = content[:start] + data.draw(st.binary(max_size=10)) + content[end:]
    reader = LxmlWsdl(ARCHIVES)
    with suppress(Invalid):
        reader.read(content)
        reader.read(reader.relocated(content, "https://gateway.example/phone"))
