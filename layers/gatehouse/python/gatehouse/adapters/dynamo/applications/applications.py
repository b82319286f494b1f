"""Applications in table `applications`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.applications.api_key_revocation import RevocableApiKeys
from gatehouse.adapters.dynamo.applications.directory import READ_MAX, DirectoryTable
from gatehouse.adapters.dynamo.applications.rows import (
    ACTIONS_MAX,
    KEY,
    META,
    SUBSCRIPTION,
    ApplicationRow,
    application_body,
    application_of,
    application_pk,
    circle_prefix,
    client_pk,
    directory_pk,
    key_of,
    parts,
    shared_pk,
    subscribers_pk,
    subscription_ids_pk,
    subscription_of,
    welcomed_pk,
)
from gatehouse.adapters.dynamo.applications.subscription_ids import SubscriptionIds
from gatehouse.adapters.dynamo.applications.webhooks import WebhookTable
from gatehouse.adapters.dynamo.table import Transaction, batch, bind, get, query
from gatehouse.domain.applications.application import (
    ApplicationExists,
    ApplicationStatus,
    application_grant,
    application_profile,
    grant_key,
)
from gatehouse.domain.applications.sharing import circles_around
from gatehouse.domain.applications.subscription_grant import subscription_end
from gatehouse.domain.artifact import Artifact, Withdrawal, application_key
from gatehouse.domain.errors import Changed, Conflict
from gatehouse.domain.throttling.policy import PolicyKind
from gatehouse.ports.applications.application_directory import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gatehouse.adapters.dynamo.artifacts import ArtifactTable
    from gatehouse.domain.applications.application import Application, ApplicationKey, Subscription
    from gatehouse.domain.artifact import Change
    from gatehouse.ports.applications.application_directory import Listed
    from gatehouse.ports.publishing.workflows import Along

ACTIONS_PER_SUBSCRIPTION = 9
"""Four rows, a note and its grant; abroad, one more line with its note, and one more artifact."""


class AlreadyWelcomed(Conflict):
    """The user has had a default application; it never leaves this module."""


class ApplicationTable:
    """Implements `ports.applications.applications.Applications` and `ports.throttling.policies.Attachments`."""

    def __init__(self, table_name: str, artifacts: ArtifactTable) -> None:
        """On the table of this name; `artifacts` takes part in its transactions."""
        self._row = bind(ApplicationRow, table_name)
        self._artifacts = artifacts
        self._api_keys = RevocableApiKeys(table_name, artifacts)
        self._webhooks = WebhookTable(table_name)
        self._directory = DirectoryTable(table_name)
        self._ids = SubscriptionIds(table_name)

    def get(self, tenant: str, application_id: str) -> Application | None:
        """The application with this id, whoever owns it, or None."""
        row = get(self._row, application_pk(tenant, application_id), META)
        return application_of(tenant, row) if row else None

    def owned(self, tenant: str, owner: str) -> list[Application]:
        """Every application of this user, by name."""
        lines = self.owned_by(tenant, owner)
        found = self.some(tenant, [line.id for line in lines])
        return [found[line.id] for line in lines if line.id in found]

    def lines(self, tenant: str, application_ids: Collection[str]) -> dict[str, Listed]:
        """The lines of those of these applications that exist, by id."""
        if len(application_ids) <= READ_MAX:
            return {found.id: listed(found) for found in self.some(tenant, application_ids).values()}
        return {line.id: line for line in self._directory.listed(tenant)}

    def owned_by(self, tenant: str, owner: str) -> list[Listed]:
        """The line of every application of this user, by name."""
        return self._directory.owned_by(tenant, owner)

    def shared(self, tenant: str, circles: Collection[str]) -> list[Application]:
        """Every application that is shared with one of these circles, by name."""
        partition = shared_pk(tenant)
        ids = {
            str(row.body["id"])
            for circle in sorted(circles)
            for row in query(self._row, partition, prefix=circle_prefix(circle))
        }
        return sorted(
            self.some(tenant, ids).values(), key=lambda application: (application.name.lower(), application.id)
        )

    def some(self, tenant: str, application_ids: Collection[str]) -> dict[str, Application]:
        """Those of these applications that exist, by id."""
        keys = [(application_pk(tenant, application_id), META) for application_id in set(application_ids)]
        found = (application_of(tenant, row) for row in batch(self._row, keys)) if keys else ()
        return {application.id: application for application in found}

    def add(self, application: Application, *, along: Sequence[Along] = ()) -> Application:
        """Keep a new application; returns it with its version. Raises ApplicationExists."""
        transaction = Transaction()
        self._create(transaction, application)
        self._commit(transaction, _grants(application), along)
        return replace(application, version=1)

    def add_default(self, application: Application) -> bool:
        """Keep a user's first application, but only once in the user's life; whether it was kept now."""
        welcomed = self._row(welcomed_pk(application.tenant), application.owner.lower())
        if get(self._row, welcomed.pk, welcomed.sk):
            return False
        transaction = Transaction()
        transaction.create(welcomed, otherwise=AlreadyWelcomed())
        self._create(transaction, application)
        try:
            self._commit(transaction, _grants(application))
        except (AlreadyWelcomed, ApplicationExists):
            return False
        return True

    def save(self, application: Application, *, along: Sequence[Along] = ()) -> Application:
        """Replace an application read before and the grants of its keys. Raises Changed, ApplicationExists."""
        transaction, known, keys = self._change(application)
        if (known.name.lower(), known.owner.lower()) != (application.name.lower(), application.owner.lower()):
            self._directory.remove(transaction, known)
            self._directory.add(transaction, application, otherwise=ApplicationExists(application=application.name))
        else:
            self._directory.put(transaction, application)
        before, after = circles_around(known), circles_around(application)
        for circle in sorted(before - after):
            transaction.delete(self._circle(known, circle))
        for circle in sorted(after - before):
            transaction.put(self._circle(application, circle))
        self._commit(transaction, _grants(application, keys), along)
        return replace(application, version=application.version + 1)

    def withdraw(self, application: Application, *, along: Sequence[Along] = ()) -> Application:
        """Mark an application as being deleted, and take all its grants from the gateway. Raises Changed."""
        marked = replace(application, status=ApplicationStatus.DELETE_PENDING)
        transaction, _, keys = self._change(marked)
        self._directory.put(transaction, marked)
        # Without a grant of its keys no call of the application gets through: they go first, with the mark. API keys
        # open nothing without its profile, so they may follow.
        profile = Withdrawal(application_key(application.tenant, application.id))
        self._commit(transaction, [profile, *(Withdrawal(grant_key(key)) for key in keys if key.client_id)], along)
        self._api_keys.withdraw_all(application)
        withdrawals = [
            end for subscription in self._subscriptions(application) for end in subscription_end(subscription)
        ]
        for part in parts(withdrawals, ACTIONS_MAX):
            self._artifacts.publish(part)
        return replace(marked, version=marked.version + 1)

    def remove(self, application: Application) -> None:
        """Forget a withdrawn application, its keys and its subscriptions: META last, so that it can be repeated.

        Raises Changed.
        """
        tenant, partition = application.tenant, application_pk(application.tenant, application.id)
        for part in parts(self._subscriptions(application), ACTIONS_MAX // ACTIONS_PER_SUBSCRIPTION):
            transaction = Transaction()
            self._webhooks.end(transaction, part)
            for subscription in part:
                transaction.delete(self._row(partition, f"{SUBSCRIPTION}{subscription.api_id}"))
                self._ids.remove(transaction, subscription)
                transaction.delete(
                    self._row(subscribers_pk(subscription.api_tenant, subscription.api_id), application.id)
                )
            # Once more: its plan may have been changed, and its grant written, since the application was withdrawn.
            self._commit(transaction, [end for subscription in part for end in subscription_end(subscription)])
        self._api_keys.remove_all(application)
        transaction = Transaction()
        for row in query(self._row, partition, prefix=KEY):
            transaction.delete(self._row(partition, row.sk))
            key = key_of(tenant, row)
            if key.client_id:
                transaction.delete(self._row(client_pk(key), key.client_id))
        for circle in sorted(circles_around(application)):
            transaction.delete(self._circle(application, circle))
        self._directory.remove(transaction, application)
        transaction.delete(self._row(partition, META))
        transaction.commit()

    def refers_to(self, tenant: str, kind: PolicyKind, name: str) -> bool:
        """Whether an application has this tier, or a subscription this plan.

        It reads the tenant's list, which is acceptable because only the deletion of a policy asks.
        """
        partitions = {
            PolicyKind.APPLICATION: directory_pk(tenant),
            PolicyKind.SUBSCRIPTION: subscription_ids_pk(tenant),
        }
        partition = partitions.get(kind)
        # The plan of a subscription abroad is another tenant's, whatever it is called.
        return partition is not None and any(
            row.body["policy"] == name and row.body.get("abroad", "") in {"", tenant}
            for row in query(self._row, partition)
        )

    def _change(self, application: Application) -> tuple[Transaction, Application, list[ApplicationKey]]:
        """A transaction that replaces META, what stands there now, and the keys, which cannot change meanwhile."""
        partition = application_pk(application.tenant, application.id)
        row = get(self._row, partition, META)
        if row is None or int(row.version) != application.version:
            raise Changed(application=application.id)
        keys = [key_of(application.tenant, found) for found in query(self._row, partition, prefix=KEY)]
        unchanged = self._row.version == application.version
        same_keys = self._row.keys == row.keys
        transaction = Transaction()
        transaction.update(
            self._row(partition, META),
            [self._row.body.set(application_body(application)), self._row.version.set(application.version + 1)],
            when=unchanged & same_keys,
        )
        return transaction, application_of(application.tenant, row), keys

    def _create(self, transaction: Transaction, application: Application) -> None:
        taken = ApplicationExists(application=application.name, owner=application.owner)
        self._directory.add(transaction, application, otherwise=taken)
        for circle in sorted(circles_around(application)):
            transaction.put(self._circle(application, circle))
        meta = self._row(
            application_pk(application.tenant, application.id),
            META,
            body=application_body(application),
            subscriptions=0,
            keys=0,
        )
        transaction.create(meta, otherwise=Conflict(cause="application id taken", id=application.id))

    def _circle(self, application: Application, circle: str) -> ApplicationRow:
        where = f"{circle_prefix(circle)}{application.id}"
        return self._row(shared_pk(application.tenant), where, body={"id": application.id})

    def _subscriptions(self, application: Application) -> list[Subscription]:
        partition = application_pk(application.tenant, application.id)
        found = query(self._row, partition, prefix=SUBSCRIPTION)
        return [subscription_of(row) for row in found]

    def _commit(self, transaction: Transaction, changes: Sequence[Change], along: Sequence[Along] = ()) -> None:
        for write in along:
            write(transaction)
        self._artifacts.join(transaction, changes)
        transaction.commit()
        self._artifacts.announce(changes)


def _grants(application: Application, keys: Sequence[ApplicationKey] = ()) -> list[Change]:
    """What the gateway knows of an application that somebody has approved."""
    if not application.status.serves:
        return []
    key = application_key(application.tenant, application.id)
    profile = Artifact(key, application_profile(application).to_body())
    made = (one for one in keys if one.client_id)
    return [profile, *(Artifact(grant_key(one), application_grant(application, one).to_body()) for one in made)]
