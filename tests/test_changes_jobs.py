# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks and comparisons as work of the workers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cms.catalogue import sync_designs
from designs.models import DesignRevision
from fabrication import artefacts, services, work
from fabrication.models import Job


@pytest.fixture
def revision(db: None, settings: Any, tmp_path: Path) -> Any:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    return next(r for r in sync_designs() if r.design == "chariot")


def _facts(job: Job) -> dict[str, Any]:
    work.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.fault
    assert job.facts is not None
    facts: dict[str, Any] = json.loads(artefacts.file_of(job.facts).read_bytes())
    return facts


def test_a_first_publication_is_compared_with_nothing(revision: DesignRevision) -> None:
    job = services.request_changes(revision, None)
    facts = _facts(job)
    assert facts["is_first"] and facts["proposal"]["step"] == "first"
    assert {part["fate"] for part in facts["parts"]} == {"added"}
    assert all("<svg" in part["svg"] for part in facts["parts"])
    assert services.request_changes(revision, None).pk == job.pk, "the same question has one answer"
    assert services.request_changes(revision, revision).pk != job.pk


def test_a_revision_that_the_code_draws_no_more_is_refused_at_once(revision: DesignRevision) -> None:
    gone = DesignRevision.objects.create(design="chariot", number=77, defaults={}, texts={})
    with pytest.raises(LookupError):
        services.request_changes(revision, gone)
    assert not Job.objects.exists()
