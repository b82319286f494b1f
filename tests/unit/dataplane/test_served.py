"""Path matching, for whatever templates an API has and whatever path is asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gatehouse.dataplane.served import ServedApi, path_variables
from gatehouse.domain.deployed import DeployedOperation
from tests.calls import menu_api

LITERALS = st.text(st.characters(blacklist_characters="/{}*", codec="utf-8"), min_size=1, max_size=6)
PARAMETERS = st.sampled_from(["{id}", "{name}", "{item-id}"])
TEMPLATES = st.builds(
    lambda segments, ending: "/" + "/".join(segments) + ending,
    st.lists(LITERALS | PARAMETERS | st.builds("{}{}".format, LITERALS, PARAMETERS), min_size=1, max_size=4),
    st.sampled_from(["", "/*"]),
)
PATHS = st.text(st.characters(codec="utf-8"), max_size=20).map(lambda path: f"/{path}")


def served(*templates: str) -> ServedApi:
    operations = tuple(DeployedOperation(verb="GET", target=template) for template in templates)
    return ServedApi(menu_api(operations=operations).to_body(), "PUBLISHED")


def filled(template: str, value: str) -> str:
    for name in ("{id}", "{name}", "{item-id}"):
        template = template.replace(name, value)
    return template.removesuffix("/*")


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
