"""The courier's composition root. It is invoked with what changed in table `workflows`, and tells who wants to know."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gatehouse.adapters.aws import dynamodb_client
from gatehouse.adapters.clock import SystemClock
from gatehouse.adapters.dynamo.identity import UserDirectory
from gatehouse.adapters.dynamo.tenant_configuration import TenantConfigurationTable
from gatehouse.adapters.dynamo.workflows import WorkflowTable, turn_of
from gatehouse.adapters.login import store_users, user_store_seal
from gatehouse.adapters.outward.mail import SesMail
from gatehouse.adapters.outward.webhooks import HttpWebhooks
from gatehouse.controlplane.workflows.courier import Courier
from gatehouse.controlplane.workflows.hooks import Hooks
from gatehouse.domain.errors import Unavailable
from gatehouse.edge.post import LoggedMail
from gatehouse.settings import CourierSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_settings = CourierSettings.from_environment(os.environ)
_log = Logger(service="gatehouse")
_clock = SystemClock()
_courier = Courier(
    configurations=TenantConfigurationTable(_settings.settings_table),
    workflows=WorkflowTable(_settings.workflows_table),
    users=store_users(_settings, UserDirectory(_settings.identity_table), dynamodb_client(), _clock),
    mail=LoggedMail(SesMail(_settings.mail_sender)),
    hooks=Hooks(seal=user_store_seal(_settings), plain_http_allowed=_settings.local_backends_allowed),
    webhooks=HttpWebhooks(internal_allowed=_settings.local_backends_allowed),
    clock=_clock,
    management_url=_settings.management_url,
)


def handler(event: Mapping[str, Any], _context: Any) -> None:
    """Tell of each change. One that cannot be told of holds up no other, and is not tried again: decisions stand anyway."""
    for record in event["Records"]:
        told = turn_of(record)
        if told is None:
            continue
        turn, workflow = told
        facts = {"turn": turn, "tenant": workflow.tenant, "workflow": workflow.id, "kind": workflow.kind}
        try:
            _courier.tell(turn, workflow)
        except Unavailable as error:
            _log.warning("somebody was not told", extra={**facts, "facts": str(error.facts)})
        else:
            _log.info("told", extra=facts)
