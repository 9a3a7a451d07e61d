# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page at the bench says that a machine's file leaves to the hand."""

from __future__ import annotations

from typing import Any

import pytest

from cms.bench import left_to_the_hand, minutes_of

SHEET: dict[str, Any] = {
    "index": 2,
    "placements": [{"part": "P03", "copy": 2}, {"part": "P14", "copy": 1}],
}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("P14: engraving: neither a v-bit nor an end mill as narrow as its strokes", ("P14, la gravure",)),
        ("P3: engraving: neither a v-bit nor an end mill as narrow as its strokes", ()),
        ("P03-2: no place for a tab that holds it, hold it otherwise", ("P03-2, aucune attache",)),
        ("P03-1: no place for a tab that holds it, hold it otherwise", ()),
        ("P03: hole Ø4: no drill of that diameter and no end mill as thin, 9 mm deep, is left", ("P03, un trou",)),
        ("sheet 2: bottom: to be turned over for work on that face: P03-2", ("la face de dessous",)),
        ("sheet 1: bottom: to be turned over for work on that face: P01-1", ()),
        ("something nobody has thought of", ("voyez la fiche du panneau",)),
    ],
)
def test_a_sheet_names_what_concerns_it_and_nothing_else(line: str, said: tuple[str, ...]) -> None:
    found = left_to_the_hand({"unprogrammed": [line]}, SHEET)
    assert len(found) == len(said) and all(text.startswith(start) for text, start in zip(found, said, strict=True))


@pytest.mark.parametrize(("seconds", "said"), [(None, 0), (0, 0), (20, 1), (89, 1), (91, 2), (2777.3, 46)])
def test_minutes_are_those_of_the_sheets_own_page(seconds: float | None, said: int) -> None:
    assert minutes_of({"machine_time_s": seconds}) == said
