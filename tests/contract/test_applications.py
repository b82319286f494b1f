"""Applications, keys and subscriptions: the promises of `ports/applications/applications`, kept by the fakes and by DynamoDB."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.apis import ApiTable
from gatehouse.adapters.dynamo.applications import ApplicationTable, KeyTable, SubscriptionTable
from gatehouse.adapters.dynamo.artifacts import ArtifactTable
from gatehouse.adapters.dynamo.lookup import ArtifactLookup
from gatehouse.domain.apis.api import Api
from gatehouse.domain.applications.application import (
    Application,
    ApplicationExists,
    ApplicationKey,
    ApplicationStatus,
    KeyExists,
    PlanFull,
    Subscription,
    SubscriptionExists,
    application_grant,
)
from gatehouse.domain.applications.grant import KeyType, SubscriptionStatus
from gatehouse.domain.applications.subscription_grant import subscription_grant
from gatehouse.domain.artifact import Category, client_key, subscription_key
from gatehouse.domain.errors import Changed
from gatehouse.domain.publishing.lifecycle import LifecycleState
from gatehouse.domain.throttling.policy import PolicyKind
from tests.fakes.applications import InMemoryApplications, InMemoryKeys, InMemorySubscriptions, Shelf
from tests.fakes.artifacts import InMemoryArtifacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.ports.applications.applications import ApplicationKeys, Applications, Subscriptions
    from gatehouse.ports.artifacts import Artifacts
    from gatehouse.ports.throttling.policies import Attachments
    from tests.conftest import DynamoDB


@dataclass(frozen=True, kw_only=True)
class World:
    applications: Applications
    keys: ApplicationKeys
    subscriptions: Subscriptions
    attachments: Attachments
    artifacts: Artifacts
    keep_api: Callable[[Api], Api]
    tenant: str
    numbers: list[int] = field(default_factory=list)

    def application(self, name: str = "Kiosk", **changes: Any) -> Application:
        values: dict[str, Any] = {
            "tenant": self.tenant,
            "id": str(uuid.uuid4()),
            "name": name,
            "owner": "Mary",
            "policy": "10PerMin",
            "description": "orders",
            "attributes": {"team": "blue"},
            "created_at": 1_700_000_000,
            "updated_at": 1_700_000_001,
        }
        return Application(**{**values, **changes})

    def key(self, application: Application, key_type: KeyType = KeyType.PRODUCTION, **changes: Any) -> ApplicationKey:
        values: dict[str, Any] = {
            "tenant": application.tenant,
            "application_id": application.id,
            "id": str(uuid.uuid4()),
            "key_type": key_type,
            "client_id": uuid.uuid4().hex,
            "grant_types": ("client_credentials", "password"),
            "callback_url": "https://example.com/cb",
            "properties": {"application_access_token_expiry_time": 60, "pkceMandatory": False},
        }
        return ApplicationKey(**{**values, **changes})

    def api(self) -> Api:
        self.numbers.append(len(self.numbers))
        number = f"{len(self.numbers)}-{uuid.uuid4().hex[:6]}"
        api = Api(
            tenant=self.tenant,
            id=str(uuid.uuid4()),
            name=f"Pizza{number}",
            version="1.0.0",
            context=f"/pizza{number}",
            provider="admin",
            state=LifecycleState.PUBLISHED,
            document={"policies": ["Gold"]},
            definition="blob",
            created_at=1,
            updated_at=1,
            updated_by="admin",
        )
        return self.keep_api(api)

    def subscription(self, application: Application, api: Api, **changes: Any) -> Subscription:
        values: dict[str, Any] = {
            "tenant": application.tenant,
            "id": str(uuid.uuid4()),
            "application_id": application.id,
            "api_id": api.id,
            "policy": "Gold",
            "created_at": 1_700_000_002,
        }
        return Subscription(**{**values, **changes})

    def subscribed(self, application: Application, api: Api) -> Subscription:
        return self.subscriptions.add(self.subscription(application, api), application, api)

    def grant(self, key: ApplicationKey) -> Any:
        return self.artifacts.get([client_key(key.tenant, key.client_id)])[0]

    def plan(self, application: Application, api: Api) -> Any:
        return self.artifacts.get([subscription_key(application.tenant, application.id, api.id)])[0]

    def epoch(self) -> int:
        return self.artifacts.epoch(self.tenant).get(Category.APPLICATIONS, 0)


def in_memory() -> World:
    artifacts = InMemoryArtifacts(SystemClock())
    shelf = Shelf(artifacts)
    versions: dict[tuple[str, str], int] = {}

    def keep_api(api: Api) -> Api:
        versions[api.tenant, api.id] = api.stored_version + 1
        return replace(api, stored_version=api.stored_version + 1)

    applications = InMemoryApplications(shelf)
    return World(
        applications=applications,
        keys=InMemoryKeys(shelf),
        subscriptions=InMemorySubscriptions(shelf, lambda tenant, api_id: versions.get((tenant, api_id))),
        attachments=applications,
        artifacts=artifacts,
        keep_api=keep_api,
        tenant="a.example",
    )


def on_dynamodb(dynamodb: DynamoDB) -> World:
    name, table = dynamodb.table("artifacts"), dynamodb.table("applications")
    artifacts = ArtifactTable(name)
    apis = ApiTable(dynamodb.table("apis"), artifacts)

    def keep_api(api: Api) -> Api:
        return apis.save(api, []) if api.stored_version else apis.add(api, [])

    applications = ApplicationTable(table, artifacts)
    return World(
        applications=applications,
        keys=KeyTable(table, artifacts),
        subscriptions=SubscriptionTable(table, apis, artifacts),
        attachments=applications,
        artifacts=ArtifactLookup(dynamodb.client, name),
        keep_api=keep_api,
        tenant=f"{uuid.uuid4().hex}.example",
    )


def wins(attempt: Callable[[], object], *lost: type[Exception], times: int = 8) -> int:
    def won(_: int) -> bool:
        try:
            attempt()
        except lost:
            return False
        return True

    with ThreadPoolExecutor(times) as pool:
        return sum(pool.map(won, range(times)))


class ApplicationPromises:
    def test_an_application_comes_back_as_it_was_kept(self, world: World) -> None:
        made = world.application()
        kept = world.applications.add(made)
        assert kept == replace(made, version=1)
        assert world.applications.get(world.tenant, made.id) == kept
        assert world.applications.owned(world.tenant, "mary") == [kept]
        assert world.applications.some(world.tenant, [made.id, "unheard"]) == {made.id: kept}

    def test_what_is_not_there_is_not_found(self, world: World) -> None:
        kept = world.applications.add(world.application())
        assert world.applications.get(world.tenant, "unheard") is None
        assert world.applications.get("other.example", kept.id) is None
        assert world.applications.owned("other.example", "mary") == []
        assert world.applications.owned(world.tenant, "mar") == []
        assert world.applications.some(world.tenant, []) == {}

    @pytest.mark.parametrize("impossible", ["", "x" * 2000, "ü" * 5000])
    def test_what_could_never_be_a_key_is_not_found(self, world: World, impossible: str) -> None:
        application = world.applications.add(world.application())
        assert world.applications.get(world.tenant, impossible) is None
        assert world.applications.owned(world.tenant, impossible or "x") == []
        assert world.applications.some(world.tenant, [impossible]) == {}
        assert world.keys.of_application(world.tenant, impossible) == []
        assert world.subscriptions.get(world.tenant, impossible) is None
        assert world.subscriptions.of_api(world.tenant, impossible) == []
        assert world.subscriptions.between(world.tenant, [application.id], impossible) == []
        assert not world.subscriptions.subscribed(world.tenant, impossible)

    @pytest.mark.parametrize("owners", [("a", "a#b"), ("ü@x", "ü"), ("a%23", "a#")])
    def test_owners_do_not_get_mixed_up(self, world: World, owners: tuple[str, str]) -> None:
        for owner in owners:
            world.applications.add(world.application(f"of {owner}", owner=owner))
        for owner in owners:
            assert [found.owner for found in world.applications.owned(world.tenant, owner)] == [owner]

    def test_applications_are_listed_by_name(self, world: World) -> None:
        for name in ("beta", "Alpha", "gamma"):
            world.applications.add(world.application(name))
        assert [found.name for found in world.applications.owned(world.tenant, "Mary")] == ["Alpha", "beta", "gamma"]

    def test_a_name_is_unique_among_its_owners_applications(self, world: World) -> None:
        kept = world.applications.add(world.application())
        refused = world.application("KIOSK", owner="mary")
        with pytest.raises(ApplicationExists):
            world.applications.add(refused)
        assert world.applications.get(world.tenant, refused.id) is None
        world.applications.add(world.application(owner="John"))
        assert world.applications.owned(world.tenant, "Mary") == [kept]

    def test_of_many_at_once_one_gets_the_name(self, world: World) -> None:
        assert wins(lambda: world.applications.add(world.application()), ApplicationExists) == 1
        assert len(world.applications.owned(world.tenant, "mary")) == 1

    def test_a_user_gets_a_default_application_once_in_their_life(self, world: World) -> None:
        first = world.application("DefaultApplication")
        assert world.applications.add_default(first) is True
        assert world.applications.add_default(world.application("DefaultApplication", owner="MARY")) is False
        (kept,) = world.applications.owned(world.tenant, "mary")
        assert kept == replace(first, version=1)
        world.applications.remove(world.applications.withdraw(kept))
        assert world.applications.add_default(world.application("DefaultApplication")) is False
        assert world.applications.owned(world.tenant, "mary") == []

    def test_a_default_application_made_many_times_at_once_is_there_once(self, world: World) -> None:
        with ThreadPoolExecutor(8) as pool:
            made = pool.map(lambda _: world.applications.add_default(world.application("Default")), range(8))
        assert sum(made) == 1
        assert len(world.applications.owned(world.tenant, "mary")) == 1

    def test_a_default_application_does_not_replace_one_of_that_name(self, world: World) -> None:
        kept = world.applications.add(world.application("DefaultApplication"))
        assert world.applications.add_default(world.application("DefaultApplication")) is False
        assert world.applications.owned(world.tenant, "mary") == [kept]

    def test_a_changed_application_changes_the_grants_of_its_keys(self, world: World) -> None:
        read = world.applications.add(world.application())
        keys = [world.keys.add(world.key(read, kind), read) for kind in KeyType]
        before = world.epoch()
        saved = world.applications.save(replace(read, name="Terminal", policy="50PerMin", description="new"))
        assert saved == replace(read, name="Terminal", policy="50PerMin", description="new", version=2)
        assert world.applications.get(world.tenant, read.id) == saved
        for key in keys:
            assert world.grant(key) == application_grant(saved, key).to_body()
        assert world.epoch() > before

    def test_a_new_name_frees_the_old_one_and_must_be_free(self, world: World) -> None:
        read = world.applications.add(world.application("Old"))
        world.applications.add(world.application("Taken"))
        with pytest.raises(ApplicationExists):
            world.applications.save(replace(read, name="TAKEN"))
        renamed = world.applications.save(replace(read, name="New"))
        world.applications.save(replace(renamed, name="NEW"))
        world.applications.add(world.application("Old"))
        assert [found.name for found in world.applications.owned(world.tenant, "mary")] == ["NEW", "Old", "Taken"]

    def test_an_application_read_before_it_changed_cannot_be_saved_or_withdrawn(self, world: World) -> None:
        read = world.applications.add(world.application())
        moved = world.applications.save(replace(read, description="first"))
        with pytest.raises(Changed):
            world.applications.save(replace(read, description="second"))
        with pytest.raises(Changed):
            world.applications.withdraw(read)
        assert world.applications.get(world.tenant, read.id) == moved

    def test_a_withdrawn_application_has_no_grant_left(self, world: World) -> None:
        read = world.applications.add(world.application())
        key, apis = world.keys.add(world.key(read), read), [world.api() for _ in range(3)]
        for api in apis:
            world.subscribed(read, api)
        before = world.epoch()
        withdrawn = world.applications.withdraw(read)
        assert withdrawn.status is ApplicationStatus.DELETE_PENDING
        found = world.applications.get(world.tenant, read.id)
        assert found == replace(withdrawn, subscriptions=3)
        assert world.grant(key) is None
        assert [world.plan(read, api) for api in apis] == [None] * 3
        assert world.epoch() > before
        again = world.applications.withdraw(found)
        assert again.version == found.version + 1

    def test_nothing_is_added_to_an_application_that_moved_on(self, world: World) -> None:
        read, api = world.applications.add(world.application()), world.api()
        world.applications.withdraw(read)
        key = world.key(read)
        with pytest.raises(Changed):
            world.keys.add(key, read)
        with pytest.raises(Changed):
            world.subscribed(read, api)
        assert world.grant(key) is None
        assert world.plan(read, api) is None
        assert world.keys.of_application(world.tenant, read.id) == []
        assert world.subscriptions.of_application(world.tenant, read.id) == []

    def test_a_removed_application_is_gone_with_all_it_had(self, world: World) -> None:
        read = world.applications.add(world.application())
        other = world.applications.add(world.application("Other"))
        world.keys.add(world.key(read), read)
        apis = [world.api() for _ in range(40)]
        subscriptions = [world.subscribed(read, api) for api in apis]
        kept = world.subscribed(other, apis[0])
        withdrawn = world.applications.withdraw(read)
        world.applications.remove(withdrawn)
        world.applications.remove(withdrawn)
        assert world.applications.get(world.tenant, read.id) is None
        assert world.keys.of_application(world.tenant, read.id) == []
        assert world.subscriptions.of_application(world.tenant, read.id) == []
        assert [world.subscriptions.get(world.tenant, gone.id) for gone in subscriptions] == [None] * 40
        assert world.subscriptions.of_api(world.tenant, apis[0].id) == [kept]
        assert not world.subscriptions.subscribed(world.tenant, apis[1].id)
        world.applications.add(world.application())

    def test_a_circle_finds_what_is_shared_with_it_until_it_is_not(self, world: World) -> None:
        made = world.application("Kiosk", groups=("Cooks", "a#b%"), organization="org-1")
        kept, own = world.applications.add(made), world.applications.add(world.application("Own"))
        for circle in ("group:cooks", "group:a#b%", "organization:org-1"):
            assert world.applications.shared(world.tenant, [circle, "group:unheard"]) == [kept]
        assert world.applications.shared(world.tenant, ["group:a", "group:cook", "organization:org"]) == []
        assert world.applications.shared("b.example", ["group:cooks"]) == []
        moved = world.applications.save(replace(kept, groups=("cooks",), organization=""))
        assert world.applications.shared(world.tenant, ["group:a#b%", "organization:org-1"]) == []
        both = world.applications.save(replace(own, groups=("Cooks",)))
        assert world.applications.shared(world.tenant, ["group:cooks"]) == [moved, both]
        world.applications.remove(world.applications.withdraw(moved))
        assert world.applications.shared(world.tenant, ["group:cooks"]) == [both]

    def test_policies_know_whether_an_application_or_a_subscription_refers_to_them(self, world: World) -> None:
        application = world.applications.add(world.application(policy="10PerMin"))
        refers_to = world.attachments.refers_to
        assert refers_to(world.tenant, PolicyKind.APPLICATION, "10PerMin")
        assert not refers_to(world.tenant, PolicyKind.APPLICATION, "50PerMin")
        assert not refers_to("other.example", PolicyKind.APPLICATION, "10PerMin")
        assert not refers_to(world.tenant, PolicyKind.SUBSCRIPTION, "Gold")
        subscription = world.subscribed(application, world.api())
        assert refers_to(world.tenant, PolicyKind.SUBSCRIPTION, "Gold")
        assert not refers_to(world.tenant, PolicyKind.ADVANCED, "Gold")
        world.subscriptions.save(replace(subscription, policy="Silver"))
        world.applications.save(replace(application, policy="50PerMin"))
        assert not refers_to(world.tenant, PolicyKind.SUBSCRIPTION, "Gold")
        assert refers_to(world.tenant, PolicyKind.SUBSCRIPTION, "Silver")
        assert not refers_to(world.tenant, PolicyKind.APPLICATION, "10PerMin")


class KeyPromises:
    def test_a_key_comes_back_as_it_was_kept_and_the_gateway_knows_it(self, world: World) -> None:
        application = world.applications.add(world.application())
        before = world.epoch()
        made = [world.key(application, kind) for kind in KeyType]
        kept = [world.keys.add(key, application) for key in made]
        assert kept == [replace(key, version=1) for key in made]
        assert world.keys.of_application(world.tenant, application.id) == kept
        assert world.grant(kept[0]) == {
            "application_id": application.id,
            "name": "Kiosk",
            "owner": f"Mary@{world.tenant}",
            "policy": "10PerMin",
            "key_type": "PRODUCTION",
        }
        assert world.grant(kept[1])["key_type"] == "SANDBOX"
        assert world.epoch() > before
        assert world.keys.of_application("other.example", application.id) == []

    def test_an_application_has_one_key_of_a_type(self, world: World) -> None:
        application = world.applications.add(world.application())
        kept, refused = world.keys.add(world.key(application), application), world.key(application)
        with pytest.raises(KeyExists):
            world.keys.add(refused, application)
        assert world.grant(refused) is None
        assert world.keys.of_application(world.tenant, application.id) == [kept]

    def test_of_many_at_once_one_key_is_kept(self, world: World) -> None:
        application = world.applications.add(world.application())
        assert wins(lambda: world.keys.add(world.key(application), application), KeyExists) == 1

    def test_keys_of_both_types_at_once_are_both_kept(self, world: World) -> None:
        application = world.applications.add(world.application())
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda kind: world.keys.add(world.key(application, kind), application), KeyType))
        assert len(world.keys.of_application(world.tenant, application.id)) == 2

    def test_a_saved_key_has_moved_on(self, world: World) -> None:
        application = world.applications.add(world.application())
        read = world.keys.add(world.key(application), application)
        grant = world.grant(read)
        changed = replace(read, grant_types=("password",), callback_url="", properties={})
        saved = world.keys.save(changed)
        assert saved == replace(changed, version=2)
        assert world.keys.of_application(world.tenant, application.id) == [saved]
        assert world.grant(read) == grant
        with pytest.raises(Changed):
            world.keys.save(read)
        with pytest.raises(Changed):
            world.keys.remove(read)

    def test_a_removed_key_has_no_grant_left(self, world: World) -> None:
        application = world.applications.add(world.application())
        kept = world.keys.add(world.key(application), application)
        before = world.epoch()
        world.keys.remove(kept)
        assert world.keys.of_application(world.tenant, application.id) == []
        assert world.grant(kept) is None
        assert world.epoch() > before
        with pytest.raises(Changed):
            world.keys.remove(kept)
        with pytest.raises(Changed):
            world.keys.save(kept)

    def test_however_keys_and_changes_of_their_application_interleave_every_grant_is_up_to_date(
        self, world: World
    ) -> None:
        for _ in range(5):
            read = world.applications.add(world.application(uuid.uuid4().hex))
            first = world.keys.add(world.key(read), read)
            second = world.key(read, KeyType.SANDBOX)
            steps: list[Callable[[], object]] = [
                lambda read=read: world.applications.save(replace(read, policy="50PerMin")),
                lambda first=first: world.keys.remove(first),
                lambda second=second, read=read: world.keys.add(second, read),
            ]
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(_tried, steps))
            now = world.applications.get(world.tenant, read.id)
            assert now is not None
            keys = {key.client_id: key for key in world.keys.of_application(world.tenant, read.id)}
            for key in (first, second):
                expected = application_grant(now, key).to_body() if key.client_id in keys else None
                assert world.grant(key) == expected


def _tried(step: Callable[[], object]) -> None:
    try:
        step()
    except Changed:
        return


class SubscriptionPromises:
    def test_a_subscription_comes_back_as_it_was_kept_and_the_gateway_knows_it(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        before = world.epoch()
        made = world.subscription(application, api)
        kept = world.subscriptions.add(made, application, api)
        assert kept == replace(made, version=1)
        assert world.subscriptions.get(world.tenant, made.id) == kept
        assert world.subscriptions.of_application(world.tenant, application.id) == [kept]
        assert world.subscriptions.of_api(world.tenant, api.id) == [kept]
        assert world.subscriptions.all(world.tenant) == [kept]
        assert world.subscriptions.between(world.tenant, [application.id, "unheard"], api.id) == [kept]
        assert world.subscriptions.subscribed(world.tenant, api.id)
        assert world.plan(application, api) == subscription_grant(kept).to_body()
        assert world.epoch() > before
        counted = world.applications.get(world.tenant, application.id)
        assert counted == replace(application, subscriptions=1)

    def test_what_is_not_there_is_not_found(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        kept = world.subscribed(application, api)
        assert world.subscriptions.get(world.tenant, "unheard") is None
        assert world.subscriptions.get("other.example", kept.id) is None
        assert world.subscriptions.of_api("other.example", api.id) == []
        assert world.subscriptions.all("other.example") == []
        assert world.subscriptions.between(world.tenant, [], api.id) == []
        assert not world.subscriptions.subscribed(world.tenant, "unheard")

    def test_an_application_is_subscribed_to_an_api_once(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        kept = world.subscribed(application, api)
        refused = world.subscription(application, api, policy="Silver")
        with pytest.raises(SubscriptionExists):
            world.subscriptions.add(refused, application, api)
        assert world.subscriptions.get(world.tenant, refused.id) is None
        assert world.plan(application, api) == subscription_grant(kept).to_body()

    def test_of_many_at_once_one_subscription_is_kept(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        assert wins(lambda: world.subscribed(application, api), SubscriptionExists) == 1
        (kept,) = world.subscriptions.of_api(world.tenant, api.id)
        assert world.plan(application, api) == subscription_grant(kept).to_body()
        assert world.applications.get(world.tenant, application.id) == replace(application, subscriptions=1)

    def test_many_applications_can_subscribe_to_one_api_at_once(self, world: World) -> None:
        api = world.api()
        applications = [world.applications.add(world.application(f"app {n}")) for n in range(8)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda application: world.subscribed(application, api), applications))
        assert len(world.subscriptions.of_api(world.tenant, api.id)) == 8

    def test_one_application_can_subscribe_to_many_apis_at_once(self, world: World) -> None:
        application, apis = world.applications.add(world.application()), [world.api() for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda api: world.subscribed(application, api), apis))
        assert world.applications.get(world.tenant, application.id) == replace(application, subscriptions=8)

    def test_a_plan_takes_so_many_subscriptions_and_no_more(self, world: World) -> None:
        api, names = world.api(), [f"app {n}" for n in range(8)]
        applications = [world.applications.add(world.application(name)) for name in names]

        def subscribe(application: Application) -> bool:
            for _ in range(20):
                try:
                    world.subscriptions.add(world.subscription(application, api), application, api, places=3)
                except Changed:
                    continue
                except PlanFull:
                    return False
                return True
            return False

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(subscribe, applications)) == 3
        kept = world.subscriptions.of_api(world.tenant, api.id)
        assert len(kept) == 3
        world.subscriptions.remove(kept[0])
        applications = [world.applications.get(world.tenant, one.id) or one for one in applications]
        other = next(one for one in applications if one.id not in {sub.application_id for sub in kept})
        silver = world.subscriptions.add(world.subscription(other, api, policy="Silver"), other, api, places=3)
        world.subscriptions.save(replace(silver, policy=kept[1].policy), places=3)
        last = next(one for one in applications if not world.subscriptions.of_application(world.tenant, one.id))
        with pytest.raises(PlanFull):
            world.subscriptions.add(world.subscription(last, api), last, api, places=3)

    def test_no_subscription_to_an_api_that_moved_on(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        world.keep_api(api)
        with pytest.raises(Changed):
            world.subscribed(application, api)
        assert not world.subscriptions.subscribed(world.tenant, api.id)
        assert world.plan(application, api) is None
        assert world.applications.get(world.tenant, application.id) == application

    def test_a_saved_subscription_has_moved_on_and_the_gateway_knows_it(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        read, before = world.subscribed(application, api), world.epoch()
        saved = world.subscriptions.save(replace(read, policy="Silver", status=SubscriptionStatus.BLOCKED))
        assert saved == replace(read, policy="Silver", status=SubscriptionStatus.BLOCKED, version=2)
        assert world.subscriptions.get(world.tenant, read.id) == saved
        assert world.plan(application, api) == subscription_grant(saved).to_body()
        assert world.epoch() > before
        with pytest.raises(Changed):
            world.subscriptions.save(read)
        with pytest.raises(Changed):
            world.subscriptions.remove(read)

    def test_a_removed_subscription_is_gone_and_the_pair_may_subscribe_again(self, world: World) -> None:
        application, api = world.applications.add(world.application()), world.api()
        first, before = world.subscribed(application, api), world.epoch()
        world.subscriptions.remove(first)
        assert world.subscriptions.get(world.tenant, first.id) is None
        assert not world.subscriptions.subscribed(world.tenant, api.id)
        assert world.plan(application, api) is None
        assert world.epoch() > before
        assert world.applications.get(world.tenant, application.id) == application
        with pytest.raises(Changed):
            world.subscriptions.remove(first)
        second = world.subscribed(application, api)
        assert world.subscriptions.get(world.tenant, first.id) is None
        assert world.subscriptions.get(world.tenant, second.id) == second

    def test_all_subscriptions_to_an_api_end_together(self, world: World) -> None:
        api, other = world.api(), world.api()
        applications = [world.applications.add(world.application(f"app {n}")) for n in range(30)]
        for application in applications:
            world.subscribed(application, api)
        kept = world.subscribed(applications[0], other)
        world.subscriptions.remove_of_api(world.tenant, api.id)
        world.subscriptions.remove_of_api(world.tenant, api.id)
        assert not world.subscriptions.subscribed(world.tenant, api.id)
        assert world.subscriptions.of_api(world.tenant, api.id) == []
        assert all(world.plan(application, api) is None for application in applications)
        assert world.subscriptions.of_application(world.tenant, applications[0].id) == [kept]
        counted = world.applications.get(world.tenant, applications[0].id)
        assert counted == replace(applications[0], subscriptions=1)


class Promises(ApplicationPromises, KeyPromises, SubscriptionPromises):
    pass


class TestInMemory(Promises):
    @pytest.fixture
    def world(self) -> World:
        return in_memory()


class TestOnDynamoDB(Promises):
    @pytest.fixture
    def world(self, dynamodb: DynamoDB) -> World:
        return on_dynamodb(dynamodb)
