# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many usual sheets a piece takes, before any workshop is chosen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cms.catalogue import sync_designs
from designs import catalogue
from fablabs.machine import read_machine
from fabrication import artefacts, services, work
from fabrication.models import Artefact, Job
from fabrication.sheets_needed import MARGIN_MM, SHEET_MM, SPACING_MM, count_sheets
from fabrication.sweeping import services as sweeping

SMALL = {"width": 700, "height": 700, "trays": 0, "dividers": 0, "laptops": 0, "extension": "none"}


def _count(**given: Any) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(count_sheets(catalogue.design("chariot"), given, lambda stage, done: None))
    return facts


def test_a_larger_piece_takes_more_sheets_and_a_smaller_one_fewer() -> None:
    usual, small = _count(), _count(**SMALL)
    assert usual["sheet_mm"] == [2500.0, 1250.0] and usual["thickness_mm"] == 18.0
    assert small["sheets"] < usual["sheets"]
    assert 0.2 < small["used"] < 0.9 and 0.4 < usual["used"] < 0.9
    assert _count(**SMALL) == small


def test_the_usual_sheet_is_cut_as_the_example_for_whole_sheets_is() -> None:
    file = read_machine(Path(settings.ROOT) / "examples" / "machines" / "router-2500.toml")
    assert file.stock.sheet_mm == SHEET_MM
    assert (file.machine.spacing_mm, file.machine.margin_mm) == (SPACING_MM, MARGIN_MM)


@pytest.fixture
def revision(db: None, settings: Any, tmp_path: Path) -> Any:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    return next(r for r in sync_designs() if r.design == "chariot")


def test_sheets_are_counted_once_for_the_same_sizes(revision: Any) -> None:
    job = services.request_sheets(revision, SMALL)
    assert services.request_sheets(revision, dict(reversed(SMALL.items()))).pk == job.pk
    work.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.fault
    assert job.facts is not None and job.view is None
    facts = json.loads(artefacts.file_of(job.facts).read_bytes())
    assert facts == _count(**SMALL)
    assert services.request_sheets(revision, SMALL).pk == job.pk
    artefacts.file_of(job.facts).unlink()
    assert services.request_sheets(revision, SMALL).pk != job.pk  # the file is gone: counted again
    assert services.request_preview(revision, SMALL).key != job.key


def test_old_counts_are_forgotten_with_their_files(revision: Any) -> None:
    job = services.request_sheets(revision, SMALL)
    work.run(job.pk)
    Job.objects.filter(pk=job.pk).update(
        created_at="2026-01-01T00:00Z", started_at="2026-01-01T00:00Z", finished_at="2026-01-01T00:00Z"
    )
    Artefact.objects.update(created_at="2026-01-01T00:00Z")
    assert sweeping.tidy() == 1
    assert not Job.objects.filter(kind=Job.Kind.SHEETS).exists()
