# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a stranger's folder or archive may not do: lead elsewhere, block, fill the memory, hide a second file."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from designs.folder import FolderError, read_folder, read_zip, write
from designs.folder_files import MAX_FILE, files_of, files_of_zip, save, zipped
from designs.templates import template

FILES = write(template("table"))


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return packed.getvalue()


def test_what_does_not_belong_to_a_design_is_passed_over(tmp_path: Path) -> None:
    save(FILES, tmp_path / "table")
    (tmp_path / "table" / "README.md").write_text("Bonjour")
    (tmp_path / "table" / ".git").mkdir()
    (tmp_path / "table" / "photo.jpg").write_bytes(b"\xff" * 9_000_000)

    assert read_folder(tmp_path / "table") == template("table")


@pytest.mark.parametrize("make", [Path.symlink_to, lambda path, to: os.mkfifo(path), lambda path, to: path.mkdir()])
def test_links_pipes_and_folders_are_no_files_and_nobody_waits(
    make: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    save(FILES, tmp_path / "table")
    secret = tmp_path / "secret.py"
    secret.write_text("TOKEN = 1")
    make(tmp_path / "table" / "other.py", secret)

    with pytest.raises(FolderError) as refused:
        files_of(tmp_path / "table")
    assert refused.value.file == "other.py"


def test_a_file_larger_than_a_design_is_not_read(tmp_path: Path) -> None:
    save(FILES, tmp_path / "table")
    with (tmp_path / "table" / "huge.py").open("wb") as file:
        file.truncate(50_000_000_000)  # a hole: it costs the disk nothing, and would fill the memory

    with pytest.raises(FolderError, match="2 MB"):
        files_of(tmp_path / "table")


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    save(FILES, tmp_path / "table")
    for number in range(60):
        (tmp_path / "table" / f"file_{number}.py").write_text("")

    with pytest.raises(FolderError, match="too many"):
        files_of(tmp_path / "table")


def test_a_folder_is_written_whole_and_never_over_another(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    with pytest.raises(FolderError, match="no empty folder"):
        save(FILES, tmp_path / "full")
    with pytest.raises(OSError):
        save({**FILES, "no/such/folder.py": b""}, tmp_path / "half")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]
    assert (tmp_path / "full" / "mine").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    save(FILES, tmp_path / "empty")
    assert read_folder(tmp_path / "empty") == template("table")


def test_an_archive_of_a_repository_is_read_from_its_one_folder() -> None:
    made = archive(
        *((f"table-main/{name}", data) for name, data in FILES.items()),
        ("table-main/README.md", b"Bonjour"),
        ("table-main/tests/test_table.py", b"assert True"),
        ("__MACOSX/table-main/._modele.toml", b"\0\0"),
    )

    assert read_zip(made) == template("table")
    assert read_zip(zipped(FILES)) == template("table")


def _linked() -> bytes:
    link = zipfile.ZipInfo("table/evil.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return archive(*((f"table/{name}", data) for name, data in FILES.items()), (link, b"/etc/passwd"))


def _doubled() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate"):
        return archive(*FILES.items(), ("table.py", b"other"))


def _locked() -> bytes:
    data = bytearray(archive(*FILES.items()))
    for place in _places(bytes(data), b"PK\x01\x02"):
        data[place + 8] |= 1  # the flag that says that a password is wanted
    return bytes(data)


def _places(data: bytes, mark: bytes) -> list[int]:
    return [n for n in range(len(data)) if data.startswith(mark, n)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "can't be read"),
        (b"PK\x03\x04 and nothing more", "can't be read"),
        (b"x" * 4_000_001, "more than 4 MB"),
        (archive(("notes.txt", b"")), "no modele.toml"),
        (archive(("../modele.toml", FILES["modele.toml"]), ("../table.py", b"")), "no modele.toml"),
        (archive(("/modele.toml", FILES["modele.toml"])), "no modele.toml"),
        (archive(("a/modele.toml", b""), ("b/modele.toml", b"")), "2 designs"),
        (archive(*FILES.items(), ("bomb.py", b"\0" * 300_000_000)), "2 MB"),
        (archive(*FILES.items(), *((f"b{n}.py", b" " * MAX_FILE) for n in range(3))), "4 MB"),
        (archive(*((f"{n}.txt", b"") for n in range(2_001))), "too many"),
        (_linked(), "a link"),
        (zipped(FILES)[:-60], "can't be read"),
        (_locked(), "can't be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.usefixtures("never_hangs")
def test_a_hostile_archive_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(FolderError, match=said) as refused:
        read_zip(data)
    assert refused.value.french


def test_a_name_that_is_there_twice_is_refused() -> None:
    with pytest.raises(FolderError, match="twice"):
        files_of_zip(_doubled())


def test_every_broken_byte_is_refused_or_harmless() -> None:
    """Whatever one byte of an archive becomes, what comes out is a design or a refusal."""
    sound = zipped(FILES, "table")
    for place in range(0, len(sound), 17):
        broken = sound[:place] + bytes([sound[place] ^ 0xFF]) + sound[place + 1 :]
        try:
            read_zip(broken)
        except FolderError as error:
            assert str(error)
