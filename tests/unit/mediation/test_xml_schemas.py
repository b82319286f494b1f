"""XML Schemas: what they hold documents to, which are refused, and that neither schema nor document keeps anybody busy."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from gatehouse.domain.errors import Invalid
from gatehouse.mediation import xml_schemas
from gatehouse.mediation.registry import specification
from tests.unit.mediation.messages import XML, request, run

SECONDS = 20.0
"""Much more than anything here takes, much less than what it guards against."""

ORDER = """
<xs:import namespace="http://www.w3.org/XML/1998/namespace"/>
<xs:simpleType name="code"><xs:restriction base="xs:string">
  <xs:pattern value="(a|aa)+b"/><xs:pattern value="\\p{Lu}{3}"/>
</xs:restriction></xs:simpleType>
<xs:element name="order"><xs:complexType><xs:sequence>
  <xs:element name="item" maxOccurs="unbounded"><xs:complexType>
    <xs:sequence>
      <xs:element name="sku" type="t:code"/>
      <xs:element name="count" type="xs:positiveInteger"/>
      <xs:element name="note" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">
        <xs:maxLength value="4"/>
      </xs:restriction></xs:simpleType></xs:element>
    </xs:sequence>
    <xs:attribute name="id" type="xs:token" use="required"/><xs:attribute ref="xml:lang"/>
  </xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element>"""
GOOD = '<item id="7"><sku>ABC</sku><count>1</count></item>'


def schema(inside: str) -> str:
    target = 'xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified"'
    return f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" {target}>{inside}</xs:schema>'


def order(inside: str) -> str:
    return f'<order xmlns="urn:t">{inside}</order>'


def element(kind: str) -> str:
    return schema(f'<xs:element name="a">{kind}</xs:element>')


def refused(document: str | bytes, xsd: str = schema(ORDER), content_type: str = XML, **parameters: Any) -> str | None:
    """Why xmlValidator stops a document, None when it does not."""
    stop = run("xmlValidator", request(document, content_type), None, xsd=xsd, **parameters)
    if stop is None:
        return None
    assert (stop.status, stop.code) == (400, "400")
    return stop.description


@pytest.mark.parametrize(
    "document",
    [
        order(GOOD),
        order(GOOD * 20),
        order('<item id="7" xml:lang="de"><sku>aab</sku><count>9</count><note>1234</note></item>'),
        f'<?xml version="1.0" encoding="UTF-8"?>{order(GOOD)}',
    ],
)
def test_a_document_that_keeps_to_its_schema_gets_through(document: str) -> None:
    assert refused(document) is None


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("<other/>", "/other: is no root element of the schema"),
        (order(""), "/order: The content of element '{urn:t}order' is not complete. Tag 't:item' expected."),
        (
            order('<item id="7"><count>1</count></item>'),
            "/order/item: Unexpected child with tag '{urn:t}count' at position 1. Tag 't:sku' expected.",
        ),
        (order(GOOD.replace("ABC", "secret")), "/order/item/sku: does not satisfy pattern (a|aa)+b"),
        (order(GOOD.replace(">1<", ">-1<")), "/order/item/count: does not satisfy its type"),
        (order(GOOD.replace(">1<", ">secret<")), "/order/item/count: does not satisfy positiveInteger"),
        (
            order(GOOD.replace("</item>", "<note>secret</note></item>")),
            "/order/item/note: does not satisfy maxLength 4",
        ),
        (order(GOOD.replace(' id="7"', "")), "/order/item: does not have the attributes that the schema asks for"),
    ],
)
def test_400_with_the_place_and_the_rule_and_without_the_value(document: str, problem: str) -> None:
    assert refused(document) == f"Schema validation failed in the Request: {problem}"


def test_limits_of_structure_hold_besides() -> None:
    assert refused(order(GOOD * 40)) == "Threat detected in Payload: more than 100 elements"
    assert refused(order(GOOD * 40), maxElementCount="1000") is None
    assert refused("", maxElementCount="1000") is None


def test_a_document_in_another_encoding_is_refused_rather_than_read_in_two_ways() -> None:
    body = order(GOOD).encode("utf-16")
    answer = refused(body, content_type="application/xml; charset=utf-16")
    assert answer == "Schema validation failed in the Request: a document that is not in UTF-8 cannot be checked"


def test_nothing_is_fetched_for_a_document_or_a_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: asked.append(address))
    hint = "http://127.0.0.1:9/x.xsd"
    hints = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:t {hint} urn:u {hint}"'
    assert refused(order(GOOD).replace("<order", f"<order {hints}")) is None
    located = ORDER.replace('namespace"/>', f'namespace" schemaLocation="{hint}"/>')
    assert refused(order(GOOD), schema(located)) is None
    assert asked == []


def wrong(xsd: str) -> str | None:
    started = time.perf_counter()
    problem = xml_schemas.trouble(xsd)
    assert time.perf_counter() - started < SECONDS
    return problem


def unfolding(*parts: str) -> str:
    """A schema of 40 components, each of which refers to the next one twice."""
    return schema(
        "".join(part.replace("@@", str(number + 1)).replace("@", str(number)) for number in range(40) for part in parts)
    )


UNIONS = '<xs:simpleType name="t@"><xs:union memberTypes="t:t@@ t:t@@"/></xs:simpleType>'
GROUP = '<xs:group name="g@"><xs:sequence><xs:group ref="t:g@@"/><xs:group ref="t:g@@"/></xs:sequence></xs:group>'
CHAIN = "".join(
    f'<xs:simpleType name="c{number}"><xs:restriction base="t:c{number + 1}"/></xs:simpleType>' for number in range(600)
)
PATTERN = (
    '<xs:simpleType name="p"><xs:restriction base="xs:string"><xs:pattern value="{}"/></xs:restriction></xs:simpleType>'
)


@pytest.mark.parametrize(
    ("xsd", "problem"),
    [
        ("http://127.0.0.1:9/x.xsd", "is no XML Schema: not XML: "),
        ("/etc/passwd", "is no XML Schema: not XML: "),
        ("<a/>", "is no XML Schema: its root is not xs:schema"),
        (f'<!DOCTYPE a [<!ENTITY b "c">]>{schema("")}', "is no XML Schema: document type declarations are not allowed"),
        (schema('<xs:element name="a" type="t:nothing"/>'), "is no XML Schema: unknown type 't:nothing'"),
        (schema("<xs:nonsense/>"), "is no XML Schema: "),
        ("x" * 70_000, "is longer than 65536 characters"),
        (unfolding(UNIONS), "unfolds to more than 5000 parts"),
        (unfolding(GROUP), "unfolds to more than 5000 parts"),
        (schema(CHAIN), "refers to itself, or from one part to the next, too often"),
        (schema(PATTERN.format("[a")), "has a pattern that cannot be used: it is no regular expression"),
        (
            schema(PATTERN.format("(x{1000}){1000}")),
            "has a pattern that cannot be used: it is no regular expression of RE2",
        ),
    ],
)
def test_a_schema_that_nobody_can_use_is_refused_at_once(xsd: str, problem: str) -> None:
    assert (wrong(xsd) or "").startswith(problem)


@pytest.mark.parametrize("name", ["include", "redefine", "import"])
def test_a_schema_that_leans_on_another_one_is_refused_by_name(name: str) -> None:
    part = f'<xs:{name} schemaLocation="http://127.0.0.1:9/x.xsd"/>'
    assert wrong(schema(part)) == f"must stand for itself: xs:{name} is not supported, because nothing is fetched"


def test_a_schema_s_url_is_refused_by_name_and_an_empty_one_is_not() -> None:
    policy = specification("xmlValidator", "v1")
    assert policy is not None
    with pytest.raises(Invalid) as failed:
        policy.checked({"xsdURL": "http://x.example/order.xsd"}, "parameters")
    assert str(failed.value) == (
        "parameters.xsdURL: 'http://x.example/order.xsd' is not fetched: nobody would know which schema holds. "
        "Give the schema itself as 'xsd'"
    )
    assert policy.checked({"xsdURL": "", "xsd": ""}, "parameters")["xsd"] == ""


def test_a_refused_schema_is_not_repeated_in_the_error() -> None:
    policy = specification("xmlValidator", "v1")
    assert policy is not None
    with pytest.raises(Invalid) as failed:
        policy.checked({"xsd": f"<a>{'x' * 1000}</a>"}, "parameters")
    assert str(failed.value) == "parameters.xsd: it is no XML Schema: its root is not xs:schema"


WIDE = "".join(f'<xs:element name="e{number}" minOccurs="0"/>' for number in range(500))


@pytest.mark.parametrize(
    ("kind", "document", "problem"),
    [
        (PATTERN.format("(a|aa)+b|(a*)*c").replace(' name="p"', ""), "a" * 240_000, "/a: does not satisfy pattern"),
        (
            "<xs:complexType><xs:sequence>" + WIDE + "</xs:sequence></xs:complexType>",
            "<e1/>" * 5_000,
            "a document of more",
        ),
        ("", "x" * 250_001, "a document of more than 250000 bytes cannot be checked"),
    ],
)
def test_no_document_keeps_the_gateway_busy(kind: str, document: str, problem: str) -> None:
    many = {"maxElementCount": "100000", "maxChildrenPerElement": "100000"}
    started = time.perf_counter()
    answer = refused(f'<a xmlns="urn:t">{document}</a>', element(kind), **many)
    assert time.perf_counter() - started < SECONDS
    assert (answer or "").startswith(f"Schema validation failed in the Request: {problem}")
