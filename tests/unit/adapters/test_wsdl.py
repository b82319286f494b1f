from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from gatehouse.adapters.archives import ZipArchives
from gatehouse.adapters.wsdl import LxmlWsdl
from gatehouse.domain.apis.archive import ArchiveLimits, ArchiveRefused
from gatehouse.domain.apis.wsdl import ArchiveWithoutWsdl, NotRecognized, WsdlEndpoint, WsdlForm, WsdlInvalid
from tests.wsdl_texts import CONCRETE, SCHEMA, SEVERAL, WSDL_11, WSDL_20

ARCHIVES = ZipArchives(ArchiveLimits(entries_max=20, bytes_max=100_000))
READER = LxmlWsdl(ARCHIVES)
GATEWAY = "https://gateway.example:8243/phone/1.0.0"
BACKEND = "http://backend.example/phone.asmx"


def refused(content: bytes, kind: type[Exception] = WsdlInvalid) -> str:
    with pytest.raises(kind) as caught:
        READER.read(content)
    return str(caught.value)


def test_both_versions_and_archives_say_where_services_are_called() -> None:
    old, new, several = READER.read(WSDL_11), READER.read(WSDL_20), READER.read(ARCHIVES.pack(SEVERAL))
    assert (old.form, old.version) == (WsdlForm.WSDL, "1.1")
    assert old.endpoints == tuple(WsdlEndpoint(name=name, location=BACKEND) for name in ("PhoneSoap", "PhoneSoap12"))
    assert (new.version, new.endpoints[0].location) == ("2.0", "https://backend.example/bells")
    assert (several.form, several.version, several.endpoints[0].location) == (
        WsdlForm.ZIP,
        "1.1",
        "https://backend.example/doors",
    )


@pytest.mark.parametrize("content", [WSDL_11, WSDL_20, ARCHIVES.pack(SEVERAL)])
def test_what_it_says_in_words_begins_with_the_names_in_it(content: bytes) -> None:
    words = READER.words(content)
    root = READER.read(content)
    assert {one.name for one in root.endpoints} <= set(words)


def test_what_is_written_about_operations_is_among_the_words() -> None:
    operation = b'<wsdl:operation name="Check">'
    said = b"<wsdl:documentation>Is it free?</wsdl:documentation>"
    words = READER.words(WSDL_11.replace(operation, operation + said, 1))
    assert ("Check" in words, words[-1]) == (True, "Is it free?")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (WSDL_11.replace(b'type="tns:PhoneSoap"', b'type="tns:None"', 1), "/definitions/binding[PhoneSoap]: there is no portType 'tns:None' (line 20)"),  # noqa: E501
        (WSDL_11.replace(b'"tns:CheckIn"', b'"tns:In"'), "/definitions/portType[PhoneSoap]/operation[Check]/input: there is no message 'tns:In' (line 16)"),  # noqa: E501
        (WSDL_11.replace(b"wsdl:portType", b"wsdl:porttype"), "/definitions/porttype[PhoneSoap]: Element 'porttype': This element is not expected. (line 14)"),  # noqa: E501
        (WSDL_11.replace(b"</wsdl:types>", b""), "file: not XML: Opening and ending tag mismatch: types line 6 and definitions (line 38)"),  # noqa: E501
        (WSDL_20.replace(b'interface="tns:Bells"', b'interface="tns:Balls"', 1), "/description/binding[BellsSoap]: there is no interface 'tns:Balls' (line 9)"),  # noqa: E501
        (CONCRETE, "/definitions/import: imports 'abstract/doors.wsdl', which was not sent along; send a zip archive of all documents (line 3)"),  # noqa: E501
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_element_and_its_line(content: bytes, problem: str) -> None:
    assert refused(content) == problem


def test_a_bound_operation_is_one_of_its_port_type() -> None:
    wrong = WSDL_11.replace(
        b'<wsdl:operation name="Check">\n      <soap:', b'<wsdl:operation name="Ask">\n      <soap:'
    )
    assert "portType 'PhoneSoap' has no operation 'Ask'" in refused(wrong)


@pytest.mark.parametrize("content", [b"", b"no markup", b"<html/>", b'{"openapi": "3.0.0"}'])
def test_what_is_no_wsdl_is_not_taken_for_one(content: bytes) -> None:
    refused(content, NotRecognized)


@pytest.mark.parametrize(
    "head",
    [
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;&x;&x;">]>',
    ],
)
def test_no_type_declaration_and_no_entity_is_read(head: bytes) -> None:
    assert "document type declaration" in refused(head + WSDL_20)


def test_an_archive_holds_wsdl_and_schemas_all_that_they_name_and_nothing_else() -> None:
    refused(ARCHIVES.pack({"doors.xsd": SCHEMA}), ArchiveWithoutWsdl)
    assert refused(ARCHIVES.pack({**SEVERAL, "run.exe": b""}), ArchiveRefused).startswith("run.exe: has no place")
    without = {name: file for name, file in SEVERAL.items() if not name.endswith("xsd")}
    assert "imports 'types/doors.xsd', which was not sent along" in refused(ARCHIVES.pack(without))


def test_bombs_and_paths_out_of_the_archive_are_refused_by_name() -> None:
    assert "unpacks to 1000000 bytes" in refused(ARCHIVES.pack({"a.wsdl": b" " * 1_000_000}), ArchiveRefused)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../a.wsdl", WSDL_11)
    assert refused(buffer.getvalue(), ArchiveRefused) == "../a.wsdl: leads out of the archive or nowhere"


@pytest.mark.parametrize("content", [WSDL_11, WSDL_20, ARCHIVES.pack(SEVERAL)], ids=["1.1", "2.0", "archive"])
def test_services_are_given_another_address_and_nothing_else_changes(content: bytes) -> None:
    moved = READER.relocated(content, GATEWAY)
    before, after = READER.read(content), READER.read(moved)
    assert {endpoint.location for endpoint in after.endpoints} == {GATEWAY}
    assert [endpoint.name for endpoint in after.endpoints] == [endpoint.name for endpoint in before.endpoints]
    back = READER.relocated(moved, before.endpoints[0].location)
    assert back == READER.relocated(content, before.endpoints[0].location)


def test_a_round_trip_keeps_comments_and_prefixes() -> None:
    moved = READER.relocated(WSDL_11, GATEWAY)
    assert b"<!-- kept as it was written -->" in moved
    assert b"<soap12:address location=" in moved
    assert BACKEND.encode() not in moved


def test_what_a_document_from_an_address_imports_is_found_from_there() -> None:
    anchored = READER.anchored(CONCRETE, "https://wsdl.example/services/house?wsdl")
    assert b'location="https://wsdl.example/services/abstract/doors.wsdl"' in anchored
    assert READER.read(anchored).endpoints[0].location == "https://backend.example/doors"
    assert READER.anchored(WSDL_11, "https://wsdl.example/phone") == WSDL_11
