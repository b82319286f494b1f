"""Uploads in memory. Verified by tests/contract/test_uploads.py."""

from __future__ import annotations

import uuid

from gatehouse.domain.upload import Upload, UploadNotFound, UploadTooLarge


class InMemoryUploads:
    """`put` is what a client does at the URL."""

    def __init__(self, bytes_max: int = 1_000_000) -> None:
        self._opened: dict[str, tuple[str, str]] = {}
        self._contents: dict[tuple[str, str], bytes] = {}
        self.bytes_max = bytes_max
        self.handed_out: dict[str, bytes] = {}

    def open(self, tenant: str) -> Upload:
        upload_id = uuid.uuid4().hex
        url = f"https://content.example/{upload_id}"
        self._opened[url] = (tenant, upload_id)
        return Upload(id=upload_id, url=url, expires_at=1_700_000_900)

    def put(self, url: str, content: bytes) -> None:
        self._contents[self._opened[url]] = content

    def read(self, tenant: str, upload_id: str) -> bytes:
        content = self._contents.get((tenant, upload_id))
        if content is None:
            raise UploadNotFound.by_id(upload_id)
        if len(content) > self.bytes_max:
            raise UploadTooLarge.field("uploadId", f"the upload is larger than {self.bytes_max} bytes")
        return content

    def hand_out(self, tenant: str, content: bytes, *, name: str, media_type: str) -> str:  # noqa: ARG002 -- the port has them
        url = f"https://content.example/{tenant}/{uuid.uuid4().hex}"
        self.handed_out[url] = content
        return url
