"""What definitions of operation policies say, and what the gateway runs of them."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from gatehouse.adapters.archives import ZipArchives
from gatehouse.controlplane.operation_policies.attaching import mediation_of
from gatehouse.controlplane.operation_policies.expressions import placeholder
from gatehouse.controlplane.operation_policies.reading import Draft, definition_of, draft_of
from gatehouse.domain.apis.archive import ArchiveLimits
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.deployed import Condition, Mediation
from gatehouse.domain.publishing.operation_policy import CustomPolicy

ARCHIVES = ZipArchives(ArchiveLimits(entries_max=10, bytes_max=1_000_000))
ATTRIBUTES = ("name", "value", "wanted", "status")


def steps(template: str) -> list[tuple[str, dict[str, str]]]:
    found = definition_of(ARCHIVES, template.encode(), ATTRIBUTES)
    assert not found.problem
    return [(step.policy, step.parameters) for step in found.steps]


def problem(template: str) -> str:
    found = definition_of(ARCHIVES, template.encode(), ATTRIBUTES)
    assert not found.steps
    return found.problem


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            '<property action="set" name="{{name}}" value="{{ value }}" scope="transport"/>',
            [("setHeader", {"headerName": "{{name}}", "headerValue": "{{ value }}"})],
        ),
        (
            '<header name="{{name}}" scope="transport" action="remove"/>',
            [("removeHeader", {"headerName": "{{name}}"})],
        ),
        (
            (
                '<property name="who" expression="concat(\'u-\', $trp:X-User)"/>'
                '<header name="X-Who" expression="get-property(\'who\')" scope="transport"/>'
            ),
            [
                ("setProperty", {"name": "who", "value": "u-${header.X-User}"}),
                ("setHeader", {"headerName": "X-Who", "headerValue": "${property.who}"}),
            ],
        ),
        (
            '<log level="full"><property name="asked" expression="$axis2:HTTP_METHOD"/><property name="a" value="b"/></log>',
            [("addLogMessage", {"logHeaders": "true", "message": "asked = ${method}, a = b"})],
        ),
        (
            (
                '<payloadFactory media-type="json"><format>{"id": "$1", "at": $2}</format><args>'
                '<arg evaluator="json" expression="$.station.id"/><arg value="{{value}}"/></args></payloadFactory>'
            ),
            [
                (
                    "setBody",
                    {"template": '{"id": "${json.station.id}", "at": {{value}}}', "contentType": "application/json"},
                )
            ],
        ),
        (
            (
                '<payloadFactory media-type="xml"><format><o:a xmlns:o="urn:o" b="1">$1</o:a></format>'
                '<args><arg value="x"/></args></payloadFactory>'
            ),
            [("setBody", {"template": '<o:a xmlns:o="urn:o" b="1">x</o:a>', "contentType": "application/xml"})],
        ),
        (
            (
                '<property name="HTTP_METHOD" value="POST" scope="axis2"/><property name="DISABLE_CHUNKING" value="true" '
                'scope="axis2"/><property name="REST_URL_POSTFIX" value="/v2/x" scope="axis2"/>'
            ),
            [
                ("changeHTTPMethod", {"httpMethod": "POST"}),
                ("rewriteResourcePath", {"newResourcePath": "/v2/x", "includeQueryParams": "false"}),
            ],
        ),
        (
            '<rewrite><rewriterule><action type="set" fragment="path" value="/new/{{name}}"/></rewriterule></rewrite>',
            [("rewriteResourcePath", {"newResourcePath": "/new/{{name}}"})],
        ),
        ('<property name="messageType" value="application/xml" scope="axis2"/>', [("jsonToXML", {})]),
        ('<property name="HTTP_SC" value="404" scope="axis2"/>', [("setStatus", {"statusCode": "404"})]),
        (
            (
                '<sequence xmlns="http://ws.apache.org/ns/synapse" name="x"><property name="HTTP_SC" value="{{status}}" '
                'scope="axis2"/><header name="X-By" value="gateway" scope="transport"/><respond/></sequence>'
            ),
            [
                ("setHeader", {"headerName": "X-By", "headerValue": "gateway"}),
                ("respond", {"statusCode": "{{status}}", "headers": "X-By: gateway"}),
            ],
        ),
        ("{# a comment #}\n<drop/>", [("respond", {"statusCode": "202", "noBody": "true"})]),
    ],
)
def test_a_form_of_synapse_becomes_what_means_the_same(template: str, expected: Any) -> None:
    assert steps(template) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('<log/>\n<script language="js">mc.setPayload()</script>', "line 2: <script> cannot be run here"),
        ("<log/>\n\n{% if wanted %}<drop/>{% endif %}", "line 3: '{% if wanted %}<drop/>{% endif %}' is a statement"),
        ('<!-- a\n--><property name="x" expression="//a:b"/>', "line 2: <property> has an expression"),
        ('<property name="x" expression="get-property(\'api.ut.userId\')"/>', "line 1: <property> has an expression"),
        ('<property name="x" expression="$axis2:REMOTE_HOST"/>', "line 1: <property> has an expression"),
        (
            '<property name="TRANSPORT_HEADERS" action="remove" scope="axis2"/>',
            "line 1: <property> has no meaning here",
        ),
        ('<header name="To" action="remove"/>', "line 1: <header> is a header of SOAP"),
        ("<respond/>\n<log/>", "line 2: <log> stands behind the answer"),
        ("<log>", "line 1: not XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><log/>', "line 1: not XML"),
        ('\n<property name="a" value="{{other}}"/>', "line 2: setProperty.value: the policy has no attribute 'other'"),
        (
            '\n<property name="a" value="{{name|upper}}"/>',
            "line 2: setProperty.value: '{{name|upper}}' is more than the name",
        ),
        (
            '<payloadFactory media-type="json"><format>$2</format><args><arg value="1"/></args></payloadFactory>',
            "line 1: <format> asks for argument $2, and there are 1",
        ),
        (
            '<property name="HTTP_METHOD" value="FLY" scope="axis2"/>',
            "line 1: changeHTTPMethod.httpMethod: 'FLY' is none",
        ),
        ("<switch/>", "line 1: <switch> cannot be run here"),
        ('<filter source="//a" regex="b"><drop/></filter>', "line 1: <filter> has an expression"),
        ('<filter xpath="$ctx:a = $ctx:b"><drop/></filter>', "line 1: <filter> compares two values of the message"),
        ("<filter xpath=\"$ctx:a = 'b' or $ctx:c\"><drop/></filter>", "line 1: <filter> has an expression"),
        ('<filter source="$ctx:a" regex="(?=b)"><drop/></filter>', "line 1: if: '(?=b)' is no regular expression"),
        (
            '<filter source="$ctx:a" regex="b"><then/><drop/></filter>',
            "line 1: <drop> has no place beside then and else",
        ),
        (
            '<filter xpath="$ctx:a"><header name="x" value="1" scope="transport"/></filter>\n<respond/>',
            "line 2: <respond> comes after a filter that sets headers",
        ),
        ("steps:\n- policy: respond\n  if: {value: a}", "steps.0.if: must be an object of value and equals"),
        ("steps:\n- policy: respond\n  if: {value: a, equals: b, like: c}", "steps.0.if.like: is none of"),
        ("steps:\n- policy: respond\n  if: {value: a, matches: '('}", "steps.0: if: '(' is no regular expression"),
        ("<log/> and more", "line 1: 'and more' stands where only elements can"),
        ('<x:class xmlns:x="urn:else"/>', "line 1: <class> is of another language: urn:else"),
        ("steps: []", "steps: must be a list"),
        ("steps:\n- policy: fly", "steps.0: no policy 'fly' v1 comes with the product"),
        ("steps:\n- policy: setHeader\n  parameters: {headerName: a}", "steps.0: setHeader.headerValue: is required"),
        ("steps:\n- policy: drop\n  run: x", "steps.0.run: is none of"),
        ("steps:\n- policy: setHeader\n  parameters: {x: a}", "steps.0: policy 'setHeader' takes no parameter 'x'"),
        ("steps: [", "definition.yaml: is not YAML"),
        ("<a/>", "line 1: <a> cannot be run here"),
    ],
)
def test_what_means_anything_else_is_named_with_its_place(template: str, expected: str) -> None:
    assert problem(template).startswith(expected), problem(template)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$trp:Content-Type", "${header.Content-Type}"),
        ("get-property('transport', \"{{name}}\")", "${header.{{name}}}"),
        ("$ctx:a", "${property.a}"),
        ("get-property('query.param.page')", "${query.page}"),
        ("get-property('REST_METHOD')", "${method}"),
        ("json-eval($.a.b[0])", "${json.a.b[0]}"),
        ("json-eval($..a)", None),
        ("concat('(', concat($ctx:c, ')'))", "(${property.c})"),
        ("fn:concat($trp:a, ',', get-property('default', 'b'))", "${header.a},${property.b}"),
        ("concat($trp:a", None),
        ("$body//a", None),
    ],
)
def test_expressions_that_only_read_become_placeholders(expression: str, expected: str | None) -> None:
    assert placeholder(expression) == expected


GUARD = """
<filter source="$trp:X-Role" regex="cook|{{value}}">
    <then><header name="X-Seen" value="1" scope="transport"/><header name="X-Role" scope="transport" action="remove"/></then>
    <else><property name="HTTP_SC" value="403" scope="axis2"/><respond/></else>
</filter>
<log/>
"""


def test_a_filter_asks_once_and_each_branch_goes_by_what_it_was_told() -> None:
    found = definition_of(ARCHIVES, GUARD.encode(), ATTRIBUTES).steps
    assert [step.policy for step in found] == [
        "setProperty",
        "setProperty",
        "setHeader",
        "removeHeader",
        "respond",
        "addLogMessage",
    ]
    asked = Condition(value="${header.X-Role}", matches="cook|{{value}}")
    told = Condition(value="${property.filter:2.0}", equals="true")
    otherwise = replace(told, negated=True)
    assert [step.conditions for step in found] == [(), (asked,), (told,), (told,), (otherwise,), ()]
    assert found[4].parameters == {"statusCode": "403"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("$trp:X = 'a'", Condition(value="${header.X}", equals="a")),
        ("'a' != get-property('X')", Condition(value="${property.X}", equals="a", negated=True)),
        ("boolean($ctx:X)", Condition(value="${property.X}", negated=True)),
        ("not(boolean($ctx:X))", Condition(value="${property.X}")),
        ("$ctx:X", Condition(value="${property.X}", negated=True)),
    ],
)
def test_what_a_filter_asks(asked: str, expected: Condition) -> None:
    found = definition_of(ARCHIVES, f'<filter xpath="{asked}"><drop/></filter>'.encode(), ATTRIBUTES)
    assert found.steps[1].conditions == (expected,)


def draft(definition: str, *attributes: dict[str, Any], **data: Any) -> Draft:
    given = {"name": "stamp", "applicableFlows": ["request"], "policyAttributes": list(attributes), **data}
    content = json.dumps({"type": "operation_policy_specification", "version": "v4.7.0", "data": given}).encode()
    return draft_of(ARCHIVES, content, {"j2": definition.encode()}, "policySpecFile")


def attached(policy: Draft, flow: str = "request", kind: str = "HTTP", **parameters: Any) -> list[tuple[str, Any]]:
    return [(one.name, one.parameters) for one in getattr(mediated(policy, flow, kind, **parameters), flow)]


def mediated(policy: Draft, flow: str = "request", kind: str = "HTTP", **parameters: Any) -> Mediation:
    kept = CustomPolicy(
        id="1",
        name=policy.name,
        data=policy.data,
        steps=policy.definition.steps,
        problem=policy.definition.problem,
    )
    flows = {flow: [{"policyName": "stamp", "parameters": parameters}]}
    return mediation_of(flows, "apiPolicies", lambda _: kept, kind)


STAMP = """
steps:
  - policy: setHeader
    parameters: {headerName: "{{ name }}", headerValue: "{{value}}-${claim.sub}"}
  - policy: addLogMessage
    when: "{{wanted}}"
"""
NAME = {"name": "name", "required": True, "validationRegex": "/^x-[a-z]+$/i"}
VALUE = {"name": "value", "type": "Integer", "defaultValue": "7"}
WANTED = {"name": "wanted", "type": "Boolean"}


class TestAttaching:
    def test_the_values_of_attributes_stand_in_the_parameters_of_the_steps(self) -> None:
        policy = draft(STAMP, NAME, VALUE, WANTED)
        assert attached(policy, name="X-One") == [
            ("setHeader", {"headerName": "X-One", "headerValue": "7-${claim.sub}"})
        ]
        found = attached(policy, name="x-two", value="8", wanted="true")
        assert [name for name, _ in found] == ["setHeader", "addLogMessage"]
        assert found[0][1]["headerValue"] == "8-${claim.sub}"

    def test_a_value_is_never_read_as_a_template_again(self) -> None:
        policy = draft('<property name="a" value="{{value}}"/>', {"name": "value"})
        assert attached(policy, value="{{value}}") == [("setProperty", {"name": "a", "value": "{{value}}"})]

    @pytest.mark.parametrize(
        ("given", "path", "expected"),
        [
            ({"name": "other"}, "parameters.name", "'other' does not match ^x-[a-z]+$"),
            ({}, "parameters.name", "is required"),
            ({"name": "x-a", "value": "many"}, "parameters.value", "'many' is no whole number"),
            ({"name": "x-a", "more": "1"}, "parameters.more", "takes no such parameter"),
        ],
    )
    def test_values_are_held_to_the_specification(self, given: dict[str, str], path: str, expected: str) -> None:
        with pytest.raises(Invalid) as refused:
            attached(draft(STAMP, NAME, VALUE, WANTED), **given)
        (field,) = refused.value.fields
        assert field.path == f"apiPolicies.request.0.{path}"
        assert expected in field.problem

    def test_conditions_get_the_values_too(self) -> None:
        policy = draft(
            "steps:\n- policy: respond\n  if: {value: '${header.x}', matches: '{{value}}+', not: true}", VALUE
        )
        (found,) = mediated(policy, value="8").request
        assert found.conditions == (Condition(value="${header.x}", matches="8+", negated=True),)
        with pytest.raises(Invalid, match=r"step 1 \(respond\): if: '\(\+' is no regular expression"):
            mediated(draft("steps:\n- policy: respond\n  if: {value: a, matches: '{{p}}+'}", {"name": "p"}), p="(")

    @pytest.mark.parametrize(
        ("policy", "more", "expected"),
        [
            (draft("<respond/>"), {"flow": "fault"}, "'stamp' cannot stand in the fault flow"),
            (draft("<script/>"), {}, "'stamp' v1 cannot be run: line 1: <script> cannot be run here"),
            (
                draft('<property name="HTTP_SC" value="201" scope="axis2"/>'),
                {},
                "step 1 (setStatus) cannot stand in the request flow",
            ),
            (
                draft("<respond/>", supportedApiTypes=[{"apiType": "SOAP"}]),
                {},
                "'stamp' is for APIs of type SOAP, not HTTP",
            ),
            (draft("<respond/>", supportedGateways=["ChoreoConnect"]), {}, "it has no definition for this gateway"),
            (draft("<respond/>", {"name": "a", "validationRegex": "(?=a)"}), {}, "policyAttributes.0.validationRegex"),
        ],
    )
    def test_what_cannot_be_run_there_is_refused(self, policy: Draft, more: dict[str, str], expected: str) -> None:
        with pytest.raises(Invalid) as refused:
            attached(policy, **more)
        assert refused.value.fields[0].path == f"apiPolicies.{more.get('flow', 'request')}.0.policyName"
        assert expected in refused.value.description

    def test_a_value_that_makes_a_step_impossible_is_refused_with_the_step(self) -> None:
        policy = draft(STAMP, {"name": "name"}, VALUE, WANTED)
        with pytest.raises(Invalid, match=r"step 1 \(setHeader\)\.headerName"):
            attached(policy, name="no header")


@pytest.mark.parametrize(
    ("data", "code", "path"),
    [
        ({"name": "../x"}, 903211, "name"),
        ({"version": "one two"}, 903211, "version"),
        ({"applicableFlows": ["in"]}, 902006, "applicableFlows"),
        ({"policyAttributes": [{"name": "a"}, {"name": "a"}]}, 902006, "policyAttributes.1.name"),
        ({"supportedApiTypes": [{}]}, 902006, "supportedApiTypes"),
        ({"policyAttributes": [{"name": "a", "defaultValue": {}}]}, 902006, "policyAttributes.0.defaultValue"),
        ({"policyAttributes": [{"name": "a", "allowedValues": [[]]}]}, 902006, "policyAttributes.0.allowedValues"),
    ],
)
def test_400_a_specification_that_is_none_is_refused_with_its_field(data: dict[str, Any], code: int, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        draft("<respond/>", **data)
    assert refused.value.code == code
    assert refused.value.fields[0].path == f"policySpecFile.{path}"


def test_a_definition_full_of_beginnings_is_read_in_no_time() -> None:
    begin = time.perf_counter()
    assert problem("{#" * 25_000).startswith("definition.json")
    assert problem("<a>" * 15_000).startswith("line 1")
    assert time.perf_counter() - begin < 1


def test_400_a_policy_that_no_row_could_hold() -> None:
    with pytest.raises(Invalid, match="at most 50000 bytes"):
        draft(" " * 50_001)
