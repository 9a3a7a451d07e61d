# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Communes found as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabs.geography import Commune, search
from fablabs.geography.communes import all_communes
from fablabs.geography.search import LONGEST, fold, named


def _labels(text: str, limit: int = 10) -> list[str]:
    return [found.label for found in search(text, limit)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("saint etienne", "Saint-Étienne (Loire)"),
        ("St Etienne", "Saint-Étienne (Loire)"),
        ("SAINT-ÉTIENNE", "Saint-Étienne (Loire)"),
        ("st-étienne", "Saint-Étienne (Loire)"),
        ("nimes", "Nîmes (Gard)"),
        ("nîm", "Nîmes (Gard)"),
        ("30000", "Nîmes (Gard)"),
        ("30189", "Nîmes (Gard)"),
        ("97400", "Saint-Denis (La Réunion)"),
        ("la rochelle 17", "La Rochelle (Charente-Maritime)"),
        ("rochelle", "La Rochelle (Charente-Maritime)"),
        ("saint denis reunion", "Saint-Denis (La Réunion)"),
        ("saint denis la réunion", "Saint-Denis (La Réunion)"),
        ("Saint-Denis (Seine-Saint-Denis)", "Saint-Denis (Seine-Saint-Denis)"),
        ("l'haÿ les roses", "L’Haÿ-les-Roses (Val-de-Marne)"),
        ("L’Haÿ", "L’Haÿ-les-Roses (Val-de-Marne)"),
        ("hay les roses", "L’Haÿ-les-Roses (Val-de-Marne)"),
        ("ajaccio 20000", "Ajaccio (Corse-du-Sud)"),
        ("2A004", "Ajaccio (Corse-du-Sud)"),
        ("75013", "Paris"),
        ("marseille 13e", "Marseille (Bouches-du-Rhône)"),
        ("fort mardyck", "Dunkerque (Nord)"),
        ("œuilly 51", "Œuilly (Marne)"),
        ("oeuilly 51", "Œuilly (Marne)"),
        ("  nimes  ", "Nîmes (Gard)"),
        ("30 000", "Nîmes (Gard)"),
    ],
)
def test_what_people_type_finds_what_they_mean(typed: str, first: str) -> None:
    assert _labels(typed)[0] == first


def test_a_whole_name_comes_before_longer_ones_and_the_larger_town_before_the_smaller() -> None:
    found = search("saint denis")
    assert [c.name for c in found[:4]] == ["Saint-Denis"] * 4
    assert found[0].population >= found[1].population >= found[2].population >= found[3].population
    assert all(c.name != "Saint-Denis" for c in found[4:])


def test_the_beginning_of_a_name_finds_what_begins_so() -> None:
    assert set(_labels("l'isle", 5)) >= {"L’Isle-sur-la-Sorgue (Vaucluse)", "L’Isle-d’Abeau (Isère)"}


@pytest.mark.parametrize("typed", ["", "   ", "xyzzy", "00000", "99999", "'", "%", "\0", "é" * 500, "(", "🪑"])
def test_what_means_nothing_finds_nothing(typed: str) -> None:
    assert search(typed) == []


def test_no_more_than_asked_for() -> None:
    assert len(search("saint", 3)) == 3 and search("saint", 0) == []


def test_a_label_names_its_commune_and_no_other() -> None:
    by_label: dict[str, list[str]] = {}
    for found in all_communes():
        by_label.setdefault(found.label, []).append(found.insee)
    assert [codes for codes in by_label.values() if len(codes) > 1] == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(all_communes()))
def test_every_commune_is_found_by_its_label_its_code_and_its_name(wanted: Commune) -> None:
    assert wanted in named(wanted.label)
    assert [c.insee for c in named(wanted.label)] == [wanted.insee]
    assert wanted in search(wanted.insee, 100)
    assert wanted in search(wanted.name, 100)
    assert wanted in named(wanted.name)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=LONGEST + 20))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    assert all(isinstance(found, Commune) for found in search(typed))
    assert all(isinstance(found, Commune) for found in named(typed))
    assert fold(fold(typed)) == fold(typed)


@pytest.mark.usefixtures("never_hangs")
def test_what_many_names_begin_with_or_none_is_answered() -> None:
    for typed in ("s", "sa", "saint", "l", "le ", "97", "2a", "saint denis reunion"):
        assert search(typed), typed
    assert search("7") == search("x" * 5_000) == []
