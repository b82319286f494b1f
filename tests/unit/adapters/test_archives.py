"""Zips and the documents in them: what is dangerous is refused by name, what is written is read as it was."""

from __future__ import annotations

import stat
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.adapters.archives import ZipArchives
from gatehouse.domain.apis.archive import ArchiveLimits, ArchiveRefused, Notation

if TYPE_CHECKING:
    from collections.abc import Callable

ARCHIVES = ZipArchives(ArchiveLimits(entries_max=5, bytes_max=10_000))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.recursive(
    SCALARS, lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4), max_leaves=12
)


def zipped(*entries: tuple[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if change:
                change(entry)
            archive.writestr(entry, content)
    return buffer.getvalue()


def refused(content: bytes) -> tuple[str, str]:
    """The name and the problem that a refusal tells."""
    with pytest.raises(ArchiveRefused) as caught:
        ARCHIVES.unpack(content)
    (problem,) = caught.value.fields
    return problem.path, problem.problem


def test_what_is_packed_is_unpacked() -> None:
    files = {"Pizza-1.0.0/api.yaml": b"type: api", "Pizza-1.0.0/Image/icon.png": bytes(range(256))}
    assert ARCHIVES.unpack(ARCHIVES.pack(files)) == files


def test_the_same_files_make_the_same_zip() -> None:
    assert ARCHIVES.pack({"b": b"1", "a": b"2"}) == ARCHIVES.pack({"a": b"2", "b": b"1"})


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../evil", "leads out"),
        ("Pizza/../../evil", "leads out"),
        ("Pizza/./api.yaml", "leads out"),
        ("Pizza//api.yaml", "leads out"),
        ("/etc/passwd", "absolute"),
        ("C:/evil", "absolute"),
        ("Pizza\\..\\evil", "no name"),
        ("x" * 600, "no name"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused_by_name(name: str, problem: str) -> None:
    path, said = refused(zipped((name, b"")))
    assert path == name.encode("unicode_escape").decode()[:512]
    assert problem in said


def test_a_symbolic_link_is_refused_by_name() -> None:
    def link(entry: zipfile.ZipInfo) -> None:
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert refused(zipped(("link", b"/etc/passwd"), change=link)) == (
        "link",
        "is a symbolic link; archives hold files only",
    )


def test_a_device_is_refused_by_name() -> None:
    def device(entry: zipfile.ZipInfo) -> None:
        entry.external_attr = (stat.S_IFCHR | 0o666) << 16

    assert refused(zipped(("tty", b""), change=device))[0] == "tty"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refused(zipped(("bomb", bytes(10_001)))) == (
        "file",
        "the archive unpacks to 10001 bytes; at most 10000 may be",
    )


def test_a_zip_that_lies_about_its_sizes_unpacks_no_further() -> None:
    honest = zipped(("bomb", bytes(9_000)))
    declared = (9_000).to_bytes(4, "little")
    assert refused(honest.replace(declared, (10).to_bytes(4, "little"))) == ("bomb", "cannot be unpacked")


def test_too_many_entries_are_refused() -> None:
    assert refused(zipped(*((str(number), b"") for number in range(6))))[1].startswith("the archive has 6 entries")


def test_a_file_that_comes_twice_is_refused_by_name() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zipped(("api.yaml", b"1"), ("api.yaml", b"2"))
    assert refused(content) == ("api.yaml", "is in the archive twice")


def test_a_file_that_is_a_folder_too_is_refused_by_name() -> None:
    assert refused(zipped(("Docs", b"1"), ("Docs/guide", b"2"))) == ("Docs", "is a file and a folder at once")


@pytest.mark.parametrize("content", [b"", b"not a zip", zipped(("a", b"b"))[:-10], b"PK\x05\x06"])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    assert refused(content) == ("file", "is no zip file")


def test_an_encrypted_entry_is_refused_by_name() -> None:
    content = bytearray(zipped(("secret", b"text")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(content)) == ("secret", "is encrypted")


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_unpacked_or_refused(content: bytes) -> None:
    for candidate in (content, zipped(("a", b"b"))[:40] + content):
        try:
            ARCHIVES.unpack(candidate)
        except ArchiveRefused as error:
            assert error.fields  # noqa: PT017 -- many are refused, and some are not


def test_what_desktops_add_is_left_out() -> None:
    assert set(ARCHIVES.unpack(zipped(("__MACOSX/a", b""), ("Docs/.DS_Store", b""), ("a", b"")))) == {"a"}


@given(DOCUMENTS)
@pytest.mark.parametrize("notation", Notation)
def test_a_document_is_read_as_it_was_written(notation: Notation, document: Any) -> None:
    written = ARCHIVES.render(document, notation)
    assert ARCHIVES.parse(written, f"api{notation.suffix}") == document


def test_a_version_is_read_as_it_was_written() -> None:
    assert str(ARCHIVES.parse(b"version: 1.10", "api.yaml")["version"]) == "1.10"
    assert ARCHIVES.parse(b"made: 2024-01-01", "api.yaml") == {"made": "2024-01-01"}


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("api.yaml", b"a: [", "not YAML"),
        ("api.yaml", b"a: !!python/object:os.system {}", "not YAML"),
        ("api.json", b"{", "line 1, column 2"),
        ("api.yaml", b"\xff", "not UTF-8"),
        ("api.json", b"[" * 5_000, "nested"),
        ("api.yaml", b"a: .inf", "no number"),
        ("api.yaml", b"a: !!set {b}", "has no place"),
        ("api.yaml", b"a" * 4_000_001, "larger"),
    ],
)
def test_what_is_no_document_is_refused_by_name(name: str, content: bytes, problem: str) -> None:
    with pytest.raises(ArchiveRefused) as caught:
        ARCHIVES.parse(content, name)
    assert caught.value.fields[0].path == name
    assert problem in caught.value.fields[0].problem


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(ArchiveRefused, match="values"):
        ARCHIVES.parse("\n".join(lines).encode(), "api.yaml")
