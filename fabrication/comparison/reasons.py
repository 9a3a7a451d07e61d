# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The reasons for a version, out of everything that was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from designs.typography import listed
from fabrication.comparison.at_size import AtSize
from fabrication.comparison.elsewhere import Elsewhere, Hidden
from fabrication.comparison.joints import JointChange
from fabrication.comparison.parameters import Acceptance, Effect, ParameterChange
from fabrication.comparison.parts import Fate, PartChange
from fabrication.comparison.proposal import Proposal, Reason, Step, propose
from fabrication.comparison.texts import TextChange
from fabrication.comparison.things import HardwareChange, StepsChange

#: Things that one reason names.
_NAMED = 4

_STEPS = {
    Effect.SET: Step.MAJOR,
    Effect.NARROWED: Step.MAJOR,
    Effect.DEFAULT: Step.MINOR,
    Effect.WIDENED: Step.PATCH,
    Effect.WORDS: Step.PATCH,
}

_ABOUT = {Effect.DEFAULT: "default", Effect.WORDS: ""}


def proposal_of(
    base: AtSize,
    far: Elsewhere,
    *,
    hardware: Sequence[HardwareChange],
    steps: StepsChange,
    parameters: Sequence[ParameterChange],
    acceptance: Acceptance,
    texts: Sequence[TextChange],
) -> Proposal:
    """The gravest step that anything asks for. ``base`` are the base sizes, ``far`` what shows only at others."""
    reasons = [
        *_joints(base.joints, far.joints),
        *_parameters(parameters),
        *_acceptance(acceptance),
        *_refusals(far),
        *_parts(base.parts, far.parts),
        *_things(hardware, steps),
        *_words(steps, texts),
    ]
    return propose(reasons)


def _joints(changes: Sequence[JointChange], far: Sequence[Hidden]) -> Iterator[Reason]:
    broken = [change for change in changes if change.breaks]
    loose = [change for change in changes if change.fate is not Fate.KEPT and not change.breaks]
    for change in broken[:_NAMED]:
        yield Reason.of(Step.MAJOR, f"{_joint(change)} : {_what(change)}.", "joints")
    if len(broken) > _NAMED:
        yield Reason.of(Step.MAJOR, f"{len(broken) - _NAMED} autres assemblages ne sont plus les mêmes.", "joints")
    for change in loose[:_NAMED]:
        yield Reason.of(Step.MINOR, f"{_joint(change)} : {_what(change)}.", "parts")
    for hidden in far[:_NAMED]:
        assert isinstance(hidden.change, JointChange)
        step = Step.MAJOR if hidden.change.breaks else Step.MINOR
        about = "joints" if hidden.change.breaks else "parts"
        yield Reason.of(step, f"{_joint(hidden.change)} : {_what(hidden.change)}, seulement à {_at(hidden)}.", about)


def _joint(change: JointChange) -> str:
    joining = change.new or change.old
    assert joining is not None
    return f"Assemblage {joining.a}–{joining.b} ({joining.french})"


def _what(change: JointChange) -> str:
    if change.fate is Fate.ADDED:
        return "nouveau"
    if change.fate is Fate.REMOVED:
        return "supprimé"
    return ", ".join(change.what)


def _at(hidden: Hidden) -> str:
    """ "« Largeur : 730 mm »", "« … » et 3 autres dimensions"."""
    first, *more = hidden.at
    others = (
        ""
        if not more
        else f" et {len(more)} autre{'s' if len(more) > 1 else ''} dimension{'s' if len(more) > 1 else ''}"
    )
    return f"« {first} »{others}"


def _parameters(changes: Sequence[ParameterChange]) -> Iterator[Reason]:
    for change in changes:
        about = f"Paramètre « {change.label} »" if change.name else change.label
        yield Reason.of(
            _STEPS[change.effect], f"{about} : {change.french.rstrip('.')}.", _ABOUT.get(change.effect, "sizes")
        )


def _acceptance(found: Acceptance) -> Iterator[Reason]:
    lost = found.asked - found.taken
    if lost:
        some = (
            "dimension acceptée jusqu’ici est refusée" if lost == 1 else "dimensions acceptées jusqu’ici sont refusées"
        )
        yield Reason.of(Step.MAJOR, f"Sur {found.asked} tirages, {lost} {some}. Par exemple : {found.reason}", "sizes")


def _refusals(far: Elsewhere) -> Iterator[Reason]:
    for refused in far.refusals[:_NAMED]:
        if refused.new and not refused.old:
            yield Reason.of(Step.MAJOR, f"Ne se dessine plus à « {refused.at} » : {refused.new}", "sizes")
        elif refused.old and not refused.new:
            yield Reason.of(Step.PATCH, f"Se dessine maintenant aussi à « {refused.at} ».")


def _parts(changes: Sequence[PartChange], far: Sequence[Hidden]) -> Iterator[Reason]:
    for fate, one, many in (
        (Fate.CHANGED, "Une pièce change", "pièces changent"),
        (Fate.ADDED, "Une pièce s’ajoute", "pièces s’ajoutent"),
        (Fate.REMOVED, "Une pièce disparaît", "pièces disparaissent"),
    ):
        found = [change for change in changes if change.fate is fate]
        if found:
            named = [f"{change.code} {_name(change)}" for change in found[:_NAMED]]
            if len(found) > _NAMED:
                named.append(f"{len(found) - _NAMED} autres")
            yield Reason.of(
                Step.MINOR, f"{one if len(found) == 1 else f'{len(found)} {many}'} : {listed(named)}.", "parts"
            )
    for hidden in far[:_NAMED]:
        assert isinstance(hidden.change, PartChange)
        change = hidden.change
        what = {Fate.ADDED: "s’ajoute", Fate.REMOVED: "disparaît"}.get(change.fate, ", ".join(change.what))
        yield Reason.of(
            Step.MINOR, f"Pièce {change.code} {_name(change)} : {what}, seulement à {_at(hidden)}.", "parts"
        )


def _name(change: PartChange) -> str:
    part = change.new or change.old
    assert part is not None
    return f"« {part.name} »"


def _things(hardware: Sequence[HardwareChange], steps: StepsChange) -> Iterator[Reason]:
    if hardware:
        named = [change.name for change in hardware[:_NAMED]]
        if len(hardware) > _NAMED:
            named.append(f"{len(hardware) - _NAMED} autres")
        yield Reason.of(Step.MINOR, f"Les fournitures changent : {listed(named)}.", "parts")
    if steps.is_other:
        counted = f" ({steps.old} étapes avant, {steps.new} maintenant)" if steps.old != steps.new else ""
        yield Reason.of(Step.MINOR, f"Le montage change{counted}.", "parts")


def _words(steps: StepsChange, texts: Sequence[TextChange]) -> Iterator[Reason]:
    if steps.words_differ and not steps.is_other:
        yield Reason.of(Step.PATCH, "Les mots de la notice changent, pas les gestes.")
    if texts:
        yield Reason.of(Step.PATCH, f"Les textes changent : {listed([change.label.lower() for change in texts])}.")
