"""Themes: kept as they were sent, after a look inside; of those of one owner at most one is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Changed
from gatehouse.domain.portal.theme import THEMES_MAX, ThemeNotFound, TooManyThemes, check_files
from gatehouse.domain.record import Kind, made, new_id, rewritten

if TYPE_CHECKING:
    from gatehouse.domain.people.identity import Principal
    from gatehouse.domain.record import Record
    from gatehouse.ports.apis.archives import Archives
    from gatehouse.ports.portal.records import Records
    from gatehouse.ports.world import Blobs, Clock

PUBLISHED = "published"
"""What the published one is called, so that there is one."""

TENANTS = "theme"
"""The id of the tenant's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wearer:
    """Whose themes: an API's (`api_id`), or an organization's of the tenant ("" is the tenant itself)."""

    tenant: str
    api_id: str = ""
    organization: str = ""

    @property
    def published(self) -> str:
        """The name of the published one."""
        return f"{PUBLISHED} {self.organization}" if self.organization else PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Themes:
    """Raises ArchiveRefused for what is no theme, or dangerous."""

    records: Records
    blobs: Blobs
    archives: Archives
    clock: Clock

    def all(self, wearer: Wearer) -> list[Record]:
        """Every one, oldest first."""
        found = self.records.all(wearer.tenant, Kind.THEME, wearer.api_id)
        return [one for one in found if one.body.get("organization", "") == wearer.organization]

    def get(self, wearer: Wearer, theme_id: str) -> Record:
        """One. Raises ThemeNotFound."""
        found = self.records.get(wearer.tenant, Kind.THEME, theme_id, wearer.api_id)
        if found is None or found.body.get("organization", "") != wearer.organization:
            raise ThemeNotFound(f"There is no theme '{theme_id}'.")
        return found

    def add(self, principal: Principal, wearer: Wearer, content: bytes) -> Record:
        """A new one, unpublished. Raises ArchiveRefused, TooManyThemes."""
        if len(self.all(wearer)) >= THEMES_MAX:
            raise TooManyThemes(f"At most {THEMES_MAX} themes are kept. Delete one that is not published.")
        body = {"blob": self._kept(wearer.tenant, content), "organization": wearer.organization}
        record = made(principal, self.clock.now(), Kind.THEME, new_id(), body, owner=wearer.api_id)
        return self.records.add(record, taken=Changed())

    def content(self, theme: Record) -> bytes:
        """The zip."""
        return self.blobs.get(theme.tenant, str(theme.body["blob"]))

    def remove(self, wearer: Wearer, theme_id: str) -> None:
        """Raises ThemeNotFound, Changed."""
        self.records.remove([self.get(wearer, theme_id)])

    def publish(self, wearer: Wearer, theme_id: str) -> None:
        """Let portals show it, in place of the one they show. Raises ThemeNotFound, Changed."""
        theme = self.get(wearer, theme_id)
        for other in self.all(wearer):
            if other.name and other.id != theme.id:
                self.records.replace(other, replace(other, name=""), taken=Changed())
        if not theme.name:
            self.records.replace(theme, replace(theme, name=wearer.published), taken=Changed())

    def unpublish(self, wearer: Wearer, theme_id: str) -> None:
        """Let portals show it no longer. Raises ThemeNotFound, Changed."""
        theme = self.get(wearer, theme_id)
        if theme.name:
            self.records.replace(theme, replace(theme, name=""), taken=Changed())

    def of_tenant(self, tenant: str) -> bytes:
        """The zip of the tenant's own theme. Raises ThemeNotFound."""
        found = self.records.get(tenant, Kind.TENANT_THEME, TENANTS)
        if found is None:
            raise ThemeNotFound("The tenant has no theme of its own.")
        return self.content(found)

    def dress_tenant(self, principal: Principal, content: bytes) -> None:
        """Give the tenant this theme, in place of the one it has. Raises ArchiveRefused, Changed."""
        body = {"blob": self._kept(principal.tenant, content)}
        now, before = self.clock.now(), self.records.get(principal.tenant, Kind.TENANT_THEME, TENANTS)
        if before is None:
            self.records.add(made(principal, now, Kind.TENANT_THEME, TENANTS, body), taken=Changed())
        else:
            self.records.replace(before, rewritten(before, principal, now, body), taken=Changed())

    def _kept(self, tenant: str, content: bytes) -> str:
        check_files(self.archives.unpack(content))
        return self.blobs.put(tenant, content)
