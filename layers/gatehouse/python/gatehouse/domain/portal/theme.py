"""A theme is how a portal looks to somebody: files in a zip, of kinds that browsers show and do not run elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.apis.archive import ArchiveRefused
from gatehouse.domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

THEMES_MAX = 10
"""How many one API, or one organization, may have."""

KINDS = frozenset(
    {
        *(".css", ".html", ".js", ".json", ".txt", ".xml", ".md", ".mdx", ".hbs", ".graphql"),
        *(".gif", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp"),
        *(".eot", ".otf", ".ttf", ".woff", ".woff2"),
    }
)
"""How files of themes end."""


class ThemeNotFound(NotFound):
    """There is no such theme, or none at all."""

    code = 901710
    message = "Theme not found"


class TooManyThemes(Invalid):
    """As many are kept as may be."""

    message = "Too many themes"


def check_files(names: Iterable[str]) -> None:
    """Raises ArchiveRefused that names a file of a kind that no theme has, or says that there is none."""
    known = list(names)
    if not known:
        raise ArchiveRefused.entry("file", "holds no files")
    for name in known:
        kind = f".{name.rpartition('/')[2].rpartition('.')[2].lower()}"
        if kind not in KINDS:
            raise ArchiveRefused.entry(name, f"is no file of a theme; those end with {', '.join(sorted(KINDS))}")
