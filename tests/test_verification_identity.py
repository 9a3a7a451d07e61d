# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Manifests that tell of other inputs than those the package was named for, and papers that say something else."""
# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

from typing import Any

import pytest

from fabrication.verification import identity, verify_archive
from tests.broken_packages import Breaker, Unpacked, assert_named, names, packages, router  # noqa: F401 - fixtures


def changed(*way: str, value: Any) -> Breaker:
    def breaker(package: Unpacked) -> tuple[str, ...]:
        target = package.manifest
        for name in way[:-1]:
            target = target[name]
        assert target[way[-1]] != value
        target[way[-1]] = value
        return ("manifest.json", "key")

    breaker.__name__ = "_".join(way)
    return breaker


def without(key: str) -> Breaker:
    def breaker(package: Unpacked) -> tuple[str, ...]:
        del package.manifest[key]
        return ("manifest.json", f"{key}: Field required")

    breaker.__name__ = f"without_{key}"
    return breaker


def other_inputs_with_their_own_key(package: Unpacked) -> tuple[str, ...]:
    """The key is right again; the folder still has the name of the other sizes."""
    package.manifest["parameters"]["width"] = 400.0
    package.manifest["key"] = identity.recomputed_key(package.manifest)
    return ("the folder is named", package.manifest["key"][:8])


def folder_of_another_key(package: Unpacked) -> tuple[str, ...]:
    package.folder = package.folder.rename(package.folder.with_name("tabouret-r1-2x-18mm-00000000"))
    return ("the folder is named", "00000000")


def archive_of_another_key(package: Unpacked) -> tuple[str, ...]:
    package.archive = package.archive.with_name("tabouret-r1-2x-18mm-00000000.zip")
    return ("the archive is named", "00000000")


def part_renamed(package: Unpacked) -> tuple[str, ...]:
    package.part("P02")["name"] = "tiroir"
    return ("cut-list.csv", "P02", "tiroir")


def part_renamed_in_both_lists(package: Unpacked) -> tuple[str, ...]:
    package.part("P02")["name"] = "tiroir"
    path = package.folder / "cut-list.csv"
    path.write_bytes(path.read_bytes().replace(b";pied;", b";tiroir;"))
    return ("manifest.json", "P02", "tiroir", "P02-pied.dxf")


def grain_of_the_list_changed(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "cut-list.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert "en long" in text
    path.write_bytes(text.replace("en long", "libre").encode("utf-8-sig"))
    return ("cut-list.csv", "Fil", "along")


def length_and_width_exchanged(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "cut-list.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert ";300;120;" in text
    path.write_bytes(text.replace(";300;120;", ";120;300;").encode("utf-8-sig"))
    return ("cut-list.csv", "P02", "Longueur", "300.00 mm expected")


def material_of_the_list_changed(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "cut-list.csv"
    path.write_bytes(path.read_bytes().replace(b"bouleau", b"peuplier"))
    return ("cut-list.csv", "Matière", "peuplier")


def sheets_of_another_material(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "hardware.csv"
    path.write_bytes(path.read_bytes().replace(b"bouleau", b"peuplier"))
    return ("hardware.csv", "peuplier")


def hardware_called_otherwise(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "hardware.csv"
    path.write_bytes(path.read_bytes().replace("Vis à tête cylindrique".encode(), b"Clou"))
    return ("hardware.csv", "ISO 4762", "cylindrique")


def hardware_emptied_in_the_manifest(package: Unpacked) -> tuple[str, ...]:
    package.manifest["hardware"] = []
    return ("hardware.csv", "1 items of hardware, 0 in the manifest")


def licence_emptied(package: Unpacked) -> tuple[str, ...]:
    (package.folder / "LICENSE").write_bytes(b" \n")
    return ("LICENSE", "not the text of CERN-OHL-S-2.0")


def licence_of_another_name(package: Unpacked) -> tuple[str, ...]:
    package.manifest["licence"] = "CC-BY-SA-4.0"
    return ("LICENSE", "not the text of CC-BY-SA-4.0")


def a_key_that_no_schema_knows(package: Unpacked) -> tuple[str, ...]:
    package.manifest["approved"] = True
    return ("manifest.json", "approved")


BREAKERS: tuple[Breaker, ...] = (
    changed("key", value="0" * 64),
    changed("design", value="chariot"),
    changed("revision", value=2),
    changed("parameters", value={"width": 1.0}),
    changed("machine", "name", value="Autre routeur"),
    changed("machine", "spacing_mm", value=0.0),
    changed("stock", "clearance_mm", value=0.5),
    changed("software", "ezdxf", value="0.0.1"),
    *(without(key) for key in ("key", "licence", "quantity", "tool")),
    other_inputs_with_their_own_key,
    folder_of_another_key,
    archive_of_another_key,
    part_renamed,
    part_renamed_in_both_lists,
    grain_of_the_list_changed,
    length_and_width_exchanged,
    material_of_the_list_changed,
    sheets_of_another_material,
    hardware_called_otherwise,
    hardware_emptied_in_the_manifest,
    licence_emptied,
    licence_of_another_name,
    a_key_that_no_schema_knows,
)


@pytest.mark.parametrize("breaker", BREAKERS, ids=lambda b: b.__name__)
def test_what_a_package_says_of_itself_is_compared(breaker: Breaker, router: Unpacked) -> None:
    assert_named(breaker, router)


def test_an_archive_that_somebody_renamed_is_no_fault(router: Unpacked) -> None:
    router.archive = router.archive.with_name("Mon tabouret (1).zip")
    assert verify_archive(router.sealed()).faults == ()


@pytest.mark.parametrize(
    ("licence", "text", "words"),
    [
        ("MIT", "", "empty"),
        ("MIT", "All rights reserved", "does not name MIT"),
        ("CC-BY-SA-4.0", "CC BY", "does not name CC-BY-SA-4.0"),
        ("CC-BY-SA-4.0", "Creative Commons\n  Attribution-ShareAlike 4.0 International", None),
    ],
)
def test_a_licence_whose_text_is_not_at_hand_must_be_named(
    licence: str, text: str, words: str | None, router: Unpacked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "_known_text", lambda licence: None)
    router.manifest["licence"] = licence
    okh = router.folder / "okh.toml"
    okh.write_text(okh.read_text().replace('license = "CERN-OHL-S-2.0"', f'license = "{licence}"'))
    (router.folder / "LICENSE").write_text(text)

    report = verify_archive(router.sealed())

    assert report.ok if words is None else names(report, "LICENSE", words)


@pytest.mark.parametrize("licence", ["AGPL-3.0-or-later", "CC-BY-SA-4.0", "CERN-OHL-S-2.0"])
def test_the_licences_of_the_project_are_known_by_text_and_by_title(licence: str) -> None:
    text = identity._known_text(licence)

    assert text is not None
    title = next(t for start, t in identity._TITLES.items() if licence.startswith(start))
    assert title in " ".join(text.decode().lower().replace(",", "").split())
