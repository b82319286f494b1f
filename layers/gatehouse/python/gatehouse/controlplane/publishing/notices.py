"""Notices: subscribers of older versions are written to when a new version is published, where their tenant wants that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from gatehouse.controlplane.two_sides import applications_of
from gatehouse.domain.apis.api import version_order
from gatehouse.domain.errors import Unavailable
from gatehouse.domain.people.mail_address import mail_address
from gatehouse.ports.people.mail import Letter

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.tenant_rules import TenantRules
    from gatehouse.domain.apis.api import Api
    from gatehouse.ports.apis.apis import ApiLookup
    from gatehouse.ports.applications.applications import Applications, Subscriptions
    from gatehouse.ports.people.identity import UserLookup
    from gatehouse.ports.people.mail import Mail

LETTERS_MAX = 300
"""How many people are written to about one version: the request that publishes it waits for the letters."""
AT_ONCE = 8
"""How many letters are handed over at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Writes letters. One that cannot be sent keeps nothing from being published."""

    rules: TenantRules
    apis: ApiLookup
    subscriptions: Subscriptions
    applications: Applications
    users: UserLookup
    mail: Mail

    def published(self, api: Api) -> None:
        """Write to who is subscribed to an older version of this one, once to each."""
        notice = self.rules.version_notice(api.tenant)
        if notice is None:
            return
        subject, text = (_filled(part, api) for part in notice)
        owners = sorted(self._subscribers(api))[:LETTERS_MAX]

        def write(owner: tuple[str, str]) -> None:
            user = self.users.get(*owner)
            address = mail_address(user) if user and user.active else ""
            if address:
                # Whoever keeps the post has written down why it did not go out.
                with suppress(Unavailable):
                    self.mail.send(Letter(to=address, subject=subject, text=text))

        with ThreadPoolExecutor(AT_ONCE) as post:
            list(post.map(write, owners))

    def _subscribers(self, api: Api) -> set[tuple[str, str]]:
        """The tenants and names of the owners of their applications."""
        older = [
            one.id
            for one in self.apis.summaries(api.tenant)
            if one.name.lower() == api.name.lower() and version_order(one.version) < version_order(api.version)
        ]
        subscribed = [one for old in older for one in self.subscriptions.of_api(api.tenant, old)]
        return {(found.tenant, found.owner) for found in applications_of(self.applications, subscribed).values()}


def _filled(template: str, api: Api) -> str:
    """A template of WSO2's with the name for `$1` and the version for `$2`."""
    made = escape if template.lstrip().startswith("<") else str
    return template.replace("$1", made(api.name)).replace("$2", made(api.version))
