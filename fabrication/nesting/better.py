# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A better layout within a budget of time: two processes search, this one checks and keeps the best."""

from __future__ import annotations

import contextlib
import pickle
import queue
import threading
import time

from fabrication.nesting.at_once import at_once
from fabrication.nesting.boards import Stockroom
from fabrication.nesting.inner import moved_inwards
from fabrication.nesting.own_process import started, tell_if_none_ran
from fabrication.nesting.problem import Problem, Solution, Watch
from fabrication.nesting.proof import check
from fabrication.nesting.worker import Task
from fabrication.nesting.worth import worth

PROCESSES = 2
#: How often ``watch`` is called at least (s).
EVERY = 0.25
#: Left at the end for the last layouts to be sent and checked (s), and its share of a short budget.
LAST_MOMENT, LAST_SHARE = 0.4, 0.1


def better(problem: Problem, seconds: float, *, start: Solution | None = None, watch: Watch | None = None) -> Solution:
    """The best layout found in about ``seconds``, never worse than ``start`` or the one made at once.

    ``watch`` is called with the best so far and the share of the time that is gone, several times a
    second; the search ends when it returns False. Not deterministic: keep the layout, not the inputs.
    The processes are plain ones, so that it works in a task worker and in any script; they end with this one.
    """
    ends = time.monotonic() + seconds
    best = at_once(problem)
    if start is not None and not check(problem, start) and worth(problem, start) <= worth(problem, best):
        best = start
    if seconds <= 0 or not best.sheets or (watch is not None and not watch(best, 0.0)):
        return best
    key = worth(problem, best)
    with contextlib.ExitStack() as stack:
        found: queue.SimpleQueue[tuple[int, Solution | None]] = queue.SimpleQueue()
        team = [stack.enter_context(_Searcher(number, found)) for number in range(PROCESSES)]
        left = ends - time.monotonic()
        for one in team:
            one.tell(Task(problem, best, left - min(LAST_MOMENT, LAST_SHARE * left), one.number + 1))
        running, called = len(team), 0.0
        while running and (now := time.monotonic()) < ends:
            try:
                number, solution = found.get(timeout=min(EVERY, ends - now))
            except queue.Empty:
                number, solution = -1, None
            if number >= 0 and solution is None:
                running -= 1
            news = solution is not None and worth(problem, solution) < key and not check(problem, solution)
            if news and solution is not None:
                best, key = solution, worth(problem, solution)
                for one in team:
                    if one.number != number:
                        one.tell(best)
            now = time.monotonic()
            if watch is not None and (news or now - called >= EVERY):
                called = now
                if not watch(best, min(1.0, 1 - (ends - now) / seconds)):
                    break
        if not running:
            tell_if_none_ran([one.process for one in team])
    inwards = moved_inwards(Stockroom(problem), best)
    return best if check(problem, inwards) else inwards


class _Searcher:
    """One process of the search; what it finds goes to ``found``, None when it has ended."""

    def __init__(self, number: int, found: queue.SimpleQueue[tuple[int, Solution | None]]) -> None:
        self.number, self.found = number, found
        self.process = started("fabrication.nesting.worker")
        self.box: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._hear, self._send)]
        for thread in self.threads:
            thread.start()

    def tell(self, message: Task | Solution) -> None:
        self.box.put(message)

    def __enter__(self) -> _Searcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.box.put(None)
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join()  # both pipes have ended

    def _send(self) -> None:
        stdin = self.process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError, ValueError):
            while (message := self.box.get()) is not None:
                pickle.dump(message, stdin)
                stdin.flush()
        with contextlib.suppress(OSError):
            stdin.close()

    def _hear(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError), stdout:
            while True:
                self.found.put((self.number, pickle.load(stdout)))
        self.found.put((self.number, None))
