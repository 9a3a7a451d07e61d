# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The files of a design's folder, from a disk or out of a ZIP that a stranger sent, and back: bytes by name, nothing else.

Only files that belong to a design are read, whatever else lies there (a repository has a README, pictures, hidden folders).
Links, pipes and devices are not followed; what is larger than a design may be is never read as a whole.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from designs.errors import DesignError
from designs.typography import typeset

#: The texts, parameters and rules; flat parts of a design that is not drawn by a script; where an exported one came from; OKH.
MODEL, PARTS, STAMP, OKH = "modele.toml", "pieces.json", "revision.toml", "okh.toml"
#: Bytes of each, of all together, of a ZIP. A script is held to less by ``designs.content``.
MAX_FILE, MAX_ALL, MAX_ZIP = 2_000_000, 4_000_000, 4_000_000
#: Files of a design, and entries of a ZIP that are looked at, of a whole repository too.
MAX_FILES, MAX_ENTRIES = 40, 2_000
_EPOCH = (1980, 1, 1, 0, 0, 0)  # ZIP's own beginning of time: the same files give the same archive
#: What everybody's programs write. Others fail in ways of their own, or want gigabytes before the first byte.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


class FolderError(DesignError, ValueError):
    """A folder that is no design's. ``str(error)`` is one English line without the place; ``file`` and ``line`` say where
    (line 0: the file as a whole), ``french`` is the sentence for people."""

    def __init__(self, english: str, french: str, file: str = "", line: int = 0) -> None:
        super().__init__(english)
        self.english, self.french, self.file, self.line = english, typeset(french), file, line


def belongs(name: str) -> bool:
    """Whether a file of that name, at the folder's top, is part of a design."""
    return name in (MODEL, PARTS, STAMP, OKH) or (name.endswith(".py") and bool(_NAME.fullmatch(name)))


def files_of(path: Path) -> dict[str, bytes]:
    """From a folder on the disk, by name. Raises FolderError for a link or a device where a file is expected, for what is too
    large or too much; OSError for what is no folder or can't be read."""
    names = sorted(entry.name for entry in os.scandir(path) if belongs(entry.name))
    if len(names) > MAX_FILES:
        raise _too_many(len(names))
    found: dict[str, bytes] = {}
    for name in names:
        found[name] = _file(path / name, name)
        _check_all(found.values())
    return found


def _file(path: Path, name: str) -> bytes:
    # Looked at first, since opening a pipe waits for its writer; then again, since it may be another file by now.
    if not stat.S_ISREG(path.lstat().st_mode):
        raise FolderError(
            "is a link or a device, not a file", "C’est un lien, pas un fichier : copiez le fichier lui-même.", name
        )
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FolderError("is no file", "Ce n’est pas un fichier.", name)
        return _limited(file.read(MAX_FILE + 1), name)


def files_of_zip(data: bytes) -> dict[str, bytes]:
    """Out of a ZIP: files at its top, or in its one folder that has a ``modele.toml`` (as archives of a repository have).

    Raises FolderError for what is no ZIP, is locked or broken, unpacks to more than a design may be, or holds a name twice."""
    if len(data) > MAX_ZIP:
        raise FolderError(
            f"the archive has more than {MAX_ZIP // 1_000_000} MB", f"L’archive dépasse {MAX_ZIP // 1_000_000} Mo."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _unpacked(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        # RuntimeError: locked by a password, or (its kind NotImplementedError) a ZIP of a later version than zipfile reads.
        if isinstance(error, FolderError):
            raise
        raise FolderError(
            f"the archive can't be read: {str(error)[:200]}", "Cette archive ne peut pas être lue : envoyez un fichier .zip, sans mot de passe."
        ) from error  # fmt: skip


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _too_many(len(entries))
    tops = sorted(entry.filename.removesuffix(MODEL) for entry in entries if _is_model(entry.filename))
    if not tops:
        raise FolderError(
            f"no {MODEL} in the archive",
            f"Il n’y a pas de fichier {MODEL} dans cette archive : envoyez le dossier du modèle tel qu’il a été téléchargé.",
        )
    if len(tops) > 1:
        raise FolderError(
            f"{len(tops)} designs in the archive: {', '.join(tops)[:200]}",
            "Cette archive contient plusieurs modèles : envoyez-les un par un.",
        )
    found: dict[str, bytes] = {}
    for entry in entries:
        name = entry.filename.removeprefix(tops[0])
        if entry.filename != tops[0] + name or not belongs(name):
            continue
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise FolderError(
                "is a link, not a file", "C’est un lien, pas un fichier : copiez le fichier lui-même.", name
            )
        if name in found:
            raise FolderError("is there twice", "Ce fichier est deux fois dans l’archive.", name)
        if entry.compress_type not in _PACKINGS:
            raise zipfile.BadZipFile(f"{name} is packed in a way that is not read here")
        with archive.open(entry) as file:
            found[name] = _limited(file.read(MAX_FILE + 1), name)
        _check_all(found.values())
        if len(found) > MAX_FILES:
            raise _too_many(len(found))
    return dict(sorted(found.items()))


def _is_model(name: str) -> bool:
    """At the top, or one folder down: `../` and absolute names are neither."""
    folder, slash, rest = name.partition("/")
    return name == MODEL or (rest == MODEL and bool(slash) and folder not in ("", ".", ".."))


def zipped(files: Mapping[str, bytes], top: str = "") -> bytes:
    """A ZIP of these files in a folder of that name; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{name}" if top else name, _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()


def save(files: Mapping[str, bytes], path: Path) -> None:
    """Into a folder that is not there yet, or is empty; whole or not at all. Raises FolderError for one that holds something,
    OSError for what can't be written."""
    if path.is_dir() and any(path.iterdir()):
        raise FolderError(f"{path}: is no empty folder", "Ce dossier n’est pas vide.")
    if path.exists() and not path.is_dir():
        raise FolderError(f"{path}: is there, and is no folder", "Ce nom est celui d’un fichier.")
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{os.getpid()}.part")
    made.mkdir()
    try:
        for name, data in files.items():
            (made / name).write_bytes(data)
        made.rename(path)  # takes an empty folder's place
    except BaseException:
        for file in made.iterdir():
            file.unlink()
        made.rmdir()
        raise


def _limited(data: bytes, name: str) -> bytes:
    if len(data) > MAX_FILE:
        raise FolderError(
            f"has more than {MAX_FILE // 1_000_000} MB", f"Ce fichier dépasse {MAX_FILE // 1_000_000} Mo.", name
        )
    return data


def _check_all(data: Iterable[bytes]) -> None:
    if sum(len(one) for one in data) > MAX_ALL:
        raise FolderError(
            f"the files have more than {MAX_ALL // 1_000_000} MB", f"Les fichiers dépassent {MAX_ALL // 1_000_000} Mo."
        )


def _too_many(count: int) -> FolderError:
    return FolderError(f"{count} files are too many for a design", "Il y a trop de fichiers pour un modèle.")
