"""How the publisher interface shows certificates: lists, what is written in one, and the file itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from gatehouse.domain.page import page_of
from gatehouse.edge.http import Answer
from gatehouse.edge.paging import envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatehouse.domain.page import Slice
    from gatehouse.domain.publishing.certificate import Certificate, ClientCertificate, EndpointCertificate

T = TypeVar("T")

FILE = "application/octet-stream"


def listed(
    found: Sequence[T], wanted: Slice, render: Callable[[T], Any], resource: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """A page of certificates; the list is called `certificates` here."""
    shown = envelope(page_of(found, wanted), render, resource=resource, query=query)
    return {"count": shown["count"], "certificates": shown["list"], "pagination": shown["pagination"]}


def client(certificate: ClientCertificate, api_id: str) -> dict[str, Any]:
    """A client certificate of an API."""
    return {"alias": certificate.alias, "apiId": api_id, "tier": certificate.tier}


def endpoint(certificate: EndpointCertificate) -> dict[str, Any]:
    """A certificate of a backend."""
    return {"alias": certificate.alias, "endpoint": certificate.endpoint}


def info(certificate: Certificate, now: float) -> dict[str, Any]:
    """What is written in it."""
    return {
        "status": "Active" if certificate.valid_at(now) else "Expired",
        "validity": {"from": _day(certificate.not_before), "to": _day(certificate.not_after)},
        "version": certificate.version,
        "subject": certificate.subject,
    }


def content(alias: str, pem: str) -> Answer:
    """The certificate as a file."""
    return Answer(body=pem, media_type=FILE, headers={"Content-Disposition": f'attachment; filename="{alias}.crt"'})


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d-%m-%Y")
