# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Packages with a file changed, missing, extra or swapped; and faults in a whole cart."""
# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ezdxf.math import Matrix44

from fabrication.verification import verify_archive
from tests.broken_packages import Unpacked, names, on, packages, router  # noqa: F401 - fixtures
from tests.published import Published

FILES = (
    "sheets/sheet-01.dxf", "sheets/sheet-02.svg", "sheets.pdf", "parts/P02-pied.dxf", "piece.step", "piece.glb",
    "cut-list.csv", "hardware.csv", "manifest.json", "LICENSE", "okh.toml",
)  # fmt: skip


@pytest.mark.parametrize("machine", ["router", "old", "laser"])
def test_a_package_as_it_was_written_passes_every_check(machine: str, packages: Callable[[str], Path]) -> None:
    report = verify_archive(packages(machine))

    assert report.faults == ()
    assert report.ok
    assert {c.id for c in report.checks} >= {"sums", "geometry", "svg", "pdf", "glb", "step", "lists", "quantities"}


@pytest.mark.parametrize("machine", ["router", "old", "laser"])
def test_a_package_sealed_again_without_a_change_passes(
    machine: str, packages: Callable[[str], Path], tmp_path: Path
) -> None:
    assert verify_archive(Unpacked(packages(machine), tmp_path / "unpacked").sealed()).faults == ()


@pytest.mark.parametrize("path", FILES)
def test_a_byte_changed_in_any_file_is_named(path: str, router: Unpacked) -> None:
    data = bytearray((router.folder / path).read_bytes())
    data[len(data) // 2] ^= 1
    (router.folder / path).write_bytes(data)

    report = verify_archive(router.zipped())

    assert names(report, path)
    assert [c.id for c in report.checks] == ["archive", "sums"], "the sums are wrong: nothing else is looked at"


@pytest.mark.parametrize("path", FILES)
def test_a_missing_file_is_named(path: str, router: Unpacked) -> None:
    (router.folder / path).unlink()
    assert names(verify_archive(router.zipped()), path, "missing")


@pytest.mark.parametrize("path", [f for f in FILES if f != "manifest.json"])
def test_a_missing_file_is_named_with_every_sum_rewritten(path: str, router: Unpacked) -> None:
    (router.folder / path).unlink()
    assert names(verify_archive(router.sealed()), path)


def test_a_missing_list_of_sums_is_named(router: Unpacked) -> None:
    (router.folder / "SHA256SUMS").unlink()
    assert names(verify_archive(router.zipped()), "SHA256SUMS", "missing")


@pytest.mark.parametrize("path", ["sheets/sheet-99.dxf", "notes.txt", "parts/P77-planche.dxf"])
@pytest.mark.parametrize("seal", [False, True])
def test_an_extra_file_is_named(path: str, seal: bool, router: Unpacked) -> None:
    shutil.copy(router.folder / "sheets/sheet-01.dxf", router.folder / path)
    assert names(verify_archive(router.sealed() if seal else router.zipped()), path)


@pytest.mark.parametrize("seal", [False, True])
def test_two_swapped_sheets_are_named(seal: bool, router: Unpacked) -> None:
    one, two = router.folder / "sheets/sheet-01.dxf", router.folder / "sheets/sheet-02.dxf"
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)

    report = verify_archive(router.sealed() if seal else router.zipped())

    assert names(report, "sheet-01.dxf")
    assert names(report, "sheet-02.dxf")


@pytest.fixture(scope="module")
def cart(published: Callable[[str, str], Published]) -> Path:
    return published("chariot", "router-2500").path


def broken(package: Unpacked, kind: str, change: Callable[[Any, Any], Any], spare: tuple[str, ...]) -> tuple[str, str]:
    """Change the first contour of a kind; (copy, file) that it belongs to."""
    for sheet in package.manifest["sheets"]:
        for placement in sheet["placements"]:
            name = f"{placement['part']}-{placement['copy']}"
            with package.dxf(sheet["file"]) as document:
                entities = package.drawn(document, placement["part"], placement["copy"])
                found = next((e for e in entities if kind in e.dxf.layer), None)
                if found is not None and name not in spare:
                    change(document.modelspace(), found)
                    return name, sheet["file"]
    raise AssertionError(f"no {kind} on any sheet")


def test_in_a_cart_a_moved_hole_a_dropped_engraving_and_a_doubled_part_are_named(cart: Path, tmp_path: Path) -> None:
    package = Unpacked(cart, tmp_path / "unpacked")
    bored, _ = broken(package, "DRILL", lambda space, found: found.translate(0, 1, 0), spare=())
    engraved, _ = broken(package, "ENGRAVE", lambda space, found: space.delete_entity(found), spare=(bored,))
    copied, file = broken(
        package, "OUTSIDE", lambda space, found: space.add_entity(found.copy().translate(3000, 0, 0)), (bored, engraved)
    )

    report = verify_archive(package.sealed())

    assert names(report, f"{bored} (", "1.000 mm off")
    assert names(report, f"{engraved} (", "engraving")
    assert names(report, f"like {copied.split('-')[0]},", file)


def test_a_cart_on_a_sheet_rescaled_by_a_thousandth_is_named(cart: Path, tmp_path: Path) -> None:
    package = Unpacked(cart, tmp_path / "unpacked")
    sheet = package.manifest["sheets"][-1]
    with package.dxf(sheet["file"]) as document:
        for entity in document.modelspace():
            entity.transform(Matrix44.scale(1.001, 1.001, 1))

    report = verify_archive(package.sealed())

    assert names(report, sheet["file"], "the sheet is drawn")
    for placement in sheet["placements"]:
        assert names(report, f"{placement['part']}-{placement['copy']} (", sheet["file"])
