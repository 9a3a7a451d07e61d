# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``python -m fabrication.nesting.sparrow``: spyrrow in a process of its own, for pack_strip."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

from fabrication.nesting.problem import Put
from fabrication.nesting.strip import Packed, Strip, reach
from fabrication.nesting.turned import turned_ring

#: spyrrow counts in single precision: this share of the largest length lies between its items, and is not missed.
HAIR = 2e-6


def solve(strip: Strip, seconds: int, workers: int = 2) -> Iterator[Packed]:
    """spyrrow's layouts as it finds them, not proven yet."""
    import spyrrow

    hair = HAIR * max(strip.height, *(abs(v) for item in strip.items for p in item.outline for v in p))
    gap = strip.spacing + hair
    together: dict[tuple[object, ...], list[int]] = {}
    for number, item in enumerate(strip.items):
        together.setdefault((item.outline, item.turns, number in strip.free), []).append(number)
    copies = {str(group[0]): list(group) for group in together.values()}
    shapes = [
        spyrrow.Item(
            name,
            strip.items[group[0]].outline,
            len(group),
            None if group[0] in strip.free else list(strip.items[group[0]].turns),
        )
        for name, group in copies.items()
    ]
    # It keeps the gap to the strip's borders too: they are moved outwards by it.
    instance = spyrrow.StripPackingInstance("strip", strip.height + 2 * gap + hair, shapes)
    config = spyrrow.StripPackingConfig(
        early_termination=False, min_items_separation=gap, total_computation_time=seconds, num_workers=workers, seed=1
    )
    news = spyrrow.ProgressQueue()
    last: list[object] = []

    def run() -> None:
        # Its PanicException is no Exception; the plain filling stands then.
        with contextlib.suppress(BaseException):
            last.append(instance.solve(config, news))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
        feasible = [s for kind, s in news.drain() if kind in _feasible(spyrrow)]
        for answer in (*feasible[-1:], *last):
            yield _as_packed(strip, answer, copies)


def _feasible(spyrrow: object) -> tuple[object, ...]:
    kinds = spyrrow.ReportType  # type: ignore[attr-defined]
    return kinds.ExplFeas, kinds.CmprFeas, kinds.Final


def _as_packed(strip: Strip, answer: object, copies: dict[str, list[int]]) -> Packed:
    left = {name: list(group) for name, group in copies.items()}
    puts = []
    for placed in answer.placed_items:  # type: ignore[attr-defined]
        item = left[placed.id].pop()
        turns = strip.items[item].turns
        turn = placed.rotation % 360
        if item not in strip.free:
            turn = min(turns, key=lambda t, turn=turn: abs((t - turn + 180) % 360 - 180)) % 360  # type: ignore[misc]
        puts.append(Put(item, placed.translation[0], placed.translation[1], turn))
    # Back to the strip's corner.
    rings = [turned_ring(strip.items[p.item].outline, p.turn) for p in puts]
    left_edge = min(p.x + x for p, ring in zip(puts, rings, strict=True) for x, _ in ring)
    low = min(p.y + y for p, ring in zip(puts, rings, strict=True) for _, y in ring)
    puts = [replace(p, x=p.x - left_edge, y=p.y - low) for p in puts]
    return Packed(reach(strip, puts), tuple(puts))


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    strip, seconds = pickle.load(sys.stdin.buffer)

    def until_alone() -> None:
        sys.stdin.buffer.read()
        os._exit(0)  # whoever asked is gone

    threading.Thread(target=until_alone, daemon=True).start()
    for packed in solve(strip, seconds):
        pickle.dump(packed, answers)
        answers.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
