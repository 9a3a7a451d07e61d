# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is hidden is not drawn, what is seen is: on bodies whose pictures can be reckoned by hand."""

from __future__ import annotations

import math

import cadquery as cq
import numpy as np
import pytest

from designs.contour import Contour
from fabrication.linework.exploded import apart
from fabrication.linework.hidden import Picture, Placed, joined, look, seen_edges, seen_engraving
from fabrication.linework.shells import Shell, bolt_shell, fitting_shell, part_shell
from fabrication.linework.views import AZIMUTHS, Eye, best_eye, frame, see, window
from fabrication.plan import Face, FlatPart, Operation, Work
from tests.cutting import flat_box

FROM_ABOVE = np.eye(3)
SCALE = 4.0  # pixels a mm


def at(shell: Shell, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Placed:
    return Placed(shell, np.column_stack([np.eye(3), np.zeros(3)]), np.array([x, y, z]))


def picture(*placed: Placed) -> Picture:
    return look(placed, FROM_ABOVE, (-20.0, -20.0), (int(240 * SCALE), int(240 * SCALE)), SCALE)


def seen(picture: Picture, one: Placed) -> float:
    """mm of edges that are drawn."""
    stretches = seen_edges(picture, one)
    return float(np.linalg.norm(stretches[:, 1] - stretches[:, 0], axis=1).sum() / picture.scale)


def plate(width: float, height: float) -> Shell:
    return part_shell(flat_box("P01", width, height))


def test_a_plate_from_above_is_its_outline():
    one = at(plate(100, 60))
    assert seen(picture(one), one) == pytest.approx(2 * (100 + 60), rel=0.01)


def test_what_lies_under_another_is_not_drawn():
    below, above = at(plate(50, 50), 20, 20), at(plate(100, 100), 0, 0, 40)
    view = picture(below, above)
    assert seen(view, below) == 0
    assert seen(view, above) == pytest.approx(400, rel=0.01)


def test_what_is_half_covered_is_half_drawn():
    """A plate of 100 × 60, of which 30 mm of the length stand out."""
    below, above = at(plate(100, 60)), at(plate(80, 160), -10, -50, 40)
    assert seen(picture(below, above), below) == pytest.approx(60 + 2 * 30, abs=1.5)


def test_the_order_in_which_bodies_are_given_does_not_matter():
    below, above = at(plate(100, 60)), at(plate(70, 160), 0, -50, 40)
    for one in (below, above):
        assert np.array_equal(seen_edges(picture(below, above), one), seen_edges(picture(above, below), one))


def test_through_a_hole_one_sees_what_lies_behind():
    outline = Operation(Work.CUT_OUTSIDE, Face.TOP, 18, Contour.rectangle(0, 0, 200, 200))
    hole = Operation(Work.CUT_INSIDE, Face.TOP, 18, Contour.rectangle(50, 50, 100, 100))
    lid = at(part_shell(FlatPart("P01", "couvercle", 18, (outline, hole))), 0, 0, 60)
    inside, beside = at(plate(60, 60), 70, 70), at(plate(40, 40), 2, 2)
    view = picture(lid, inside, beside)
    assert seen(view, inside) == pytest.approx(240, rel=0.02)
    assert seen(view, beside) == 0
    assert seen(view, lid) == pytest.approx(800 + 400, rel=0.01)


def test_an_upright_cylinder_from_the_side_is_two_lines_and_two_ends():
    shell = fitting_shell(cq.Solid.makeCylinder(20, 80))
    axes = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])
    one = at(shell)
    view = look([one], axes, (-40.0, -20.0), (400, 500), SCALE)
    stretches = seen_edges(view, one) / SCALE
    upright = stretches[np.abs(stretches[:, 1, 1] - stretches[:, 0, 1]) > 40]
    assert len(upright) == 2
    assert sorted(round(float(s[0, 0])) for s in upright) == [20, 60]
    assert {round(float(v)) for v in stretches[:, :, 1].ravel()} == {20, 100}


def test_rounded_corners_have_no_edge_along_them():
    corners = Contour.of([(25, 0), (100, 0), (100, 60), (0, 60), (0, 25, math.tan(math.pi / 8))])
    part = FlatPart("P01", "plateau", 18, (Operation(Work.CUT_OUTSIDE, Face.TOP, 18, corners),))
    shell = part_shell(part)
    upright = shell.edges[shell.sharp & (np.abs(shell.edges[:, 1, 2] - shell.edges[:, 0, 2]) > 1)]
    assert len(upright) == 3


def test_engraving_is_drawn_on_its_own_face_only():
    outline = Operation(Work.CUT_OUTSIDE, Face.TOP, 18, Contour.rectangle(0, 0, 100, 100))
    words = Operation(Work.ENGRAVE, Face.TOP, 0.8, Contour.rectangle(20, 20, 30, 10))
    one = at(part_shell(FlatPart("P01", "façade", 18, (outline, words))))
    turned = look([one], np.diag([1.0, -1.0, -1.0]), (-20.0, -120.0), (960, 960), SCALE)
    assert len(seen_engraving(picture(one), one)) == 4
    assert len(seen_engraving(turned, one)) == 0


def test_stretches_that_follow_one_another_are_one_line():
    corners = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    square = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
    (line,) = joined(square)
    assert len(line) == 5
    shuffled = joined(square[[0, 2, 1, 3]])
    assert sum(np.linalg.norm(np.diff(line, axis=0), axis=1).sum() for line in shuffled) == pytest.approx(40)
    assert len(joined(np.array([[[0, 0], [10, 0]], [[20, 0], [30, 0]]], float))) == 2


def test_a_bolt_is_as_long_as_it_is_called():
    corners = bolt_shell(8, 60, 16).corners
    assert corners[:, 2].min() == 0
    assert corners[:, 2].max() == pytest.approx(60 + 0.6 * 8)


@pytest.mark.parametrize("up", [(0, 0, 1), (0, 0, -1), (0, 1, 0), (0, -1, 0), (1, 0, 0), (-1, 0, 0)])
@pytest.mark.parametrize("azimuth", AZIMUTHS)
def test_what_points_up_points_up_in_the_picture(up, azimuth):
    axes = frame(azimuth, up)
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1)
    right, upwards, towards = axes @ np.array(up, float)
    assert right == pytest.approx(0, abs=1e-12)
    assert upwards > 0.8
    assert towards > 0


def test_from_the_front_left_is_left():
    """The first two azimuths see an upright piece's front, its left side on the left."""
    for azimuth in AZIMUTHS[:2]:
        right, _, eye = frame(azimuth)
        assert right[0] > 0
        assert eye[1] < 0


def test_one_looks_from_where_the_place_is_seen():
    """A small plate that goes onto the rear face of a wall is shown from behind."""
    wall = Placed(plate(200, 200), np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0]]), np.zeros(3))
    small = Placed(plate(60, 60), np.array([[1.0, 0, 0, 70], [0, 0, -1, 60], [0, 1, 0, 70]]), np.array([0, 80.0, 0]))
    spot = np.array([[100.0, 25.0, 100.0]])
    eye = best_eye([wall, small], [1], spot, (0.0, 0.0, 1.0))
    assert frame(eye.azimuth)[2][1] > 0
    assert best_eye([wall, small], [0], np.zeros((0, 3)), (0.0, 0.0, 1.0), Eye(AZIMUTHS[1])).azimuth in AZIMUTHS[:2]


def test_apart_each_body_goes_away_from_the_middle_of_all():
    places = [np.column_stack([np.eye(3), [x, 0.0, 0.0]]) for x in (0.0, 100.0)]
    left, right = apart([Placed(plate(10, 10), place, np.zeros(3)) for place in places], 0.5)
    assert left.world(left.shell.corners)[:, 0].min() == pytest.approx(-25)
    assert right.world(right.shell.corners)[:, 0].max() == pytest.approx(110 + 25)


def test_a_window_shows_all_of_what_it_is_made_for():
    placed = [at(plate(100, 60)), at(plate(10, 10), 300, 0, 50)]
    axes = frame(AZIMUTHS[0])
    shown = window(placed, axes)
    view = see(placed, axes, shown.grown(1), 2.0)
    assert set(np.unique(view.owner)) == {-1, 0, 1}
    assert seen(view, placed[1]) > 30
