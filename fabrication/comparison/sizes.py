# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""At which sizes two states are held against each other: at the base, and far from it, where a change may show that the base
hides. The same sizes every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from designs.design import Design
from designs.errors import ParameterError
from designs.parameters import Kind, Parameter
from designs.typography import SPACE, listed, unbroken
from fabrication.comparison.bounded import bounded

#: How far from the base to a bound; the first that both states take.
_STEPS = (1.0, 0.75, 0.5, 0.25)
#: Sizes besides the base.
MOST = 18

_NUMERIC = (Kind.LENGTH, Kind.ANGLE, Kind.COUNT)


@dataclass(frozen=True)
class Size:
    """Values for each of the two states; ``title`` is French: "dimensions de base", "Largeur : 730 mm"."""

    title: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]


@dataclass(frozen=True)
class CommonSizes:
    """The base first. ``notes``: French sentences on what the two have not in common."""

    sizes: tuple[Size, ...]
    notes: tuple[str, ...] = ()

    @property
    def base(self) -> Size:
        return self.sizes[0]


def common_sizes(old: Design, new: Design, most: int = MOST) -> CommonSizes:
    """Raises ParameterError if a state refuses its own defaults."""
    maker = _Maker(old, new)
    notes = list(maker.notes())
    base, note = maker.base()
    notes += note
    found = [base]
    if maker.shared_base is not None:
        seen = [(base.old, base.new)]
        for size in maker.far():
            if len(found) > most:
                break
            if (size.old, size.new) not in seen:
                seen.append((size.old, size.new))
                found.append(size)
    return CommonSizes(tuple(found), tuple(map(unbroken, notes)))


def base_values(old: Design | None, new: Design) -> dict[str, Any]:
    """The base sizes of a comparison, as the new state takes them. Raises ParameterError."""
    return dict(bounded(new).clean({}) if old is None else _Maker(old, new).base()[0].new)


def sizes_given(old: Design, new: Design, given: Mapping[str, Any]) -> CommonSizes:
    """Only these, for somebody who has a piece in these sizes. Raises ParameterError if one of the two refuses them."""
    maker = _Maker(old, new)
    common = {name: value for name, value in given.items() if name in maker.names}
    size = Size("dimensions de la commande", old.clean(common), new.clean({**given}))
    return CommonSizes((size,), tuple(map(unbroken, maker.notes())))


class _Maker:
    def __init__(self, old: Design, new: Design) -> None:
        # A size that a script's own rules refuse is told so where it is built.
        self.old, self.new = bounded(old), bounded(new)
        before = {p.name: p for p in old.parameters}
        self.common = [
            (before[p.name], p) for p in new.parameters if p.name in before and before[p.name].kind is p.kind
        ]
        self.names = {p.name for _, p in self.common}
        self.shared_base: dict[str, Any] | None = None

    def notes(self) -> Iterator[str]:
        for design, words in ((self.new, "n’existait pas avant"), (self.old, "n’existe plus")):
            alone = [p for p in design.parameters if p.name not in self.names]
            if alone:
                told = listed([f"« {p.label} » ({p.in_words(p.default)})" for p in alone])
                yield f"{told} {words} : la comparaison prend sa valeur d’origine."

    def base(self) -> tuple[Size, list[str]]:
        """The defaults of before, since that is what people have; else those of now; else each its own."""
        for design, said in (
            (self.old, ""),
            (self.new, "La révision actuelle est comparée aux dimensions d’origine du brouillon"),
        ):
            values = {p.name: p.default for p in design.parameters if p.name in self.names}
            size = self._both("dimensions de base", values)
            if size is not None:
                self.shared_base = values
                note = [f"{said} : le brouillon refuse celles de la révision actuelle."] if said else []
                return size, note
        size = Size("dimensions de base", self.old.clean({}), self.new.clean({}))
        return size, ["Aucune dimension d’origine n’est acceptée des deux côtés : chacun est comparé aux siennes."]

    def far(self) -> Iterator[Size]:
        """The defaults of now where they are others, everything small, everything large, then one choice after the other."""
        assert self.shared_base is not None
        base = self.shared_base
        own = {p.name: p.default for _, p in self.common}
        if own != base and (size := self._both("valeurs d’origine du brouillon", own)):
            yield size
        numeric = [(o, n) for o, n in self.common if n.kind in _NUMERIC]
        for word, end in (("plus petites", 0), ("plus grandes", 1)):
            corner = {n.name: _shared_bound(o, n, end) for o, n in numeric}
            yield from self._first(f"toutes les cotes {word}", corner, {n.name: n for _, n in numeric})
        others = [(o, n) for o, n in self.common if n.kind not in _NUMERIC and not n.is_state]
        for old, new in others:
            for value in _others(old, new, base[new.name]):
                size = self._both(f"{new.label} : {new.in_words(value)}", {**base, new.name: value})
                if size is not None:
                    yield size
        # What grows shows more than what shrinks.
        for end in (1, 0):
            for old, new in numeric:
                yield from self._first("", {new.name: _shared_bound(old, new, end)}, {new.name: new})

    def _first(self, title: str, ends: Mapping[str, float], parameters: Mapping[str, Parameter]) -> Iterator[Size]:
        """The farthest on the way from the base to these ends that both states take."""
        assert self.shared_base is not None
        base = self.shared_base
        for step in _STEPS:
            moved = {name: _between(parameters[name], base[name], end, step) for name, end in ends.items()}
            if all(moved[name] == base[name] for name in moved):
                return
            said = f"{title}, à {step:.0%} de ce que leurs bornes permettent" if title else ""
            if not title:
                ((name, value),) = moved.items()
                said = f"{parameters[name].label} : {parameters[name].in_words(value)}"
            size = self._both(said.replace("%", f"{SPACE}%"), {**base, **moved})
            if size is not None:
                yield size
                return

    def _both(self, title: str, values: Mapping[str, Any]) -> Size | None:
        try:
            return Size(unbroken(title), self.old.clean(values), self.new.clean(values))
        except ParameterError:
            return None


def _shared_bound(old: Parameter, new: Parameter, end: int) -> float:
    """The end of what both take."""
    if end == 0:
        return max(old.minimum or 0.0, new.minimum or 0.0)
    return min(old.maximum or 0.0, new.maximum or 0.0)


def _between(parameter: Parameter, base: float, end: float, step: float) -> float | int:
    value = base + (end - base) * step
    return round(value) if parameter.kind is Kind.COUNT else round(value, 1)


def _others(old: Parameter, new: Parameter, base: Any) -> list[Any]:
    if new.kind is Kind.FLAG:
        return [not base]
    if new.kind is Kind.CHOICE:
        return [key for key in (new.choices or {}) if key in (old.choices or {}) and key != base]
    return [""] if base else []
