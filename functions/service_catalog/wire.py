"""What services look like in the catalog's interface, and in the files of archives."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from gatehouse.domain.apis.service import DefinitionType, Described
from gatehouse.domain.errors import Invalid
from gatehouse.edge.wire import Wire, parse, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.apis.api import ApiSummary
    from gatehouse.domain.apis.service import Service

SecurityType = Literal["BASIC", "DIGEST", "OAUTH2", "X509", "API_KEY", "NONE"]
Kind = Literal["OAS2", "OAS3", "WSDL1", "WSDL2", "GRAPHQL_SDL", "ASYNC_API"]
_NAME = spelled(r"^[^*]+$", "must have no '*'")


class ServiceBody(Wire):
    """A service as a provider describes it."""

    id: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=255, pattern=_NAME)]
    description: Annotated[str, Field(max_length=1024)] | None = None
    version: Annotated[str, Field(min_length=1, max_length=30)]
    serviceKey: Annotated[str, Field(max_length=512)] | None = None
    serviceUrl: Annotated[str, Field(min_length=1, max_length=2048)]
    definitionType: Kind
    securityType: SecurityType | None = None
    mutualSSLEnabled: bool | None = None
    usage: int | None = None
    createdTime: str | None = None
    lastUpdatedTime: str | None = None
    md5: str | None = None
    definitionUrl: Annotated[str, Field(max_length=2048)] | None = None

    def described(self, path: str = "") -> Described:
        """What it says. `path` is where it was sent. Raises Invalid for an address that is none."""
        _check_address(self.serviceUrl, f"{path}.serviceUrl".lstrip("."))
        return Described(
            name=self.name,
            version=self.version,
            key=self.serviceKey or f"{self.name}-{self.version}",
            url=self.serviceUrl,
            definition_type=DefinitionType(self.definitionType),
            description=self.description or "",
            security_type=self.securityType or "NONE",
            mutual_tls=bool(self.mutualSSLEnabled),
            definition_url=self.definitionUrl or "",
        )


class ServiceFile(ServiceBody):
    """A `metadata.yaml`: integrators write more into it than the interface has, and call the key `key`."""

    model_config = ConfigDict(extra="ignore", strict=True)

    key: Annotated[str, Field(max_length=512)] | None = None


def described_in(data: Mapping[str, Any], path: str) -> Described:
    """What a `metadata.yaml` says. Raises Invalid."""
    # What looks like a number is one to YAML.
    known = {**data, **{name: str(data[name]) for name in ("name", "version") if data.get(name) is not None}}
    body = parse(ServiceFile, known, path)
    return body.model_copy(update={"serviceKey": body.serviceKey or body.key}).described(path)


def written(described: Described) -> dict[str, Any]:
    """What describes a service, as a `metadata.yaml` has it."""
    said = {
        "key": described.key,
        "name": described.name,
        "description": described.description,
        "version": described.version,
        "serviceUrl": described.url,
        "definitionType": described.definition_type.value,
        "securityType": described.security_type,
        "mutualSSLEnabled": described.mutual_tls,
        "definitionUrl": described.definition_url,
    }
    return {name: value for name, value in said.items() if value != ""}


def shown(service: Service, usage: int) -> dict[str, Any]:
    """A service, with how many APIs were made of it."""
    described = service.described
    return {
        "id": service.id,
        "name": described.name,
        "description": described.description,
        "version": described.version,
        "serviceKey": described.key,
        "serviceUrl": described.url,
        "definitionType": described.definition_type,
        "securityType": described.security_type,
        "mutualSSLEnabled": described.mutual_tls,
        "usage": usage,
        "createdTime": _time(service.created_at),
        "lastUpdatedTime": _time(service.updated_at),
        "md5": service.md5,
        "definitionUrl": described.definition_url or None,
    }


def short(service: Service) -> dict[str, Any]:
    """What tells whether a service is the one that one knows."""
    described = service.described
    return {
        "id": service.id,
        "name": described.name,
        "key": described.key,
        "serviceKey": described.key,
        "version": described.version,
        "md5": service.md5,
    }


def imported(service: Service) -> dict[str, Any]:
    """A line of an import's answer."""
    return {name: value for name, value in short(service).items() if name != "serviceKey"}


def user(summary: ApiSummary) -> dict[str, Any]:
    """An API that was made of a service."""
    return {
        "id": summary.id,
        "name": summary.name,
        "displayName": summary.info.get("displayName", summary.name),
        "context": summary.context,
        "version": summary.version,
        "provider": summary.provider,
    }


def _check_address(url: str, path: str) -> None:
    try:
        parts = urlsplit(url)
        usable = bool(parts.scheme and parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise Invalid.field(path, f"'{url}' is no address; write it with scheme and host")


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
