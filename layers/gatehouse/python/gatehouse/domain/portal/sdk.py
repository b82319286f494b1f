"""An SDK is client code for an API in some programming language, made by a generator out of the API's published definition."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from gatehouse.domain.errors import GatehouseError, Unavailable

LANGUAGES = (
    "android",
    "clojure",
    "csharp",
    "dart",
    "go",
    "groovy",
    "java",
    "javascript",
    "jmeter",
    "kotlin",
    "perl",
    "php",
    "python",
    "ruby",
    "rust",
    "scala",
    "swift",
    "typescript",
)
"""What SDKs are made in, by the names that developers ask for."""

_NO_WORD = re.compile(r"[^a-z0-9]+")
_NO_VERSION = re.compile(r"[^A-Za-z0-9.+-]+")


class SdkNotGenerated(GatehouseError):
    """The generator can make nothing of the API's definition; to ask again is of no use."""

    code = 900337
    message = "The SDK could not be generated"
    default_description = "The generator can make nothing of the API's definition."


class SdkPending(Unavailable):
    """It takes longer than a request may: it is being made, and there when it is asked for again."""

    message = "The SDK is being made"
    default_description = "The SDK is being made. Ask for it again in a few seconds."


@dataclass(frozen=True, slots=True, kw_only=True)
class SdkOrder:
    """What SDK is wanted. `definition` is OpenAPI as JSON; the name and the version are the API's."""

    tenant: str
    language: str
    name: str
    version: str
    definition: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """Names what the SDK is made of: whoever orders the same gets the same."""
        facts = f"{self.language}\n{self.name}\n{self.version}\n"
        return hashlib.sha256(facts.encode() + self.definition).hexdigest()

    @property
    def slug(self) -> str:
        """The API's name as package registries like it: `pizza-shack`."""
        return _NO_WORD.sub("-", self.name.lower()).strip("-") or "api"

    @property
    def package(self) -> str:
        """Its name as an identifier that is neither a keyword nor a module of anybody else's: `pizza_shack_client`."""
        name = f"{self.slug}-client".replace("-", "_")
        return f"api_{name}" if name[0].isdigit() else name

    @property
    def release(self) -> str:
        """The API's version as packages are numbered: `1.0.0`, and `0.0.0-beta` of one that starts with no number."""
        release = _NO_VERSION.sub("-", self.version).strip("-") or "0.0.0"
        return release if release[0].isdigit() else f"0.0.0-{release}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdk:
    """An SDK as a zip archive; one that is too large for an answer has an address instead, which is good for a while."""

    content: bytes = field(default=b"", repr=False)
    url: str = field(default="", repr=False)
