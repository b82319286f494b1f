"""Overrides of rulesets: for some files, and below some places in them, as Spectral has them."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.adapters.linting import SpectralLinter
from gatehouse.adapters.linting.overrides import Glob
from gatehouse.domain.publishing.governance import RulesetInvalid

LINTER = SpectralLinter()
FILE = "Pizza-1.0.0/Definitions/swagger.yaml"
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pizza", "version": "1"},
    "paths": {
        "/users/{id}": {"put": {"responses": {}}, "delete": {"responses": {}}},
        "/users/{id}/pets": {"get": {"responses": {}}},
    },
}
RULES = """
aliases: {Operation: ["$.paths[*][get,put,delete]"]}
rules:
  named: {given: "#Operation", severity: error, then: {field: operationId, function: truthy}}
  titled: {given: $.info, severity: error, then: {field: description, function: truthy}}
"""
NAMED = tuple(f"paths./users/{{id}}{one}.operationId" for one in (".put", ".delete", "/pets.get"))
ALL = sorted([*(f"ERROR named {path}" for path in NAMED), "ERROR titled info.description"])


def found(more: str, file: str = FILE) -> list[str]:
    """The findings of those rules with these overrides, by severity, rule and path."""
    findings = LINTER.lint((RULES + more).encode(), DOCUMENT, file=file, seconds=10)
    return sorted(f"{one.severity} {one.rule} {one.path}" for one in findings)


@pytest.mark.parametrize(
    ("glob", "is_meant"),
    [
        ("*", True),
        ("**", True),
        ("*.yaml", True),
        ("swagger.yaml", True),
        ("asyncapi.yaml", False),
        ("**/*.yaml", True),
        ("./**/swagger.yaml", True),
        ("Pizza-*/**", True),
        ("Pizza-1.?.0/Definitions/*", True),
        ("{Taxi,Pizza}-[0-9].*/**/*.{json,yaml}", True),
        ("{Taxi,Bus}-*/**", False),
        ("Definitions/*.yaml", False),
        ("*/swagger.yaml", False),
        ("**/**/**/swagger.yaml", True),
        ("pizza-*/**", False),
        ("legacy/**/*.oas.json", False),
    ],
)
def test_files_are_named_by_globs(glob: str, *, is_meant: bool) -> None:
    overridden = found(f"overrides: [{{files: ['{glob}'], rules: {{named: off}}}}]")
    assert overridden == (["ERROR titled info.description"] if is_meant else ALL)


def test_globs_of_many_alternatives_and_folders_end() -> None:
    assert not Glob("{a,b}" * 30 + "/" + "**/" * 5000 + "*/" * 50, ()).matches(FILE)


def test_what_is_overridden_is_a_ruleset_itself() -> None:
    override = """
overrides:
  - files: ["Pizza-*/**"]
    extends: [[spectral:oas, off]]
    aliases: {Operation: ["$.paths[*][get]"], Info: ["$.info"]}
    rules:
      named: warn
      info-contact: true
      termed: {given: "#Info", then: {field: termsOfService, function: truthy}}
"""
    assert found(override) == [
        "ERROR titled info.description",
        "WARN info-contact info.contact",
        f"WARN named {NAMED[2]}",
        "WARN termed info.termsOfService",
    ]
    assert found(override, "Taxi-1.0.0/Definitions/swagger.yaml") == ALL


def test_of_several_overrides_the_last_wins() -> None:
    assert found("""
overrides:
  - {files: ["**"], rules: {named: off, titled: off}}
  - {files: ["*.yaml"], rules: {titled: hint}}
""") == ["INFO titled info.description"]


def test_below_a_place_rules_are_of_other_severities_and_the_closest_place_wins() -> None:
    assert found("""
overrides:
  - files: ["**#/paths/~1users~1%7Bid%7D/put"]
    rules: {named: off}
  - files: ["**/swagger.yaml#/paths", "**#/nowhere"]
    rules: {named: warn}
  - files: ["legacy/**/*.oas.json#/info"]
    rules: {titled: off}
""") == ["ERROR titled info.description", *sorted(f"WARN named {path}" for path in NAMED[1:])]


def test_the_older_form_switches_rules_off() -> None:
    assert found("""
except:
  "swagger.yaml#/paths/~1users~1{id}~1pets": [named]
  "**/swagger.yaml#": [titled]
  elsewhere.yaml: [named]
""") == sorted(f"ERROR named {path}" for path in NAMED[:2])


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("overrides: {}", "overrides"),
        ("overrides: [{rules: {named: off}}]", "overrides.0.files"),
        ("overrides: [{files: ['*']}]", "overrides.0.rules"),
        ("overrides: [{files: ['*'], rules: {nobody: off}}]", "overrides.0.rules.nobody"),
        ("overrides: [{files: ['*'], rules: {named: awful}}]", "overrides.0.rules.named"),
        ("overrides: [{files: ['*'], rules: {one: {given: $}}}]", "overrides.0.rules.one.then"),
        ("overrides: [{files: ['*#/info'], rules: {titled: {given: $}}}]", "overrides.0.rules.titled"),
        ("overrides: [{files: ['*#/info'], extends: 'spectral:oas'}]", "overrides.0.extends"),
        ("overrides: [{files: ['*'], extends: './other.yaml'}]", "overrides.0.extends.0"),
        ("overrides: [{files: ['*'], rules: {named: off}, functions: [shout]}]", "overrides.0.functions"),
        ("except: [named]", "except"),
        ("except: {a.yaml: [nobody]}", "except.a.yaml.rules.nobody"),
    ],
)
def test_what_is_no_override_is_refused_with_its_place(more: str, path: str) -> None:
    with pytest.raises(RulesetInvalid) as refused:
        LINTER.rules((RULES + more).encode())
    assert path in {one.path for one in refused.value.fields}
