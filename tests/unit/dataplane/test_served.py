"""Path matching, for whatever templates an API has and whatever path is asked for."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from gatehouse.dataplane.knowledge.served import ServedApi, path_variables
from gatehouse.domain.publishing.deployed import DeployedOperation
from tests.calls import menu_api

LITERALS = st.text(st.characters(blacklist_characters="/{}*", codec="utf-8"), min_size=1, max_size=6)
PARAMETERS = st.sampled_from(["{id}", "{name}", "{item-id}"])
TEMPLATES = st.builds(
    lambda segments, ending: "/" + "/".join(segments) + ending,
    st.lists(LITERALS | PARAMETERS | st.builds("{}{}".format, LITERALS, PARAMETERS), min_size=1, max_size=4),
    st.sampled_from(["", "/*"]),
)
SEGMENTS = st.sampled_from(["a", "b", "", "{id}", "{name}", "a{id}", "{id}b", "{id}-{name}", "{", "*"])
CROWDED = st.builds(
    lambda segments, ending: "/".join(["", *segments]) + ending,
    st.lists(SEGMENTS, max_size=3),
    st.sampled_from(["", "/", "/*"]),
)
"""Templates that are often about the same paths."""

PATHS = st.text(st.characters(codec="utf-8"), max_size=20).map(lambda path: f"/{path}")


def served(*templates: str) -> ServedApi:
    operations = tuple(DeployedOperation(verb="GET", target=template) for template in templates)
    return ServedApi(menu_api(operations=operations).to_body(), "PUBLISHED")


def filled(template: str, value: str) -> str:
    for name in ("{id}", "{name}", "{item-id}"):
        template = template.replace(name, value)
    return template.removesuffix("/*")


def found_one_by_one(templates: list[str], path: str) -> str | None:
    """What matching is defined as: exact paths, then templates, then wildcards, each with the most literal text first."""

    def literal_length(template: str) -> int:
        return len(re.sub(r"\{[^/{}]+\}", "", template.removesuffix("/*")))

    def matches(template: str, ending: str) -> bool:
        literals = re.split(r"\{[^/{}]+\}", template.removesuffix("/*").rstrip("/"))
        return re.fullmatch("[^/]+".join(map(re.escape, literals)) + ending, bare, re.DOTALL) is not None

    bare = path.rstrip("/") or "/"
    ordered = sorted(templates, key=literal_length, reverse=True)
    exact = [one for one in templates if "{" not in one and not one.endswith("/*") and (one.rstrip("/") or "/") == bare]
    templated = [one for one in ordered if "{" in one and not one.endswith("/*") and matches(one, "")]
    wild = [one for one in ordered if one.endswith("/*") and matches(one, "(?:/.*)?")]
    return next(iter([*exact, *templated, *wild]), None)


@given(
    templates=st.lists(CROWDED | TEMPLATES, max_size=8, unique_by=lambda template: template.rstrip("/") or "/"),
    path=st.lists(st.sampled_from(["a", "b", "", "ab", "a-b", "7", "{", "*"]), max_size=4).map("/".join) | PATHS,
)
@example(templates=["/{id}/b", "/a/{id}"], path="/a/b")
@example(templates=["/a/{id}/*", "/a/*", "/{id}/b/*"], path="/a/b/b")
def test_the_tree_finds_what_trying_one_template_after_the_other_finds(templates: list[str], path: str) -> None:
    expected = found_one_by_one(templates, f"/{path}")
    verbs = served(*templates).verbs(f"/{path}")
    assert (verbs["GET"].target if verbs else None) == expected


def test_a_path_with_a_line_break_is_not_the_one_without() -> None:
    api = served("/{table}/rows", "/files/*")
    assert api.verbs("/7/rows\n") is None
    assert api.verbs("/files/a\nb") is not None


@given(templates=st.lists(TEMPLATES, max_size=5, unique=True), path=PATHS)
def test_any_path_is_matched_or_not_and_only_by_what_the_api_has(templates: list[str], path: str) -> None:
    verbs = served(*templates).verbs(path)
    assert verbs is None or verbs["GET"].target in templates


@given(template=TEMPLATES, value=LITERALS, others=st.lists(TEMPLATES, max_size=3))
def test_a_template_matches_every_path_that_is_made_of_it(template: str, value: str, others: list[str]) -> None:
    assert served(*dict.fromkeys([template, *others])).verbs(filled(template, value)) is not None


@given(
    path=st.lists(LITERALS, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts)), others=st.lists(TEMPLATES)
)
def test_an_exact_path_wins_over_every_template(path: str, others: list[str]) -> None:
    verbs = served(*dict.fromkeys([*others, path])).verbs(path)
    assert verbs is not None
    assert verbs["GET"].target == path


@given(template=TEMPLATES, path=PATHS)
def test_variables_are_those_of_the_template_and_hold_no_slash(template: str, path: str) -> None:
    found = path_variables(template, path)
    assert all(f"{{{name}}}" in template and value and "/" not in value for name, value in found.items())


def test_paths_that_differ_in_names_alone_are_one_with_the_verbs_of_all() -> None:
    operations = tuple(DeployedOperation(verb=verb, target=f"/a/{{{verb}}}/*") for verb in ("GET", "DELETE"))
    verbs = ServedApi(menu_api(operations=operations).to_body(), "PUBLISHED").verbs("/a/7/b")
    assert verbs is not None
    assert {verb: one.target for verb, one in verbs.items()} == {"GET": "/a/{GET}/*", "DELETE": "/a/{DELETE}/*"}
