# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Random parameter sets within a design's bounds that keep its constraints."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from designs.errors import ParameterError
from designs.lettering import ALPHABET
from designs.parameters import Kind, Parameter, Parametric

#: Draws for one set; a design that refuses all of them leaves no choice to anybody.
TRIES = 2000


def samples(design: Parametric, seed: int, fixed: Mapping[str, object] | None = None) -> Iterator[dict[str, Any]]:
    """Cleaned values, without end, the same for the same seed; ``fixed`` are kept as they are.

    Raises ParameterError if nothing that is drawn keeps the constraints: its last reason.
    """
    dice = random.Random(seed)
    while True:
        for attempt in range(TRIES):
            drawn = {p.name: _draw(p, dice) for p in design.parameters}
            try:
                cleaned = design.clean({**drawn, **(fixed or {})})
            except ParameterError:
                if attempt == TRIES - 1:
                    raise
                continue
            yield cleaned
            break


def _draw(parameter: Parameter, dice: random.Random) -> Any:
    if parameter.kind in (Kind.LENGTH, Kind.ANGLE):
        return round(dice.uniform(parameter.minimum or 0.0, parameter.maximum or 0.0), 1)
    if parameter.kind is Kind.COUNT:
        return dice.randint(int(parameter.minimum or 0), int(parameter.maximum or 0))
    if parameter.kind is Kind.CHOICE:
        return dice.choice(list(parameter.choices or {}))
    if parameter.kind is Kind.FLAG:
        return dice.random() < 0.5
    letters = (parameter.alphabet or ALPHABET).strip()
    written = "".join(dice.choice(letters) for _ in range(dice.randint(0, parameter.max_length)))
    return dice.choice([parameter.default, written])
