# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An unpacked package, from its manifest to its last list, in the order of the checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fabrication.verification.identity import identity_faults
from fabrication.verification.manifest import Manifest, parse_manifest
from fabrication.verification.report import Ledger, Report
from fabrication.verification.sums import MANIFEST, file_faults, sums_faults

if TYPE_CHECKING:
    from fabrication.verification.package import Package
    from fabrication.verification.step import Body


def verify_folder(
    folder: Path,
    solids: Mapping[str, Body] | None = None,
    quantities: Mapping[str, int] | None = None,
    *,
    sums: bool = False,
) -> Report:
    """Check a folder that holds a package.

    ``solids`` are the parts by code, in their flat frames (mm); without them they come from the folder's STEP.
    ``quantities`` are totals by code; without them, the STEP's copies × the manifest's pieces. ``sums``: is
    SHA256SUMS already there? Never raises for what the folder holds: whatever is wrong is a fault.
    """
    ledger = Ledger()
    if sums:
        with guarded(ledger, "sums", "SHA256SUMS"):
            ledger.faults("sums", sums_faults(folder))
        if not ledger.clean("sums"):
            return ledger.report()
    check_folder(folder, ledger, solids, quantities, finished=sums)
    return ledger.report()


def check_folder(
    folder: Path,
    ledger: Ledger,
    solids: Mapping[str, Body] | None = None,
    quantities: Mapping[str, int] | None = None,
    *,
    finished: bool = False,
    archive: str = "",
) -> None:
    """All checks but SHA256SUMS, into the ledger; a ``finished`` manifest says that it was verified before.
    ``archive``: the name of the archive that the folder was in."""
    manifest = _manifest(folder, ledger)
    if manifest is None:
        return
    if finished and not manifest.checks:
        ledger.fault("manifest-schema", f"{MANIFEST}: no checks: it was packed without being verified")
    for row in manifest.checks:
        if finished and not row.ok:
            ledger.fault("manifest-schema", f"{MANIFEST}: check {row.id} had failed: {row.detail[:200]}")
    ledger.ran("files", "sums")
    with guarded(ledger, "files", MANIFEST):
        for check, fault in file_faults(folder, manifest):
            ledger.fault(check, fault)
    if not ledger.clean("sums"):
        return
    with guarded(ledger, "identity", MANIFEST):
        ledger.faults("identity", identity_faults(folder, manifest, archive))
    from fabrication.verification.package import Package

    package: Package | None = None
    with guarded(ledger, "step", "piece.step"):
        package = Package.opened(folder, manifest, ledger, solids, quantities)
    if package is not None:
        package.check_all()


def _manifest(folder: Path, ledger: Ledger) -> Manifest | None:
    ledger.ran("manifest-schema")
    manifest: Manifest | None = None
    with guarded(ledger, "manifest-schema", MANIFEST):
        path = folder / MANIFEST
        if not path.is_file() or path.is_symlink():
            ledger.fault("files", f"{MANIFEST} is missing")
            return None
        manifest, faults = parse_manifest(path.read_bytes())
        ledger.faults("manifest-schema", (f"{MANIFEST}: {fault}" for fault in faults))
    return manifest


@contextmanager
def guarded(ledger: Ledger, check: str, subject: str) -> Iterator[None]:
    """Whatever a hostile file leads a reader to becomes a fault that names the file."""
    ledger.ran(check)
    try:
        yield
    except Exception as error:  # see above: readers of broken files raise anything
        ledger.fault(check, f"{subject}: {error or type(error).__name__}")
