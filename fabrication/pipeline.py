# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one way through: design × machine × stock → a verified cut package."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from designs.catalogue import design as find_design
from designs.design import Design
from designs.furniture import Furniture
from designs.typography import typeset
from fablabs.machine import MachineFile, Process
from fabrication import exporters
from fabrication.choices import EVERYTHING, Choices
from fabrication.coupon import Coupon, plan_coupon
from fabrication.errors import ChoiceError, NotMakeableError, VerificationError
from fabrication.exporters import Job
from fabrication.fit import check_fit
from fabrication.layer_table import LayerTable, check_names, layers_drawn
from fabrication.layout import LayoutError, check_layout
from fabrication.nesting.layouts import as_stored, nest
from fabrication.packaging import licence_text, manifest, pack, package_name, write_manifest, write_sums
from fabrication.plan import MAX_QUANTITY, CutPlan, FlatPart, SheetLayout, mills_named
from fabrication.scale_model import LeftOut, scale_down, sheet_for

#: Called with the stage that begins and how much of the whole is done, 0…1.
Progress = Callable[[str, float], None]

#: Where each stage begins, of the whole; measured on the three designs.
STAGES = {"build": 0.0, "flatten": 0.05, "nest": 0.1, "program": 0.11, "export": 0.12, "verify": 0.35, "pack": 0.95}


@dataclass(frozen=True)
class Package:
    """A verified archive: where it is, what its manifest says, the SHA-256 of its bytes."""

    path: Path
    manifest: dict[str, Any]
    sha256: str


def make_package(
    design: Design | str,
    given: Mapping[str, object],
    machine_file: MachineFile,
    *,
    quantity: int = 1,
    choices: Choices = EVERYTHING,
    folder: Path,
    progress: Progress | None = None,
) -> Package:
    """Write the archive of ``quantity`` pieces into ``folder`` (made if it is missing).

    With ``choices.only``, of ``quantity`` copies of each part that is named. Raises ValueError
    (quantity outside 1…1000), UnknownDesignError, ParameterError, SheetError, GeometryError,
    NotFlatError, NotMakeableError (ChoiceError for what ``choices`` asks), and VerificationError if what was written does
    not pass: it names every fault. Whatever is raised, nothing is left in ``folder``.
    """
    report = progress or _silent
    job = plan_job(design, given, machine_file, quantity, report, choices)
    with tempfile.TemporaryDirectory(prefix="treteau-") as temporary:
        inside = Path(temporary) / package_name(job)
        inside.mkdir()
        files = export_all(job, inside, report)
        report("verify", STAGES["verify"])
        data = verify(job, inside, files)
        report("pack", STAGES["pack"])
        write_manifest(inside, data)
        write_sums(inside)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{inside.name}.zip"
        digest = pack(inside, target)
    report("pack", 1.0)
    return Package(target, data, digest)


def plan_job(
    design: Design | str,
    given: Mapping[str, object],
    machine_file: MachineFile,
    quantity: int,
    progress: Progress | None = None,
    choices: Choices = EVERYTHING,
) -> Job:
    """Everything up to the files: what ``lay_out`` gives, its coupon, and what the machine does."""
    job = lay_out(design, given, machine_file, quantity, progress, choices)
    coupon = _coupon(job.furniture, job.plan, machine_file)
    drawn = (*job.plan.parts, *(coupon.parts if coupon else ()))
    check_names(LayerTable.of(machine_file.machine), layers_drawn(drawn, job.plan))
    return programmed(replace(job, coupon=coupon), progress)


def lay_out(
    design: Design | str,
    given: Mapping[str, object],
    machine_file: MachineFile,
    quantity: int,
    progress: Progress | None = None,
    choices: Choices = EVERYTHING,
) -> Job:
    """Solids, flat parts, reliefs or kerf, checked layout; without coupon and machine's work, for who only lays."""
    if isinstance(quantity, bool) or not 1 <= quantity <= MAX_QUANTITY:
        raise ValueError(f"quantity is between 1 and {MAX_QUANTITY}, not {quantity}")
    report = progress or _silent
    if isinstance(design, str):
        design = find_design(design)
    check_fit(design, machine_file, design.clean(given), choices.scale)

    report("build", STAGES["build"])
    stock = machine_file.stock
    furniture = design.build(given, sheet_for(stock, choices.scale) if choices.scale > 1 else stock.sheet())
    report("flatten", STAGES["flatten"])
    flat_parts = flatten(furniture)
    left_out: tuple[LeftOut, ...] = ()
    if choices.scale > 1:
        furniture, left_out = scale_down(furniture, flat_parts, stock, choices.scale)
        flat_parts = flatten(furniture)
    plan_parts, kerf, tool_diameter = suit_machine(flat_parts, machine_file)
    other_mills = mills_named(plan_parts)
    report("nest", STAGES["nest"])
    choices = replace(choices, only=tuple(sorted(set(choices.only))))
    plan_parts = _asked(plan_parts, quantity, choices)
    if choices.only:
        furniture = replace(furniture, hardware=())  # that of the piece is still there
    plan = CutPlan(plan_parts, _laid(plan_parts, machine_file, choices), kerf, tool_diameter, other_mills)
    _check(plan, machine_file, choices)
    return Job(design, furniture, flat_parts, plan, cut_parts(plan), machine_file, quantity, choices, left_out=left_out)


def _asked(parts: tuple[FlatPart, ...], quantity: int, choices: Choices) -> tuple[FlatPart, ...]:
    """All parts of so many pieces; or so many copies of each that is named, e.g. of one that broke.

    Raises ChoiceError for a code that the piece has not."""
    if not choices.only:
        return tuple(replace(part, quantity=part.quantity * quantity) for part in parts)
    codes = [part.code for part in parts]
    unknown = [code for code in choices.only if code not in codes]
    if unknown:
        raise ChoiceError(
            f"no part {', '.join(unknown)} in this piece; it has {', '.join(codes)}",
            typeset(f"Ce meuble n’a pas de pièce {', '.join(unknown)} : il a {', '.join(codes)}."),
        )
    return tuple(replace(part, quantity=quantity) for part in parts if part.code in choices.only)


def _laid(parts: tuple[FlatPart, ...], machine_file: MachineFile, choices: Choices) -> tuple[SheetLayout, ...]:
    machine, stock = machine_file.machine, machine_file.stock
    if choices.layout is not None:
        return as_stored(choices.layout, parts, machine, stock)
    return nest(parts, machine, stock, locked=choices.locked)


def _check(plan: CutPlan, machine_file: MachineFile, choices: Choices) -> None:
    """Raises LayoutError; ChoiceError if the fault is in what was given."""
    try:
        check_layout(plan, machine_file.machine, machine_file.stock, choices.locked)
    except LayoutError as error:
        if choices.layout is None and not choices.locked:
            raise
        raise ChoiceError(
            f"the layout given can't be cut: {error}",
            "Le placement donné ne convient pas à ces pièces, à cette machine ou à ces panneaux.",
        ) from error


def _coupon(furniture: Furniture, plan: CutPlan, machine_file: MachineFile) -> Coupon | None:
    """The calibration coupon with the sheets' own reliefs or kerf; None where the machine can't make its joints."""

    def suit(parts: Sequence[FlatPart]) -> tuple[FlatPart, ...]:
        if plan.tool_diameter is None:
            from fabrication.kerf import compensate, for_laser

            return tuple(compensate(for_laser(part), plan.kerf) for part in parts)
        from fabrication.mills import relieve_alike

        return tuple(relieve_alike(part, plan.mills, machine_file.machine.corner_relief) for part in parts)

    try:
        return plan_coupon(furniture, plan, machine_file, suit)
    except NotMakeableError:
        return None


def flatten(furniture: Furniture) -> tuple[FlatPart, ...]:
    """The flat parts of one piece, without reliefs. Raises NotFlatError."""
    from fabrication.flatten import flatten_part

    return tuple(flatten_part(part) for part in furniture.parts)


def suit_machine(
    parts: tuple[FlatPart, ...], machine_file: MachineFile
) -> tuple[tuple[FlatPart, ...], float, float | None]:
    """Parts with the reliefs that a router's tools need, or as a laser cuts them; kerf; the main tool's diameter.

    Contours that another mill cuts name it. Raises NotMakeableError."""
    machine = machine_file.machine
    if machine.process is Process.LASER:
        from fabrication.kerf import for_laser

        return tuple(for_laser(part) for part in parts), machine.kerf_mm, None
    from fabrication.mills import choose_mills
    from fabrication.relief import relieve

    tool, marked = choose_mills(parts, machine.usable_tools, machine.corner_relief)
    return tuple(relieve(part, tool.diameter_mm, machine.corner_relief) for part in marked), 0.0, tool.diameter_mm


def programmed(job: Job, progress: Progress | None = None) -> Job:
    """The job with what the machine does on each sheet, or with what is missing for that."""
    machine = job.machine_file.machine
    if machine.process is Process.LASER:
        return job
    from fabrication.toolpaths.programs import programs

    if machine.controller is not None:
        (progress or _silent)("program", STAGES["program"])
    done, lines = programs(job.plan, machine)
    return replace(job, programs=done, unprogrammed=lines)


def cut_parts(plan: CutPlan) -> tuple[FlatPart, ...]:
    """The plan's parts as they are drawn: compensated for a laser's kerf, else as they are."""
    if not plan.kerf:
        return plan.parts
    from fabrication.kerf import compensate

    return tuple(compensate(part, plan.kerf) for part in plan.parts)


def export_all(job: Job, folder: Path, progress: Progress | None = None) -> dict[str, tuple[str, int]]:
    """Write every format and the licence; path → (SHA-256, bytes)."""
    report = progress or _silent
    files: dict[str, tuple[str, int]] = {}

    def write(path: str, content: bytes) -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        files[path] = (hashlib.sha256(content).hexdigest(), len(content))

    write("LICENSE", licence_text(job.design.licence))
    names = exporters.identifiers()
    share = STAGES["verify"] - STAGES["export"]
    for number, name in enumerate(names):
        report("export", STAGES["export"] + share * number / len(names))
        sums = {path: digest for path, (digest, _) in files.items()}
        for path, content in exporters.exporter(name).export(job, sums):
            write(path, content)
    return files


def verify(job: Job, folder: Path, files: Mapping[str, tuple[str, int]]) -> dict[str, Any]:
    """Read the folder back and return the manifest with the checks' results.

    Raises VerificationError that names every fault."""
    from fabrication.verification import verify_folder

    # The verification reads quantity, machine and placements from the manifest; its own results
    # come into it afterwards.
    write_manifest(folder, manifest(job, files, ()))
    found = verify_folder(folder, {part.code: part.solid for part in job.furniture.parts})
    if not found.ok:
        raise VerificationError("the files that were written do not match the design: " + "; ".join(found.faults))
    return manifest(job, files, found.checks)


def _silent(stage: str, fraction: float) -> None:
    """Nobody watches."""
