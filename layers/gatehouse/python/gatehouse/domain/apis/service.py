"""A service is a backend that the catalog knows: where it is, and the definition of what it offers. APIs can be made of it.

Its key names it within the tenant. Its id is derived from name and version, of which there is one as well.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from gatehouse.domain.errors import Conflict, Invalid, NotFound

_NAMESPACE = uuid.UUID("6f0f2e0e-5d0b-4f0a-9f5e-0f2a7d6c3b11")
"""What the ids of services are derived in."""

SERVICE = "service"
"""The property of an API's document that says which service it was made of, and in which state that was."""

SERVICE_INFO = "serviceInfo"
"""The property that shows it."""


class DefinitionType(StrEnum):
    """How the definition of a service is written."""

    OAS2 = "OAS2"
    OAS3 = "OAS3"
    WSDL1 = "WSDL1"
    WSDL2 = "WSDL2"
    GRAPHQL_SDL = "GRAPHQL_SDL"
    ASYNC_API = "ASYNC_API"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a provider says of a service. `key` is never empty; `definition_url` is "" when the definition was sent along."""

    name: str
    version: str
    key: str
    url: str
    definition_type: DefinitionType
    description: str = ""
    security_type: str = "NONE"
    mutual_tls: bool = False
    definition_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service of a tenant. Times are epoch milliseconds.

    `definition` is the blob key of its definition as it was sent. `md5` changes when anything of it does: 64 digits, those
    of what describes it before those of its definition.
    """

    tenant: str
    id: str
    described: Described
    definition: str
    md5: str
    created_at: int
    updated_at: int
    by: str
    updated_by: str
    stored_version: int = field(default=0, compare=False)


class ServiceNotFound(NotFound):
    """The tenant has no such service."""

    message = "Service not found"

    @classmethod
    def by_id(cls, service_id: str) -> ServiceNotFound:
        """The one sentence for all that are absent."""
        return cls(f"Service with Id '{service_id}' not found")

    @classmethod
    def by_key(cls, key: str) -> ServiceNotFound:
        """As above, of a service that was asked for by its key."""
        return cls(f"Service with key '{key}' not found")


class ServiceTaken(Conflict):
    """The tenant has a service of this key, or of this name and version."""

    message = "The service already exists"


class ServiceInUse(Conflict):
    """APIs were made of it."""

    message = "The service is in use"


class ServiceImmutable(Invalid):
    """Name, version, key and kind of definition are what a service is found by."""

    message = "The service cannot be changed like that"


class ImportRefused(Conflict):
    """An import without `overwrite` holds services that are there."""

    code = 900910
    message = "The import would overwrite services"


class ServiceUnusable(Invalid):
    """No API can be made of the service as it is asked for."""

    message = "The API cannot be made of the service"


def service_id(tenant: str, name: str, version: str) -> str:
    """The id of the tenant's service of this name and version, whether there is one or not."""
    return str(uuid.uuid5(_NAMESPACE, f"{tenant}\n{name}\n{version}"))


def fingerprint(metadata: bytes, definition: bytes) -> str:
    """The `md5` of a service that these files describe and define."""
    return "".join(hashlib.md5(part, usedforsecurity=False).hexdigest() for part in (metadata, definition))
