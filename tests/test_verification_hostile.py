# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Archives from anybody: whatever is in them becomes a fault that names the file, never an exception."""

from __future__ import annotations

import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabrication.verification import archive as reader
from fabrication.verification import verify_archive
from tests.broken_packages import Unpacked, names, packages  # noqa: F401 - a fixture


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as content:
        for name, data in entries.items():
            content.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        ({"../../outside.txt": b"x"}, "outside.txt"),
        ({"/etc/passwd": b"x"}, "passwd"),
        ({"top/../../up.txt": b"x"}, "up.txt"),
        ({"top\\..\\up.txt": b"x"}, "up.txt"),
        ({"c:/windows.txt": b"x"}, "windows.txt"),
        ({"a/manifest.json": b"{}", "b/manifest.json": b"{}"}, "2 top folders"),
        ({"manifest.json": b"{}"}, "manifest.json"),
        ({"top/a.txt": b"x", "top/A.TXT": b"x"}, "stands twice"),
        ({}, "empty"),
        ({"top/": b""}, "no file"),
        ({"top/": b"", "top/sheets/": b""}, "no file"),
    ],
)
def test_a_path_that_leaves_the_package_is_refused(tmp_path: Path, entries: dict[str, bytes], word: str) -> None:
    report = verify_archive(zipped(tmp_path / "hostile.zip", entries))

    assert not report.ok
    assert names(report, word)
    assert [c.id for c in report.checks] == ["archive"]
    assert [p.name for p in tmp_path.iterdir()] == ["hostile.zip"]


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("top/manifest.json")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as content:
        content.writestr(link, "/etc/passwd")
    assert names(verify_archive(tmp_path / "link.zip"), "top/manifest.json", "link")


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04" + b"\x00" * 50, b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "odd.zip").write_bytes(data)
    assert names(verify_archive(tmp_path / "odd.zip"), "odd.zip")


def test_an_archive_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert names(verify_archive(tmp_path / "nowhere.zip"), "nowhere.zip")


def test_a_bomb_is_refused_by_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_FILE_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as content:
        content.writestr("top/bomb.txt", b"0" * 2000)
    assert names(verify_archive(tmp_path / "bomb.zip"), "top/bomb.txt", "2000 bytes")


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_FILE_BYTES", 1000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as content:
        content.writestr("top/bomb.txt", b"0" * 5_000_000)
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 500)))

    report = verify_archive(path)

    assert names(report, "top/bomb.txt")


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_FILES", 3)
    report = verify_archive(zipped(tmp_path / "many.zip", {f"top/{i}": b"" for i in range(4)}))
    assert names(report, "4 files")


def test_a_truncated_archive_is_named(packages: Callable[[str], Path], tmp_path: Path) -> None:  # noqa: F811
    data = packages("router").read_bytes()
    (tmp_path / "half.zip").write_bytes(data[: len(data) // 2])
    assert names(verify_archive(tmp_path / "half.zip"), "half.zip")


def test_damaged_compressed_data_is_named(packages: Callable[[str], Path], tmp_path: Path) -> None:  # noqa: F811
    data = bytearray(packages("router").read_bytes())
    with zipfile.ZipFile(packages("router")) as content:
        entry = next(e for e in content.infolist() if e.filename.endswith("piece.step"))
    for offset in range(200, 260):
        data[entry.header_offset + offset] ^= 0x55
    (tmp_path / "damaged.zip").write_bytes(data)
    assert names(verify_archive(tmp_path / "damaged.zip"), "piece.step")


GARBAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "noise": lambda data: random.Random(7).randbytes(3000),
    "text": lambda data: "Ceci n’est pas un fichier.\n".encode() * 50,
    "shuffled": lambda data: b"\n".join(random.Random(5).sample(lines := data.split(b"\n"), len(lines))),
    "nan": lambda data: data.replace(b"0.0", b"nan").replace(b"1", b"inf"),
}
READ_FILES = (
    "sheets/sheet-01.dxf", "sheets/sheet-01.svg", "sheets.pdf", "parts/P01-assise.dxf", "piece.step", "piece.glb",
    "cut-list.csv", "hardware.csv",
)  # fmt: skip


@pytest.mark.parametrize("path", READ_FILES)
@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_in_a_file_is_a_fault_of_that_file(
    path: str,
    kind: str,
    packages: Callable[[str], Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    package = Unpacked(packages("router"), tmp_path / "unpacked")
    file = package.folder / path
    data = GARBAGE[kind](file.read_bytes())
    if data == file.read_bytes():
        data += b"\0"
    file.write_bytes(data)

    report = verify_archive(package.sealed())

    assert not report.ok
    assert names(report, path.rsplit("/", 1)[-1]), report.faults


def test_entities_in_an_svg_are_refused(packages: Callable[[str], Path], tmp_path: Path) -> None:  # noqa: F811
    package = Unpacked(packages("router"), tmp_path / "unpacked")
    path = package.folder / "sheets/sheet-01.svg"
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>\n<svg'
    path.write_text(path.read_text().replace("<svg", bomb, 1))
    assert names(verify_archive(package.sealed()), "sheet-01.svg", "entities")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{", '{"design": NaN}', "[" * 100_000, '{"a": 1, "a": 2}', '{"sheets": [{"file": "../../x"}]}'],
)
def test_a_broken_manifest_is_named(text: str, packages: Callable[[str], Path], tmp_path: Path) -> None:  # noqa: F811
    package = Unpacked(packages("router"), tmp_path / "unpacked")
    package.sealed()
    path = package.folder / "manifest.json"
    path.write_text(text)
    sums = package.folder / "SHA256SUMS"
    lines = [line for line in sums.read_text().splitlines() if not line.endswith("manifest.json")]
    sums.write_text("\n".join([*lines, f"{package.digest(path)}  manifest.json"]) + "\n")

    assert names(verify_archive(package.zipped()), "manifest.json")


@pytest.mark.parametrize("line", ["nonsense", "0" * 64 + "  ../../etc/passwd", "0" * 63 + "  LICENSE", "\x00"])
def test_odd_lines_in_the_sums_are_named(line: str, packages: Callable[[str], Path], tmp_path: Path) -> None:  # noqa: F811
    package = Unpacked(packages("router"), tmp_path / "unpacked")
    with (package.folder / "SHA256SUMS").open("a") as sums:
        sums.write(line + "\n")
    assert names(verify_archive(package.zipped()), "SHA256SUMS", "line")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every value of a JSON document is."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, child in children for p in _paths(child, (*path, key)))]


odd_values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20),
    st.just([]), st.just({}), st.sampled_from(["P01", "P99", "../x", "sheets/sheet-01.dxf", 1e300, -1, 0, 2**70]),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), odd=odd_values)
def test_any_value_in_the_manifest_gives_a_report(
    data: st.DataObject,
    odd: Any,
    packages: Callable[[str], Path],  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    package = Unpacked(packages("router"), tmp_path_factory.mktemp("odd") / "unpacked")
    paths = [p for p in _paths(package.manifest) if p and p[0] not in ("files", "checks")]
    *way, last = data.draw(st.sampled_from(paths))
    target = package.manifest
    for key in way:
        target = target[key]
    before = json.dumps(target[last])
    target[last] = odd

    report = verify_archive(package.sealed())

    # A name is the designer's word, and to offer no remnant promises nothing.
    free = last == "name" or (last == "remnant_mm" and odd is None)
    if way and way[0] in ("parts", "sheets") and json.dumps(odd) != before and not free:
        assert not report.ok or _within_rounding(before, odd), (way, last, odd)
    assert report.ok == (not report.faults)


def _within_rounding(before: str, odd: Any) -> bool:
    old = json.loads(before)
    return isinstance(old, (int, float)) and isinstance(odd, (int, float)) and abs(old - odd) < 0.05
