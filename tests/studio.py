# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Designers, reviewers and drafts for tests, and workers' word on a candidate without the minutes that it takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organisation, User
from designs.models import DesignDraft, DesignRevision
from designs.services import candidates, drafting, publishing
from designs.services.finding import latest
from designs.studio_errors import PublicationRefused
from fabrication import artefacts
from fabrication.models import Artefact, Job
from tests.people import make_coordinator, make_member, make_organisation, make_person

SCRIPT = '''
"""A board."""

def draw(values, sheet):
    return board(values["width"])
'''
TEXTS = {
    "title": "Table d’accueil",
    "summary": "Une table pour deux personnes.",
    "story": "Elle tient dans une entrée.",
    "credit": "Dessinée par le bureau des Ormes.",
    "licence": "CERN-OHL-S-2.0",
    "changes": "",
}


def specification(maximum: int = 900) -> dict[str, Any]:
    width = {
        "name": "width", "kind": "length", "default": 600, "label": "largeur", "help": "", "minimum": 400,
        "maximum": maximum, "step": 10,
    }  # fmt: skip
    return {"parameters": [width], "rules": [], "thickness_range": [14.4, 21.6]}


def content(script: str = SCRIPT, maximum: int = 900) -> dict[str, Any]:
    return {
        "kind": "script", "main": "table.py", "sources": {"table.py": script}, "specification": specification(maximum)
    }  # fmt: skip


@dataclass
class Studio:
    """A bureau with two designers, a reviewer who is a coordinator, and a designer of another bureau."""

    bureau: Organisation
    designer: User
    colleague: User
    reviewer: User
    stranger: User

    def begin(self, slug: str = "table-d-accueil", **texts: str) -> DesignDraft:
        data = {"content": content(), "texts": TEXTS | texts}
        return drafting.start(slug=slug, organisation=self.bureau, data=data, actor=self.designer)

    def save(self, draft: DesignDraft, *, actor: User | None = None, **data: Any) -> str:
        draft.refresh_from_db()
        return drafting.save(draft, data, actor=actor or self.designer, based_on=drafting.state_id(draft))


def studio() -> Studio:
    bureau = make_organisation(Organisation.Kind.DESIGNER, "Bureau des Ormes")
    designer, colleague = make_person("ines@example.org", "Inès Valle"), make_person("leo@example.org", "Léo Brun")
    make_member(designer, bureau)
    make_member(colleague, bureau)
    stranger = make_person("sam@example.org", "Sam Noir")
    make_member(stranger, make_organisation(Organisation.Kind.DESIGNER, "Autre bureau"))
    return Studio(bureau, designer, colleague, make_coordinator(), stranger)


def judged(draft: DesignDraft, *, is_green: bool = True, step: str = "minor") -> DesignRevision:
    """The candidate of the latest state, checked and compared as workers keep it."""
    draft.refresh_from_db()
    candidate = candidates.candidate_of(draft.state())
    fault = {"name": "tip", "state": "fault", "french": "La table bascule."}
    kept(candidate, Job.Kind.CHECK, {"checks": [] if is_green else [fault], "is_green": is_green})
    if (current := latest(draft.slug)) is not None:
        kept(candidate, Job.Kind.CHANGES, {"proposal": {"step": step}}, against=current)
    return candidate


def kept(revision: DesignRevision, kind: Job.Kind, facts: dict[str, Any], **fields: Any) -> Job:
    """As today's software found it, unless ``software`` says another."""
    fields.setdefault("software", artefacts.software_key())
    key = artefacts.input_key(kind, {"test": [revision.pk, facts, Job.objects.count()]})
    made = artefacts.store(Artefact.Kind.FACTS, key, json.dumps(facts).encode(), f"{kind}.json")
    now = timezone.now()
    return Job.objects.create(
        kind=kind, revision=revision, parameters={}, key=key, state=Job.State.DONE, facts=made, finished_at=now,
        started_at=now, attempts=1, progress=100, is_green=facts.get("is_green"), **fields,
    )  # fmt: skip


def published(place: Studio, slug: str = "table-d-accueil") -> tuple[DesignDraft, DesignRevision]:
    """A model that is begun, checked and published."""
    draft = place.begin(slug)
    judged(draft)
    revision = publishing.publish(draft, actor=place.reviewer)
    draft.refresh_from_db()
    return draft, revision


def missing(draft: DesignDraft, place: Studio) -> dict[str, str]:
    """What is refused when it is published now."""
    with pytest.raises(PublicationRefused) as refused:
        publishing.publish(draft, actor=place.reviewer)
    return refused.value.messages


def come(draft: DesignDraft) -> None:
    """An hour passes."""
    past = timezone.now() - timedelta(minutes=1)
    for revision in draft.revisions.exclude(approved_go_live_at=None):
        revision.content["go_live_at"] = past.isoformat()
        revision.approved_go_live_at = past
        revision.save()
