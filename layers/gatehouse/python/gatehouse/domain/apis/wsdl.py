"""A WSDL describes a SOAP service: one document (1.1 or 2.0), or an archive of several with their XML Schemas."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

SOAP = "SOAP"
"""The `type` of an API whose calls are passed through as they are."""

WSDL_INFO = "wsdlInfo"
"""The property of an API's document that says how its WSDL is kept."""


class WsdlForm(StrEnum):
    """How a WSDL is kept, in the interface's words."""

    WSDL = "WSDL"
    ZIP = "ZIP"


@dataclass(frozen=True, slots=True, kw_only=True)
class WsdlEndpoint:
    """Where a service is called (`port` in 1.1, `endpoint` in 2.0); `location` "" when it is not said."""

    name: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wsdl:
    """What a WSDL says."""

    form: WsdlForm
    version: str  # `1.1`, `2.0`
    endpoints: tuple[WsdlEndpoint, ...]


def form_of(document: Mapping[str, Any]) -> WsdlForm | None:
    """How the WSDL of an API of this document is kept; None when there is none."""
    kept = (document.get(WSDL_INFO) or {}).get("type")
    return WsdlForm(kept) if kept else None


class WsdlInvalid(Invalid):
    """The WSDL cannot be understood, or breaks the rules of its specification."""

    code = 900676
    message = "Error while processing the WSDL content"


class NotRecognized(Invalid):
    """The content is XML, or not even that, but no WSDL."""

    code = 900682
    message = "The content is not recognized as WSDL"


class ArchiveWithoutWsdl(Invalid):
    """The archive holds no WSDL."""

    code = 900681
    message = "The archive contains no WSDL file"


class WsdlNotFound(NotFound):
    """The API has no WSDL."""

    code = 900684
    message = "The API has no WSDL"
