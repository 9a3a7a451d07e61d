# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people may choose, before and now: parameters, bounds, defaults, rules, and how many sizes of before are still taken."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from designs.design import Design
from designs.errors import ParameterError
from designs.parameters import Kind, Parameter
from designs.typography import SPACE, french_number, listed, spaced, unbroken
from fabrication.comparison.bounded import asks_a_jail, bounded, keeps_its_rules
from fabrication.fitness.samples import samples

#: Sets of sizes that the state of before takes, and the one of now is asked for. The same ones every time.
DRAWS = 200
#: Where each question starts a script.
_FEW = 24
_SEED = 7

#: Where a rule's sentence names a value: "{height:g}".
_FIELD = re.compile(r"\{([a-z_][a-z0-9_]*)[^{}]*\}")

_KINDS = {
    Kind.LENGTH: "longueur",
    Kind.ANGLE: "angle",
    Kind.COUNT: "nombre",
    Kind.CHOICE: "choix",
    Kind.FLAG: "oui ou non",
    Kind.TEXT: "texte",
}


class Effect(StrEnum):
    """What a change of the choices means for what was ordered before; the gravest first."""

    SET = "set"  # a parameter came or went, or is of another kind
    NARROWED = "narrowed"  # sizes that were taken are not any more
    DEFAULT = "default"  # what is made where nobody chose is another piece
    WIDENED = "widened"
    WORDS = "words"


@dataclass(frozen=True)
class ParameterChange:
    """``name`` is empty for what belongs to no parameter alone (thickness of the sheet, a rule). ``french``: one clause."""

    name: str
    label: str
    effect: Effect
    french: str

    def data(self) -> dict[str, Any]:
        return {"name": self.name, "label": self.label, "effect": str(self.effect), "french": self.french}


def parameter_changes(old: Design, new: Design) -> tuple[ParameterChange, ...]:
    """What came, what went, what stayed under its name and is otherwise; then thickness, router-only options and written rules."""
    before = {p.name: p for p in old.parameters}
    now = {p.name: p for p in new.parameters}
    found = [
        ParameterChange(p.name, p.label, Effect.SET, unbroken(f"nouveau paramètre, {p.in_words(p.default)} d’origine"))
        for p in new.parameters
        if p.name not in before
    ]
    found += [
        ParameterChange(p.name, p.label, Effect.SET, "ce paramètre n’existe plus")
        for p in old.parameters
        if p.name not in now
    ]
    for parameter in new.parameters:
        if parameter.name in before:
            found += [
                ParameterChange(parameter.name, parameter.label, effect, unbroken(french))
                for effect, french in _between(before[parameter.name], parameter)
            ]
    found += _thickness(old, new)
    found += _router_only(old, new)
    # A script that keeps its rules to itself shows none: they are asked by building.
    if not (keeps_its_rules(old) or keeps_its_rules(new)):
        found += _rules(old, new)
    return tuple(found)


def _between(old: Parameter, new: Parameter) -> Iterator[tuple[Effect, str]]:
    if old.kind is not new.kind:
        yield Effect.SET, f"{_KINDS[old.kind]} avant, {_KINDS[new.kind]} maintenant"
        return
    yield from _bounds(old, new)
    yield from _choices(old, new)
    if old.default != new.default:
        yield (
            Effect.DEFAULT,
            f"valeur d’origine : {old.in_words(old.default)} → {new.in_words(new.default)}",
        )
    words = [
        word
        for word, one, other in (
            ("nom", old.label, new.label),
            ("aide", old.help, new.help),
            ("pas", old.step, new.step),
        )
        if one != other
    ]
    if words:
        yield Effect.WORDS, f"{listed(words)} : {'changé' if len(words) == 1 else 'changés'}"


def _bounds(old: Parameter, new: Parameter) -> Iterator[tuple[Effect, str]]:
    for word, one, other, sign in (
        ("minimum", old.minimum, new.minimum, 1.0),
        ("maximum", old.maximum, new.maximum, -1.0),
    ):
        if one is None or other is None or one == other:
            continue
        effect = Effect.NARROWED if sign * (other - one) > 0 else Effect.WIDENED
        yield effect, f"{word} : {old.figure(one)} → {new.figure(other)}"
    if old.kind is Kind.TEXT and old.max_length != new.max_length:
        effect = Effect.NARROWED if new.max_length < old.max_length else Effect.WIDENED
        yield effect, f"caractères au plus : {old.max_length} → {new.max_length}"
    if old.kind is Kind.TEXT and old.alphabet != new.alphabet:
        # Without an alphabet every sign is taken.
        all_stay = not new.alphabet or (old.alphabet and set(old.alphabet) <= set(new.alphabet))
        yield (Effect.WIDENED if all_stay else Effect.NARROWED), "caractères permis : changés"


def _choices(old: Parameter, new: Parameter) -> Iterator[tuple[Effect, str]]:
    before, now = dict(old.choices or {}), dict(new.choices or {})
    gone, come = [before[k] for k in before if k not in now], [now[k] for k in now if k not in before]
    if gone:
        yield Effect.NARROWED, f"{'choix retiré' if len(gone) == 1 else 'choix retirés'} : {listed(gone)}"
    if come:
        yield Effect.WIDENED, f"{'choix ajouté' if len(come) == 1 else 'choix ajoutés'} : {listed(come)}"
    if any(before[key] != now[key] for key in before if key in now):
        yield Effect.WORDS, "noms des choix : changés"


def _thickness(old: Design, new: Design) -> Iterator[ParameterChange]:
    (low, high), (least, most) = old.thickness_range, new.thickness_range
    if (low, high) == (least, most):
        return
    effect = Effect.NARROWED if least > low or most < high else Effect.WIDENED
    french = f"de {_mm(low)} à {_mm(high)} avant, de {_mm(least)} à {_mm(most)} maintenant"
    yield ParameterChange("", "Épaisseur du panneau", effect, unbroken(french))


def _router_only(old: Design, new: Design) -> Iterator[ParameterChange]:
    """An option that a laser is refused for, or no more."""
    labels = {p.name: p.label for p in (*old.parameters, *new.parameters)}
    for name in dict.fromkeys((*old.router_only, *new.router_only)):
        before, now = old.router_only.get(name), new.router_only.get(name)
        if before == now:
            continue
        effect = Effect.WIDENED if now is None else Effect.NARROWED
        french = "cette option se fait aussi au laser" if now is None else "cette option demande une fraiseuse"
        yield ParameterChange(name, labels.get(name, name), effect, french)


def _rules(old: Design, new: Design) -> Iterator[ParameterChange]:
    """By what they say: how a rule counts is told by the sizes that are still taken."""
    before, now = [r.french for r in old.constraints], [r.french for r in new.constraints]
    for word, design, others in (("nouvelle règle", new, before), ("règle retirée", old, now)):
        labels = {p.name: p.label for p in design.parameters}
        for rule in design.constraints:
            if rule.french not in others:
                said = _FIELD.sub(lambda found, known=labels: f"({known.get(found[1], found[1])})", rule.french)  # type: ignore[misc]
                yield ParameterChange("", "Règle", Effect.WORDS, f"{word}{SPACE}: «{SPACE}{spaced(said)}{SPACE}»")


@dataclass(frozen=True)
class Acceptance:
    """Of ``asked`` sets of sizes that the state of before takes, so many are still taken; one that is not, with the reason."""

    asked: int
    taken: int
    example: Mapping[str, Any] | None = None
    reason: str = ""

    def data(self) -> dict[str, Any]:
        example = None if self.example is None else dict(self.example)
        return {"asked": self.asked, "taken": self.taken, "example": example, "reason": self.reason}


def acceptance(old: Design, new: Design, draws: int = DRAWS) -> Acceptance:
    """Ask the new rules for sizes of before; parameters that are gone are left out, those that came keep their default."""
    known = {p.name for p in new.parameters}
    taken, example, reason = 0, None, ""
    try:
        sets = _taken_sets(old, _FEW if asks_a_jail(old) or asks_a_jail(new) else draws)
    except ParameterError:
        return Acceptance(0, 0)
    for values in sets:
        given = {name: value for name, value in values.items() if name in known}
        try:
            new.clean(given)
        except ParameterError as error:
            _require_answer(error)
            if example is None:
                example, reason = given, _reason(new, error)
        else:
            taken += 1
    return Acceptance(len(sets), taken, example, reason)


def _reason(design: Design, error: ParameterError) -> str:
    """A bound names its parameter, which stands beside its field elsewhere; a rule that is said under several is said once."""
    labels = {p.name: p.label for p in design.parameters}
    said = list(error.messages.values())
    return " ".join(
        dict.fromkeys(
            text if said.count(text) > 1 else f"{labels.get(name, name)}{SPACE}: {text[:1].lower()}{text[1:]}"
            for name, text in error.messages.items()
        )
    )


def _taken_sets(design: Design, draws: int) -> list[dict[str, Any]]:
    """Sets of sizes that it takes. Raises ParameterError where its bounds and rules leave none."""
    if not asks_a_jail(design):
        return list(itertools.islice(samples(design, _SEED), draws))
    found = []
    for values in itertools.islice(samples(bounded(design), _SEED), 3 * draws):
        try:
            found.append(design.clean(values))
        except ParameterError as error:
            _require_answer(error)
        if len(found) == draws:
            break
    return found


def _require_answer(error: ParameterError) -> None:
    """A jail that is away or a script that does not end has refused nothing: raises what kept it from answering (JailError), at the
    first of dozens of questions."""
    cause = error.__cause__
    if cause is not None and getattr(cause, "kind", "") in ("unavailable", "time"):
        raise cause


def _mm(value: float) -> str:
    return f"{french_number(value, 2)} mm"
