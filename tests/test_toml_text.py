# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""TOML of our own is read by Python's reader as the very data that it was written from."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.toml_text import toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text('"\\\n\r\t ’é#', max_size=20)
SCALARS = TEXTS | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_what_was_written_is_read_again_with_types_and_order(data: dict[str, Any]) -> None:
    again = tomllib.loads(toml(data))

    assert repr(_sorted(again)) == repr(_sorted(data))  # repr tells 1 from 1.0 and from True
    assert toml(again) == toml(data)


def _sorted(value: Any) -> Any:
    """Tables come after plain values in a file: only the order within each kind is kept."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), {1, 2}, "\ud800"])
def test_what_toml_has_not_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        toml({"a": value})


def test_it_looks_as_a_person_writes_it() -> None:
    story = "Un paragraphe.\n\nUn autre, « entre guillemets »."

    assert toml({"title": "Banc", "range": [14.4, 21.6], "story": story, "rules": [{"parameters": ["a", "b"]}]}) == (
        'title = "Banc"\nrange = [14.4, 21.6]\n'
        'story = """\nUn paragraphe.\n\nUn autre, « entre guillemets »."""\n'
        '\n[[rules]]\nparameters = ["a", "b"]\n'
    )
