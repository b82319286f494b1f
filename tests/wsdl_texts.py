"""WSDL that tests send: 1.1 with SOAP 1.1, SOAP 1.2 and HTTP ports as .NET writes it, 2.0, and one in several files."""

from __future__ import annotations

WSDL_11 = b"""\
<?xml version="1.0" encoding="utf-8"?>
<!-- kept as it was written -->
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:http="http://schemas.xmlsoap.org/wsdl/http/"
    xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="http://phone.example/" targetNamespace="http://phone.example/">
  <wsdl:types>
    <s:schema elementFormDefault="qualified" targetNamespace="http://phone.example/">
      <s:element name="Check" type="s:string"/>
      <s:element name="CheckResult" type="s:boolean"/>
    </s:schema>
  </wsdl:types>
  <wsdl:message name="CheckIn"><wsdl:part name="parameters" element="tns:Check"/></wsdl:message>
  <wsdl:message name="CheckOut"><wsdl:part name="parameters" element="tns:CheckResult"/></wsdl:message>
  <wsdl:portType name="PhoneSoap">
    <wsdl:operation name="Check">
      <wsdl:input message="tns:CheckIn"/>
      <wsdl:output message="tns:CheckOut"/>
    </wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="PhoneSoap" type="tns:PhoneSoap">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Check">
      <soap:operation soapAction="http://phone.example/Check" style="document"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:binding name="PhoneSoap12" type="tns:PhoneSoap">
    <soap12:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Check"><soap12:operation soapAction="http://phone.example/Check" style="document"/></wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="Phone">
    <wsdl:port name="PhoneSoap" binding="tns:PhoneSoap"><soap:address location="http://backend.example/phone.asmx"/></wsdl:port>
    <wsdl:port name="PhoneSoap12" binding="tns:PhoneSoap12">
      <soap12:address location="http://backend.example/phone.asmx"/>
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""

WSDL_20 = b"""\
<description xmlns="http://www.w3.org/ns/wsdl" xmlns:tns="http://bells.example/" xmlns:wsoap="http://www.w3.org/ns/wsdl/soap"
    targetNamespace="http://bells.example/">
  <types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://bells.example/">
    <xs:element name="ring" type="xs:int"/></xs:schema></types>
  <interface name="Bells">
    <operation name="ring" pattern="http://www.w3.org/ns/wsdl/in-only"><input element="tns:ring"/></operation>
  </interface>
  <binding name="BellsSoap" interface="tns:Bells" type="http://www.w3.org/ns/wsdl/soap"
      wsoap:protocol="http://www.w3.org/2003/05/soap/bindings/HTTP/"/>
  <service name="BellsService" interface="tns:Bells">
    <endpoint name="BellsEndpoint" binding="tns:BellsSoap" address="https://backend.example/bells"/>
  </service>
</description>
"""

ABSTRACT = b"""\
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="urn:doors" targetNamespace="urn:doors">
  <wsdl:types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:doors">
    <xs:include schemaLocation="types/doors.xsd"/></xs:schema></wsdl:types>
  <wsdl:message name="Open"><wsdl:part name="door" element="tns:open"/></wsdl:message>
  <wsdl:portType name="Doors"><wsdl:operation name="open"><wsdl:input message="tns:Open"/></wsdl:operation></wsdl:portType>
</wsdl:definitions>
"""

CONCRETE = b"""\
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:doors="urn:doors" xmlns:tns="urn:house" targetNamespace="urn:house">
  <wsdl:import namespace="urn:doors" location="abstract/doors.wsdl"/>
  <wsdl:binding name="DoorsSoap" type="doors:Doors">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  </wsdl:binding>
  <wsdl:service name="House">
    <wsdl:port name="Doors" binding="tns:DoorsSoap"><soap:address location="https://backend.example/doors"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""

SCHEMA = b"""\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:doors">
  <xs:element name="open" type="xs:string"/>
</xs:schema>
"""

SEVERAL = {"house.wsdl": CONCRETE, "abstract/doors.wsdl": ABSTRACT, "abstract/types/doors.xsd": SCHEMA}
"""A service whose documents refer to each other by relative locations."""
