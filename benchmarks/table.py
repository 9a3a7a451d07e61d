# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One table for all figures: what, the figure, its limit or peer, the ratio."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table


def median_s(work: Callable[[], object], repeat: int = 7, warm_up: int = 1) -> float:
    """Median seconds of one call, after some that don't count."""
    for _ in range(warm_up):
        work()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


class Figures:
    """Rows collected while they are measured, printed at the end."""

    def __init__(self, title: str) -> None:
        self._table = Table("what", "figure", "against", "ratio", title=title, title_justify="left")

    def against_limit(self, what: str, seconds: float, limit_s: float) -> None:
        """A figure that should stay below a limit."""
        self._row(what, f"{seconds:.3f} s", f"limit {limit_s:g} s", f"{seconds / limit_s:.2f}")

    def against_peer(self, what: str, seconds: float, peer: str, peer_s: float) -> None:
        """A figure beside somebody else's for the same work; the ratio says how often faster ours is."""
        self._row(what, f"{seconds:.3f} s", f"{peer}: {peer_s:.3f} s", f"× {peer_s / seconds:.1f}")

    def against_aim(self, what: str, per_second: float, aim: float, note: str) -> None:
        """A rate that should be above an aim."""
        self._row(what, f"{per_second:.0f}/s, {note}", f"aim {aim:g}/s", f"{per_second / aim:.2f}")

    def plain(self, what: str, figure: str, against: str = "") -> None:
        self._row(what, figure, against, "")

    def _row(self, *cells: str) -> None:
        print(" | ".join(cells), flush=True)
        self._table.add_row(*cells)

    def show(self) -> None:
        Console(width=120).print(self._table)
