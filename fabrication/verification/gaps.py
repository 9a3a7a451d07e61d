# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What round tools leave of a line, without drawing what they sweep: where a straight piece of it lies within a
radius of a straight piece of a tool's way is one interval, in closed form."""

from __future__ import annotations

from typing import Any

#: Shorter pieces (mm) are rounding.
_NOTHING = 1e-7


def gaps(lines: Any, ways: Any, radii: Any, pairs: Any) -> list[Any]:
    """What of each of ``lines`` no tool went over, as shapely's MultiLineString: ``ways`` are lines too, with their
    tools' ``radii`` (mm), ``pairs`` (2, n) the indices of lines and ways that may be near each other."""
    import numpy as np
    import shapely

    a, b, owner = _pieces(lines)
    p, q, way = _pieces(ways)
    reach = np.asarray(radii)[way]
    # Each pair of a line and a way as all pairs of their pieces.
    piece, which = _spread(owner, pairs[0], len(lines))
    stretch, pair = _spread(way, pairs[1][which], len(ways))
    piece = piece[pair]
    halves = np.hypot(*(b - a).T)[piece] + np.hypot(*(q - p).T)[stretch]
    apart = (a + b)[piece] - (p + q)[stretch]
    near = np.hypot(apart[:, 0], apart[:, 1]) <= halves + 2 * reach[stretch]
    piece, stretch = piece[near], stretch[near]
    low, high = _within(a[piece], b[piece], p[stretch], q[stretch], reach[stretch])
    long = np.hypot(*(b - a).T)
    low, high = np.maximum(low, 0.0), np.minimum(high, long[piece])
    met = high > low
    order = np.lexsort((low[met], piece[met]))
    covered: list[list[tuple[float, float]]] = [[] for _ in a]
    for index, start, end in zip(*(column[met][order].tolist() for column in (piece, low, high)), strict=True):
        covered[index].append((start, end))
    left: list[list[Any]] = [[] for _ in lines]
    for index, ranges in enumerate(covered):
        at = 0.0
        for start, end in (*ranges, (float(long[index]), 0.0)):
            if start > at + _NOTHING:
                shares = np.array([at, start]) / long[index]
                left[owner[index]].append(a[index] + (b - a)[index] * shares[:, None])
            at = max(at, end)
    return [shapely.multilinestrings(found) if found else shapely.MultiLineString() for found in left]


def _pieces(lines: Any) -> tuple[Any, Any, Any]:
    """The straight pieces of lines: where they begin and end, (k, 2) each, and whose they are."""
    import numpy as np
    import shapely

    parts, whole = shapely.get_parts(lines, return_index=True)
    places, owner = shapely.get_coordinates(parts, return_index=True)
    same = owner[1:] == owner[:-1]
    return places[:-1][same], places[1:][same], np.asarray(whole)[owner[1:][same]]


def _spread(owner: Any, wanted: Any, count: int) -> tuple[Any, Any]:
    """For each wanted owner all that it owns, and the place in ``wanted``; owners stand in order."""
    import numpy as np

    many = np.bincount(owner, minlength=count)
    first = np.cumsum(many) - many
    place = np.repeat(np.arange(len(wanted)), many[wanted])
    start = np.cumsum(many[wanted]) - many[wanted]
    return first[wanted][place] + np.arange(len(place)) - start[place], place


def _within(a: Any, b: Any, p: Any, q: Any, radius: Any) -> tuple[Any, Any]:
    """From where to where on a…b, in mm from a, it is no further than a radius from p…q; from later to earlier: nowhere.

    That ground is two discs and the rectangle between them, and has no dent: from the first to the last of the three.
    """
    import numpy as np

    along, far, reach = _unit(b - a)[0], *_unit(q - p)
    out = radius**2
    with np.errstate(divide="ignore", invalid="ignore"):
        lows, highs = [], []
        for centre in (p, q):
            middle, off = _dot(centre - a, along), _dot(centre - a, along[:, ::-1] * (-1, 1))
            half = np.sqrt(out - off**2)  # nan: it does not come so near
            lows.append(middle - half)
            highs.append(middle + half)
        low, high = np.full(len(a), -np.inf), np.full(len(a), np.inf)
        for direction, least, most in ((far, 0.0, reach), (far[:, ::-1] * (-1, 1), -radius, radius)):
            here, slope = _dot(a - p, direction), _dot(along, direction)
            one, other = (least - here) / slope, (most - here) / slope
            level = np.abs(slope) < 1e-12
            always = np.where((here >= least) & (here <= most), -np.inf, np.inf)
            low = np.maximum(low, np.where(level, always, np.minimum(one, other)))
            high = np.minimum(high, np.where(level, -always, np.maximum(one, other)))
        crossed = (low < high) & (reach > 0)
        lows.append(np.where(crossed, low, np.nan))
        highs.append(np.where(crossed, high, np.nan))
    return np.fmin.reduce(lows), np.fmax.reduce(highs)


def _dot(one: Any, other: Any) -> Any:
    return one[:, 0] * other[:, 0] + one[:, 1] * other[:, 1]


def _unit(ways: Any) -> tuple[Any, Any]:
    """Directions (0 of nothing), and lengths."""
    import numpy as np

    long = np.hypot(ways[:, 0], ways[:, 1])
    return ways / np.where(long > 0, long, 1.0)[:, None], long
