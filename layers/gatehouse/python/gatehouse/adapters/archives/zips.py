"""Zips, without what makes them dangerous.

The sizes that a zip declares bound what is unpacked: nothing is read before their sum is known, and no entry gives more
than it declares.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from gatehouse.domain.apis.archive import ArchiveRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatehouse.domain.apis.archive import ArchiveLimits

NAME_LENGTH_MAX = 512
ENCRYPTED = 0x1
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
MOMENT = (1980, 1, 1, 0, 0, 0)
"""When every file that we write was changed: the same files make the same zip."""

FILE_MODE = (stat.S_IFREG | 0o644) << 16
NOISE = ("__MACOSX/", ".DS_Store")
"""What desktops put into zips."""


def unpacked(content: bytes, limits: ArchiveLimits) -> dict[str, bytes]:
    """The files by path. Raises ArchiveRefused."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        problem = "is no zip file"
        raise ArchiveRefused.entry("file", problem) from error
    with archive:
        entries = archive.infolist()
        _check_sizes(entries, limits)
        files = [entry for entry in entries if _checked(entry) and not entry.is_dir()]
        _check_distinct(files)
        return {entry.filename: _read(archive, entry) for entry in files if not _is_noise(entry.filename)}


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = FILE_MODE
            archive.writestr(entry, content)
    return buffer.getvalue()


def _check_sizes(entries: Iterable[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    sizes = [entry.file_size for entry in entries]
    if len(sizes) > limits.entries_max:
        raise ArchiveRefused.entry("file", f"the archive has {len(sizes)} entries; at most {limits.entries_max} may be")
    if sum(sizes) > limits.bytes_max:
        problem = f"the archive unpacks to {sum(sizes)} bytes; at most {limits.bytes_max} may be"
        raise ArchiveRefused.entry("file", problem)


def _checked(entry: zipfile.ZipInfo) -> bool:
    """True. Raises ArchiveRefused for an entry that would be written elsewhere, or is no plain file or folder."""
    # The library cuts names at a NUL, and turns backslashes into slashes on some systems: the name as it was sent counts.
    name = entry.orig_filename
    shown = name.encode("unicode_escape").decode()[:NAME_LENGTH_MAX]
    parts = name.rstrip("/").split("/")
    if "\0" in name or "\\" in name or len(name) > NAME_LENGTH_MAX:
        raise ArchiveRefused.entry(shown, "is no name of a file")
    if name.startswith("/") or parts[0][1:2] == ":":
        raise ArchiveRefused.entry(shown, "is an absolute path; paths in archives are relative")
    if not {"", ".", ".."}.isdisjoint(parts):
        raise ArchiveRefused.entry(shown, "leads out of the archive or nowhere")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise ArchiveRefused.entry(shown, "is a symbolic link; archives hold files only")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ArchiveRefused.entry(shown, "is neither a file nor a folder")
    if entry.flag_bits & ENCRYPTED:
        raise ArchiveRefused.entry(shown, "is encrypted")
    if entry.compress_type not in METHODS:
        raise ArchiveRefused.entry(shown, "is compressed in a way that is not supported; use deflate")
    return True


def _check_distinct(files: Iterable[zipfile.ZipInfo]) -> None:
    """Raises ArchiveRefused for two files of one name, or a file below a file."""
    names: set[str] = set()
    for entry in files:
        if entry.filename in names:
            raise ArchiveRefused.entry(entry.filename, "is in the archive twice")
        names.add(entry.filename)
    for name in names:
        parts = name.split("/")
        above = ("/".join(parts[:end]) for end in range(1, len(parts)))
        if (file := next((one for one in above if one in names), None)) is not None:
            raise ArchiveRefused.entry(file, "is a file and a folder at once")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise ArchiveRefused.entry(entry.filename, "cannot be unpacked") from error


def _is_noise(name: str) -> bool:
    return name.startswith(NOISE[0]) or name.rpartition("/")[2] == NOISE[1]
