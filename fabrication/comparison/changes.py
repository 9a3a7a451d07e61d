# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All that changes from one state of a model to the next, and what that makes of the version: what the page « Ce qui change » shows.

Everything is found from what is built, never from the sources: two scripts that draw the same piece are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from designs.design import Design
from designs.sheet import Sheet
from designs.typography import unbroken
from fabrication.comparison import usual_workshop
from fabrication.comparison.at_size import AtSize, Built, build, compare_at, of_built
from fabrication.comparison.check_words import Check, in_french
from fabrication.comparison.checking import fitness_of
from fabrication.comparison.elsewhere import Elsewhere, elsewhere
from fabrication.comparison.figures import Figures, figure_rows, figures_of
from fabrication.comparison.joints import joinings
from fabrication.comparison.joints import sentence as joints_sentence
from fabrication.comparison.parameters import Acceptance, ParameterChange, acceptance, parameter_changes
from fabrication.comparison.parts import Fate, PartChange
from fabrication.comparison.parts import sentence as parts_sentence
from fabrication.comparison.proposal import Proposal, Reason, Step
from fabrication.comparison.reasons import proposal_of
from fabrication.comparison.sizes import common_sizes, sizes_given
from fabrication.comparison.texts import TextChange, text_changes
from fabrication.comparison.things import HardwareChange, StepsChange, hardware_changes, measure_changes, steps_change
from fabrication.fitness.verdict import Verdict
from fabrication.usual_sheet import usual_sheet

#: (stage, share done of the whole, 0…1)
Progress = Callable[[str, float], None]
#: Of the format of ``Changes.data``.
FORMAT = 1


@dataclass(frozen=True)
class State:
    """A published revision or a draft: what draws it, and what is written of it."""

    design: Design
    texts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """One state at its base sizes."""

    built: Built
    figures: Figures
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Changes:
    """``old`` is None for the first publication: then every part is new and nothing is compared."""

    sheet: Sheet
    base: Mapping[str, str]  # label → value, both French, at which parts and figures are compared
    notes: tuple[str, ...]
    at_base: AtSize
    old: Side | None
    new: Side
    hardware: tuple[HardwareChange, ...]
    steps: StepsChange | None
    measures: tuple[dict[str, str], ...]
    parameters: tuple[ParameterChange, ...]
    acceptance: Acceptance
    texts: tuple[TextChange, ...]
    elsewhere: Elsewhere
    proposal: Proposal
    is_partial: bool = False  # at given sizes alone: what they say of the version is not all

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        parts = self.at_base.parts
        return {
            "format": FORMAT,
            "is_first": self.old is None,
            "is_partial": self.is_partial,
            "thickness_mm": self.sheet.thickness,
            "base": [[label, value] for label, value in self.base.items()],
            "notes": list(self.notes),
            "verdict": [parts_sentence(parts), joints_sentence(self.at_base.joints)],
            "proposal": {} if self.is_partial else self.proposal.data(),
            "parts": [change.data() for change in parts],
            "joints": [change.data() for change in self.at_base.joints],
            "figures": figure_rows(self.old.figures if self.old else None, self.new.figures),
            "old_figures": self.old.figures.data() if self.old else None,
            "new_figures": self.new.figures.data(),
            "priced_by": unbroken(usual_workshop.SOURCE),
            "hardware": [change.data() for change in self.hardware],
            "steps": self.steps.data() if self.steps else None,
            "measures": list(self.measures),
            "parameters": [change.data() for change in self.parameters],
            "acceptance": self.acceptance.data(),
            "texts": [change.data() for change in self.texts],
            "checks": _check_rows(self.old.verdicts if self.old else (), self.new.verdicts),
            "elsewhere": self.elsewhere.data(),
        }


def compare(
    old: State | None,
    new: State,
    progress: Progress = lambda stage, done: None,
    given: Mapping[str, Any] | None = None,
) -> Changes:
    """``given``: sizes that the new state takes, at which alone the two are compared; None: at the base sizes and far from them.

    Raises ParameterError, SheetError, GeometryError, NotFlatError for a state that is not drawn at its base sizes, and what
    a script itself raises."""
    if old is None:
        return _first(new, progress)
    sheet = usual_sheet(old.design, new.design)
    sizes = common_sizes(old.design, new.design) if given is None else sizes_given(old.design, new.design, given)
    base = sizes.base
    progress("build", 0.0)
    before, now = build(old.design, base.old, sheet), build(new.design, base.new, sheet)
    progress("parts", 0.1)
    at_base = of_built(before, now, lambda: progress("parts", 0.1))
    progress("figures", 0.2)
    figures = [
        figures_of(s.design, v, b.furniture, lambda: progress("figures", 0.2))
        for s, v, b in ((old, base.old, before), (new, base.new, now))
    ]
    progress("checks", 0.35)
    one = Side(before, figures[0], fitness_of(old.design, before.furniture))
    other = Side(now, figures[1], fitness_of(new.design, now.furniture))
    reached = [0.0]

    def at_far(done: float) -> None:
        reached[0] = 0.5 + 0.5 * done
        progress("far", reached[0])

    far = elsewhere(
        at_base,
        sizes.sizes[1:],
        lambda size: compare_at(old.design, new.design, size.old, size.new, sheet, lambda: progress("far", reached[0])),
        at_far,
    )
    assert at_base.pairing is not None
    codes = {pair.old.code: pair.new.code for pair in at_base.pairing.pairs}
    hardware = hardware_changes(before.furniture, now.furniture)
    steps = steps_change(before.furniture, now.furniture, codes)
    parameters = parameter_changes(old.design, new.design)
    taken = acceptance(old.design, new.design)
    texts = text_changes(old.texts, new.texts)
    proposal = proposal_of(
        at_base, far, hardware=hardware, steps=steps, parameters=parameters, acceptance=taken, texts=texts
    )
    return Changes(
        sheet=sheet,
        base=_in_words(new.design, base.new),
        notes=sizes.notes,
        at_base=at_base,
        old=one,
        new=other,
        hardware=hardware,
        steps=steps,
        measures=tuple(measure_changes(before.furniture, now.furniture)),
        parameters=parameters,
        acceptance=taken,
        texts=texts,
        elsewhere=far,
        proposal=proposal,
        is_partial=given is not None,
    )


def _first(new: State, progress: Progress) -> Changes:
    sheet, values = usual_sheet(new.design), new.design.clean({})
    progress("build", 0.0)
    built = build(new.design, values, sheet)
    progress("figures", 0.3)
    figures = figures_of(new.design, values, built.furniture, lambda: progress("figures", 0.3))
    progress("checks", 0.7)
    side = Side(built, figures, fitness_of(new.design, built.furniture))
    return Changes(
        sheet=sheet,
        base=_in_words(new.design, values),
        notes=(),
        at_base=AtSize(None, built, tuple(PartChange(Fate.ADDED, None, flat) for flat in built.flats)),
        old=None,
        new=side,
        hardware=(),
        steps=None,
        measures=(),
        parameters=(),
        acceptance=Acceptance(0, 0),
        texts=(),
        elsewhere=Elsewhere(),
        proposal=Proposal(Step.FIRST, (Reason.of(Step.FIRST, _made_of(built)),)),
    )


def _made_of(built: Built) -> str:
    kinds = len(joinings(built.furniture, built.flats))
    return f"Le modèle a {len(built.flats)} pièces et {kinds} assemblages ; personne ne l’a encore commandé."


def _in_words(design: Design, values: Mapping[str, Any]) -> dict[str, str]:
    return {p.label: p.in_words(values[p.name]) for p in design.parameters if not p.is_state}


_GRAVITY = {"ok": 0, "warning": 1, "fault": 2}


def _check_rows(old: tuple[Verdict, ...], new: tuple[Verdict, ...]) -> list[dict[str, Any]]:
    """One row a check: its worst answer before and now; None where a state was not asked."""
    before, now = _worst(old), _worst(new)
    rows = []
    for name in dict.fromkeys((*now, *before)):
        one, other = before.get(name), now.get(name)
        titled = other or one
        assert titled is not None
        rows.append(
            {
                "name": name,
                "title": titled.title,
                "old": one.data() if one else None,
                "new": other.data() if other else None,
                "changed": bool(one and other and one.french != other.french),
                "worse": bool(other and _GRAVITY[other.state] > (_GRAVITY[one.state] if one else 0)),
            }
        )
    return rows


def _worst(verdicts: tuple[Verdict, ...]) -> dict[str, Check]:
    """By check: the gravest answer; of several as grave the one nearest to its limit."""
    found: dict[str, tuple[tuple[int, float], Check]] = {}
    for verdict in verdicts:
        check = in_french(verdict)
        gravity = _GRAVITY[check.state], -_margin(verdict)
        if verdict.check not in found or gravity > found[verdict.check][0]:
            found[verdict.check] = gravity, check
    return {name: check for name, (_, check) in found.items()}


def _margin(verdict: Verdict) -> float:
    """How far from the limit, as a share of the greater of the two."""
    if verdict.figure is None or verdict.limit is None:
        return 1.0
    return abs(verdict.figure - verdict.limit) / max(abs(verdict.figure), abs(verdict.limit), 1e-9)
