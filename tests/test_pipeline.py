# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from designs.errors import ParameterError, UnknownDesignError
from fablabs.machine import MachineFile
from fabrication import pipeline
from fabrication.errors import NotMakeableError, VerificationError
from fabrication.exporters import Job
from fabrication.pipeline import lay_out, make_package, plan_job
from fabrication.verification import verify_archive
from tests.cutting import Bracket, machine_file

_MAKE = """
import sys
from pathlib import Path
from fabrication.pipeline import make_package
from tests.cutting import Bracket, machine_file
for version in ("R2010", "R12", "R2010", "R12"):
    print(make_package(Bracket(), {}, machine_file(dxf_version=version), quantity=2, folder=Path(sys.argv[1])).sha256)
"""


def test_the_package_passes_its_own_verification_from_the_outside(tmp_path: Path) -> None:
    package = make_package(Bracket(), {"width": 500}, machine_file(), folder=tmp_path / "new" / "folder")

    report = verify_archive(package.path)
    assert report.ok, report.faults
    assert list((tmp_path / "new" / "folder").iterdir()) == [package.path]


def test_the_same_inputs_give_the_same_archive_in_any_process(tmp_path: Path) -> None:
    here = [
        make_package(Bracket(), {}, machine_file(dxf_version=version), quantity=2, folder=tmp_path).sha256
        for version in ("R2010", "R12")
    ]
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", _MAKE, str(tmp_path)],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland", "LC_ALL": "C"},
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == here * 2


def test_a_laser_gets_a_package_too(tmp_path: Path) -> None:
    package = make_package(Bracket(through_only=True), {}, machine_file("laser"), quantity=3, folder=tmp_path)

    assert package.manifest["machine"]["kerf_mm"] == 0.3
    assert verify_archive(package.path).ok


def test_the_plan_has_all_pieces_with_reliefs_for_the_tool() -> None:
    job = lay_out(Bracket(), {"plates": 2}, machine_file(), 3)
    plan = job.plan

    assert [p.quantity for p in job.furniture.parts] == [1, 2, 2]
    assert [p.quantity for p in plan.parts] == [3, 6, 6]
    assert plan.tool_diameter == 6.0
    assert plan.kerf == 0


def test_progress_names_every_stage_and_never_goes_back(tmp_path: Path) -> None:
    seen: list[tuple[str, float]] = []
    make_package(Bracket(), {}, machine_file(), folder=tmp_path, progress=lambda s, f: seen.append((s, f)))

    assert list(dict.fromkeys(s for s, _ in seen)) == ["build", "flatten", "nest", "export", "verify", "pack"]
    assert [f for _, f in seen] == sorted(f for _, f in seen)
    assert seen[0][1] == 0
    assert seen[-1][1] == 1


@pytest.mark.parametrize(
    ("given", "file", "quantity", "error"),
    [
        ({"width": 10_000}, machine_file(), 1, ParameterError),
        ({}, machine_file(), 0, ValueError),
        ({}, machine_file(), 1001, ValueError),
        ({}, machine_file(), True, ValueError),
        ({"width": 800}, machine_file(stock={"sheet_mm": (600, 300)}), 1, NotMakeableError),
        ({}, machine_file(max_thickness_mm=6), 1, NotMakeableError),
        ({}, machine_file(stock={"measured_thickness_mm": 12, "nominal_thickness_mm": 12}), 1, NotMakeableError),
        ({}, machine_file("laser"), 1, NotMakeableError),  # pockets
    ],
)
def test_a_refusal_leaves_nothing_behind(
    tmp_path: Path, given: dict[str, object], file: MachineFile, quantity: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        make_package(Bracket(), given, file, quantity=quantity, folder=tmp_path / "out")

    assert not (tmp_path / "out").exists()


@pytest.mark.django_db  # what no code draws the studio may have
def test_an_unknown_design_is_refused_by_name() -> None:
    with pytest.raises(UnknownDesignError, match="no design 'chaise'"):
        plan_job("chaise", {}, machine_file(), 1)


def test_files_that_differ_from_the_solids_are_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flat part loses its hand hole on the way: what is written is read back against the solid."""
    honest = pipeline.suit_machine

    def lossy(parts: tuple, file: MachineFile) -> tuple:  # type: ignore[type-arg]
        made, kerf, tool = honest(parts, file)
        without = [o for o in made[0].operations if o.work.value != "cut-inside"]
        return (pipeline.replace(made[0], operations=tuple(without)), *made[1:]), kerf, tool

    monkeypatch.setattr(pipeline, "suit_machine", lossy)
    with pytest.raises(VerificationError, match="P01"):
        make_package(Bracket(), {}, machine_file(), folder=tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_an_interruption_while_files_are_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(pipeline.tempfile, "tempdir", str(scratch))

    def watch(stage: str, fraction: float) -> None:
        if stage == "export" and fraction > pipeline.STAGES["export"]:
            assert list(scratch.iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_package(Bracket(), {}, machine_file(), folder=tmp_path / "out", progress=watch)

    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "out").exists()


def test_a_job_has_what_exporters_need() -> None:
    job = plan_job(Bracket(through_only=True), {}, machine_file("laser"), 1)

    assert isinstance(job, Job)
    assert job.identity == "equerre r1"
    nominal, drawn = job.plan.parts[0].outline.bounds, job.cut_parts[0].outline.bounds
    assert drawn[2] - drawn[0] == pytest.approx(nominal[2] - nominal[0] + 0.3)
