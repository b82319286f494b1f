"""WSDL 1.1 of the services, written from what their operations take and give."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

XSD = "http://www.w3.org/2001/XMLSchema"
BINDINGS = (("Soap11", "http://schemas.xmlsoap.org/wsdl/soap/"), ("Soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"))


@dataclass(frozen=True, slots=True)
class Part:
    """A parameter: its name, a type of XML Schema or the name of a structure, and whether there may be many."""

    name: str
    kind: str = "string"
    many: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """An operation: what it takes, and what it gives under `return`; None gives nothing, not even an answer."""

    takes: tuple[Part, ...]
    gives: Part | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """A complex type, in a namespace of its own."""

    namespace: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A service by its name."""

    name: str
    namespace: str
    shapes: dict[str, Shape]
    structures: dict[str, Structure] = field(default_factory=dict)


def document(service: Service, address: str) -> str:
    """The WSDL of a service that is called at this address."""
    spaces = {structure.namespace: f"b{number}" for number, structure in enumerate(service.structures.values())}
    prefixes = "".join(f" xmlns:{prefix}={quoteattr(space)}" for space, prefix in spaces.items())
    return "".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="{XSD}"',
            f" xmlns:ns={quoteattr(service.namespace)}{prefixes} targetNamespace={quoteattr(service.namespace)}>",
            f"<wsdl:types>{_schemas(service, spaces)}</wsdl:types>",
            *(_message(name, shape) for name, shape in service.shapes.items()),
            f'<wsdl:portType name="{service.name}PortType">',
            *(_operation(name, _abstract(name, shape)) for name, shape in service.shapes.items()),
            "</wsdl:portType>",
            *(_binding(service, suffix, space) for suffix, space in BINDINGS),
            f'<wsdl:service name="{service.name}">',
            *(_port(service, suffix, space, address) for suffix, space in BINDINGS),
            "</wsdl:service></wsdl:definitions>",
        )
    )


def _schemas(service: Service, spaces: dict[str, str]) -> str:
    kinds = {name: spaces[structure.namespace] for name, structure in service.structures.items()}
    structures = "".join(
        f'<xs:schema elementFormDefault="qualified" targetNamespace={quoteattr(structure.namespace)}>'
        f'<xs:complexType name="{name}"><xs:sequence>{_parts(structure.parts, kinds)}</xs:sequence></xs:complexType>'
        "</xs:schema>"
        for name, structure in service.structures.items()
    )
    imports = "".join(f"<xs:import namespace={quoteattr(space)}/>" for space in spaces)
    elements = "".join(
        _element(name, shape.takes, kinds) + (_element(f"{name}Response", (shape.gives,), kinds) if shape.gives else "")
        for name, shape in service.shapes.items()
    )
    own = (
        f'<xs:schema elementFormDefault="qualified" targetNamespace={quoteattr(service.namespace)}>{imports}{elements}'
    )
    return f"{structures}{own}</xs:schema>"


def _element(name: str, parts: tuple[Part, ...], kinds: dict[str, str]) -> str:
    inner = f"<xs:complexType><xs:sequence>{_parts(parts, kinds)}</xs:sequence></xs:complexType>"
    return f'<xs:element name="{name}">{inner}</xs:element>'


def _parts(parts: tuple[Part, ...], kinds: dict[str, str]) -> str:
    return "".join(
        f'<xs:element name="{part.name}" type="{kinds.get(part.kind, "xs")}:{part.kind}" minOccurs="0" nillable="true"'
        + (' maxOccurs="unbounded"/>' if part.many else "/>")
        for part in parts
    )


def _message(name: str, shape: Shape) -> str:
    asked = f'<wsdl:message name="{name}Request"><wsdl:part name="parameters" element="ns:{name}"/></wsdl:message>'
    if shape.gives is None:
        return asked
    response = f'<wsdl:part name="parameters" element="ns:{name}Response"/>'
    return f'{asked}<wsdl:message name="{name}Response">{response}</wsdl:message>'


def _abstract(name: str, shape: Shape) -> str:
    output = f'<wsdl:output message="ns:{name}Response"/>' if shape.gives else ""
    return f'<wsdl:input message="ns:{name}Request"/>{output}'


def _operation(name: str, inner: str) -> str:
    return f'<wsdl:operation name="{name}">{inner}</wsdl:operation>'


def _binding(service: Service, suffix: str, space: str) -> str:
    literal = '<soap:body use="literal"/>'
    operations = "".join(
        _operation(
            name,
            f'<soap:operation soapAction="urn:{name}" style="document"/><wsdl:input>{literal}</wsdl:input>'
            + (f"<wsdl:output>{literal}</wsdl:output>" if shape.gives else ""),
        )
        for name, shape in service.shapes.items()
    )
    transport = '<soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>'
    return (
        f'<wsdl:binding name="{service.name}{suffix}Binding" type="ns:{service.name}PortType" xmlns:soap="{space}">'
        f"{transport}{operations}</wsdl:binding>"
    )


def _port(service: Service, suffix: str, space: str, address: str) -> str:
    return (
        f'<wsdl:port name="{service.name}Https{suffix}Endpoint" binding="ns:{service.name}{suffix}Binding">'
        f'<soap:address xmlns:soap="{space}" location={quoteattr(address)}/></wsdl:port>'
    )
