# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Celery calls. A message carries a primary key and nothing else."""

from __future__ import annotations

from celery import shared_task

from fabrication import work
from fabrication.assignment import services as assignments
from fabrication.matching import services as matching
from fabrication.quoting import services as quotes
from fabrication.rechecking import services as rechecking
from fabrication.sweeping import services as sweeping
from fabrication.trying.services import next_try


@shared_task(name="fabrication.make_package")
def make_package(pk: int) -> None:
    work.run(pk)


@shared_task(name="fabrication.search_layout")
def search_layout(pk: int) -> None:
    work.run(pk)


@shared_task(name="fabrication.make_figures")
def make_figures(pk: int) -> None:
    work.run(pk)


@shared_task(name="fabrication.make_preview", time_limit=120)
def make_preview(pk: int) -> None:
    work.run(pk)


@shared_task(name="fabrication.try_draft", time_limit=120)
def try_draft(pk: int) -> None:
    """Whichever try has its turn: the one that rings has it when the others had theirs."""
    work.run(next_try() or pk)


@shared_task(name="fabrication.count_sheets", time_limit=120)
def count_sheets(pk: int) -> None:
    work.run(pk)


@shared_task(name="fabrication.draw_pictures")
def draw_pictures(pk: int) -> None:
    work.run(pk)


@shared_task(name="fabrication.check_design", time_limit=600)
def check_design(pk: int) -> None:
    work.run(pk)


@shared_task(name="fabrication.compare_designs", time_limit=600)
def compare_designs(pk: int) -> None:
    work.run(pk)


@shared_task(name="fabrication.study_piece")
def study_piece(pk: int) -> None:
    matching.work(pk)


@shared_task(name="fabrication.assign_campaign")
def assign_campaign(pk: int) -> None:
    assignments.work(pk)


@shared_task(name="fabrication.sweep")
def sweep() -> None:
    sweeping.sweep()
    matching.sweep()
    assignments.sweep()
    quotes.complete_waiting()
    quotes.tell_makers()


@shared_task(name="fabrication.tidy")
def tidy() -> None:
    sweeping.tidy()
    matching.tidy()


@shared_task(name="fabrication.recheck")
def recheck() -> None:
    """Published models whose last check is of an older software."""
    rechecking.recheck()
