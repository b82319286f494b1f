"""Applications, their keys and their subscriptions, as the store keeps them.

Every write takes the grants of the gateway along in its own transactions, and environments hear of them before it returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gatehouse.ports.publishing.subscriptions import ApiSubscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.applications.application import Application, ApplicationKey, Subscription
    from gatehouse.ports.applications.application_directory import Listed
    from gatehouse.ports.applications.subscription_lines import SubscriptionLine
    from gatehouse.ports.publishing.workflows import Along


class Applications(Protocol):
    """Keeping applications. Names are unique among an owner's, without regard to case."""

    def get(self, tenant: str, application_id: str) -> Application | None:
        """The application with this id, whoever owns it, or None."""
        ...

    def owned(self, tenant: str, owner: str) -> list[Application]:
        """Every application of this user, by name."""
        ...

    def owned_by(self, tenant: str, owner: str) -> list[Listed]:
        """The line of every application of this user in the directory, by name."""
        ...

    def lines(self, tenant: str, application_ids: Collection[str]) -> dict[str, Listed]:
        """The lines in the directory of those of these applications that exist, by id; of many, perhaps of others too."""
        ...

    def shared(self, tenant: str, circles: Collection[str]) -> list[Application]:
        """Every application that is shared with one of these circles (`domain.applications.sharing`), by name."""
        ...

    def some(self, tenant: str, application_ids: Collection[str]) -> dict[str, Application]:
        """Those of these applications that exist, by id."""
        ...

    def add(self, application: Application, *, along: Sequence[Along] = ()) -> Application:
        """Keep a new application; returns it with its version. Raises ApplicationExists.

        The gateway knows of it when its status `serves`. Here and below, `along` is written in the same transaction.
        """
        ...

    def add_default(self, application: Application) -> bool:
        """Keep a user's first application, but only once in the user's life; whether it was kept now."""
        ...

    def save(self, application: Application, *, along: Sequence[Along] = ()) -> Application:
        """Replace an application read before and the grants of its keys; returns it with its new version.

        Raises Changed, ApplicationExists (the new name is taken).
        """
        ...

    def withdraw(self, application: Application, *, along: Sequence[Along] = ()) -> Application:
        """Mark an application as being deleted, and take all its grants from the gateway. May be repeated.

        Raises Changed. From then on nothing can be added to it.
        """
        ...

    def remove(self, application: Application) -> None:
        """Forget a withdrawn application, its keys and its subscriptions. May be repeated."""
        ...


class ApplicationKeys(Protocol):
    """Keeping the keys of applications."""

    def of_application(self, tenant: str, application_id: str) -> list[ApplicationKey]:
        """Every key of the application, by type and key manager."""
        ...

    def add(self, key: ApplicationKey, application: Application, *, along: Sequence[Along] = ()) -> ApplicationKey:
        """Keep a new key; returns it with its version. One without a client opens nothing.

        Raises KeyExists, KeyMapped (the client of an external key manager stands for an application already), or Changed
        when the application moved on.
        """
        ...

    def complete(self, key: ApplicationKey, application: Application, *, along: Sequence[Along] = ()) -> ApplicationKey:
        """Replace a key read before that had no client and has one now; returns it with its new version.

        Raises KeyMapped, Changed.
        """
        ...

    def save(self, key: ApplicationKey, *, along: Sequence[Along] = ()) -> ApplicationKey:
        """Replace a key read before, but not its client; returns it with its new version. Raises Changed."""
        ...

    def remove(self, key: ApplicationKey, *, along: Sequence[Along] = ()) -> None:
        """Forget a key read before. Raises Changed."""
        ...


class Subscriptions(ApiSubscriptions, Protocol):
    """Keeping subscriptions. The application and the API of one may be of two tenants: then both find it."""

    def get(self, tenant: str, subscription_id: str) -> Subscription | None:
        """The subscription with this id of an application, or to an API, of the tenant; or None."""
        ...

    def of_application(self, tenant: str, application_id: str) -> list[Subscription]:
        """Every subscription of the application."""
        ...

    def all(self, tenant: str) -> list[Subscription]:
        """Every subscription to the tenant's APIs, by id."""
        ...

    def lines(self, tenant: str, api_id: str = "") -> list[SubscriptionLine]:
        """The line of every subscription to the tenant's APIs, or to one of them, by id."""
        ...

    def some(self, lines: Sequence[SubscriptionLine]) -> list[Subscription]:
        """Those of these lines that there still are, in their order."""
        ...

    def across(self, tenant: str) -> list[Subscription]:
        """Every subscription between this tenant and another, whichever has the API, by id."""
        ...

    def of_api(self, tenant: str, api_id: str) -> list[Subscription]:
        """Every subscription to the API, of applications of whatever tenant."""
        ...

    def between(self, tenant: str, application_ids: Collection[str], api_id: str) -> list[Subscription]:
        """The subscriptions of these applications, which are of this tenant, to the API, whoever has that."""
        ...

    def add(
        self,
        subscription: Subscription,
        application: Application,
        api: Api,
        *,
        places: int = 0,
        along: Sequence[Along] = (),
    ) -> Subscription:
        """Keep a new subscription; returns it with its version. `places` is how many the API may have on its plan, 0 any.

        Raises SubscriptionExists, PlanFull, or Changed when the application or the API is not what was read, or when
        another took a place at the same time.
        """
        ...

    def save(self, subscription: Subscription, *, places: int = 0, along: Sequence[Along] = ()) -> Subscription:
        """Replace plan and status of a subscription read before. `places` as in `add`. Raises Changed, PlanFull."""
        ...

    def remove(self, subscription: Subscription, *, along: Sequence[Along] = ()) -> None:
        """End a subscription read before. Raises Changed."""
        ...
