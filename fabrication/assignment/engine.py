# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a problem to an answer: flow, first whole orders, annealing, neighbourhoods (docs/assignment.md)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from fabrication.assignment.annealing import Annealing
from fabrication.assignment.exact import improve, part
from fabrication.assignment.flow import Flow, splittable
from fabrication.assignment.neighbourhoods import Neighbourhoods
from fabrication.assignment.problem import Problem, loads, worth

if TYPE_CHECKING:
    from fabrication.assignment.problem import Ints

#: Steps in a second of ``--time``: fewer than this project's machines do, so that the clock seldom cuts.
STEPS_A_SECOND: Final = 30
#: Of the steps, those that anneal; the others are neighbourhoods.
_ANNEALED: Final = 0.75
#: A problem of so few arcs is tried as a whole, so long (CP-SAT's deterministic seconds).
_SMALL, _SMALL_EFFORT = 600, 2.0


@dataclass(frozen=True)
class Budget:
    """``steps`` decide the answer; ``seconds`` cut it short if they are over first, None: never. Raises ValueError."""

    steps: int
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.steps < 0 or (self.seconds is not None and self.seconds < 0):
            raise ValueError("steps and seconds are zero or more")

    @classmethod
    def of_seconds(cls, seconds: float) -> Budget:
        return cls(int(seconds * STEPS_A_SECOND), seconds)


@dataclass(frozen=True)
class Answer:
    """``bound_m``: no answer with whole orders has a lower objective. ``proven``: none has a lower one than this.

    ``steps`` were made; ``cut``: by the clock, so that another run may differ. ``stopped``: by whoever watched."""

    units: Ints
    objective_m: int
    bound_m: int
    first_m: int
    proven: bool
    steps: int
    cut: bool
    stopped: bool
    seconds: float

    @property
    def gap(self) -> float:
        """Above the bound, as a share of it; 0 where both are 0."""
        return (self.objective_m - self.bound_m) / self.bound_m if self.bound_m else 0.0


#: Called with the share that is done and the best objective (metres); False stops the search.
Watch = Callable[[float, int], bool]


class _Steps:
    """Counts steps, watches the clock."""

    def __init__(self, budget: Budget, watch: Watch | None) -> None:
        self._budget, self._watch = budget, watch
        self._start = time.monotonic()
        self.made, self.passed, self.cut, self.stopped = 0, 0, False, False

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """What is done within takes none of the time."""
        begun = time.monotonic()
        yield
        self._start += time.monotonic() - begun

    def behind(self, done: float) -> float:
        """The share of the time that is over, if it is well ahead of the share of the steps; else ``done``."""
        limit = self._budget.seconds
        if limit is None:
            return done
        gone = self.seconds / limit if limit else 1.0
        if gone < min(1.0, done + 0.2):
            return done
        self.cut = True
        return min(1.0, gone)

    def count(self, done: float, objective_m: int) -> bool:
        """After a step; False where the search ends."""
        self.made += 1
        if self._watch is not None and not self._watch(done, objective_m):
            self.stopped = True
        return not self.stopped


def assign(problem: Problem, budget: Budget, watch: Watch | None = None) -> Answer:
    """The best answer within the budget: orders stay whole but for those that are ``divisible``, no maker gets more than
    its capacity. The same problem and the same steps give the same answer, unless it was cut or stopped."""
    steps = _Steps(budget, watch)
    flow = splittable(problem)
    annealing = Annealing(problem, flow)
    first_m = annealing.objective_m
    units, proven = annealing.units, first_m == flow.cost_m
    if not proven and problem.arcs <= _SMALL and budget.steps:
        units, proven = _whole(problem, units)
    if not proven:
        units = _anneal(problem, annealing, units, budget, steps, flow)
        units = _neighbours(problem, units, budget, steps, flow)
    objective_m = worth(problem, units).objective_m
    return Answer(
        units=units,
        objective_m=objective_m,
        bound_m=flow.cost_m,
        first_m=first_m,
        proven=proven or objective_m == flow.cost_m,
        steps=steps.made,
        cut=steps.cut,
        stopped=steps.stopped,
        seconds=steps.seconds,
    )


def _whole(problem: Problem, units: Ints) -> tuple[Ints, bool]:
    """A small problem, at once and to the end."""
    everybody, everywhere = np.arange(len(problem.quantities)), np.arange(len(problem.capacities))
    chosen = part(problem, units, loads(problem, units), everybody, everywhere)
    found = improve(problem, units, chosen, _SMALL_EFFORT)
    if found is None:
        return units, False
    better = units.copy()
    better[chosen.arcs] = found[0]
    if worth(problem, better).objective_m > worth(problem, units).objective_m:
        return units, False
    return better, found[1]


def _anneal(problem: Problem, annealing: Annealing, units: Ints, budget: Budget, steps: _Steps, flow: Flow) -> Ints:
    planned = int(budget.steps * _ANNEALED)
    if planned:
        with steps.uncounted():  # compiled once a machine: no search of ten seconds should begin with four of that
            annealing.ready()
    made = 0.0
    while made < planned:
        upto = min(float(planned), made + 1)
        annealing.step(made / planned, upto / planned)
        # Behind time the cooling hurries: a hot answer is worth little.
        made = max(upto, steps.behind(upto / budget.steps) * budget.steps)
        if not steps.count(made / budget.steps, annealing.objective_m) or annealing.objective_m == flow.cost_m:
            break
    found = annealing.units
    return found if worth(problem, found).objective_m <= worth(problem, units).objective_m else units


def _neighbours(problem: Problem, units: Ints, budget: Budget, steps: _Steps, flow: Flow) -> Ints:
    search = Neighbourhoods(problem, units)
    made = float(int(budget.steps * _ANNEALED))
    while made < budget.steps and not steps.stopped and search.objective_m > flow.cost_m:
        if steps.behind(made / budget.steps) >= 1.0:
            break
        search.step()
        made += 1
        steps.count(made / budget.steps, search.objective_m)
    return search.units
