# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""On which line of the designer's files each part is drawn, and each cut in it: one that doesn't fit is found out long after."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

from designs.panel import Panel
from designs.piece import Piece

#: Code of a part → file and line.
Lines = dict[str, tuple[str, int]]

#: What a panel says of a cut when it becomes a solid (``Panel._check``, ``Panel.outline``): its middle, or where on which edge.
_CUT = re.compile(r"(P\d{2,3}) '.*': (?:the cut|(two cuts meet)) at (-?\d+, -?\d+) mm", re.DOTALL)
_ON_EDGE = re.compile(r"(P\d{2,3}) '.*': no room on edge '(.*)' for what stands at (-?[\d.]+–-?[\d.]+) mm", re.DOTALL)


class _Noted(NamedTuple):
    code: str
    edge: str  # empty: in the face
    #: Contour, and contours of islands; or the steps along the edge.
    shape: Any
    islands: Any
    at: tuple[str, int]


class Cuts:
    """Where cuts were written, as long as nobody asks only a list."""

    def __init__(self) -> None:
        self._noted: list[_Noted] = []

    def note(self, panel: Panel, edge: str, shape: Any, islands: Any, at: tuple[str, int]) -> None:
        self._noted.append(_Noted(str(panel.code), edge, shape, islands, at))

    def line_of(self, english: str) -> tuple[str, int] | None:
        """File and line of the cut that a panel's sentence speaks of, if it does; of two that meet, the later one's."""
        try:
            if found := _ON_EDGE.search(english):
                code, edge, where = found.groups()
                there = [cut for cut in self._noted if (cut.code, cut.edge) == (code, edge)]
                return next((cut.at for cut in there if f"{cut.shape[0].s:.1f}–{cut.shape[-1].s:.1f}" == where), None)
            if found := _CUT.search(english):
                code, meets, where = found.groups()
                return _line_of_face(
                    [cut for cut in self._noted if (cut.code, cut.edge) == (code, "")], where, bool(meets)
                )
        except Exception:  # a script's own shapes, of any kind, and a sentence that it wrote itself
            return None
        return None


def _line_of_face(cuts: list[_Noted], where: str, meets: bool) -> tuple[str, int] | None:
    from shapely import Polygon

    # As Panel._check has them.
    shapes = [Polygon(cut.shape.points(0.05), [island.points(0.05) for island in cut.islands]) for cut in cuts]
    middles = [f"{shape.centroid.x:.0f}, {shape.centroid.y:.0f}" for shape in shapes]
    if where not in middles:
        return None
    at = middles.index(where)
    if meets:
        at = max(index for index, shape in enumerate(shapes) if shape.intersects(shapes[at]))
    return cuts[at].at


@contextlib.contextmanager
def noting_lines(files: Collection[str], lines: Lines, cuts: Cuts) -> Iterator[None]:
    """``lines`` and ``cuts`` are filled while parts are drawn within: ``Piece.next_code`` numbers every part where it is made,
    and whatever is cut goes through one of a panel's methods below."""
    numbering = Piece.next_code

    def numbered(piece: Piece) -> str:
        code = str(numbering.fget(piece))  # type: ignore[attr-defined]
        if (at := _here(files)) is not None:
            lines[code] = at
        return code

    def cutting(kept: str, method: Callable[..., None]) -> Callable[..., None]:
        def cut(panel: Panel, *given: Any, **named: Any) -> None:
            there = getattr(panel, kept)
            before = len(there)
            method(panel, *given, **named)
            if len(there) > before and (at := _here(files)) is not None:  # one that was there already is no new one
                for new in there[before:]:
                    contour, islands = (new, ()) if kept == "openings" else (new.contour, new.islands)
                    cuts.note(panel, "", contour, islands, at)

        return cut

    def shaped(panel: Panel, name: str, steps: Any) -> None:
        feature = tuple(steps)
        shape_edge(panel, name, feature)
        if feature and (at := _here(files)) is not None:
            cuts.note(panel, name, feature, (), at)

    shape_edge = Panel.shape_edge
    faces = {"opening": "openings", "_recess": "recesses", "engrave": "recesses"}
    as_they_were = {name: getattr(Panel, name) for name in faces}
    Piece.next_code = property(numbered)  # type: ignore[method-assign, assignment]
    Panel.shape_edge = shaped  # type: ignore[method-assign, assignment]
    for name, kept in faces.items():
        setattr(Panel, name, cutting(kept, as_they_were[name]))
    try:
        yield
    finally:
        Piece.next_code = numbering  # type: ignore[method-assign]
        Panel.shape_edge = shape_edge  # type: ignore[method-assign]
        for name, method in as_they_were.items():
            setattr(Panel, name, method)


def _here(files: Collection[str]) -> tuple[str, int] | None:
    """The innermost line of the designer's own files that is being run."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename in files:
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None
