# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Celery calls. A message carries a primary key and nothing else."""

from __future__ import annotations

from celery import shared_task

from fabrication import services, work
from fabrication.assignment import services as assignments
from fabrication.matching import services as matching
from fabrication.quoting import services as quotes


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
    services.sweep()
    matching.sweep()
    assignments.sweep()
    quotes.complete_waiting()
    quotes.tell_makers()


@shared_task(name="fabrication.tidy")
def tidy() -> None:
    services.tidy()
    matching.tidy()
