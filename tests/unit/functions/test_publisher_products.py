"""API products as providers design them: chosen operations, what is refused, and what the members are kept to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.callers import OTHER_TENANT
from tests.worlds.publisher import PublisherWorld, api, blamed, member

if TYPE_CHECKING:
    from tests.callers import Reply

UNHEARD = "00000000-0000-0000-0000-000000000000"
COOK = {"scope": {"name": "cook", "bindings": ["kitchen"]}}
GET_MENU, POST_ORDER = {"verb": "GET", "target": "/menu"}, {"verb": "POST", "target": "/orders", "scopes": ["cook"]}


@pytest.fixture
def world() -> PublisherWorld:
    return PublisherWorld()


@pytest.fixture
def pizza(world: PublisherWorld) -> str:
    """The id of an API with a menu and orders, which need a scope."""
    return str(world.design(operations=[GET_MENU, POST_ORDER], scopes=[COOK])["id"])


@pytest.fixture
def drinks(world: PublisherWorld) -> str:
    """The id of an API of beers."""
    return str(world.design("Drinks", operations=[{"verb": "GET", "target": "/beers/{id}"}])["id"])


def post(world: PublisherWorld, **more: Any) -> Reply:
    body = {"name": "Feast", "context": "/feast", "policies": ["Unlimited"]}
    return world.call("POST", "/api-products", {**body, **more})


def operations(product: Any) -> dict[str, list[str]]:
    return {one["name"]: [f"{op['verb']} {op['target']}" for op in one["operations"]] for one in product["apis"]}


def test_201_a_product_reads_as_it_was_answered(world: PublisherWorld, pizza: str, drinks: str) -> None:
    members = [member(pizza, "GET /menu"), member(drinks, "GET /beers/{id}")]
    made = post(world, apis=members, description="Food and drink")
    assert made.status == 201
    product_id = made.json["id"]
    assert made.headers["Location"] == f"/api/am/publisher/v4/api-products/{product_id}"
    assert operations(made.json) == {"Pizza": ["GET /menu"], "Drinks": ["GET /beers/{id}"]}
    told = [made.json[name] for name in ("version", "context", "state", "provider", "apiType")]
    assert told == ["1.0.0", "/feast", "CREATED", "admin", "APIPRODUCT"]
    assert world.made("GET", f"/api-products/{product_id}") == made.json


def test_operations_are_what_their_api_says_of_them(world: PublisherWorld, pizza: str) -> None:
    loosened = {"verb": "post", "target": "/orders", "scopes": [], "authType": "None", "throttlingPolicy": "10KPerMin"}
    product = world.product({"apiId": pizza, "operations": [loosened]})
    ((operation,),) = [entry["operations"] for entry in product["apis"]]
    assert (operation["scopes"], operation["throttlingPolicy"]) == (["cook"], "Unlimited")
    assert operation["authType"] == "Application & Application User"
    assert [entry["scope"]["name"] for entry in product["scopes"]] == ["cook"]


def test_a_limit_of_a_whole_api_holds_for_its_operations_in_a_product(world: PublisherWorld) -> None:
    capped = world.design("Capped", apiThrottlingPolicy="10KPerMin")["id"]
    product = world.product(member(capped, "GET /menu"))
    assert product["apis"][0]["operations"][0]["throttlingPolicy"] == "10KPerMin"


def test_no_secret_of_a_member_is_shown(world: PublisherWorld) -> None:
    security = {"production": {"enabled": True, "type": "BASIC", "username": "us", "password": "open sesame"}}
    config = {
        "endpoint_type": "http",
        "production_endpoints": {"url": "https://backend.example"},
        "endpoint_security": security,
    }
    locked = world.design("Locked", endpointConfig=config)["id"]
    made = post(world, apis=[member(locked, "GET /menu")])
    read = world.call("GET", f"/api-products/{made.json['id']}")
    assert made.status == 201
    for reply in (made, read):
        assert "sesame" not in reply.text
        assert "backend.example" not in reply.text


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"context": None}, "context"),
        ({"context": "/" + "x" * 60}, "context"),
        ({"version": "1 0"}, "version"),
        ({"policies": ["Platinum"]}, "policies.0"),
        ({"apiThrottlingPolicy": "Whatever"}, "apiThrottlingPolicy"),
        ({"visibility": "RESTRICTED"}, "visibleRoles"),
        ({"endpointConfig": {}}, "endpointConfig"),
        ({"apis": [{"operations": []}]}, "apis.0.apiId"),
    ],
)
def test_400_names_the_field(world: PublisherWorld, more: dict[str, Any], path: str) -> None:
    before = world.writes
    assert blamed(post(world, **more)) == [path]
    assert world.writes == before


def test_400_members_without_operations_or_named_twice(world: PublisherWorld, pizza: str) -> None:
    assert blamed(post(world, apis=[member(pizza)])) == ["apis.0.operations"]
    twice = [member(pizza, "GET /menu"), member(pizza, "POST /orders")]
    assert blamed(post(world, apis=twice)) == ["apis.1.apiId"]
    assert blamed(post(world, apis=[{"apiId": pizza, "operations": [{"verb": "GET"}]}])) == [
        "apis.0.operations.0.target"
    ]


def test_400_more_members_or_operations_than_fit(world: PublisherWorld) -> None:
    many = [member(f"{index}", "GET /menu") for index in range(31)]
    assert blamed(post(world, apis=many)) == ["apis"]
    big = [
        world.design(f"Big{n}", operations=[{"verb": "GET", "target": f"/{n}/{i}"} for i in range(300)])["id"]
        for n in range(2)
    ]
    all_of_both = [member(big[n], *(f"GET /{n}/{i}" for i in range(300))) for n in range(2)]
    assert blamed(post(world, apis=all_of_both)) == ["apis"]


@pytest.mark.parametrize("target", ["/menu", "/menu/", "/beers/{beer}"])
def test_400_operations_that_cannot_be_told_apart(world: PublisherWorld, pizza: str, drinks: str, target: str) -> None:
    other = world.design("Other", operations=[{"verb": "GET", "target": target}])["id"]
    chosen = [member(pizza, "GET /menu"), member(drinks, "GET /beers/{id}"), member(other, f"GET {target}")]
    refused = post(world, apis=chosen)
    assert blamed(refused) == ["apis.2.operations.0"]
    assert refused.json["code"] == 900341


def test_404_names_the_member_or_the_operation_that_does_not_exist(world: PublisherWorld, pizza: str) -> None:
    before = world.writes
    refused = post(world, apis=[member(pizza, "GET /menu"), member(UNHEARD, "GET /menu")])
    assert (refused.status, refused.json["code"]) == (404, 900308)
    assert refused.json["description"].startswith("apis.1.apiId: ")
    refused = post(world, apis=[member(pizza, "GET /menu", "DELETE /menu")])
    assert (refused.status, refused.json["code"]) == (404, 903246)
    assert refused.json["description"] == "apis.0.operations.1: API 'Pizza' 1.0.0 has no operation DELETE /menu"
    assert world.writes == before


def test_404_a_hidden_api_answers_like_one_that_does_not_exist(world: PublisherWorld) -> None:
    hidden = world.design("Hidden", by="chef", accessControl="RESTRICTED", accessControlRoles=["kitchen"])["id"]
    body = {"name": "Feast", "context": "/feast", "apis": [member(hidden, "GET /menu")]}
    unseen = world.call("POST", "/api-products", body, by="baker")
    absent = world.call("POST", "/api-products", {**body, "apis": [member(UNHEARD, "GET /menu")]}, by="baker")
    assert unseen.status == absent.status == 404
    assert unseen.text.replace(hidden, UNHEARD) == absent.text


def test_409_apis_in_states_and_400_apis_of_types_that_no_product_takes(world: PublisherWorld, pizza: str) -> None:
    for action in ("Publish", "Block"):
        assert world.change(pizza, action).status == 200
    refused = post(world, apis=[member(pizza, "GET /menu")])
    assert (refused.status, refused.json["code"]) == (409, 900343)
    soap = world.design("Soap", type="SOAP")["id"]
    assert blamed(post(world, apis=[member(soap, "GET /menu")])) == ["apis.0.apiId"]
    feast = world.product()["id"]
    refused = post(world, name="Other", context="/other", apis=[member(feast, "GET /menu")])
    assert blamed(refused) == ["apis.0.apiId"]


def test_409_an_api_without_an_endpoint(world: PublisherWorld) -> None:
    endless = world.design("Endless", endpointConfig=None)["id"]
    refused = post(world, apis=[member(endless, "GET /menu")])
    assert (refused.status, refused.json["code"]) == (409, 900342)


def test_409_what_is_taken_by_a_product_or_an_api(world: PublisherWorld, pizza: str) -> None:
    feast = member(pizza, "GET /menu")
    world.product(feast)
    for more, code in (
        ({}, 900276),
        ({"version": "2.0.0", "context": "/other"}, 900250),
        ({"name": "Other"}, 900275),
        ({"name": "Other", "context": "/pizza"}, 900275),
        ({"name": "Pizza", "version": "2.0.0", "context": "/pizza"}, 900250),
    ):
        refused = post(world, apis=[feast], **more)
        assert (refused.status, refused.json["code"]) == (409, code), more
    refused = world.call("POST", "/apis", api("Burger", context="/feast"))
    assert (refused.status, refused.json["code"]) == (409, 900251)


def test_apis_and_products_are_not_found_under_each_other_s_address(world: PublisherWorld, pizza: str) -> None:
    feast = world.product(member(pizza, "GET /menu"))["id"]
    for path, code in ((f"/apis/{feast}", 900308), (f"/api-products/{pizza}", 900360)):
        for method in ("GET", "DELETE"):
            refused = world.call(method, path)
            assert (refused.status, refused.json["code"]) == (404, code)
    assert [one["name"] for one in world.made("GET", "/apis")["list"]] == ["Pizza"]
    assert [one["name"] for one in world.made("GET", "/api-products")["list"]] == ["Feast"]
    refused = world.call("GET", f"/api-products/{UNHEARD}")
    assert (refused.status, refused.json["code"]) == (404, 900360)


def test_200_products_are_searched_and_paged(world: PublisherWorld) -> None:
    for name in ("Feast", "Brunch", "Dinner"):
        world.product(name=name)
    page = world.made("GET", "/api-products", query={"limit": 2})
    assert ([one["name"] for one in page["list"]], page["pagination"]["total"]) == (["Brunch", "Dinner"], 3)
    found = world.made("GET", "/api-products", query={"query": "name:brun"})
    assert [(one["name"], one["context"], one["state"]) for one in found["list"]] == [("Brunch", "/brunch", "CREATED")]
    assert world.made("GET", "/api-products", query={"query": "colour:red"})["list"] == []


def test_a_restricted_product_is_for_its_roles(world: PublisherWorld) -> None:
    feast = world.product(accessControl="RESTRICTED", accessControlRoles=["kitchen"], by="baker")["id"]
    assert world.call("GET", f"/api-products/{feast}", by="chef").status == 200
    unseen = world.call("GET", f"/api-products/{feast}", by="paul")
    absent = world.call("GET", f"/api-products/{UNHEARD}", by="paul")
    assert unseen.status == absent.status == 404
    assert unseen.text.replace(feast, UNHEARD) == absent.text
    assert world.made("GET", "/api-products", by="paul")["list"] == []
    assert world.call("GET", f"/api-products/{feast}", by=f"admin@{OTHER_TENANT}").status == 404


def test_200_an_update_chooses_anew_and_keeps_the_place(world: PublisherWorld, pizza: str, drinks: str) -> None:
    feast = world.product(member(pizza, "GET /menu"))
    path = f"/api-products/{feast['id']}"
    changed = {**feast, "apis": [member(drinks, "GET /beers/{id}")], "description": "Only drinks"}
    assert operations(world.made("PUT", path, changed)) == {"Drinks": ["GET /beers/{id}"]}
    assert world.made("GET", path)["description"] == "Only drinks"
    for field, value in (("name", "Other"), ("context", "/other"), ("version", "2.0.0")):
        assert blamed(world.call("PUT", path, {**changed, field: value})) == [field]
    minimal = {"name": "Feast", "apis": changed["apis"]}
    assert world.made("PUT", path, minimal)["version"] == "1.0.0"


def test_a_member_that_was_blocked_stays_and_comes_back_no_more(world: PublisherWorld, pizza: str) -> None:
    feast = world.product(member(pizza, "GET /menu"))
    path = f"/api-products/{feast['id']}"
    for action in ("Publish", "Block"):
        assert world.change(pizza, action).status == 200
    assert world.call("PUT", path, feast).status == 200
    assert world.call("PUT", path, {**feast, "apis": []}).status == 200
    assert world.call("PUT", path, feast).status == 409


def test_an_api_says_which_products_use_its_operations(world: PublisherWorld, pizza: str) -> None:
    feast = world.product(member(pizza, "GET /menu"))
    used = {op["target"]: op["usedProductIds"] for op in world.made("GET", f"/apis/{pizza}")["operations"]}
    assert used == {"/menu": [feast["id"]], "/orders": []}
    world.made("PUT", f"/api-products/{feast['id']}", {**feast, "apis": []})
    assert all(op["usedProductIds"] == [] for op in world.made("GET", f"/apis/{pizza}")["operations"])


def test_409_an_api_that_a_product_uses_is_not_deleted(world: PublisherWorld, pizza: str) -> None:
    feast = world.product(member(pizza, "GET /menu"))["id"]
    refused = world.call("DELETE", f"/apis/{pizza}")
    assert refused.status == 409
    assert refused.json["description"] == f"Cannot remove the API {pizza} as API products use it: Feast 1.0.0"
    assert world.call("GET", f"/apis/{pizza}").status == 200
    assert world.call("DELETE", f"/api-products/{feast}").status == 200
    assert world.call("DELETE", f"/apis/{pizza}").status == 200


def test_409_an_operation_that_a_product_uses_is_not_taken_away(world: PublisherWorld, pizza: str) -> None:
    world.product(member(pizza, "GET /menu"))
    before = world.made("GET", f"/apis/{pizza}")
    refused = world.call("PUT", f"/apis/{pizza}", {**before, "operations": [POST_ORDER]})
    assert (refused.status, refused.json["code"]) == (409, 900344)
    assert refused.json["description"].endswith("GET /menu (Feast 1.0.0)")
    assert world.call("PUT", f"/apis/{pizza}", {**before, "operations": [GET_MENU], "scopes": []}).status == 200


def test_409_a_product_that_is_subscribed_to_is_not_deleted(world: PublisherWorld, pizza: str) -> None:
    feast = world.product(member(pizza, "GET /menu"))["id"]
    world.subscriptions.apis.add(feast)
    refused = world.call("DELETE", f"/api-products/{feast}")
    assert refused.status == 409
    assert refused.json["description"] == f"Cannot remove the API Product {feast} as active subscriptions exist"
    world.subscriptions.apis.clear()
    assert world.call("DELETE", f"/api-products/{feast}").status == 200
    assert world.call("GET", f"/api-products/{feast}").status == 404
    assert world.call("DELETE", f"/api-products/{feast}").json["code"] == 900360


def test_200_one_definition_of_all_operations(world: PublisherWorld, pizza: str, drinks: str) -> None:
    feast = world.product(member(pizza, "POST /orders"), member(drinks, "GET /beers/{id}"))["id"]
    definition = world.made("GET", f"/api-products/{feast}/swagger")
    assert definition["info"] == {"title": "Feast", "version": "1.0.0"}
    assert {(target, verb) for target, item in definition["paths"].items() for verb in item} == {
        ("/orders", "post"),
        ("/beers/{id}", "get"),
    }
    assert definition["paths"]["/orders"]["post"]["security"] == [{"default": ["cook"]}]
    assert world.call("GET", f"/api-products/{UNHEARD}/swagger").status == 404


def test_200_a_product_is_outdated_when_a_member_has_changed(world: PublisherWorld, pizza: str) -> None:
    feast = world.product(member(pizza, "GET /menu"))
    path = f"/api-products/{feast['id']}"

    def outdated() -> bool:
        return bool(world.made("GET", f"{path}/is-outdated")["isOutdated"])

    assert not outdated()
    pizza_api = world.made("GET", f"/apis/{pizza}")
    world.made("PUT", f"/apis/{pizza}", {**pizza_api, "description": "Of no concern to products"})
    assert world.change(pizza, "Publish").status == 200
    assert not outdated()
    moved = {"endpoint_type": "http", "production_endpoints": {"url": "https://moved.example"}}
    world.made("PUT", f"/apis/{pizza}", {**pizza_api, "endpointConfig": moved})
    assert outdated()
    world.made("PUT", path, feast)
    assert not outdated()
    assert world.call("GET", f"/api-products/{UNHEARD}/is-outdated").status == 404


def test_201_a_copy_is_a_new_version_of_the_same_operations(world: PublisherWorld, pizza: str) -> None:
    feast = world.product(member(pizza, "GET /menu"), isDefaultVersion=True)

    def copy(**query: str) -> Reply:
        return world.call("POST", "/api-products/copy-api-products", query=query)

    made = copy(apiProductId=feast["id"], newVersion="2.0.0", defaultVersion="true")
    assert made.status == 201
    assert made.headers["Location"].endswith(f"/api-products/{made.json['id']}")
    assert (made.json["version"], made.json["state"], made.json["isDefaultVersion"]) == ("2.0.0", "CREATED", True)
    assert operations(made.json) == operations(feast)
    assert not world.made("GET", f"/api-products/{feast['id']}")["isDefaultVersion"]
    assert copy(apiProductId=feast["id"], newVersion="2.0.0").json["code"] == 900276
    assert blamed(copy(apiProductId=feast["id"], newVersion="2 0")) == ["newVersion"]
    assert blamed(copy(apiProductId=feast["id"], newVersion="3", defaultVersion="maybe")) == ["defaultVersion"]
    assert blamed(copy(newVersion="3")) == ["apiProductId"]
    assert copy(apiProductId=UNHEARD, newVersion="3").status == 404


def test_401_products_are_made_by_publishers(world: PublisherWorld) -> None:
    assert world.call("POST", "/api-products", {"name": "Feast", "context": "/f"}, by="carol").status == 401
    assert world.call("GET", "/api-products", by="mary").status == 401
    assert world.call("POST", "/api-products", {"name": "Feast", "context": "/f"}, by="paul").status == 201
