# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All items in one strip of a given height, as short as can be: the puzzle of the public instances.

spyrrow (Rust's sparrow) does it, in a process of its own, for it panics on what it can't do; a plain
filling from the left is there before it, and stays if it finds nothing shorter.
"""

from __future__ import annotations

import contextlib
import math
import pickle
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from fabrication.nesting.at_once import ENOUGH, ORDERS, detailed
from fabrication.nesting.filling import Filler
from fabrication.nesting.own_process import started, tell_if_none_ran
from fabrication.nesting.problem import Bin, Item, Laid, Problem, Put, Solution
from fabrication.nesting.proof import check
from fabrication.nesting.turned import turned_ring
from fabrication.plan import Ring


@dataclass(frozen=True)
class Strip:
    """``free`` are the items (index) that may be turned by any angle; the others' turns are the items' own."""

    items: tuple[Item, ...]
    height: float
    spacing: float = 0.0
    free: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Packed:
    length: float
    puts: tuple[Put, ...]


def pack_strip(strip: Strip, seconds: float, watch: Callable[[float, float], bool] | None = None) -> Packed | None:
    """The shortest strip found; None if an item is too high for it. ``watch`` gets its length and the time gone, 0…1."""
    ends = time.monotonic() + seconds
    best = _filled(strip)
    if best is None:
        return None
    if seconds < 1:
        return best
    with _Sparrow(strip, max(1, int(seconds))) as sparrow:
        while (now := time.monotonic()) < ends + 0.5:
            if watch is not None and not watch(best.length, min(1.0, 1 - (ends - now) / seconds)):
                break
            running = sparrow.running
            for packed in sparrow.answers():
                if packed.length < best.length and not faults(strip, packed):
                    best = packed
            if not running:
                sparrow.tell_if_it_never_ran()
                break
            time.sleep(0.05)
    return best


def faults(strip: Strip, packed: Packed) -> tuple[str, ...]:
    """What proof.check finds, for a sheet of just this length; also that it is the length."""
    length = packed.length
    sheet = Bin("strip", ((0.0, 0.0), (length, 0.0), (length, strip.height), (0.0, strip.height)), 1.0)
    turned = {put.item: put.turn for put in packed.puts}
    items = tuple(
        replace(item, turns=(turned.get(i, 0.0),)) if i in strip.free else item for i, item in enumerate(strip.items)
    )
    return check(Problem(items, (sheet,), strip.spacing, 0.0), Solution((Laid(0, packed.puts),)))


def area(ring: Ring) -> float:
    """Of a closed ring, mm²."""
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], ring[0]), strict=True))) / 2


def density(strip: Strip, packed: Packed) -> float:
    """The items' area in that of the strip, 0…1."""
    return sum(area(item.outline) for item in strip.items) / (packed.length * strip.height)


def _filled(strip: Strip) -> Packed | None:
    """Filled from the left, in several orders."""
    spans = [max(math.dist((0, 0), p) for p in item.outline) for item in strip.items]
    long = 2 * sum(spans) + len(spans) * strip.spacing + 1.0
    sheet = Bin("strip", ((0.0, 0.0), (long, 0.0), (long, strip.height), (0.0, strip.height)), 1.0, count=1)
    stock = detailed(Problem(strip.items, (sheet,), strip.spacing, 0.0))
    filler = Filler(stock)
    best: Packed | None = None
    for order in ORDERS:
        if filler.work > ENOUGH and best is not None:
            break
        boards = filler.empty(0)
        if filler.fill(boards, sorted(range(len(strip.items)), key=lambda i: (order(stock, i), i)), 0):
            return None
        laid = stock.solution(boards).sheets[0].puts
        packed = Packed(reach(strip, laid), laid)
        if (best is None or packed.length < best.length) and not faults(strip, packed):
            best = packed
    return best


def reach(strip: Strip, puts: Sequence[Put]) -> float:
    return max(put.x + max(x for x, _ in turned_ring(strip.items[put.item].outline, put.turn)) for put in puts)


class _Sparrow:
    """The process that runs spyrrow, and what it has answered so far."""

    def __init__(self, strip: Strip, seconds: int) -> None:
        self._strip, self._seconds = strip, seconds
        self._found: queue.SimpleQueue[Packed] = queue.SimpleQueue()
        self.running = True

    def __enter__(self) -> _Sparrow:
        self._process = started("fabrication.nesting.sparrow")
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()  # both pipes have ended

    def tell_if_it_never_ran(self) -> None:
        tell_if_none_ran([self._process])

    def answers(self) -> Iterator[Packed]:
        while not self._found.empty():
            yield self._found.get()

    def _talk(self) -> None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError):
            pickle.dump((self._strip, self._seconds), stdin)
            stdin.flush()
            while True:
                self._found.put(pickle.load(stdout))
        self.running = False
        for pipe in (stdin, stdout):
            with contextlib.suppress(OSError):
                pipe.close()
