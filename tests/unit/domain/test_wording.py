"""What a definition says in words, and how much of it is kept."""

from __future__ import annotations

from typing import Any

from gatehouse.domain.apis.wording import CHARACTERS_MAX, shortened, texts_of_definition, words_of

DEFINITION: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1.0.0", "description": "Everything\n  for\tkitchens", "x-owner": "nobody"},
    "servers": [{"url": "https://backend.example", "description": "Inside"}],
    "tags": [{"name": "ovens", "description": "Hot things"}],
    "paths": {
        "/orders/{id}": {
            "x-throttling-tier": "Gold",
            "get": {
                "operationId": "readOrder",
                "summary": "One order",
                "tags": ["ovens"],
                "security": [{"default": ["inner"]}],
                "parameters": [{"name": "id", "in": "path", "description": "Which one"}],
                "responses": {"200": {"description": "There it is"}},
            },
        }
    },
    "components": {
        "schemas": {"Order": {"properties": {"default": {"enum": ["cancelled"], "example": "secretly"}}}},
        "securitySchemes": {"default": {"flows": {"implicit": {"scopes": {"inner": "Only for us"}}}}},
    },
}


def test_names_come_first_then_titles_then_descriptions() -> None:
    assert texts_of_definition(DEFINITION) == [
        *("ovens", "/orders/{id}", "readOrder", "ovens", "id", "Order", "default", "cancelled"),
        "One order",
        *("Everything\n  for\tkitchens", "Hot things", "Which one", "There it is"),
    ]


def test_words_are_lines_in_lower_case_each_once() -> None:
    assert words_of(["Ovens", "Für\n  alle", "", "ovens"]) == "ovens\nfür alle".encode()


def test_channels_messages_and_what_is_nested_in_schemas_are_names_too() -> None:
    payload = {"type": "object", "properties": {"lumens": {"type": "integer"}}}
    message = {"name": "lightMeasured", "title": "Light", "payload": payload}
    definition = {"asyncapi": "2.6.0", "channels": {"light/{street}/measured": {"publish": {"message": message}}}}
    assert texts_of_definition(definition) == ["light/{street}/measured", "lightMeasured", "lumens", "Light"]


def test_of_more_than_fits_each_word_is_kept_once_and_the_last_are_left_out() -> None:
    assert shortened("a b a", 5) == "a b a"
    assert shortened("a b a c", 5) == "a\nb\nc"
    repeated = words_of([f"the same again {number}" for number in range(3000)])
    assert repeated.split() == [b"the", b"same", b"again", *(str(number).encode() for number in range(3000))]
    assert len(words_of([f"word{number}" for number in range(5000)])) == CHARACTERS_MAX
