"""Rulesets are run as Spectral runs them, as far as they hold no code; what they hold instead is refused by place and line."""

from __future__ import annotations

import time
from typing import Any

import pytest

from gatehouse.adapters.linting import SpectralLinter, shipped_rulesets
from gatehouse.adapters.linting.paths import Selection
from gatehouse.adapters.linting.ruleset import INHERITED, shipped
from gatehouse.adapters.linting.scanning import PathUnusable
from gatehouse.domain.publishing.governance import RulesetInvalid, Severity

LINTER = SpectralLinter()
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pizza", "version": "1"},
    "servers": [{"url": "http://one"}, {"url": "https://two"}],
    "tags": [{"name": "b"}, {"name": "a"}],
    "paths": {
        "/menu": {
            "get": {
                "parameters": [{"name": "Q", "in": "query", "schema": {"$ref": "#/components/schemas/Word"}}],
                "responses": {"200": {"$ref": "#/components/responses/Menu"}, "404": {}},
            },
            "post": {"deprecated": False},
        },
        "/the_orders": {"put": {"deprecated": True, "x-note": "old"}},
    },
    "components": {
        "responses": {"Menu": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Word"}}}}},
        "schemas": {
            "Word": {"type": "string", "enum": ["a", 1]},
            "loop": {"items": {"$ref": "#/components/schemas/loop"}},
        },
    },
}


def lint(rules: str, document: Any = DOCUMENT, seconds: float = 10) -> list[tuple[str, str, str]]:
    """Rule, path and message of every finding of these rules."""
    found = LINTER.lint(rules.encode(), document, file="swagger.yaml", seconds=seconds)
    return [(one.rule, one.path, one.message) for one in found]


def paths(rule: str) -> list[str]:
    return [path for _, path, _ in lint(f"rules:\n  one: {rule}\n")]


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(RulesetInvalid) as refused:
        LINTER.rules(text.encode())
    return [(one.path, one.problem) for one in refused.value.fields]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [""]),
        ("$.paths[*]~", ["paths./menu", "paths./the_orders"]),
        ("$.paths[*][get,put]", ["paths./menu.get", "paths./the_orders.put"]),
        ("$.paths[*]['get','put']", ["paths./menu.get", "paths./the_orders.put"]),
        ("$..parameters[?(@.in === 'query')].name", ["paths./menu.get.parameters.0.name"]),
        ("$.paths[*][?(@property === 'get')]", ["paths./menu.get"]),
        ("$.paths.*.*.responses[?(@property.match(/^2/))]", ["paths./menu.get.responses.200"]),
        ("$.paths.*.*.responses[?(@property >= 400 && @property < 500)]", ["paths./menu.get.responses.404"]),
        ("$.paths[*][get,put].responses[200]", ["paths./menu.get.responses.200"]),
        ("$.paths[?(/^.the/.test(@property))]", ["paths./the_orders"]),
        ("$.servers[?(@.url.length > 10)].url", ["servers.1.url"]),
        ("$.servers[?(!@.url.startsWith('https'))]", ["servers.0"]),
        ("$.paths[*][?(@.deprecated)]", ["paths./the_orders.put"]),
        ("$.paths[*][?(@ && @.deprecated === false)]", ["paths./menu.post"]),
        ("$.paths[*].put.x-note", ["paths./the_orders.put.x-note"]),
        ("$..parameters^", ["paths./menu.get"]),
        ("$.paths[*][*].deprecated^~", ["paths./menu.post", "paths./the_orders.put"]),
        ("$.servers[0].url", ["servers.0.url"]),
        ("$..$ref", ["a.$ref"]),
    ],
)
def test_a_path_finds_what_it_finds_in_javascript(path: str, found: list[str]) -> None:
    document = {"a": {"$ref": "#/b"}} if path == "$..$ref" else DOCUMENT
    assert [".".join(map(str, one.path)) for one in Selection(path).of(document)] == found


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("paths", "must start with $"),
        ("$.paths[(@.length-1)]", "script"),
        ("$.a[?(@.b.indexOf('x') > 1)]", "'indexOf'"),
        ("$.a[?(eval(1))]", "'eval'"),
        ("$.a[?(@parent.b)]", "'@parent'"),
        ("$..*@string()", "by type"),
        ("$.a[?(@.b", "does not close"),
        ("$.a[?(@.b.match(/(/))]", "no regular expression"),
    ],
)
def test_what_a_path_cannot_mean_here_is_refused_by_name(path: str, problem: str) -> None:
    with pytest.raises(PathUnusable, match=problem.replace("$", r"\$").replace("(", r"\(")):
        Selection(path)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("{given: $.info, then: {field: contact, function: truthy}}", ["info.contact"]),
        ("{given: $.info, then: {field: title, function: falsy}}", ["info.title"]),
        ("{given: $.info, then: {field: x-id, function: defined}}", ["info.x-id"]),
        ("{given: $.info, then: {field: title, function: undefined}}", ["info.title"]),
        ("{given: '$.servers[*].url', then: {function: pattern, functionOptions: {match: '/^HTTPS/i'}}}", ["servers.0.url"]),
        ("{given: $.servers, then: {field: '1.url', function: pattern, functionOptions: {notMatch: two}}}", ["servers.1.url"]),
        ("{given: $.servers, then: {function: length, functionOptions: {max: 1}}}", ["servers"]),
        ("{given: '$.paths[*]~', then: {function: pattern, functionOptions: {match: '^(?!.*_)'}}}", ["paths./the_orders"]),
        (
            "{given: $.components.schemas, then: {field: '@key', function: casing, functionOptions: {type: pascal}}}",
            ["components.schemas.loop"],
        ),
        ("{given: $.info.version, then: {function: enumeration, functionOptions: {values: ['2', '3']}}}", ["info.version"]),
        ("{given: $.info, then: {function: schema, functionOptions: {schema: {required: [contact]}}}}", ["info"]),
        ("{given: $.tags, then: {function: alphabetical, functionOptions: {keyedBy: name}}}", ["tags"]),
        ("{given: $.info, then: {function: xor, functionOptions: {properties: [title, version]}}}", ["info"]),
        ("{given: $.info, then: {function: or, functionOptions: {properties: [contact, license]}}}", ["info"]),
        ("{given: $.components.schemas.Word, then: {function: typedEnum}}", ["components.schemas.Word.enum.1"]),
        (
            (
                "{given: $.components.responses, then: {function: unreferencedReusableObject, "
                "functionOptions: {reusableObjectsLocation: '#/components/other'}}}"
            ),
            ["components.responses.Menu"],
        ),
    ],
)  # fmt: skip
def test_each_function_finds_what_it_is_for(rule: str, found: list[str]) -> None:
    assert paths(rule) == found


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("camel", "fooBar2", "FooBar"),
        ("pascal", "FooBar", "fooBar"),
        ("kebab", "foo-bar", "foo_bar"),
        ("snake", "foo_bar", "foo-bar"),
        ("macro", "FOO_BAR", "Foo_Bar"),
        ("cobol", "FOO-BAR", "FOO_BAR"),
        ("flat", "foobar", "fooBar"),
    ],
)
def test_names_are_spelled_in_seven_ways(name: str, right: str, wrong: str) -> None:
    rules = f"rules:\n  one: {{given: $.n, then: {{function: casing, functionOptions: {{type: {name}}}}}}}\n"
    assert lint(rules, {"n": right}) == []
    assert len(lint(rules, {"n": wrong})) == 1


def test_what_is_referred_to_is_judged_in_its_place_and_told_once_where_it_is_written() -> None:
    rule = "{given: '$.paths..schema', then: {field: description, function: truthy}}"
    assert paths(rule) == ["components.schemas.Word.description"]
    unresolved = "{given: '$.paths..schema', resolved: false, then: {field: $ref, function: falsy}}"
    assert paths(unresolved) == ["paths./menu.get.parameters.0.schema.$ref"]


def test_a_message_says_what_a_rule_wants_said() -> None:
    rule = """
rules:
  one:
    description: About titles
    message: "{{property}} of {{path}} ({{value}}): {{error}} [{{description}}]"
    given: $.info
    then: {field: title, function: falsy}
"""
    [(_, _, message)] = lint(rule)
    assert message == "title of info.title (Pizza): must be absent, empty, 0 or false [About titles]"


def test_severities_are_words_or_numbers_and_off_is_off() -> None:
    text = "\n".join(
        f"  r{index}: {{severity: {severity}, given: $, then: {{function: truthy}}}}"
        for index, severity in enumerate(["error", "0", "warn", "1", "info", "hint", "off", "-1"])
    )
    found = {rule.name: rule.severity for rule in LINTER.rules(f"rules:\n{text}\n".encode())}
    assert found == {
        "r0": Severity.ERROR,
        "r1": Severity.ERROR,
        "r2": Severity.WARN,
        "r3": Severity.WARN,
        "r4": Severity.INFO,
        "r5": Severity.INFO,
    }


def test_a_rule_is_about_documents_of_its_formats() -> None:
    rules = "rules:\n  one: {formats: [%s], given: $, then: {field: x, function: truthy}}\n"
    for name, found in (("oas3", 1), ("oas3.0", 1), ("oas3_1", 0), ("oas2", 0), ("asyncapi2", 0)):
        assert len(lint(rules % name)) == found, name
    assert len(lint(rules % "aas2_6", {"asyncapi": "2.6.0"})) == 1


def test_aliases_stand_for_paths() -> None:
    rules = """
aliases:
  Item: ["$.paths[*]"]
  Operation: ["#Item[get,put]"]
rules:
  one: {given: "#Operation.responses", then: {field: "500", function: truthy}}
"""
    assert [path for _, path, _ in lint(rules)] == ["paths./menu.get.responses.500"]


def test_inherited_rules_are_switched_by_name() -> None:
    text = b"extends: [[spectral:oas, off]]\nrules:\n  info-contact: true\n  operation-tags: error\n"
    assert [(rule.name, rule.severity) for rule in LINTER.rules(text)] == [
        ("info-contact", Severity.WARN),
        ("operation-tags", Severity.ERROR),
    ]
    recommended = {rule.name for rule in LINTER.rules(b"extends: spectral:oas\nrules: {info-contact: off}\n")}
    assert "operation-tags" in recommended
    assert not recommended & {"info-contact", "info-license"}


def test_what_is_wrong_with_a_ruleset_is_told_at_once_with_its_lines() -> None:
    text = """\
functions: [mine]
rules:
  one:
    givn: $
    given: $
    then: {function: shout}
  two: warn
  three:
    severity: awful
    given: $
    then: {function: pattern, functionOptions: {match: "(", colour: red}}
"""
    found = dict(problems(text))
    assert set(found) == {
        "functions",
        "rules.one.givn",
        "rules.one.then.function",
        "rules.two",
        "rules.three.severity",
        "rules.three.then.functionOptions",
        "rules.three.then.functionOptions.colour",
    }
    assert found["rules.one.givn"].endswith("(line 4)")
    assert found["rules.three.then.functionOptions"].endswith("(line 11)")


@pytest.mark.parametrize(
    "text",
    [
        "rules: [",
        "- a list",
        "{}",
        "extends: https://elsewhere.example/rules.yaml",
        "extends: ./local.yaml",
        "rules: {one: {given: $, then: {function: schema, functionOptions: {schema: {$ref: 'https://x.example'}}}}}",
        "rules: {one: {given: '#Nothing', then: {function: truthy}}}",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: !!python/object:os.system {}\n",
        "overrides: [{files: ['*']}]\nrules: {}",
    ],
)
def test_what_is_no_ruleset_or_leads_elsewhere_is_refused(text: str) -> None:
    assert problems(text)


def test_a_pattern_and_a_path_that_would_take_for_ever_count_as_broken_soon() -> None:
    started = time.monotonic()
    slow = "rules:\n  one: {given: $.t, then: {function: pattern, functionOptions: {match: '^(a|aa)+(?=c)b$'}}}\n"
    [(_, _, message)] = lint(slow, {"t": "a" * 60})
    assert "too long" in message
    deep: Any = {"a": 1}
    for _ in range(8):
        deep = dict.fromkeys("abcd", deep)
    [(_, _, message)] = lint("rules:\n  one: {given: '$..*..*..x', then: {function: truthy}}\n", deep, seconds=0.5)
    assert "too long" in message
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", sorted(set(INHERITED.values())))
def test_rulesets_of_ours_are_valid_and_described(name: str) -> None:
    rules = LINTER.rules(shipped(name))
    assert len(rules) >= 7
    assert all(rule.description for rule in rules)


def test_three_rulesets_are_everybody_s() -> None:
    assert len(shipped_rulesets()) == 3
    for ruleset, content in shipped_rulesets().values():
        assert [rule.name for rule in ruleset.rules] == [rule.name for rule in LINTER.rules(content)]


def test_a_good_definition_breaks_none_of_our_rules_for_rest_and_a_bad_one_many() -> None:
    good = {
        "openapi": "3.0.3",
        "info": {"title": "Pizza", "version": "1.0.0", "description": "For dinner", "contact": {"name": "The cook"}},
        "paths": {
            "/menu-items/{itemId}": {
                "get": {
                    "operationId": "getItem",
                    "summary": "An item",
                    "tags": ["menu"],
                    "responses": {"200": {"description": "It"}, "404": {"description": "None"}},
                }
            }
        },
    }
    assert LINTER.lint(shipped("rest"), good, file="swagger.yaml", seconds=10) == []
    bad = {one.rule for one in LINTER.lint(shipped("rest"), DOCUMENT, file="swagger.yaml", seconds=10)}
    assert {"paths-kebab-case", "operation-id", "info-description", "enum-values-typed", "operation-described"} <= bad
