"""Who changes an API names the version that they have read, and is refused when there is another one (RFC 9110 §13.1.1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.domain.applications.application import Application, Subscription
from gatehouse.domain.people.identity import SUPER_TENANT
from tests.asyncapi_texts import STREETLIGHTS_2, STREETLIGHTS_3
from tests.graphql_texts import SDL
from tests.worlds import publisher_graphql, publisher_streaming
from tests.worlds.forms import multipart
from tests.worlds.publisher import PublisherWorld, definition, member, properties
from tests.wsdl_texts import WSDL_11, WSDL_20

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.callers import Reply

PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture(params=["/apis", "/api-products"])
def path(request: pytest.FixtureRequest, world: PublisherWorld) -> str:
    """Of an API, and of a product."""
    api = world.design()
    if request.param == "/apis":
        return f"/apis/{api['id']}"
    return f"/api-products/{world.product(member(api['id'], 'GET /menu'))['id']}"


def change(world: PublisherWorld, path: str, description: str, tag: str) -> Reply:
    body: dict[str, Any] = {**world.made("GET", path), "description": description}
    return world.call("PUT", path, body, headers={"If-Match": tag})


def test_a_change_of_the_version_that_was_read_holds_and_the_next_version_has_another_tag(
    world: PublisherWorld, path: str
) -> None:
    read = world.call("GET", path).headers["ETag"]
    changed = change(world, path, "Mine", read)
    assert (changed.status, changed.json["description"]) == (200, "Mine")
    assert changed.headers["ETag"] == world.call("GET", path).headers["ETag"] != read


@pytest.mark.parametrize("spelled", ["{}", "W/{}", '"menu", {}', "{} nonsense"])
def test_412_for_a_version_that_another_has_replaced_and_theirs_stays(
    world: PublisherWorld, path: str, spelled: str
) -> None:
    read = world.call("GET", path).headers["ETag"]
    assert change(world, path, "Theirs", read).status == 200
    refused = change(world, path, "Mine", spelled.format(read))
    assert (refused.status, refused.json["code"]) == (412, 412)
    assert world.made("GET", path)["description"] == "Theirs"
    assert world.call("DELETE", path, headers={"If-Match": read}).status == 412


def test_a_list_of_tags_and_any_version_are_taken(world: PublisherWorld, path: str) -> None:
    read = world.call("GET", path).headers["ETag"]
    assert change(world, path, "One of them", f'"999", {read}').status == 200
    assert change(world, path, "Whichever", "*").status == 200
    assert world.call("DELETE", path, headers={"If-Match": "*"}).status == 200


def test_a_definition_has_the_tag_of_its_api(world: PublisherWorld) -> None:
    made = world.imported()
    path, read = f"/apis/{made.json['id']}/swagger", made.headers["ETag"]
    assert world.call("GET", path).headers["ETag"] == read
    body, headers = multipart({"file": json.dumps(definition("Pasta")).encode()})
    assert world.call("PUT", path, body, headers={**headers, "If-Match": read}).headers["ETag"] != read
    refused = world.call("PUT", path, body, headers={**headers, "If-Match": read})
    assert refused.status == 412


@dataclass(frozen=True)
class Piece:
    """Something that is read at one path and changed at one, in two ways: JSON, or the files of a form."""

    read: str
    path: str
    changes: tuple[dict[str, Any], dict[str, Any]]
    method: str = "PUT"

    def change(self, world: PublisherWorld, number: int, tag: str) -> Reply:
        sent: Any = self.changes[number]
        headers = {"If-Match": tag}
        if all(isinstance(one, bytes) for one in sent.values()):
            sent, form = multipart(sent)
            headers |= form
        return world.call(self.method, self.path, sent, headers=headers)


def asyncapi(world: PublisherWorld) -> Piece:
    path = f"/apis/{publisher_streaming.made(world)['id']}/asyncapi"
    return Piece(path, path, ({"apiDefinition": STREETLIGHTS_3}, {"apiDefinition": STREETLIGHTS_2}))


def topics(world: PublisherWorld) -> Piece:
    api = f"/apis/{publisher_streaming.made(world)['id']}"
    one, other = ({"list": [{"name": name, "mode": "SUBSCRIBE", "description": ""}]} for name in ("a", "b"))
    return Piece(f"{api}/asyncapi", f"{api}/topics", (one, other))


def wsdl(world: PublisherWorld) -> Piece:
    about = properties(name="Phone", endpointConfig=None)
    api_id = world.form("POST", "/apis/import-wsdl", file=WSDL_11, additionalProperties=about).json["id"]
    path = f"/apis/{api_id}/wsdl"
    return Piece(path, path, ({"file": WSDL_20}, {"file": WSDL_11}))


def graphql_schema(world: PublisherWorld) -> Piece:
    path = f"/apis/{publisher_graphql.made(world)}/graphql-schema"
    mine, theirs = SDL + b"# mine", SDL + b"# theirs"
    return Piece(path, path, ({"schemaDefinition": mine}, {"schemaDefinition": theirs}))


def complexity(world: PublisherWorld) -> Piece:
    path = f"/apis/{publisher_graphql.made(world)}/graphql-policies/complexity"
    one, other = ({"list": [{"type": "Query", "field": "menu", "complexityValue": cost}]} for cost in (2, 3))
    return Piece(path, path, (one, other))


def document(world: PublisherWorld, owner: str = "") -> Piece:
    body = {"name": "Guide", "type": "HOWTO", "sourceType": "INLINE", "summary": "First"}
    documents = f"{owner or '/apis/' + world.design()['id']}/documents"
    path = f"{documents}/{world.made('POST', documents, body)['documentId']}"
    return Piece(path, path, ({**body, "summary": "Mine"}, {**body, "summary": "Theirs"}))


def document_of_a_product(world: PublisherWorld) -> Piece:
    product = world.product(member(world.design()["id"], "GET /menu"))
    return document(world, f"/api-products/{product['id']}")


def thumbnail(world: PublisherWorld) -> Piece:
    path = f"/apis/{world.design()['id']}/thumbnail"
    assert world.form("PUT", path, file=PNG).status == 201
    return Piece(path, path, ({"file": PNG + b"1"}, {"file": PNG + b"2"}))


def comment(world: PublisherWorld) -> Piece:
    comments = f"/apis/{world.design()['id']}/comments"
    path = f"{comments}/{world.made('POST', comments, {'content': 'Good'})['id']}"
    return Piece(path, path, ({"content": "Better"}, {"content": "Worse"}), "PATCH")


PIECES = (asyncapi, topics, wsdl, graphql_schema, complexity, document, document_of_a_product, thumbnail, comment)


@pytest.mark.parametrize("of", PIECES, ids=lambda made: made.__name__)
def test_of_two_changes_of_one_version_the_second_is_refused_and_the_first_stays(
    world: PublisherWorld, of: Callable[[PublisherWorld], Piece]
) -> None:
    piece = of(world)
    read = world.call("GET", piece.read).headers["ETag"]
    first = piece.change(world, 0, read)
    kept = world.call("GET", piece.read)
    assert (first.status in {200, 201}, first.headers["ETag"]) == (True, kept.headers["ETag"])
    assert kept.headers["ETag"] != read
    second = piece.change(world, 1, read)
    assert (second.status, second.json["code"]) == (412, 412)
    assert world.call("GET", piece.read).text == kept.text
    assert piece.change(world, 1, kept.headers["ETag"]).status in {200, 201}


def test_412_what_is_written_in_a_document_and_its_deletion_name_its_version_too(world: PublisherWorld) -> None:
    piece = document(world)
    old = world.call("GET", piece.path).headers["ETag"]
    body, form = multipart({"inlineContent": "Theirs"})
    written = world.call("POST", f"{piece.path}/content", body, headers={**form, "If-Match": old})
    assert (written.status, written.headers["ETag"]) == (201, world.call("GET", piece.path).headers["ETag"])
    for method, path in (("POST", f"{piece.path}/content"), ("DELETE", piece.path)):
        assert world.call(method, path, body, headers={**form, "If-Match": old}).status == 412
    content = world.call("GET", f"{piece.path}/content")
    assert (content.text, content.headers["ETag"]) == ("Theirs", written.headers["ETag"])


def test_412_a_comment_that_was_edited_is_not_deleted_for_what_it_said_before(world: PublisherWorld) -> None:
    piece = comment(world)
    old = world.call("GET", piece.path).headers["ETag"]
    assert piece.change(world, 0, old).status == 200
    assert world.call("DELETE", piece.path, headers={"If-Match": old}).status == 412
    assert world.made("GET", piece.path)["content"] == "Better"


def test_412_a_state_is_not_changed_for_an_api_that_is_another_by_now(world: PublisherWorld, path: str) -> None:
    read = world.call("GET", f"{path}/lifecycle-state").headers["ETag"]
    assert change(world, path, "Theirs", read).status == 200
    collection, _, api_id = path.rpartition("/")
    query = {"action": "Publish", "apiProductId" if "products" in path else "apiId": api_id}
    refused = world.call("POST", f"{collection}/change-lifecycle", query=query, headers={"If-Match": read})
    assert refused.status == 412
    now = world.call("GET", path).headers["ETag"]
    moved = world.call("POST", f"{collection}/change-lifecycle", query=query, headers={"If-Match": now})
    assert (moved.status, moved.headers["ETag"]) == (200, world.call("GET", path).headers["ETag"])


def test_412_a_subscription_is_not_steered_for_what_it_was_before(world: PublisherWorld) -> None:
    api_id = world.design(policies=["Unlimited", "Gold"])["id"]
    application = world.applications.add(
        Application(tenant=SUPER_TENANT, id="phone", name="Phone", owner="mary", policy="Unlimited")
    )
    wanted = Subscription(tenant=SUPER_TENANT, id="one", application_id="phone", api_id=api_id, policy="Unlimited")
    world.kept_subscriptions.add(wanted, application, world.apis.get(SUPER_TENANT, api_id))

    def steer(what: str, tag: str, **query: str) -> Reply:
        query = {"subscriptionId": "one", **query}
        return world.call("POST", f"/subscriptions/{what}", query=query, headers={"If-Match": tag})

    blocked = steer("block-subscription", "*", blockState="BLOCKED")
    moved = steer("change-business-plan", blocked.headers["ETag"], businessPlan="Gold")
    assert (moved.status, moved.json["throttlingPolicy"]) == (200, "Gold")
    assert steer("unblock-subscription", blocked.headers["ETag"]).status == 412
    assert steer("change-business-plan", blocked.headers["ETag"], businessPlan="Unlimited").status == 412
    assert steer("unblock-subscription", moved.headers["ETag"]).json["subscriptionStatus"] == "UNBLOCKED"


def test_descriptions_of_mocks_do_not_replace_a_definition_that_was_changed_meanwhile(
    world: PublisherWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/apis/{world.imported().json['id']}"
    described = world.call("POST", f"{path}/generate-mock-scripts")
    assert described.headers["ETag"] == world.call("GET", path).headers["ETag"]
    module = "functions.publisher.mediation.mock_scripts.with_descriptions"

    def meanwhile(document: dict[str, Any]) -> dict[str, Any]:
        assert change(world, path, "Theirs", "*").status == 200
        return document

    monkeypatch.setattr(module, meanwhile)
    assert world.call("POST", f"{path}/generate-mock-scripts").status == 409
    assert world.made("GET", path)["description"] == "Theirs"
