"""Content of a form: sent along, as a file or as text, or to be read from an address."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from gatehouse.domain.errors import Invalid
from gatehouse.ports.remote import READING_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.ports.apis.definitions import DefinitionSources
    from gatehouse.ports.remote import Remote

URL = "url"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where definitions come from."""

    remote: Remote
    definitions: DefinitionSources

    def definition(self, form: Mapping[str, bytes], *names: str) -> bytes:
        """One document: what the one of these parts holds that is there, or what stands at `url`, with what it refers to.

        Parts may be archives. Raises what `content_of` raises, DefinitionInvalid, ArchiveRefused.
        """
        began = monotonic()
        content = content_of(form, self.remote, *names)
        left = READING_SECONDS - (monotonic() - began)
        return self.definitions.gathered(content, form.get(URL, b"").decode().strip(), seconds=left)


def content_of(form: Mapping[str, bytes], remote: Remote, *names: str) -> bytes:
    """What the one of these parts holds that is there, or what stands at `url`.

    Raises Invalid unless it is exactly one, UrlMalformed, UrlUnreadable.
    """
    given = [name for name in (*names, URL) if form.get(name)]
    if len(given) != 1:
        raise Invalid.field(names[0], f"give exactly one of {', '.join(names)} and {URL}")
    if given == [URL]:
        try:
            return remote.read(form[URL].decode().strip())
        except UnicodeDecodeError as error:
            raise Invalid.field(URL, "is not valid UTF-8") from error
    return form[given[0]]
