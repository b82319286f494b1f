"""What a client sent, understood or refused: the library's errors as ours, versions, and liberties that clients take."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from scim2_models import Error, SCIMException

from gatehouse.domain.errors import FieldError, Invalid
from gatehouse.edge.scim import ScimInvalid, VersionMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.edge.http import Request

_PLAIN_VALUES = ("emails", "phoneNumbers")


@contextmanager
def understood() -> Iterator[None]:
    """Whatever the library refuses is ScimInvalid, which names every wrong attribute (RFC 7644 §3.12)."""
    try:
        yield
    except SCIMException as error:
        raise ScimInvalid(error.detail, scim_type=error.scim_type or "invalidValue") from error
    except ValidationError as error:
        errors = Error.from_validation_errors(error.errors(include_url=False, include_input=False))
        said = tuple(f"filter: {one.detail}" if one.scim_type == "invalidFilter" else str(one.detail) for one in errors)
        fields = tuple(FieldError(text.rpartition(": ")[2], text) for text in said)
        raise ScimInvalid(
            "; ".join(said), scim_type=str(errors[0].scim_type or "invalidValue"), fields=fields
        ) from error


def document_of(request: Request, schema: str) -> dict[str, Any]:
    """The resource in a request's body. Raises Invalid.

    A missing `schemas` is filled in, and an e-mail address or telephone number may be plain text, as WSO2's clients have
    them.
    """
    body = request.json()
    if not isinstance(body, dict):
        raise Invalid.field("", "must be a JSON object")
    document = dict(body)
    if not any(name.lower() == "schemas" for name in document):
        document["schemas"] = [schema, *(name for name in document if name.lower().startswith("urn:"))]
    for name in _PLAIN_VALUES:
        if isinstance(document.get(name), list):
            document[name] = [{"value": one} if isinstance(one, str) else one for one in document[name]]
    return document


def version_of(document: Mapping[str, Any]) -> str:
    """A weak entity tag of what a resource says (RFC 7644 §3.14)."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'


def expect(request: Request, version: str) -> None:
    """Raises VersionMismatch when the client names versions (`If-Match`) and this is none of them."""
    wanted = request.headers.get("if-match", "")
    if wanted and not _among(version, wanted):
        raise VersionMismatch


def is_known(request: Request, version: str) -> bool:
    """Whether the client has this version already (`If-None-Match`)."""
    return _among(version, request.headers.get("if-none-match", ""))


def _among(version: str, header: str) -> bool:
    tags = [tag.strip() for tag in header.split(",")]
    return "*" in tags or version.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}
