"""Webhooks in table `applications`: one partition per application, and per API who has any, and how many.

The count moves in the transaction that adds or removes a webhook, and what adds one demands that its subscription stands. So
a subscription that goes takes all of them along: its transaction demands that the count is nought.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PynamoDBException, UpdateError

from gatehouse.adapters.dynamo.applications.rows import (
    ACTIONS_MAX,
    SUBSCRIPTION,
    ApplicationRow,
    application_pk,
    holders_pk,
    parts,
    webhooks_pk,
)
from gatehouse.adapters.dynamo.table import Row, Transaction, bind, get, query
from gatehouse.domain.applications.grant import KeyType
from gatehouse.domain.applications.webhook import Delivery, Standing, Webhook
from gatehouse.domain.errors import Changed, Conflict, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pynamodb.expressions.update import Action

    from gatehouse.domain.applications.application import Subscription

ATTEMPTS = 5
_CONDITION = "ConditionalCheckFailedException"


class WebhookRow(Row):
    """One webhook. How its last delivery went stands apart from the body, so that noting it rewrites nothing else."""

    delivered_at = NumberAttribute(null=True)
    delivery = NumberAttribute(null=True)


class HolderRow(Row):
    """That an application has webhooks at an API, and how many."""

    taken = NumberAttribute(default=0)


class _Full(Conflict):
    """No place is left; it never leaves this module."""


class _Ended(Conflict):
    """The subscription is gone; it never leaves this module."""


class WebhookTable:
    """Implements `ports.applications.webhooks.Webhooks`, and ends them with their subscriptions."""

    def __init__(self, table_name: str) -> None:
        """On the table of this name."""
        self._row = bind(WebhookRow, table_name)
        self._holder = bind(HolderRow, table_name)
        self._subscription = bind(ApplicationRow, table_name)

    def of_application(self, tenant: str, application_id: str, api_id: str = "") -> list[Webhook]:
        """Every webhook of an application, at one API or at all (""), by API and topic; expired ones among them."""
        prefix = f"{api_id}#" if api_id else ""
        found = query(self._row, webhooks_pk(tenant, application_id), prefix=prefix)
        return sorted((_webhook(tenant, row) for row in found), key=lambda one: (one.api_id, one.topic, one.callback))

    def of_topic(self, tenant: str, api_id: str, topic: str) -> list[Webhook]:
        """Those of all applications at a topic; expired ones among them."""
        holders = [row.sk for row in query(self._holder, holders_pk(tenant, api_id)) if row.taken]
        prefix = f"{api_id}#{_digest(topic)}#"
        return [
            _webhook(tenant, row)
            for application_id in holders
            for row in query(self._row, webhooks_pk(tenant, application_id), prefix=prefix)
        ]

    def get(self, webhook: Webhook) -> Webhook | None:
        """What is known of the webhook with this application, API, topic and callback."""
        row = get(self._row, *_key(webhook))
        return _webhook(webhook.tenant, row) if row else None

    def keep(self, webhook: Webhook, *, places: int, now: int) -> Standing:
        """Keep it, in place of one with the same topic and callback: ACCEPTED, or FULL or ENDED and nothing is kept.

        Raises Changed when others do not stop coming.
        """
        for _ in range(ATTEMPTS):
            try:
                self._keep(webhook, places)
            except _Ended:
                return Standing.ENDED
            except _Full:
                if not self._drop_expired(webhook, now):
                    return Standing.FULL
            except Changed:
                continue  # the same webhook came or went in this moment
            else:
                return Standing.ACCEPTED
        raise Changed(application=webhook.application_id)

    def remove(self, webhook: Webhook, *, expired_by: int = 0) -> bool:
        """Forget it, with `expired_by` only if its lease has run out by then; whether it was forgotten."""
        row = get(self._row, *_key(webhook))
        if row is None or (expired_by and row.body["expires_at"] > expired_by):
            return False
        with suppress(NotFound):
            self._remove(webhook.tenant, [row])
            return True
        return False

    def note(self, webhook: Webhook, delivery: Delivery, at: int) -> None:
        """Keep how a delivery went, unless the webhook is gone."""
        row = self._row(*_key(webhook))
        actions: list[Action] = [self._row.delivered_at.set(at), self._row.delivery.set(int(delivery))]
        try:
            row.update(actions=actions, condition=self._row.pk.exists())
        except UpdateError as error:
            if error.cause_response_code != _CONDITION:
                raise Unavailable(cause=str(error)) from error
        except PynamoDBException as error:
            raise Unavailable(cause=str(error)) from error

    def end(self, transaction: Transaction, subscriptions: Iterable[Subscription]) -> None:
        """Forget all webhooks of these subscriptions, and let the transaction that ends them fail if there is a new one."""
        for subscription in subscriptions:
            tenant, application_id, api_id = subscription.tenant, subscription.application_id, subscription.api_id
            left = list(query(self._row, webhooks_pk(tenant, application_id), prefix=f"{api_id}#"))
            for part in parts(left, ACTIONS_MAX - 1):
                with suppress(NotFound):  # somebody else forgot one of them: the transaction will tell
                    self._remove(tenant, part)
            holder = self._holder(holders_pk(tenant, api_id), application_id)
            nobody = self._holder.pk.does_not_exist() | (self._holder.taken == 0)
            transaction.delete(holder, when=nobody, otherwise=Changed(subscription=subscription.id))

    def _keep(self, webhook: Webhook, places: int) -> None:
        pk, sk = _key(webhook)
        known = get(self._row, pk, sk)
        row = self._row(pk, sk, body=_body(webhook))
        subscription = self._subscription(
            application_pk(webhook.tenant, webhook.application_id), f"{SUBSCRIPTION}{webhook.api_id}"
        )
        transaction = Transaction()
        transaction.check(subscription, when=self._subscription.pk.exists(), otherwise=_Ended())
        if known is None:
            transaction.create(row, otherwise=Changed())
            room = self._holder.taken.does_not_exist() | (self._holder.taken < places)
            transaction.update(self._of(webhook), [self._holder.taken.add(1)], when=room, otherwise=_Full())
        else:
            row.delivered_at, row.delivery = known.delivered_at, known.delivery
            transaction.put(row, when=self._row.pk.exists(), otherwise=Changed())
        transaction.commit()

    def _drop_expired(self, webhook: Webhook, now: int) -> bool:
        """Forget those of the application at the API that have expired; whether there were any."""
        partition = webhooks_pk(webhook.tenant, webhook.application_id)
        found = query(self._row, partition, prefix=f"{webhook.api_id}#")
        expired = [row for row in found if row.body["expires_at"] <= now]
        for part in parts(expired, ACTIONS_MAX - 1):
            with suppress(NotFound):
                self._remove(webhook.tenant, part)
        return bool(expired)

    def _remove(self, tenant: str, rows: Iterable[WebhookRow]) -> None:
        """In one transaction; all of one application and API. Raises NotFound when one is not there, or not the same."""
        found = list(rows)
        transaction = Transaction()
        for row in found:
            same = self._row.pk.exists() & (self._row.body == row.body)
            transaction.delete(self._row(row.pk, row.sk), when=same, otherwise=NotFound())
        transaction.update(self._of(_webhook(tenant, found[0])), [self._holder.taken.add(-len(found))])
        transaction.commit()

    def _of(self, webhook: Webhook) -> HolderRow:
        return self._holder(holders_pk(webhook.tenant, webhook.api_id), webhook.application_id)


def _key(webhook: Webhook) -> tuple[str, str]:
    where = f"{webhook.api_id}#{_digest(webhook.topic)}#{_digest(webhook.callback)}"
    return webhooks_pk(webhook.tenant, webhook.application_id), where


def _digest(text: str) -> str:
    """A short name for something that may be long and may hold anything."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _body(webhook: Webhook) -> dict[str, Any]:
    return {
        "application_id": webhook.application_id,
        "api_id": webhook.api_id,
        "topic": webhook.topic,
        "callback": webhook.callback,
        "secret": webhook.secret,
        "key_type": webhook.key_type,
        "subject": webhook.subject,
        "created_at": webhook.created_at,
        "expires_at": webhook.expires_at,
    }


def _webhook(tenant: str, row: WebhookRow) -> Webhook:
    at = int(row.delivered_at or 0)
    typed = {
        "key_type": KeyType(row.body["key_type"]),
        "delivered_at": at,
        "delivery": Delivery(int(row.delivery)) if at else None,
    }
    return Webhook(**{**row.body, **typed}, tenant=tenant)
