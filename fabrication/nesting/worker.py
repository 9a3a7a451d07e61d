# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``python -m fabrication.nesting.worker``: one process of the background search, fed and heard through pipes.

It gets a Task first, then layouts that are better than its own; it sends every better layout that it
finds. It ends with its time, or as soon as its input ends: whoever started it is gone then.
"""

from __future__ import annotations

import os
import pickle
import queue
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from fabrication.nesting.problem import Problem, Solution
from fabrication.nesting.proof import check

if TYPE_CHECKING:
    from fabrication.nesting.boards import Shape


@dataclass(frozen=True)
class Task:
    """What one process is to do: ``seconds`` count from when it is read."""

    problem: Problem
    start: Solution
    seconds: float
    seed: int


#: Of an item's turns so many are tried at a time, by chance.
MOST_TURNS = 4
#: The process (by its seed) that has spyrrow pack sheets of curved items beside its own search.
REFILLS = 2
#: A better layout is told at most so often (s): each is checked before it is believed.
EVERY = 0.2


def main() -> None:
    began = time.monotonic()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints gets between the answers
    task = pickle.load(sys.stdin.buffer)
    heard: queue.SimpleQueue[Solution] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, heard), daemon=True).start()
    for solution in _solve(task, began, heard):
        pickle.dump(solution, answers)
        answers.flush()
    os._exit(0)


def _listen(source: BinaryIO, heard: queue.SimpleQueue[Solution]) -> None:
    try:
        while True:
            heard.put(pickle.load(source))
    except (EOFError, OSError, pickle.UnpicklingError):
        os._exit(0)


def _solve(task: Task, began: float, heard: queue.SimpleQueue[Solution]) -> Iterator[Solution]:
    # Here, for the clock runs while they are imported.
    from fabrication.nesting import compiled
    from fabrication.nesting.boards import Stockroom
    from fabrication.nesting.filling import Filler
    from fabrication.nesting.packed import shuffled
    from fabrication.nesting.ruin import Search, run

    rnd = random.Random(task.seed)

    def some(shapes: tuple[Shape, ...]) -> Sequence[Shape]:
        return shapes if len(shapes) <= MOST_TURNS else rnd.sample(shapes, MOST_TURNS)

    stock = Stockroom(task.problem)
    filler = Filler(stock, compiled.find, some)
    out = [item for item, _ in task.start.unplaced]
    reasons = dict(task.start.unplaced)
    search = Search(filler, filler.with_offcuts(stock.boards(task.start), 0), out, task.seed)

    def clock() -> Iterator[float]:
        while (gone := (time.monotonic() - began) / task.seconds) < 1:
            yield gone

    def layout() -> Solution:
        return stock.solution(search.best, tuple((i, reasons.get(i) or filler.why(i)) for i in search.best_out))

    own: queue.SimpleQueue[Solution] = queue.SimpleQueue()
    if task.seed == REFILLS:
        _refill_beside(task, layout, own, began + task.seconds)
    told = search.best_key
    when = 0.0
    for _ in run(search, clock(), shuffled(stock, rnd)):
        for source in (heard, own):
            while not source.empty():
                better = source.get()
                boards = filler.with_offcuts(stock.boards(better), 0)
                search.take_over(boards, [item for item, _ in better.unplaced])
                if source is heard:
                    told = min(told, search.best_key)
        now = time.monotonic()
        if search.best_key < told and now - when > EVERY:
            told, when = search.best_key, now
            yield layout()
    if search.best_key < told:
        yield layout()


def _refill_beside(task: Task, best: Callable[[], Solution], found: queue.SimpleQueue[Solution], ends: float) -> None:
    """Start a thread that packs sheets anew with spyrrow, if the items are worth it; proven layouts go to ``found``."""
    from fabrication.nesting.boards import Stockroom
    from fabrication.nesting.filling import Filler
    from fabrication.nesting.refill import refills, slanted

    if not slanted(task.problem):
        return
    stock = Stockroom(task.problem)

    def work() -> None:
        for solution in refills(Filler(stock), best, ends, task.seed):
            if not check(task.problem, solution):
                found.put(solution)

    threading.Thread(target=work, daemon=True).start()


if __name__ == "__main__":
    main()
