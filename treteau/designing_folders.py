# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau design new`` and ``export``, and where a folder comes from: the disk, a ZIP, code, the site's database."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from designs.errors import UnknownDesignError
from designs.folder import TEXTS, Folder, Stamp, is_slug, read_folder, read_zip, write
from designs.folder_files import MAX_ZIP, FolderError, save, zipped
from designs.lineage import adapted_credit
from treteau.exits import DONE
from treteau.oneline import one_line
from treteau.output import console, print_json


def read(path: Path) -> Folder:
    """A folder, or a ZIP of it. Raises FolderError, OSError."""
    if path.is_file() and path.suffix.lower() == ".zip":
        with path.open("rb") as file:
            return read_zip(file.read(MAX_ZIP + 1))
    return read_folder(path)


def new(path: Path, origin: str, *, as_json: bool) -> int:
    """Write a design's first folder and return 0. Raises FolderError, UnknownDesignError, OSError."""
    from designs.templates import started_from, template

    slug = path.resolve().name
    if not is_slug(slug):
        raise FolderError(
            f"{slug[:60]!r} is no design's name: small letters, figures and dashes, a letter first, 50 at most",
            "Un nom de modèle : minuscules sans accent, chiffres et tirets.",
        )
    begun = started_from(template("table"), slug)
    if origin:
        first = found(origin)
        begun = started_from(first, slug)
        credit = adapted_credit(
            first.texts.get("credit", ""),
            first.texts.get("title") or first.slug,
            first.stamp.version if first.stamp else "",
        )
        begun = replace(begun, texts={**begun.texts, "credit": credit})
    save(write(begun), path)
    if as_json:
        print_json(
            {"design": slug, "folder": os.fspath(path), "files": sorted(write(begun)), "digest": begun.content.digest}
        )
        return DONE
    out = console()
    for name in write(begun):
        out.print(one_line(path / name), soft_wrap=True)
    out.print(f"next: treteau design check {one_line(path)}", soft_wrap=True)
    return DONE


def found(origin: str) -> Folder:
    """What ``--from``, ``OTHER`` or ``DESIGN[@NUMBER]`` names. A folder that is there goes first. Raises UnknownDesignError,
    FolderError, OSError."""
    path = Path(origin)
    if path.is_dir() or (path.is_file() and path.suffix.lower() == ".zip"):
        return read(path)
    return published(origin)


def published(reference: str) -> Folder:
    """A published revision: of the site's database where there is one, else of the code. Raises UnknownDesignError."""
    identifier, at, number = reference.partition("@")
    if not is_slug(identifier) or (at and not re.fullmatch(r"[1-9][0-9]{0,5}", number)):
        raise UnknownDesignError(f"{reference[:80]!r} is no folder, and no DESIGN or DESIGN@NUMBER")
    wanted = int(number) if at else None
    if site_is_there():
        from treteau.designing_site import revision

        there = revision(identifier, wanted)
        if there is not None:
            return there
    return _in_code(identifier, wanted)


def _in_code(identifier: str, number: int | None) -> Folder:
    from designs.catalogue import shipped
    from designs.sources import content_of

    design = shipped(identifier)
    if number not in (None, design.revision):
        raise UnknownDesignError(f"{identifier} is drawn in revision {design.revision} here, not {number}")
    content = content_of(design)
    texts = {name: str(getattr(design, name)) for name in TEXTS}
    return Folder(identifier, content, texts, Stamp(identifier, design.revision, design.version, content.digest))


def site_is_there() -> bool:
    """Whether somebody set a site up here: asking Django would set up an empty one."""
    if os.environ.get("DJANGO_SETTINGS_MODULE") or os.environ.get("TRETEAU_DATABASE_URL"):
        return True
    var = Path(os.environ.get("TRETEAU_VAR") or Path(__file__).resolve().parent.parent / "var")
    return (var / "treteau.sqlite3").is_file()


def export(reference: str, path: Path, *, as_json: bool) -> int:
    """Write a published revision and return 0. Raises UnknownDesignError, FolderError, OSError."""
    folder = published(reference)
    files = write(folder)
    if path.suffix.lower() == ".zip":
        _new_file(path, zipped(files, folder.slug))
    else:
        save(files, path)
    stamp = folder.stamp
    assert stamp is not None
    if as_json:
        print_json(
            {"design": stamp.design, "number": stamp.number, "version": stamp.version, "digest": stamp.digest, "folder": os.fspath(path), "files": list(files)}
        )  # fmt: skip
    else:
        console().print(
            f"{one_line(path)}: {stamp.design} revision {stamp.number} ({stamp.version}), {len(files)} files",
            soft_wrap=True,
        )
    return DONE


def _new_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
