# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""On which line of the designer's files each part is drawn: a joint that doesn't fit is found out long after."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Collection, Iterator
from typing import Any

from designs.piece import Piece

#: Code of a part → file and line.
Lines = dict[str, tuple[str, int]]


@contextlib.contextmanager
def noting_lines(files: Collection[str], lines: Lines) -> Iterator[None]:
    """``lines`` is filled while parts are drawn within: ``Piece.next_code`` numbers every part where it is made."""
    numbering = Piece.next_code

    def numbered(piece: Piece) -> str:
        code = str(numbering.fget(piece))  # type: ignore[attr-defined]
        frame: Any = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in files:
                lines[code] = (frame.f_code.co_filename, frame.f_lineno)
                break
            frame = frame.f_back
        return code

    Piece.next_code = property(numbered)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Piece.next_code = numbering  # type: ignore[method-assign]
