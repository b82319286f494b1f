"""The query syntax of searches."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.apis.api import Api, summary_of
from gatehouse.domain.portal.search import matching, terms_of
from gatehouse.domain.publishing.lifecycle import LifecycleState


def summary(name: str, **document: Any) -> Any:
    return summary_of(
        Api(
            tenant="carbon.super",
            id=name,
            name=name,
            version=document.pop("version", "1.0.0"),
            context=document.pop("context", f"/{name.lower()}"),
            provider=document.pop("provider", "admin"),
            state=document.pop("state", LifecycleState.CREATED),
            document=document,
            definition="",
            created_at=1,
            updated_at=1,
            updated_by="admin",
        )
    )


EVERYTHING = [
    summary("Pizza", tags=["food", "italian"], description="Round\nand hot", labels=["eu"], categories=["Meals"]),
    summary("PizzaPlus", version="1.0.0-beta", state=LifecycleState.PUBLISHED, provider="chef", displayName="Calzone"),
    summary("Weather", type="SOAP", additionalProperties=[{"name": "Team", "value": "blue sky"}]),
    summary("Feast", type="APIProduct", apis=[], context="/{version}/feast", version="2"),
    summary("Bank", advertiseInfo={"advertised": True}, subtypeConfiguration={"subtype": "AIAPI"}),
]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Pizza", "PizzaPlus", "Weather", "Feast", "Bank"]),
        ("pizza", ["Pizza", "PizzaPlus"]),
        ('name:"pizza"', ["Pizza"]),
        ('name:"Pizza" version:"1.0.0"', ["Pizza"]),
        ("name:pi*plus", ["PizzaPlus"]),
        ("calzone", ["PizzaPlus"]),
        ("version:beta", ["PizzaPlus"]),
        ("context:/pizza", ["Pizza", "PizzaPlus"]),
        ("context:/2/feast", ["Feast"]),
        ('contexttemplate:"/pizza/{version}"', ["Pizza"]),
        ("provider:chef", ["PizzaPlus"]),
        ("status:published", ["PizzaPlus"]),
        ("lcState:CREATED pizza", ["Pizza"]),
        ("description:hot", ["Pizza"]),
        ("description:round*hot", ["Pizza"]),
        ("tags:food", ["Pizza"]),
        ('tag:"foo"', []),
        ("type:SOAP", ["Weather"]),
        ('type:"APIProduct"', ["Feast"]),
        ("subtype:AIAPI", ["Bank"]),
        ("thirdparty:true", ["Bank"]),
        ("label:eu", ["Pizza"]),
        ("api-category:meals", ["Pizza"]),
        ('team:"blue sky"', ["Weather"]),
        ("team:blue", ["Weather"]),
        ("nobody-has-this:blue", []),
        ("name:.*", []),
        ("enablestore:true bank", ["Bank"]),
    ],
)
def test_a_query_finds_exactly_what_matches_all_its_terms(query: str, names: list[str]) -> None:
    assert [found.name for found in matching(EVERYTHING, query)] == names


def test_terms_are_read_in_order_whatever_their_case() -> None:
    terms = terms_of('Name:"A b" c content: word')
    assert [(term.attribute, term.value) for term in terms] == [("name", "A b"), ("", "c"), ("content", "word")]
