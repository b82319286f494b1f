from __future__ import annotations

import json
from typing import Any

import pytest

from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.definitions import OpenApiDefinitions
from gatehouse.adapters.definitions.asyncapi import AsyncApiDefinitions
from gatehouse.adapters.definitions.gathering import DOCUMENTS_MAX, Gatherer
from gatehouse.adapters.outward.remote import ANSWER_SECONDS
from gatehouse.domain.apis.archive import ArchiveLimits, ArchiveRefused
from gatehouse.domain.apis.definition import DefinitionInvalid
from tests.asyncapi_texts import STREETLIGHTS_2
from tests.definition_files import FILES, ROOT
from tests.fakes.remote import InMemoryRemote

ARCHIVES = ZipArchives(ArchiveLimits(entries_max=50, bytes_max=1_000_000))
SITE = "https://docs.example/pets"
HEAD = b"openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\n"


@pytest.fixture
def remote() -> InMemoryRemote:
    return InMemoryRemote()


@pytest.fixture
def gatherer(remote: InMemoryRemote) -> Gatherer:
    return Gatherer(ARCHIVES, remote)


def refused(gatherer: Gatherer, content: bytes, address: str = "") -> list[str]:
    with pytest.raises(DefinitionInvalid) as caught:
        gatherer.gathered(content, address)
    return [f"{problem.path}: {problem.problem}" for problem in caught.value.fields]


def check(whole: Any) -> None:
    """That this is the definition of `FILES`, in one."""
    schemas = whole["components"]["schemas"]
    assert set(schemas) == {"pet", "pet_2", "cat", "owner", "error"}
    assert schemas["pet"] == {"type": "string"}
    answer = whole["paths"]["/pets/{id}"]["get"]["responses"]["200"]["content"]
    assert answer["application/json"]["schema"] == {"$ref": "#/components/schemas/pet_2"}
    assert "text/plain" in answer
    assert whole["paths"]["/pets"]["get"]["operationId"] == "listPets"
    assert whole["paths"]["/pets"]["post"]["requestBody"] == {"$ref": "#/components/requestBodies/pet"}
    kind = schemas["pet_2"]["properties"]["kind"]
    assert (kind["oneOf"][0]["$ref"], kind["discriminator"]["mapping"]) == (
        "#/components/schemas/cat",
        {"cat": "#/components/schemas/cat"},
    )
    assert schemas["cat"]["properties"]["friend"] == {"$ref": "#/components/schemas/pet_2"}
    assert schemas["error"]["properties"] == {
        "cause": {"$ref": "#/components/schemas/error"},
        "told": {"$ref": "#/components/schemas/pet"},
    }
    assert schemas["pet_2"]["example"] == {"$ref": "an example, not a reference"}
    assert whole["x-owner"] == {"team": "pets"}


@pytest.mark.parametrize("folder", ["", "pets-1.0/"])
def test_an_archive_becomes_one_valid_definition(gatherer: Gatherer, folder: str) -> None:
    content = gatherer.gathered(ARCHIVES.pack({folder + name: file for name, file in FILES.items()}))
    check(json.loads(content))
    read = OpenApiDefinitions().read(content)
    assert [(one.verb, one.target) for one in read.operations] == [
        ("GET", "/pets"),
        ("POST", "/pets"),
        ("GET", "/pets/{id}"),
    ]


def test_what_stands_beside_an_address_is_read_from_there(gatherer: Gatherer, remote: InMemoryRemote) -> None:
    remote.contents = {f"{SITE}/{name}": file for name, file in FILES.items() if name != "openapi.yaml"}
    check(json.loads(gatherer.gathered(ROOT, f"{SITE}/openapi.yaml")))


def test_what_refers_to_nothing_elsewhere_stays_as_it_is(gatherer: Gatherer) -> None:
    for content in (HEAD + b"paths: {}  # a comment", b"{broken $ref", STREETLIGHTS_2):
        assert gatherer.gathered(content) is content
    assert gatherer.gathered(ARCHIVES.pack({"doc/asyncapi.yml": STREETLIGHTS_2})) == STREETLIGHTS_2


def test_messages_of_asyncapi_come_from_other_files_too(gatherer: Gatherer) -> None:
    root = STREETLIGHTS_2.replace(b"'#/components/messages/measured'", b"messages.yaml#/measured")
    files = {"asyncapi.yaml": root, "messages.yaml": b"measured: {payload: {$ref: 'schemas.yaml#/lumens'}}",
             "schemas.yaml": b"lumens: {type: integer}"}  # fmt: skip
    content = gatherer.gathered(ARCHIVES.pack(files))
    channel = json.loads(AsyncApiDefinitions().read(content).content)["channels"]["lights/{lightId}/measured"]
    assert channel["subscribe"]["message"] == {"$ref": "#/components/messages/measured_2"}


def test_a_property_may_be_called_what_a_kind_of_component_is_called(gatherer: Gatherer) -> None:
    words = ("parameters", "headers", "responses", "links", "default", "examples")
    properties = "".join(f"{word}: {{type: array, items: {{$ref: 'one.yaml'}}}}, " for word in words)
    root = (
        HEAD + f"paths: {{}}\ncomponents: {{schemas: {{A: {{type: object, properties: {{{properties}}}}}}}}}".encode()
    )
    content = gatherer.gathered(ARCHIVES.pack({"openapi.yaml": root, "one.yaml": b"type: string"}))
    whole = json.loads(content)
    assert set(whole["components"]) == {"schemas"}
    found = whole["components"]["schemas"]["A"]["properties"]
    assert [found[word]["items"]["$ref"] for word in words] == ["#/components/schemas/one"] * len(words)
    OpenApiDefinitions().read(content)


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("../../etc/passwd", "'../../etc/passwd' is not in the archive"),
        ("absent.yaml", "'absent.yaml' is not in the archive"),
        ("other.yaml#/nothing", "'other.yaml' has nothing at '/nothing'"),
        ("other.yaml#name", "'other.yaml#name' is no JSON pointer"),
        ("bad.yaml", "'bad.yaml' cannot be read: not YAML: did not find expected node content at line 2, column 1"),
        ("file:///etc/passwd", "'file:///etc/passwd' must be an http or https address"),
        ("https://docs.example/absent", "'https://docs.example/absent' answers 404"),
        ("self.yaml", "'self.yaml' is one of too many, or refers to itself"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(gatherer: Gatherer, reference: str, problem: str) -> None:
    root = HEAD + f"paths: {{/a: {{$ref: '{reference}'}}}}".encode()
    files = {"openapi.yaml": root, "other.yaml": b"{}", "bad.yaml": b"a: [", "self.yaml": b"$ref: self.yaml"}
    assert refused(gatherer, ARCHIVES.pack(files)) == [f"/paths/~1a/$ref: {problem}"]


def test_a_document_that_was_sent_alone_refers_to_addresses_only(gatherer: Gatherer) -> None:
    (problem,) = refused(gatherer, HEAD + b"paths: {/a: {$ref: a.yaml}}")
    assert problem.endswith("'a.yaml' leads out of the document, and what it leads to was not sent along")


def test_nobody_is_sent_around_without_end(gatherer: Gatherer, remote: InMemoryRemote) -> None:
    for number in range(DOCUMENTS_MAX + 5):
        remote.contents[f"{SITE}/{number}"] = f"allOf: [{{$ref: '{number + 1}'}}]".encode()
    root = HEAD + b"paths: {}\ncomponents: {schemas: {A: {$ref: '0'}}}"
    (problem,) = refused(gatherer, root, f"{SITE}/openapi.yaml")
    assert problem.endswith(f"the definition is spread over more than {DOCUMENTS_MAX} addresses")


def test_nothing_is_asked_for_that_might_come_too_late(gatherer: Gatherer, remote: InMemoryRemote) -> None:
    remote.contents[f"{SITE}/a.yaml"] = b"get: {}"
    content = HEAD + b"paths: {/a: {$ref: a.yaml}}"
    assert b'"get"' in gatherer.gathered(content, f"{SITE}/openapi.yaml")
    with pytest.raises(DefinitionInvalid, match=r"'https://docs\.example/pets/a\.yaml' might answer too late"):
        gatherer.gathered(content, f"{SITE}/openapi.yaml", seconds=ANSWER_SECONDS - 1)


def test_pieces_in_pieces_do_not_multiply_without_end(gatherer: Gatherer) -> None:
    files = {
        f"{n}.yaml": f"a: {{x-b: {{$ref: '{n + 1}.yaml#/a'}}, x-c: {{$ref: '{n + 1}.yaml#/a'}}}}".encode()
        for n in range(15)
    }
    files |= {"15.yaml": b"a: {}", "openapi.yaml": HEAD + b"paths: {/a: {$ref: '0.yaml#/a'}}"}
    assert all("is one of too many" in problem for problem in refused(gatherer, ARCHIVES.pack(files)))


def test_an_archive_without_a_definition_is_refused(gatherer: Gatherer) -> None:
    with pytest.raises(ArchiveRefused, match=r"openapi\.yaml or swagger\.yaml or asyncapi\.yaml"):
        gatherer.gathered(ARCHIVES.pack({"a.yaml": b"{}", "b.yaml": b"{}"}))
