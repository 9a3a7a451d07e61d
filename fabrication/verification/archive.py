# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A zip from anybody: unpacked with care, its sums first."""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from fabrication.verification.folder import check_folder, guarded
from fabrication.verification.manifest import safe_path
from fabrication.verification.report import Ledger, Report
from fabrication.verification.sums import sums_faults

#: A package of a thousand pieces stays far below these.
MAX_FILES = 5_000
MAX_FILE_BYTES = 100_000_000
MAX_BYTES = 400_000_000
_CHUNK = 1 << 20
#: What Python's zip reader raises on broken archives (RuntimeError: encrypted).
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def verify_archive(path: Path) -> Report:
    """Check the one archive that a maker downloads.

    Never raises for what the archive holds: whatever is wrong with it is a fault that names the file. If the
    sums are wrong nothing else is looked at.
    """
    path, ledger = Path(path), Ledger()
    # The guard is for what nobody thought of: a report with one odd line is better than none.
    with guarded(ledger, "archive", path.name), tempfile.TemporaryDirectory(prefix="treteau-verify-") as temporary:
        _check(path, Path(temporary), ledger)
    return ledger.report()


def _check(path: Path, temporary: Path, ledger: Ledger) -> None:
    try:
        folder = _unpack(path, temporary, ledger)
        if folder is None or not ledger.clean("archive"):
            return
        ledger.faults("sums", sums_faults(folder))
    except _UNREADABLE as error:
        ledger.fault("archive", f"{path.name} can't be read as a zip archive: {error}")
        return
    if ledger.clean("sums"):
        check_folder(folder, ledger, finished=True, archive=path.name)


def _unpack(path: Path, target: Path, ledger: Ledger) -> Path | None:
    """The one top folder, unpacked; None after a fault."""
    with zipfile.ZipFile(path) as archive:
        entries = [e for e in archive.infolist() if not e.is_dir()]
        faults = list(_entry_faults(archive.infolist()))
        ledger.faults("archive", faults)
        if faults:
            return None
        left = MAX_BYTES
        for entry in entries:
            left = _extract(archive, entry, target / entry.filename, min(left, MAX_FILE_BYTES), left)
    ledger.note("archive", f"{len(entries)} files, {(MAX_BYTES - left) / 1e6:.1f} MB")
    return target / entries[0].filename.split("/", 1)[0]


def _entry_faults(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    if all(entry.is_dir() for entry in entries):
        yield "the archive holds no file" if entries else "the archive is empty"
    if len(entries) > MAX_FILES:
        yield f"the archive has {len(entries)} files, {MAX_FILES} at most"
        return
    tops, seen = set(), set()
    for entry in entries:
        name = entry.filename
        shown = ascii(name[:120])
        try:
            safe_path(name.rstrip("/") if entry.is_dir() else name)
        except ValueError:
            yield f"the archive's entry {shown} has a path that leaves its folder"
            continue
        if "\x00" in entry.orig_filename:
            yield f"the archive's entry {shown} has a hidden end of name"
        mode = entry.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield f"the archive's entry {shown} is a link or a device"
        if entry.flag_bits & 1:
            yield f"the archive's entry {shown} is encrypted"
        if entry.file_size > MAX_FILE_BYTES:
            yield f"the archive's entry {shown} has {entry.file_size} bytes, {MAX_FILE_BYTES} at most"
        # Names that are one file on some makers' disks.
        if name.casefold() in seen:
            yield f"the archive's entry {shown} stands twice"
        seen.add(name.casefold())
        tops.add(name.split("/", 1)[0])
        if "/" not in name:
            yield f"the archive's entry {shown} lies beside the top folder"
    if len(tops) > 1:
        yield f"the archive has {len(tops)} top folders, 1 expected: {', '.join(ascii(t) for t in sorted(tops)[:5])}"
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        yield f"the archive unpacks to more than {MAX_BYTES} bytes"


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, limit: int, left: int) -> int:
    """Write one file; never more than ``limit`` bytes, whatever its header says. Returns what is left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    try:
        with archive.open(entry) as source, path.open("xb") as out:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > limit:
                    raise ValueError("it is larger than it may be")
                out.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        raise ValueError(f"{entry.filename}: {error}") from None
    return left - written
