"""An archive is an API, a product, an application or a policy as files in a zip: another deployment can take it in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gatehouse.domain.errors import Conflict, Forbidden, Invalid

VERSION = "v4.7.0"
"""What documents in archives say they are written for."""

MAJOR = "v4."


class Notation(StrEnum):
    """How documents in an archive are written."""

    YAML = "YAML"
    JSON = "JSON"

    @property
    def suffix(self) -> str:
        """The end of a file's name."""
        return f".{self.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """What an archive may hold, unpacked."""

    entries_max: int
    bytes_max: int


class ArchiveRefused(Invalid):
    """The archive is none, or something in it is dangerous or has no place there."""

    message = "The archive cannot be imported"

    @classmethod
    def entry(cls, name: str, problem: str) -> ArchiveRefused:
        """A refusal that names a file of the archive."""
        refused = cls.field(name, problem)
        return cls(refused.description, fields=refused.fields)


class ForeignProvider(Forbidden):
    """The archive's provider is of another tenant than who imports it."""

    message = "The provider is of another tenant"


class ImportExists(Conflict):
    """What the archive holds is there already, and the import may not replace it."""

    code = 900300
    message = "The API already exists"


def notation_of(text: str) -> Notation:
    """The notation of this name, YAML for "". Raises Invalid."""
    try:
        return Notation(text.upper() or Notation.YAML)
    except ValueError:
        raise Invalid.field("format", f"'{text}' is neither YAML nor JSON") from None
