# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau calibrate``: what a maker measured goes into the machine file, comments and order kept."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from designs.coupon import COUNT, FINE_STEP, STEP, clearances_around
from fablabs.errors import MachineFileError
from fablabs.machine import MachineFile, Process, parse_machine, read_machine
from fabrication.errors import ChoiceError
from treteau.output import console, print_json


@dataclass(frozen=True)
class Measured:
    """What was found at the machine (mm); None: nothing new. ``number`` is that of the coupon's slot that fits,
    ``package`` the one that the coupon was cut from (see ``laying.manifest_in``)."""

    thickness: float | None = None
    clearance: float | None = None
    number: int | None = None
    kerf: float | None = None
    package: Path | None = None


@dataclass(frozen=True)
class Change:
    """One key of the machine file. ``before`` is the value in use, written in the file or a default."""

    table: str
    key: str
    before: float
    after: float


def calibrate(path: Path, measured: Measured, *, as_json: bool) -> int:
    """Write what was measured into a machine file and return 0.

    Raises MachineFileError for a file or a measure that can't be, OSError and ChoiceError for a package: nothing is written then. The file is replaced at once,
    so that nobody ever reads half of it.
    """
    before = read_machine(path)
    changes = wanted_changes(before, measured)
    if any(change.before != change.after for change in changes):
        # Bytes, not text: the line ends stay as they are.
        text = path.read_bytes().decode("utf-8-sig")
        new = changed_text(text, changes)
        parse_machine(new, str(path))
        _replace(path, new)
    if as_json:
        rows = [{"key": f"{c.table}.{c.key}", "before": c.before, "after": c.after} for c in changes]
        print_json({"file": os.fspath(path), "changes": rows, "counted_from_mm": _counted_from(before, measured)})
        return 0
    out = console()
    for change in changes:
        arrow = "unchanged" if change.before == change.after else f"→ {change.after:g}"
        out.print(f"{change.table}.{change.key}: {change.before:g} {arrow}")
    if (start := _counted_from(before, measured)) is not None:
        out.print(
            f"number {measured.number} was counted from the {start:g} mm that stood in the file: cut a new coupon before the next "
            "number, or name this one's package (--package)"
        )
    return 0


def _counted_from(before: MachineFile, measured: Measured) -> float | None:
    """The clearance (mm) that a number without its package was counted from."""
    return before.stock.clearance_mm if measured.number is not None and measured.package is None else None


def wanted_changes(file: MachineFile, measured: Measured) -> list[Change]:
    """Raises MachineFileError if nothing was measured, or twice, or a kerf on a router; OSError and ChoiceError."""
    machine, stock = file.machine, file.stock
    changes = []
    if measured.thickness is not None:
        changes.append(Change("stock", "measured_thickness_mm", stock.measured_thickness_mm, measured.thickness))
    if measured.clearance is not None and measured.number is not None:
        raise MachineFileError("give --clearance or --coupon-number, not both")
    if measured.package is not None and measured.number is None:
        raise MachineFileError("--package says what a --coupon-number means: give both")
    clearance = measured.clearance
    if measured.number is not None:
        step = FINE_STEP if machine.process is Process.LASER else STEP
        if not 1 <= measured.number <= COUNT:
            raise MachineFileError(f"the coupon's slots are numbered 1 to {COUNT}, not {measured.number}")
        cut = (
            clearances_around(stock.clearance_mm, step)
            if measured.package is None
            else coupon_of(measured.package, machine.name)
        )
        clearance = cut[measured.number - 1]
    if clearance is not None:
        changes.append(Change("stock", "clearance_mm", stock.clearance_mm, clearance))
    if measured.kerf is not None:
        if machine.process is not Process.LASER:
            raise MachineFileError(f"{machine.name!r} is a router: kerf_mm is for a laser, a cutter has its diameter")
        changes.append(Change("machine", "kerf_mm", machine.kerf_mm, measured.kerf))
    if not changes:
        raise MachineFileError("nothing to write: give --thickness, --clearance or --coupon-number, or --kerf")
    return changes


def coupon_of(package: Path, machine: str) -> tuple[float, ...]:
    """The clearances (mm) of the coupon that a package has for a machine, by number. Raises OSError, ChoiceError."""
    from treteau.laying import manifest_in

    data = manifest_in(package)
    if not isinstance(data, dict) or "coupon" not in data:
        raise ChoiceError(f"{package}: no manifest of a package")
    coupon, made_for = data["coupon"], data.get("machine")
    if coupon is None:
        raise ChoiceError(f"{package}: this piece has no coupon")
    name = made_for.get("name") if isinstance(made_for, dict) else None
    if name != machine:
        raise ChoiceError(f"{package}: made for the machine {name!r}, not {machine!r}")
    found = coupon.get("clearances_mm") if isinstance(coupon, dict) else None
    if not isinstance(found, list) or len(found) != COUNT or not all(isinstance(v, int | float) for v in found):
        raise ChoiceError(f"{package}: its coupon has no {COUNT} clearances")
    return tuple(float(v) for v in found)


def changed_text(text: str, changes: list[Change]) -> str:
    """The TOML with these values, all else as it stands. Raises MachineFileError."""
    try:
        document: Any = tomlkit.parse(text)
        for change in changes:
            document[change.table][change.key] = change.after
        return tomlkit.dumps(document)
    except TOMLKitError as error:  # what Python's own parser has taken before
        raise MachineFileError(f"not valid TOML: {error}") from error


def _replace(path: Path, text: str) -> None:
    """Written beside the file, then renamed; a link stays one, and who may read the file still may."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
