"""Hooks: the webhooks that a tenant's configuration has decide about kinds of workflows, with their secrets sealed.

An element of the section, as it is written: `{executor: "webhook", url, security: {type, username, tokenUrl, secret}}`. It is
kept with `sealed` in place of `secret`, and shown with `HIDDEN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.controlplane.hidden import HIDDEN
from gatehouse.controlplane.workflows.rules import ELEMENTS, EXECUTOR, SECTION, WEBHOOK
from gatehouse.domain.errors import Invalid
from gatehouse.domain.publishing.webhook import HookSecurity, Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.publishing.workflow import WorkflowKind
    from gatehouse.ports.people.user_stores import Seal

URL, SECURITY, TYPE, USERNAME, TOKEN_URL, SECRET, SEALED = (
    "url",
    "security",
    "type",
    "username",
    "tokenUrl",
    "secret",
    "sealed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Opens and seals. `plain_http_allowed` is for the local stack."""

    seal: Seal
    plain_http_allowed: bool

    def of(self, tenant: str, kind: WorkflowKind, configuration: Mapping[str, Any]) -> Webhook | None:
        """Who is asked about workflows of this kind, or None. Raises Unavailable."""
        name = ELEMENTS[kind]
        element = _elements(configuration).get(name)
        if element is None:
            return None
        security = _security(element)
        sealed = security.get(SEALED)
        return Webhook(
            url=element[URL],
            security=HookSecurity(security.get(TYPE, HookSecurity.NONE)),
            username=security.get(USERNAME, ""),
            token_url=security.get(TOKEN_URL, ""),
            secret=self.seal.open(sealed, _context(tenant, name, element)) if sealed else "",
        )

    def kept(self, tenant: str, written: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """A configuration as it is kept. A secret that is sent as it is shown stays, as long as it goes to the same place.

        Raises Invalid, Unavailable.
        """
        elements, known = _elements(written), _elements(before)
        changed = {name: self._kept(tenant, name, element, known.get(name)) for name, element in elements.items()}
        return {**written, SECTION: {**written[SECTION], **changed}} if changed else dict(written)

    def _kept(
        self, tenant: str, name: str, element: Mapping[str, Any], before: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        security = dict(_security(element))
        if not self.plain_http_allowed:
            for where, url in ((URL, element[URL]), (f"{SECURITY}.{TOKEN_URL}", security.get(TOKEN_URL))):
                if url and not str(url).startswith("https://"):
                    raise Invalid.field(f"{SECTION}.{name}.{where}", "must be an https address")
        secret, context = security.pop(SECRET, ""), _context(tenant, name, element)
        if secret == HIDDEN:
            if before is None or _context(tenant, name, before) != context or SEALED not in _security(before):
                problem = "must be given again: it would go to another address, or for another client"
                raise Invalid.field(f"{SECTION}.{name}.{SECURITY}.{SECRET}", problem)
            security[SEALED] = _security(before)[SEALED]
        elif secret:
            security[SEALED] = self.seal.seal(secret, context)
        return {**element, SECURITY: security}


def shown(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration that was kept, as it may be seen."""
    elements = {name: {**element, SECURITY: _masked(_security(element))} for name, element in _elements(kept).items()}
    return {**kept, SECTION: {**kept[SECTION], **elements}} if elements else dict(kept)


def _masked(security: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in security.items() if name != SEALED}
    return {**told, SECRET: HIDDEN} if SEALED in security else told


def _elements(configuration: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The elements of the section that name a webhook."""
    section = configuration.get(SECTION)
    found = section.items() if isinstance(section, dict) else ()
    return {name: one for name, one in found if isinstance(one, dict) and one.get(EXECUTOR) == WEBHOOK}


def _security(element: Mapping[str, Any]) -> Mapping[str, Any]:
    return element.get(SECURITY) or {}


def _context(tenant: str, name: str, element: Mapping[str, Any]) -> str:
    """What a secret is sealed for: it goes where it was given for, and nowhere else."""
    security = _security(element)
    parts = (tenant, name, element[URL], *(security.get(part) for part in (TYPE, USERNAME, TOKEN_URL)))
    return "\n".join(str(part or "") for part in parts)
