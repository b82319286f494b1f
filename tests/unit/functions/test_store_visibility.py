"""To whom an API is shown, cell by cell: who looks, how the API is shown, and by which way they come to it.

What may not be seen answers by every way as what does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from gatehouse.domain.apis.abroad import SWITCH
from gatehouse.domain.people.identity import SUPER_TENANT
from gatehouse.domain.record import new_id
from tests.callers import OTHER_TENANT
from tests.worlds.store import StoreWorld

if TYPE_CHECKING:
    from collections.abc import Callable

LOOKING = {
    "anonymous": None,
    "subscriber": "mary",
    "role holder": "gold",
    "other tenant": f"mary@{OTHER_TENANT}",
    "provider": "john",
    "admin": "admin",
}


def offered_to(*tenants: str) -> dict[str, Any]:
    return {"subscriptionAvailability": "SPECIFIC_TENANTS", "subscriptionAvailableTenants": list(tenants)}


SHOWN: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "public": (SUPER_TENANT, {}, set(LOOKING)),
    "restricted": (
        SUPER_TENANT,
        {"visibility": "RESTRICTED", "visibleRoles": ["gold-partners"]},
        {"role holder", "provider", "admin"},
    ),
    "private": (
        SUPER_TENANT,
        {"visibility": "PRIVATE"},
        {"subscriber", "role holder", "provider", "admin"},
    ),
    "private, and another tenant's": (
        SUPER_TENANT,
        {"visibility": "PRIVATE", "visibleTenants": [OTHER_TENANT]},
        {"subscriber", "role holder", "other tenant", "provider", "admin"},
    ),
    "private in another tenant": (OTHER_TENANT, {"visibility": "PRIVATE"}, {"other tenant"}),
    "public in another tenant": (OTHER_TENANT, {}, set(LOOKING)),
    "offered to all tenants": (SUPER_TENANT, {"subscriptionAvailability": "ALL_TENANTS"}, set(LOOKING)),
    "offered to another tenant": (SUPER_TENANT, offered_to(OTHER_TENANT), set(LOOKING)),
    "offered to a third tenant": (SUPER_TENANT, offered_to("third.example"), set(LOOKING)),
    "private, and offered to all tenants": (
        SUPER_TENANT,
        {"visibility": "PRIVATE", "subscriptionAvailability": "ALL_TENANTS"},
        {"subscriber", "role holder", "provider", "admin"},
    ),
    "private, and another tenant's to see and to have": (
        SUPER_TENANT,
        {"visibility": "PRIVATE", "visibleTenants": [OTHER_TENANT], **offered_to(OTHER_TENANT)},
        {"subscriber", "role holder", "other tenant", "provider", "admin"},
    ),
}
SOLD_ABROAD = {
    "offered to all tenants",
    "offered to another tenant",
    "private, and another tenant's to see and to have",
}
"""Where an application of another tenant that sees the API may be subscribed to it as well."""


class Looking:
    """Somebody who looks for an API, and for one that there is not, in its tenant."""

    def __init__(self, who: str, shown: str) -> None:
        self.world = StoreWorld()
        self.by = LOOKING[who]
        self.tenant, visibility, seen_by = SHOWN[shown]
        self.sees = who in seen_by
        self.at_home = self.by is None or (OTHER_TENANT in self.by) == (self.tenant == OTHER_TENANT)
        self.may_have = self.sees and (self.at_home or shown in SOLD_ABROAD)
        self.world.configurations.save(self.tenant, {SWITCH: True})
        kept = {"content": self.world.blobs.put(self.tenant, b"GIF89a"), "mediaType": "image/gif"}
        provider = "john" if self.tenant == SUPER_TENANT else f"admin@{OTHER_TENANT}"
        self.api = self.world.api(
            "Pizza",
            tenant=self.tenant,
            provider=provider,
            deployed=True,
            tags=["hot"],
            thumbnail=kept,
            hasThumbnail=True,
            **visibility,
        )
        self.document = self.world.document(self.api, "Guide", b"Bake it")

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        headers = {"X-WSO2-Tenant": self.tenant}
        address, _, asked = path.partition("?")
        return self.world.call(
            method, address, body, by=self.by, headers=headers, query={**query, **dict(parse_qsl(asked))}
        )

    def names(self, path: str, **query: str) -> set[str]:
        answer = self.ask("GET", path, **query)
        assert answer.status == 200, answer.text
        assert answer.json["count"] == answer.json["pagination"]["total"]
        return {one.get("name") or one["value"] for one in answer.json["list"]}

    def found(self, path: str, method: str = "GET") -> bool:
        """Whether the API is there; if not, it must answer to the letter as one that never was."""
        answer, absent = self.ask(method, path.format(id=self.api.id)), self.ask(method, path.format(id=NEVER))
        if answer.status == 200:
            return True
        assert (answer.status, answer.text.replace(self.api.id, NEVER)) == (404, absent.text)
        return False

    def subscribes(self) -> bool:
        """Whether what they see answers as it must when they subscribe; what they do not see, as what never was."""
        if self.by is None:
            assert self.ask("POST", "/subscriptions", self._wish("x", self.api.id)).status == 401
            return self.sees
        application_id = self.world.application(by=self.by)
        answer = self.ask("POST", "/subscriptions", self._wish(application_id, self.api.id))
        assert (answer.status == 201) == self.may_have, answer.text
        if self.sees:
            assert answer.status == (201 if self.may_have else 403)
            return True
        absent = self.ask("POST", "/subscriptions", self._wish(application_id, NEVER))
        assert (answer.status, answer.text.replace(self.api.id, NEVER)) == (404, absent.text)
        return False

    def told(self) -> bool:
        """Whether they see it, and are told rightly, alone and in the list, whether their applications may have it."""
        one = self.ask("GET", f"/apis/{self.api.id}")
        if one.status != 200:
            return False
        lines = [api for api in self.ask("GET", "/apis").json["list"] if api["id"] == self.api.id]
        assert [line["isSubscriptionAvailable"] for line in (one.json, *lines)] == [self.may_have] * 2
        return True

    @staticmethod
    def _wish(application_id: str, api_id: str) -> dict[str, str]:
        return {"applicationId": application_id, "apiId": api_id, "throttlingPolicy": "Gold"}


NEVER = new_id()
WAYS: dict[str, Callable[[Looking], bool]] = {
    "list": lambda one: "Pizza" in one.names("/apis"),
    "get": lambda one: one.found("/apis/{id}"),
    "search": lambda one: "Pizza" in one.names("/search", query="pizza"),
    "search in documents": lambda one: "Guide" in one.names("/search", query="content:bake"),
    "tags": lambda one: "hot" in one.names("/tags"),
    "documents": lambda one: one.found("/apis/{id}/documents"),
    "document": lambda one: one.found(f"/apis/{{id}}/documents/{one.document.id}/content"),
    "thumbnail": lambda one: one.found("/apis/{id}/thumbnail"),
    "definition": lambda one: one.found("/apis/{id}/swagger"),
    "definition's URL": lambda one: one.found("/apis/{id}/generate-definition-url?type=openapi", "POST"),
    "collection": lambda one: one.found("/apis/{id}/postman-collection"),
    "plans": lambda one: one.found("/apis/{id}/subscription-policies"),
    "ratings": lambda one: one.found("/apis/{id}/ratings"),
    "comments": lambda one: one.found("/apis/{id}/comments"),
    "subscribe": Looking.subscribes,
    "may be subscribed": Looking.told,
}


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("who", LOOKING)
def test_an_api_is_there_for_those_to_whom_it_is_shown_and_for_nobody_else(who: str, shown: str) -> None:
    looking = Looking(who, shown)
    assert {way: sees(looking) for way, sees in WAYS.items()} == dict.fromkeys(WAYS, looking.sees)
