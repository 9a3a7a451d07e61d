# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model through any life: whatever its people do in whatever order, what is published was checked, approved by somebody else
as it stands, and never changes."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from hypothesis import HealthCheck, Phase
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import User
from designs.models import DesignDraft, DesignRevision
from designs.services import drafting, publishing, reviewing
from designs.services.candidates import said
from designs.services.roles import REVIEWERS
from designs.studio_errors import LockedError, NotYoursError, PublicationRefused, StudioError
from tests.people import make_person
from tests.studio import SCRIPT, Studio, content, judged, studio

PEOPLE = ("designer", "colleague", "reviewer", "second", "stranger")
#: Who does it most of the time; the others try.
DESIGNS, REVIEWS = ("designer", "designer", "designer", *PEOPLE), ("second", "second", "reviewer", *PEOPLE)


class Life(RuleBasedStateMachine):
    """Beside the rows, what should be true: which content is green, who touched what since the last publication, which words
    somebody else approved."""

    place: Studio
    second: User
    #: Over all examples: a machine that never comes far proves nothing.
    done: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._undone = transaction.atomic()
        self._undone.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undone.__exit__(None, None, None)

    @initialize(published=st.integers(0, 2))
    def begin(self, published: int) -> None:
        self.people: dict[str, User] = {
            name: self.second if name == "second" else getattr(self.place, name) for name in PEOPLE
        }
        self.draft = self.place.begin()
        self.green: set[str] = set()
        self.authors = {"designer"}
        self.published: list[dict[str, Any]] = []
        self.approved: list[tuple[Any, ...]] = []
        for line in range(published):
            self.straight_on(line, bool(line))

    def fresh(self) -> DesignDraft:
        self.draft = DesignDraft.objects.get(pk=self.draft.pk)
        return self.draft

    def words(self) -> tuple[Any, ...]:
        state = self.fresh().state()
        return (sorted(state.texts.items()), state.content["sources"]["table.py"])

    @rule(who=st.sampled_from(DESIGNS), line=st.integers(0, 2), summary=st.sampled_from(["Une table.", "Deux tables."]))
    def save(self, who: str, line: int, summary: str) -> None:
        before = self.words()
        changes = f"Changement {len(self.published)}."
        data = {"content": content(f"{SCRIPT}# {line}"), "texts": {"summary": summary, "changes": changes}}
        try:
            drafting.save(self.draft, data, actor=self.people[who], based_on=drafting.state_id(self.draft))
        except (NotYoursError, LockedError):
            assert self.words() == before
            assert who not in ("designer", "colleague") or self.draft.workflow_in_progress
            return
        assert who in ("designer", "colleague")
        if self.words() != before:
            self.authors.add(who)

    @rule()
    def check(self) -> None:
        self.green.add(judged(self.fresh()).digest)

    @rule(who=st.sampled_from(DESIGNS))
    def submit(self, who: str) -> None:
        try:
            reviewing.submit(self.fresh(), actor=self.people[who])
        except StudioError:
            assert who not in ("designer", "colleague") or self.draft.workflow_in_progress
            return
        assert who in ("designer", "colleague")

    @rule(who=st.sampled_from(REVIEWS), word=st.sampled_from(["approve", "approve", "reject", "withdraw"]))
    def answer(self, who: str, word: str) -> None:
        in_review = self.fresh().workflow_in_progress
        try:
            if word == "withdraw":
                reviewing.withdraw(self.draft, actor=self.people[who])
            elif word == "reject":
                reviewing.reject(self.draft, actor=self.people[who], comment="Non.")
            else:
                reviewing.approve(self.draft, actor=self.people[who])
        except StudioError:
            return
        if word == "approve":
            assert in_review and who in ("reviewer", "second") and who not in self.authors
            self.approved.append(self.words())
            self.done["approved"] += 1

    @rule(who=st.sampled_from(REVIEWS), is_checked=st.booleans())
    def publish(self, who: str, is_checked: bool) -> None:
        if is_checked:
            self.check()
        before = len(self.published)
        try:
            revision = publishing.publish(self.fresh(), actor=self.people[who])
        except (PublicationRefused, NotYoursError):
            assert DesignRevision.objects.count() == before
            return
        assert who in ("reviewer", "second")
        assert revision.number == before + 1 and revision.digest in self.green
        assert self.words() in self.approved or who not in self.authors
        self.published.append({"pk": revision.pk, "texts": revision.texts, "content": revision.content,
                               "version": revision.version})  # fmt: skip
        self.authors.clear()
        self.done[f"revision {revision.number}"] += 1

    @rule(line=st.integers(0, 2), is_submitted=st.booleans())
    def straight_on(self, line: int, is_submitted: bool) -> None:
        """What people do most of the time; whatever was left open before is in the way of it."""
        self.save("designer", line, "Une table.")
        if is_submitted:
            self.submit("designer")
            self.answer("second", "approve")
        self.publish("second", True)

    @invariant()
    def what_was_published_stays_and_every_one_changed_something(self) -> None:
        if not hasattr(self, "published"):
            return
        rows = list(DesignRevision.objects.filter(design=self.draft.slug).order_by("number"))
        assert [
            {"pk": one.pk, "texts": one.texts, "content": one.content, "version": one.version} for one in rows
        ] == self.published
        for earlier, later in itertools.pairwise(rows):
            assert (earlier.digest, said(earlier)) != (later.digest, said(later))
            assert tuple(map(int, earlier.version.split("."))) < tuple(map(int, later.version.split(".")))


@pytest.mark.django_db
def test_whatever_people_do_only_what_somebody_else_read_is_published(tmp_path: Path, settings: Any) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path
    Life.place = studio()
    Life.second = make_person("relecture@example.org", "Noé Petit")
    Life.second.groups.add(Group.objects.get(name=REVIEWERS))
    run_state_machine_as_test(Life, settings=_SETTINGS)
    assert Life.done["approved"] and Life.done["revision 1"] and Life.done["revision 2"], Life.done


_SETTINGS = given_settings(
    max_examples=6,
    stateful_step_count=15,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),  # a failure says its steps; to make them fewer would take minutes
    suppress_health_check=list(HealthCheck),
)
