# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Any parameters within bounds, on any machine: a verified package or a clear refusal, nothing else."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from designs.catalogue import design, identifiers
from designs.design import Design
from designs.errors import GeometryError, ParameterError, SheetError
from fablabs.machine import MachineFile
from fabrication.errors import NotMakeableError
from fabrication.pipeline import make_package
from fabrication.verification import verify_archive
from tests.pieces import random_values

REFUSALS = (ParameterError, GeometryError, SheetError, NotMakeableError)


@st.composite
def machines(draw: st.DrawFn) -> MachineFile:
    """Routers and lasers as workshops have them, some of them too small or too weak."""
    laser = draw(st.sampled_from([False, False, False, False, True]))
    nominal = draw(st.sampled_from([15, 18, 18, 18, 21]))
    measured = round(nominal + draw(st.floats(-0.6, 0.6)), 2)
    bed = draw(st.sampled_from([(2500, 1250), (2440, 1220), (3000, 1500), (2500, 1250), (3000, 1500), (1000, 600)]))
    machine: dict[str, Any] = {
        "name": "any",
        "process": "laser" if laser else "cnc-router",
        "bed_mm": bed,
        "max_thickness_mm": draw(st.sampled_from([22, 24, 30, 30, 30, 16])),
        "spacing_mm": draw(st.sampled_from([13, 20])) if not laser else draw(st.sampled_from([3, 8])),
        "margin_mm": draw(st.sampled_from([5, 10, 20])),
        "dxf_version": draw(st.sampled_from(["R2010", "R12"])),
    }
    if laser:
        machine |= {"kerf_mm": draw(st.floats(0.05, 0.4).map(lambda v: round(v, 2))), "corner_relief": "none"}
    else:
        diameters = draw(st.lists(st.sampled_from([3.175, 4, 5, 6, 6.35, 8, 12]), min_size=1, max_size=3, unique=True))
        machine |= {
            "corner_relief": draw(st.sampled_from(["dogbone", "tbone", "dogbone", "tbone", "dogbone", "none"])),
            "tools": [{"name": f"fraise {d:g}", "diameter_mm": d} for d in diameters],
        }
    stock = {
        "material": draw(st.sampled_from(["contreplaqué bouleau", "contreplaqué peuplier"])),
        "nominal_thickness_mm": nominal,
        "measured_thickness_mm": measured,
        "sheet_mm": bed,
        "grain": draw(st.sampled_from(["long", "cross", "none"])),
        "clearance_mm": draw(st.floats(0, 0.5).map(lambda v: round(v, 2))),
    }
    return MachineFile.model_validate({"machine": machine, "stock": stock})


def sensible_values(model: Design, number: int) -> dict[str, Any]:
    """Drawn until they keep the constraints; one draw in six is taken as it comes."""
    dice = random.Random(number)
    values = random_values(model, dice)
    if number % 6 == 0:
        return values
    for _ in range(60):
        try:
            return model.clean(values)
        except ParameterError:
            values = random_values(model, dice)
    raise AssertionError(f"{model.identifier}: none of 60 draws keeps the constraints")


@pytest.mark.parametrize("identifier", identifiers())
def test_a_verified_package_or_a_clear_refusal(identifier):
    ends: list[bool] = []

    @seed(20261121)
    @settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(machine_file=machines(), number=st.integers(0, 2**32))
    def any_of_them(machine_file: MachineFile, number: int) -> None:
        ends.append(verified_or_refused(design(identifier), machine_file, number))

    any_of_them()
    assert ends.count(True) >= 2 and ends.count(False) >= 1, ends


def verified_or_refused(model: Design, machine_file: MachineFile, number: int) -> bool:
    """Whether a package was made, all its checks passing; a refusal says why and leaves nothing behind."""
    values = sensible_values(model, number)
    with tempfile.TemporaryDirectory() as folder:
        try:
            package = make_package(model, values, machine_file, folder=Path(folder))
        except REFUSALS as refusal:
            assert "\n" not in str(refusal) and len(str(refusal)) > 20
            assert list(Path(folder).iterdir()) == []
            return False
        assert all(check["ok"] for check in package.manifest["checks"])
        report = verify_archive(package.path)
        assert report.ok, report.faults
        return True
