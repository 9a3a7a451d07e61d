# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Is this state fit to be published? Every check of fitness at the base sizes, the same at the far ones and in random sizes that
people may ask for, the same every time."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from designs.design import Design
from designs.errors import DesignError, GeometryError, ParameterError, SheetError
from designs.furniture import Furniture
from designs.sheet import Sheet
from designs.typography import SPACE, unbroken
from fabrication.comparison.bounded import bounded
from fabrication.comparison.check_words import Check, in_french, of_flat_parts
from fabrication.comparison.sizes import common_sizes
from fabrication.errors import NotFlatError
from fabrication.fitness.samples import samples
from fabrication.fitness.verdict import Colour, Verdict
from fabrication.usual_sheet import usual_sheet

#: Random sets of sizes that are built and checked.
DRAWS = 16
_SEED = 1
#: The check that a script at some sizes did not end.
_TIME = "time"
#: Sets that the drawing itself refuses are only sizes that nobody gets; more than this share, and the bounds promise too much.
_MOST_REFUSED = 0.1
#: Far sizes besides.
_FAR = 8

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Checked:
    """``asked`` random sets were tried; ``held`` of them were built with nothing red, ``refused`` were not drawn."""

    checks: tuple[Check, ...]
    asked: int = 0
    held: int = 0
    refused: int = 0
    verdicts: tuple[Verdict, ...] = field(default=(), compare=False)

    @property
    def is_green(self) -> bool:
        """Nothing keeps it from being published."""
        return all(check.state != "fault" for check in self.checks)

    def data(self) -> dict[str, Any]:
        return {
            "checks": [check.data() for check in self.checks],
            "is_green": self.is_green,
            "draws": {"asked": self.asked, "held": self.held, "refused": self.refused},
            "counts": {state: sum(c.state == state for c in self.checks) for state in ("ok", "warning", "fault")},
        }


def check_design(design: Design, progress: Progress = lambda stage, done: None) -> Checked:
    """Never raises for a design that is not fit: that is a fault among the checks, with its sentence. What the jail or the script
    itself says goes through: DesignErrors that are no refusal of sizes."""
    progress("build", 0.0)
    try:
        sheet, values = usual_sheet(design), bounded(design).clean({})
        furniture = design.build(values, sheet)
    except (ParameterError, SheetError, GeometryError) as error:
        return Checked((_unbuilt("base", "Dimensions de base", error),))
    checks = [Check("build", "ok", "Dimensions de base", "Le meuble se dessine dans ses dimensions de base.")]
    if not furniture.parts:
        empty = Check("parts", "fault", "Pièces", "Le meuble n’a aucune pièce à découper : dessinez-en au moins une.")
        return Checked((*checks, empty))
    progress("check", 0.1)
    verdicts = fitness_of(design, furniture)
    told = of_flat_parts if getattr(getattr(design, "content", None), "kind", "") == "flat" else in_french
    checks += [told(verdict) for verdict in verdicts]
    if any(verdict.check == "flat" for verdict in verdicts):
        return Checked(tuple(checks), verdicts=verdicts)
    if not design.parameters:
        return Checked(tuple(checks), verdicts=verdicts)
    progress("far", 0.2)
    far = _far(design, sheet, lambda done: progress("far", 0.2 + 0.3 * done))
    checks += far
    if _ran_out_of_time(far):
        return Checked(tuple(checks), verdicts=verdicts)
    return _drawn(design, sheet, checks, verdicts, lambda done: progress("draws", 0.5 + 0.5 * done))


def fitness_of(design: Design, furniture: Furniture, *, fold: bool = True) -> tuple[Verdict, ...]:
    """All verdicts; one that is red and named "flat" where a part is none."""
    from fabrication.fitness.assessment import check_piece

    def again(given: Mapping[str, Any]) -> Furniture:
        return design.build({**furniture.parameters, **given}, furniture.sheet)

    return check_piece(furniture, build=again if fold else None)


def _far(design: Design, sheet: Sheet, progress: Callable[[float], None]) -> list[Check]:
    """One check where all hold; else one for each that does not."""
    sizes = common_sizes(design, design, _FAR).sizes[1:]
    found: list[Check] = []
    tried = 0
    for number, size in enumerate(sizes):
        progress(number / len(sizes))
        with contextlib.suppress(ParameterError):
            found += _faults(design, size.new, sheet, size.title)
            tried += 1
        if _ran_out_of_time(found):
            break
    if tried and not any(check.state == "fault" for check in found):
        text = (
            f"Tout tient aussi à {tried} autres dimensions."
            if tried > 1
            else "Tout tient aussi dans d’autres dimensions."
        )
        found.append(Check("far", "ok", "Dimensions extrêmes", unbroken(text)))
    return found


def _faults(design: Design, values: Mapping[str, Any], sheet: Sheet, where: str) -> list[Check]:
    """What is red at these sizes; a warning where the drawing refuses them. Raises ParameterError where a rule does: nobody gets
    those."""
    try:
        furniture = design.build(values, sheet)
    except ParameterError:
        raise
    except (SheetError, GeometryError) as error:
        return [_unbuilt("far", where, error, state="warning")]
    except DesignError as error:
        # A script that breaks at these sizes is a fault of the script; a jail that is away is none.
        if getattr(error, "kind", "") == "unavailable":
            raise
        return [_unbuilt(_TIME if getattr(error, "kind", "") == "time" else "far", where, error)]
    red = [v for v in fitness_of(design, furniture, fold=False) if v.verdict is Colour.RED]
    return [in_french(verdict, where) for verdict in red]


def _ran_out_of_time(found: list[Check]) -> bool:
    """A script that took all of its time at one size is asked for no other: it would take as long at each of dozens."""
    return any(check.name == _TIME for check in found)


def _drawn(
    design: Design, sheet: Sheet, checks: list[Check], verdicts: tuple[Verdict, ...], progress: Callable[[float], None]
) -> Checked:
    """Random sizes within the bounds: how many are built, with nothing red."""
    title = "Dimensions au hasard"
    held = refused = asked = 0
    first = ""
    try:
        # Three times as many where the script's own rules refuse some: those count for nothing.
        for number, values in enumerate(itertools.islice(samples(bounded(design), _SEED), 3 * DRAWS)):
            progress(min(1.0, number / DRAWS))
            try:
                faults = _faults(design, values, sheet, "")
            except ParameterError:
                continue
            asked += 1
            if faults and (not first or _ran_out_of_time(faults)):
                first = f"{_in_words(design, values)}{SPACE}: {faults[0].french}"
            refused += bool(faults) and all(check.state != "fault" for check in faults)
            held += not faults
            if asked == DRAWS or _ran_out_of_time(faults):
                break
    except ParameterError:
        asked = 0
    if not asked:
        text = "Les règles refusent presque toutes les dimensions que les bornes permettent : resserrez les bornes ou relâchez une règle."
        return Checked((*checks, Check("draws", "fault", title, unbroken(text))), verdicts=verdicts)
    fault = held + refused < asked or refused > _MOST_REFUSED * asked
    state = "ok" if held == asked else "fault" if fault else "warning"
    text = f"{held} tirages sur {asked} se dessinent et tiennent tous les contrôles."
    if first:
        text += f" L’un de ceux qui ne tiennent pas, {first}"
    return Checked((*checks, Check("draws", state, title, unbroken(text))), asked, held, refused, verdicts)


def _in_words(design: Design, values: Mapping[str, Any]) -> str:
    """What differs from the base, shortly."""
    told = [f"{p.label} {p.in_words(values[p.name])}" for p in design.parameters if values[p.name] != p.default]
    return ", ".join(told[:4]) + ("…" if len(told) > 4 else "")


def _unbuilt(name: str, where: str, error: DesignError, state: str = "fault") -> Check:
    return Check(name, state, where or "Dessin", unbroken(f"Ne se dessine pas : {refusal(error)}"), detail=str(error))


def refusal(error: DesignError | NotFlatError) -> str:
    """A French sentence for why a state is not drawn at some sizes."""
    if isinstance(error, ParameterError):
        return " ".join(dict.fromkeys(error.messages.values()))
    french = str(getattr(error, "french", ""))
    if french and french != str(error):
        return french
    if isinstance(error, SheetError):
        return "le modèle n’est pas dessiné pour un panneau de cette épaisseur."
    return f"un assemblage ou une pièce n’a pas la place qu’il lui faut ({error})."
