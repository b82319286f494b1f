"""An upload is a file that goes past our functions, which take no large ones: a client puts it where a URL says."""

from __future__ import annotations

from dataclasses import dataclass, field

from gatehouse.domain.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Where a file may be put, by `PUT`, until `expires_at` (epoch seconds). Who knows the URL may put it there."""

    id: str
    url: str = field(repr=False)
    expires_at: int


class UploadNotFound(NotFound):
    """Nothing has been put there, or it has been forgotten."""

    message = "Upload not found"

    @classmethod
    def by_id(cls, upload_id: str) -> UploadNotFound:
        """The one sentence for all that is not there."""
        return cls(f"Nothing has been uploaded as '{upload_id}'; uploads are kept for a day")


class UploadTooLarge(Invalid):
    """What has been put there is more than we take."""

    message = "The upload is too large"
