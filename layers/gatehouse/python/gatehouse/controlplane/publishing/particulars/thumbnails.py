"""Thumbnails: the small picture of an API or a product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.controlplane.publishing.endpoints import THUMBNAIL
from gatehouse.domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from gatehouse.controlplane.publishing.amending import Amendments
    from gatehouse.domain.apis.api import Api
    from gatehouse.domain.people.identity import Principal
    from gatehouse.ports.world import Blobs

BYTES_MAX = 1024 * 1024

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


class ThumbnailNotFound(NotFound):
    """It has none."""

    default_description = "There is no thumbnail."


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnails:
    """The thumbnails of APIs and products that callers have read before."""

    amendments: Amendments
    blobs: Blobs

    def get(self, api: Api) -> tuple[bytes, str]:
        """The picture and its media type. Raises ThumbnailNotFound."""
        return picture_of(api, self.blobs)

    def put(self, principal: Principal, api: Api, picture: bytes) -> tuple[Api, str]:
        """Keep this picture; returns the API with it, and its media type.

        Raises Invalid for what is too large or no picture, Changed.
        """
        media_type = media_type_of(picture)
        kept = {"content": self.blobs.put(api.tenant, picture), "mediaType": media_type}
        return self.amendments.keep(principal, api, **{THUMBNAIL: kept, "hasThumbnail": True}), media_type


def picture_of(api: Api, blobs: Blobs) -> tuple[bytes, str]:
    """The picture of an API and its media type. Raises ThumbnailNotFound."""
    kept = api.document.get(THUMBNAIL)
    if not kept:
        raise ThumbnailNotFound
    return blobs.get(api.tenant, kept["content"]), kept["mediaType"]


def media_type_of(picture: bytes) -> str:
    """By what is in it: what a client says of it could make a browser run it. Raises Invalid."""
    if len(picture) > BYTES_MAX:
        raise Invalid.field("file", f"is larger than {BYTES_MAX // 1024} kB")
    for signature, media_type in _SIGNATURES.items():
        if picture.startswith(signature):
            return media_type
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    raise Invalid.field("file", "must be a picture: PNG, JPEG, GIF or WebP")
