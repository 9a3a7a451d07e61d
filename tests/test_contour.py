# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Contours of lines and arcs: areas and lengths are exact, whatever is done to them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from designs.contour import Contour

STADIUM = Contour.of([(0, 0), (100, 0, 1.0), (100, 40), (0, 40, 1.0)])

sizes = st.floats(1, 3000)
angles = st.floats(-720, 720)
places = st.floats(-3000, 3000)


@given(places, places, sizes)
def test_circle(x, y, radius):
    circle = Contour.circle(x, y, radius)
    assert circle.area == pytest.approx(math.pi * radius**2)
    assert circle.length == pytest.approx(2 * math.pi * radius)
    assert circle.as_circle(1e-6 * max(1, abs(x), abs(y))) == pytest.approx((x, y, radius), abs=1e-6)
    assert circle.bounds == pytest.approx((x - radius, y - radius, x + radius, y + radius), abs=1e-6)


def test_stadium_is_no_circle():
    assert STADIUM.as_circle() is None
    assert STADIUM.area == pytest.approx(100 * 40 + math.pi * 20**2)
    assert STADIUM.length == pytest.approx(200 + 2 * math.pi * 20)
    assert STADIUM.bounds == pytest.approx((-20, 0, 120, 40))


def test_clockwise_area_is_negative_and_reversal_keeps_the_shape():
    back = STADIUM.reversed()
    assert back.signed_area == pytest.approx(-STADIUM.signed_area)
    assert back.counter_clockwise().signed_area == pytest.approx(STADIUM.area)
    assert Polygon(back.points()).symmetric_difference(Polygon(STADIUM.points())).area < 1e-6


@given(places, places, angles, st.booleans())
def test_moving_keeps_area_length_and_sense(dx, dy, angle, mirrored):
    moved = STADIUM.moved(dx, dy, angle, mirrored)
    assert moved.signed_area == pytest.approx(STADIUM.signed_area, rel=1e-6)
    assert moved.length == pytest.approx(STADIUM.length)


def test_placement_mirrors_then_turns_then_translates():
    corner = Contour.of([(10, 0), (20, 0), (20, 5)]).moved(100, 200, 90, mirrored=True)
    assert {(round(v.x, 9), round(v.y, 9)) for v in corner.vertices} == {(100, 190), (100, 180), (95, 180)}


@given(st.floats(0.001, 0.5))
def test_chords_stay_within_their_tolerance(tolerance):
    polygon = Polygon(STADIUM.points(tolerance))
    assert 0 <= STADIUM.area - polygon.area <= tolerance * STADIUM.length
