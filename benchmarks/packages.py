# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A package in a warm worker, stage by stage; its verification; the shell; memory over many packages."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.table import Figures, median_s
from designs.catalogue import identifiers

ROOT = Path(__file__).resolve().parent.parent
#: Everything is known of it, so that its packages have the machine's own files too.
ROUTER = ROOT / "examples/machines/router-2500.toml"
#: Printed by itself: it is no file for the machine.
APART = {"notice"}
LIMITS_S = {1: 2.5, 4: 4.0}
VERIFYING_S, SHELL_S, PEAK_MB = 1.5, 8.0, 900
#: Packages in a row, and from which on memory must stay.
ROW, SETTLED = 100, 20


class Stages:
    """Called with each stage as it begins: how long each took, on the wall and of one core. ``export`` is named by its
    format."""

    def __init__(self) -> None:
        from fabrication import exporters

        self.seconds: dict[str, float] = defaultdict(float)
        self.core: dict[str, float] = defaultdict(float)
        self._names = iter(exporters.identifiers())
        self._stage, self._since = "", (time.perf_counter(), time.process_time())

    def __call__(self, stage: str, fraction: float) -> None:
        now = time.perf_counter(), time.process_time()
        self.seconds[self._stage] += now[0] - self._since[0]
        self.core[self._stage] += now[1] - self._since[1]
        self._stage = next(self._names, "export") if stage == "export" else stage
        self._since = now


def _package(identifier: str, quantity: int, folder: Path) -> Stages:
    """Everything up to the written files."""
    from fablabs.machine import read_machine
    from fabrication import pipeline

    stages = Stages()
    job = pipeline.plan_job(identifier, {}, read_machine(ROUTER), quantity, stages)
    pipeline.export_all(job, folder, stages)
    stages("end", 1.0)
    return stages


def packages(figures: Figures) -> None:
    for identifier in identifiers():
        for quantity, limit in LIMITS_S.items():
            with tempfile.TemporaryDirectory() as folder:
                runs = [_package(identifier, quantity, Path(folder)) for _ in range(4)][1:]
            pieces = "one piece" if quantity == 1 else f"{quantity} pieces"
            total = statistics.median(_but_apart(run.seconds) for run in runs)
            figures.against_limit(f"{identifier}: {pieces}, warm, all files but the notice", total, limit)
            core = {stage: statistics.median(run.core[stage] for run in runs) for stage in runs[0].core}
            slow = sorted(core.items(), key=lambda item: -item[1])
            figures.plain(
                "… of one core (the wall also counts who shares the machine)",
                f"{statistics.median(_but_apart(run.core) for run in runs):.3f} s",
                ", ".join(f"{stage} {s:.2f}" for stage, s in slow if s >= 0.015),
            )


def _but_apart(seconds: Mapping[str, float]) -> float:
    return sum(s for stage, s in seconds.items() if stage not in APART)


def verification(figures: Figures) -> None:
    """In a warm worker: all of it less reading the STEP, with the simulation of machine files apart."""
    from fablabs.machine import read_machine
    from fabrication import pipeline
    from fabrication.packaging import package_name

    for identifier in identifiers():
        for quantity in (1, 4):
            job = pipeline.plan_job(identifier, {}, read_machine(ROUTER), quantity)
            with tempfile.TemporaryDirectory() as folder:
                inside = Path(folder) / package_name(job)
                inside.mkdir()
                files = pipeline.export_all(job, inside)
                runs = [_verified(lambda j=job, i=inside, f=files: pipeline.verify(j, i, f)) for _ in range(3)][1:]
            rest, step, simulation, core = (statistics.median(column) for column in zip(*runs, strict=True))
            what = f"{identifier}: verification, {quantity} ×, less reading STEP and simulation"
            if quantity == 1:
                figures.against_limit(what, rest, VERIFYING_S)
            else:
                figures.plain(what, f"{rest:.3f} s")
            figures.plain(
                "… of one core; reading STEP; simulation",
                f"{core:.3f} s; {step:.3f} s; {simulation:.3f} s",
                f"{len(job.programs)} machine files, {len(job.plan.sheets)} sheets",
            )


def _verified(verify: Callable[[], object]) -> tuple[float, float, float, float]:
    """Seconds of the wall without STEP and simulation; STEP; simulation; the first's share of one core."""
    from fabrication.verification import formats, package

    with _timed(package, "read_step") as steps, _timed(formats, "check_machine_files") as simulations:
        start = time.perf_counter(), time.process_time()
        verify()
        wall, core = time.perf_counter() - start[0], time.process_time() - start[1]
    (step, step_core), (simulation, simulation_core) = (map(sum, zip(*t, strict=True)) for t in (steps, simulations))
    return wall - step - simulation, step, simulation, core - step_core - simulation_core


@contextlib.contextmanager
def _timed(module: Any, name: str) -> Iterator[list[tuple[float, float]]]:
    """Seconds of each call of a module's function, on the wall and of one core."""
    seconds: list[tuple[float, float]] = []
    work: Callable[..., Any] = getattr(module, name)

    def wrapped(*arguments: Any) -> Any:
        start = time.perf_counter(), time.process_time()
        try:
            return work(*arguments)
        finally:
            seconds.append((time.perf_counter() - start[0], time.process_time() - start[1]))

    setattr(module, name, wrapped)
    try:
        yield seconds
    finally:
        setattr(module, name, work)


def shell(figures: Figures) -> None:
    """`treteau cut` and `treteau verify` as typed: imports, work, exit."""
    treteau = Path(sys.executable).parent / "treteau"
    with tempfile.TemporaryDirectory() as folder:
        cut = [treteau, "cut", "chariot", "--machine", ROUTER, "--out", folder]
        cutting = median_s(lambda: subprocess.run(cut, check=True, capture_output=True), 3)
        figures.plain("treteau cut chariot, from a shell", f"{cutting:.2f} s")
        (archive,) = Path(folder).glob("*.zip")
        verify = [treteau, "verify", archive]
        figures.against_limit(
            "treteau verify, from a shell",
            median_s(lambda: subprocess.run(verify, check=True, capture_output=True), 3),
            SHELL_S,
        )


def memory(figures: Figures) -> None:
    """A process of its own that makes package after package, as a worker's child does."""
    code = (
        "import resource, sys, tempfile\n"
        "from pathlib import Path\n"
        "from benchmarks.geometry import resident_mb\n"
        "from benchmarks.packages import ROUTER, ROW\n"
        "from designs.catalogue import design, identifiers\n"
        "from fablabs.machine import read_machine\n"
        "from fabrication.pipeline import make_package\n"
        "machine, seen = read_machine(ROUTER), []\n"
        "widths = {i: next(p.default for p in design(i).parameters if p.name == 'width') for i in identifiers()}\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    for number in range(ROW):\n"
        "        name = identifiers()[number % len(widths)]\n"
        "        make_package(name, {'width': widths[name] - number / 10}, machine, folder=Path(folder))\n"
        "        seen.append(resident_mb())\n"
        "print(*(f'{mb:.0f}' for mb in seen))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    if run.returncode:
        raise RuntimeError(run.stderr[-2000:])
    rows = run.stdout.strip().splitlines()
    seen, peak = [float(v) for v in rows[-2].split()], float(rows[-1])
    shown = " → ".join(f"{seen[i]:.0f}" for i in (0, SETTLED - 1, ROW // 2, ROW - 1))
    growth = seen[-1] - seen[SETTLED - 1]
    figures.plain(
        f"{ROW} packages in a row: memory after 1, {SETTLED}, {ROW // 2}, {ROW}",
        f"{shown} MB",
        f"{growth:+.0f} MB after the {SETTLED}th",
    )
    figures.plain("peak memory of that worker", f"{peak:.0f} MB", f"limit {PEAK_MB} MB")
