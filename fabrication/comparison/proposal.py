# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which number the next revision deserves, and why.

Semantic versioning, said to designers: *major* when a part of before does not fit a piece of now, or sizes that were ordered may not
be taken any more; *minor* when parts change and every joint stays; *patch* when only words change, or more sizes are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from designs.typography import unbroken


class Step(StrEnum):
    """The gravest first. NONE: the same as before; FIRST: there is nothing before."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"
    NONE = "none"
    FIRST = "first"


@dataclass(frozen=True)
class Reason:
    """``about``: "joints", "sizes", "parts" (all that is cut, bought or put together), "default" or "" for all else."""

    step: Step
    french: str
    about: str = ""

    @classmethod
    def of(cls, step: Step, french: str, about: str = "") -> Reason:
        """With no-break spaces in its sentence."""
        return cls(step, unbroken(french), about)


_BROKEN = {
    "joints": "une pièce d’avant ne va plus forcément avec un meuble de maintenant",
    "sizes": "des réglages ou des dimensions d’avant ne sont plus acceptés tels quels",
}
_CHANGED = {
    "parts": "Des pièces ou le montage changent, et tous les assemblages restent.",
    "default": "Les valeurs d’origine changent : qui ne choisit rien reçoit d’autres dimensions.",
}
_VERDICTS = {
    Step.PATCH: "Rien de ce qui se découpe ne change.",
    Step.NONE: "Rien ne change : il n’y a rien à publier.",
    Step.FIRST: "Première publication de ce modèle.",
}


@dataclass(frozen=True)
class Proposal:
    """``reasons``: those of the proposed step first, then the lesser ones."""

    step: Step
    reasons: tuple[Reason, ...]

    @property
    def french(self) -> str:
        """What the step means for what was ordered before, one or two sentences."""
        about = {reason.about for reason in self.reasons if reason.step is self.step}
        if self.step is Step.MAJOR:
            said = ", et ".join(words for name, words in _BROKEN.items() if name in about)
            return unbroken(f"{said[:1].upper()}{said[1:]}.")
        if self.step is Step.MINOR:
            return unbroken(" ".join(words for name, words in _CHANGED.items() if name in about))
        return unbroken(_VERDICTS[self.step])

    def data(self) -> dict[str, Any]:
        return {
            "step": str(self.step),
            "french": self.french,
            "reasons": [{"step": str(reason.step), "french": reason.french} for reason in self.reasons],
        }


_ORDER = {step: number for number, step in enumerate(Step)}


def propose(reasons: Sequence[Reason]) -> Proposal:
    """The gravest reason decides."""
    ordered = sorted(dict.fromkeys(reasons), key=lambda reason: _ORDER[reason.step])
    return Proposal(ordered[0].step if ordered else Step.NONE, tuple(ordered))
