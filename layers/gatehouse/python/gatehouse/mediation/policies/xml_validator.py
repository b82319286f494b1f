"""xmlValidator: threat protection that holds XML bodies to limits of structure, and to an XML Schema if there is one.

Entities are refused whatever is configured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.mediation import xml_schemas
from gatehouse.mediation.bodies import Unreadable, charset, is_encoded, is_xml
from gatehouse.mediation.markup import XmlLimits, check_xml
from gatehouse.mediation.parameters import structure_limit
from gatehouse.mediation.refusals import bad_request, unreadable
from gatehouse.mediation.specification import Attribute, Flow, Kind, Specification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.mediation.message import Message, Situation, Stop

_IMPORTED = (
    "Accepted so that policies made for WSO2 can be attached; documents that declare entities are always refused."
)


def _never_fetched(_url: str) -> str:
    return "is not fetched: nobody would know which schema holds. Give the schema itself as 'xsd'"


SPECIFICATION = Specification(
    name="xmlValidator",
    display_name="XML Validator",
    description="Refuses XML bodies that are malformed, declare entities, or are larger in structure than the limits, "
    "or break the schema.",
    category="Security",
    flows=(Flow.REQUEST,),
    attributes=(
        Attribute(
            name="dtdEnabled",
            display_name="Allow Document Type",
            kind=Kind.BOOLEAN,
            default=False,
            description="Whether a document type declaration may stand in the document. It is never loaded.",
        ),
        Attribute(
            name="externalEntitiesEnabled",
            display_name="External Entities",
            kind=Kind.BOOLEAN,
            default=False,
            description=_IMPORTED,
        ),
        structure_limit("maxXMLDepth", "Maximum XML Depth"),
        structure_limit("maxElementCount", "Maximum Elements"),
        structure_limit("maxAttributeCount", "Maximum Attributes of an Element"),
        structure_limit("maxAttributeLength", "Maximum Attribute Length"),
        Attribute(
            name="entityExpansionLimit",
            display_name="Entity Expansion Limit",
            kind=Kind.INTEGER,
            default=0,
            least=0,
            description=_IMPORTED,
        ),
        structure_limit("maxChildrenPerElement", "Maximum Children of an Element"),
        Attribute(
            name="xsd",
            display_name="XML Schema",
            default="",
            problem=xml_schemas.trouble,
            description="The text of a schema (XSD 1.0) that stands for itself, without xs:include, xs:redefine and xs:import. "
            f"Documents may then have {xml_schemas.DOCUMENT_BYTES_MAX} bytes and {xml_schemas.DOCUMENT_ELEMENTS_MAX} elements "
            "at most, and fewer of these where many may stand beside each other.",
        ),
        Attribute(
            name="xsdURL",
            display_name="XML Schema URL",
            default="",
            problem=_never_fetched,
            description="Must be empty: schemas are not fetched.",
        ),
    ),
)


def apply(message: Message, parameters: Mapping[str, Any], situation: Situation) -> Stop | None:
    """Stops with 400, also for a body that does not say that it is XML: else a caller chose whether to be checked."""
    del situation
    if not message.body:
        return None
    if is_encoded(message):
        return unreadable(message)
    if not is_xml(message.media_type):
        return bad_request("The content type is not XML")
    schema = parameters.get("xsd")
    limits = XmlLimits(
        depth=parameters["maxXMLDepth"],
        elements=parameters["maxElementCount"],
        attributes=parameters["maxAttributeCount"],
        attribute_characters=parameters["maxAttributeLength"],
        children=parameters["maxChildrenPerElement"],
        doctype=parameters["dtdEnabled"],
    )
    try:
        check_xml(message.body, limits, charset(message))
    except Unreadable as threat:
        return bad_request(f"Threat detected in Payload: {threat}")
    if schema and (problem := xml_schemas.problem(schema, message.body, charset(message))):
        return bad_request(f"Schema validation failed in the Request: {problem}")
    return None
