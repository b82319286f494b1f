"""Archives in tests: what is in one, and one of these files."""

from __future__ import annotations

import base64
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.callers import Reply


def unzipped(content: bytes) -> dict[str, bytes]:
    """The files of a zip by path."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def exported(reply: Reply) -> dict[str, bytes]:
    """The files of an answer that is an archive."""
    assert reply.status == 200, (reply.status, reply.text)
    assert reply.headers["Content-Type"] == "application/zip"
    return unzipped(base64.b64decode(reply.text))


def zipped(files: Mapping[str, bytes | str | dict[str, Any] | list[Any]]) -> bytes:
    """A zip of these files; documents are written as YAML."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            text = content if isinstance(content, bytes | str) else yaml.safe_dump(content, sort_keys=False)
            archive.writestr(name, text)
    return buffer.getvalue()


def enveloped(kind: str, data: Any, version: str = "v4.7.0") -> dict[str, Any]:
    """A document of an archive."""
    return {"type": kind, "version": version, "data": data}


def data_of(content: bytes) -> Any:
    """The data of a document in an archive, in YAML or JSON."""
    return yaml.safe_load(content)["data"]
