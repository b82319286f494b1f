"""As many applications of a tenant in a table as one likes, each subscribed to one API, and what developers and providers ask."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import ApplicationTable, SubscriptionTable
from gatehouse.adapters.dynamo.applications.directory import DirectoryTable
from gatehouse.adapters.dynamo.applications.rows import application_body, subscription_body
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.controlplane.publishing.particulars.subscribers import Subscribers
from gatehouse.controlplane.store.administration import AdminSort, ApplicationAdministration
from gatehouse.controlplane.store.applications import OwnApplications, SortBy
from gatehouse.controlplane.store.sharing import Sharing
from gatehouse.domain.applications.application import Application, Subscription
from gatehouse.domain.page import Slice, page_of
from gatehouse.domain.people.identity import SUPER_TENANT, Principal
from gatehouse.ports.applications.application_directory import listed
from gatehouse.ports.applications.subscription_lines import line_of
from tests.fakes.denials import InMemoryTenantConfigurations
from tests.worlds.many_apis import api, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gatehouse.controlplane.store.removal import Removal
    from tests.conftest import DynamoDB

APPLICATIONS = 50_000
ROBOT = "robot"
"""Who owns every second application; the others have an owner for each ten."""
API = api(0)
MARY = Principal(tenant=SUPER_TENANT, user="mary7", roles=frozenset({"Internal/subscriber"}), scopes=frozenset())
MACHINE = Principal(tenant=SUPER_TENANT, user=ROBOT, roles=frozenset({"Internal/subscriber"}), scopes=frozenset())
CHEF = Principal(tenant=SUPER_TENANT, user="chef", roles=frozenset({"admin"}), scopes=frozenset())
PAGE = Slice(limit=25, offset=0)

_BATCH = 25
_WRITERS = 4


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """What is asked of so many, by name."""

    own: OwnApplications
    administration: ApplicationAdministration
    subscribers: Subscribers

    def questions(self) -> dict[str, Callable[[], Sequence[object]]]:
        """Each answers the page that is shown."""
        developers = {
            "a developer's ten": partial(self._own, MARY, ""),
            "half of all, one owner's": partial(self._own, MACHINE, ""),
            "the same, searched": partial(self._own, MACHINE, "app 777"),
            "the same, by tier": partial(self._own, MACHINE, "", SortBy.POLICY),
            "the same, by status": partial(self._own, MACHINE, "", SortBy.STATUS),
        }
        administrators = {
            "the tenant's": partial(self._administered, "", ""),
            "the tenant's, searched": partial(self._administered, "", "app 777"),
            "the tenant's, of an owner": partial(self._administered, "mary7", ""),
        }
        providers = {
            "an API's subscribers": partial(self._subscribed, API.id, ""),
            "an API's subscribers, searched": partial(self._subscribed, API.id, "mary77"),
            "all subscriptions, by status": partial(self._subscribed, "", "status:unblocked"),
        }
        return {**developers, **administrators, **providers}

    def _own(self, who: Principal, query: str, sort_by: SortBy | None = None) -> Sequence[object]:
        page = page_of(self.own.search(who, query, sort_by=sort_by), PAGE)
        return list(self.own.some(who, page.items).values())

    def _administered(self, owner: str, name: str) -> Sequence[object]:
        found = self.administration.search(
            SUPER_TENANT, owner=owner, name=name, sort_by=AdminSort.NAME, descending=False
        )
        return self.administration.some(SUPER_TENANT, page_of(found, PAGE).items)

    def _subscribed(self, api_id: str, query: str) -> Sequence[object]:
        return self.subscribers.some(page_of(self.subscribers.all(CHEF, api_id, query), PAGE).items)


def crowd(dynamodb: DynamoDB, applications: int = APPLICATIONS) -> Crowd:
    """What an environment has that has been asked nothing yet."""
    names = {name: dynamodb.table(name) for name in ("apis", "applications", "artifacts")}
    artifacts = ArtifactTable(names["artifacts"])
    apis = ApiTable(names["apis"], artifacts)
    apis.add(API, [])
    fill(dynamodb, names["apis"], map(api, range(1, 100)))
    _fill(dynamodb, names["applications"], _rows(applications))
    kept = ApplicationTable(names["applications"], artifacts)
    subscriptions = SubscriptionTable(names["applications"], apis, artifacts)
    # Of the rest of what these have, lists ask nothing.
    no = cast("Any", None)
    return Crowd(
        own=OwnApplications(
            applications=kept,
            keys=no,
            subscriptions=subscriptions,
            policies=no,
            key_manager=no,
            external_clients=no,
            approvals=no,
            attributes=no,
            sharing=Sharing(configurations=InMemoryTenantConfigurations()),
            counters=no,
            clock=cast("Any", SimpleNamespace(now=lambda: 1_700_000_000)),
        ),
        administration=ApplicationAdministration(
            directory=DirectoryTable(names["applications"]),
            removal=cast("Removal", SimpleNamespace(applications=kept)),
            users=no,
        ),
        subscribers=Subscribers(apis=apis, subscriptions=subscriptions, applications=kept, policies=no, users=no),
    )


def _rows(applications: int) -> Iterator[tuple[str, str, dict[str, Any], dict[str, int]]]:
    for number in range(applications):
        owner = ROBOT if number % 2 else f"mary{number // 20}"
        tier = ("10PerMin", "20PerMin", "Unlimited")[number % 3]
        one = Application(tenant=SUPER_TENANT, id=f"app-{number:06}", name=f"App {number}", owner=owner, policy=tier)
        held = Subscription(
            tenant=SUPER_TENANT, id=f"sub-{number:06}", application_id=one.id, api_id=API.id, policy="Gold"
        )
        where = f"{SUPER_TENANT}#APP#{one.id}"
        yield where, "META", application_body(one), {"subscriptions": 1, "keys": 0}
        yield where, f"SUB#{API.id}", subscription_body(held), {}
        yield f"{SUPER_TENANT}#APPS", f"{owner}#{one.name.lower()}", asdict(listed(one)), {}
        yield f"{SUPER_TENANT}#SUBID", held.id, asdict(line_of(held)), {}
        yield f"{SUPER_TENANT}#APISUBS#{API.id}", one.id, {}, {}


def _fill(dynamodb: DynamoDB, table: str, rows: Iterable[tuple[str, str, dict[str, Any], dict[str, int]]]) -> None:
    """Write rows as the repositories have them."""
    items = [
        {
            "pk": {"S": pk},
            "sk": {"S": sk},
            "body": {"S": json.dumps(body)},
            "version": {"N": "1"},
            **{name: {"N": str(count)} for name, count in numbers.items()},
        }
        for pk, sk, body, numbers in rows
    ]

    def write(start: int) -> None:
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + _BATCH]]
        answer = dynamodb.client.batch_write_item(RequestItems={table: puts})
        assert not answer.get("UnprocessedItems")

    with ThreadPoolExecutor(_WRITERS) as writers:
        list(writers.map(write, range(0, len(items), _BATCH)))
