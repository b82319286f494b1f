"""Letters to the subscribers of older versions, when a new one is published."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.domain.applications.application import Application, Subscription
from gatehouse.domain.people.identity import SUBSCRIBER, SUPER_TENANT, User
from tests.worlds.publisher import PublisherWorld

ON = {"NotificationsEnabled": "true"}


@pytest.fixture
def world() -> PublisherWorld:
    made = PublisherWorld()
    made.configurations.save(SUPER_TENANT, ON)
    return made


def people(world: PublisherWorld, **addresses: str) -> None:
    """Users with these addresses, "" for none."""
    for name, address in addresses.items():
        world.users.know(
            User(
                tenant=SUPER_TENANT,
                name=name,
                roles=frozenset({SUBSCRIBER}),
                password_hash="",
                active=name != "gone",
                profile={"emails": [{"value": address}]} if address else {},
            )
        )


def subscribed(world: PublisherWorld, api_id: str, owner: str, name: str = "Phone") -> None:
    application = world.applications.add(
        Application(tenant=SUPER_TENANT, id=f"{owner}-{name}", name=name, owner=owner, policy="Unlimited")
    )
    wanted = Subscription(
        tenant=SUPER_TENANT,
        id=f"sub-{application.id}",
        application_id=application.id,
        api_id=api_id,
        policy="Unlimited",
    )
    world.kept_subscriptions.add(wanted, application, world.apis.get(SUPER_TENANT, api_id))


def two_versions(world: PublisherWorld) -> tuple[str, str]:
    first = world.design()["id"]
    world.change(first, "Publish")
    second = world.made("POST", "/apis/copy-api", query={"newVersion": "2.0.0", "apiId": first})["id"]
    return first, second


def letters(world: PublisherWorld) -> list[tuple[str, str, str]]:
    return sorted((letter.to, letter.subject, letter.text) for letter in world.letters.letters)


def test_each_subscriber_of_an_older_version_is_written_to_once(world: PublisherWorld) -> None:
    people(world, mary="m@x.example", john="j@x.example", silent="", gone="g@x.example")
    first, second = two_versions(world)
    for owner, name in (("mary", "Phone"), ("mary", "Desk"), ("john", "Car"), ("silent", "Pen"), ("gone", "Cup")):
        subscribed(world, first, owner, name)
    assert letters(world) == []
    world.change(second, "Publish")
    text = "You are subscribed to the API Pizza. Version 2.0.0 of it has just been published.\n"
    subject = "Version 2.0.0 of Pizza is out"
    assert letters(world) == [("j@x.example", subject, text), ("m@x.example", subject, text)]
    world.change(second, "Block"), world.change(second, "Re-Publish")
    assert len(letters(world)) == 2


def test_a_tenant_s_own_words_are_used_and_names_cannot_break_out_of_them(world: PublisherWorld) -> None:
    own = {"Type": "new_api_version", "Title": "$1 $2!", "Template": "<html><b>$1</b> $2</html>"}
    world.configurations.save(SUPER_TENANT, {**ON, "Notifications": [own]})
    people(world, mary="m@x.example")
    first, second = two_versions(world)
    subscribed(world, first, "mary")
    world.change(second, "Publish")
    assert letters(world) == [("m@x.example", "Pizza 2.0.0!", "<html><b>Pizza</b> 2.0.0</html>")]


@pytest.mark.parametrize("said", [{}, {"NotificationsEnabled": "false"}])
def test_nobody_is_written_to_unless_the_tenant_wants_it(world: PublisherWorld, said: dict[str, Any]) -> None:
    world.configurations.save(SUPER_TENANT, said)
    people(world, mary="m@x.example")
    first, second = two_versions(world)
    subscribed(world, first, "mary")
    world.change(second, "Publish")
    assert letters(world) == []


def test_a_post_that_fails_keeps_nothing_from_being_published(world: PublisherWorld) -> None:
    world.letters.broken = True
    people(world, mary="m@x.example")
    first, second = two_versions(world)
    subscribed(world, first, "mary")
    assert world.change(second, "Publish").status == 200
    assert world.made("GET", f"/apis/{second}")["lifeCycleStatus"] == "PUBLISHED"
