# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The assembly notice: for somebody who has never seen the piece. Few words, large pictures, one thing a step.

A package of single parts has none: the notice of the piece is still there.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from fabrication.exporters import Job
from fabrication.exporters.notice_end import end_of_life_page, repair_page, use_page
from fabrication.exporters.notice_front import before, cover, hardware_pages, parts_board
from fabrication.exporters.notice_page import Book
from fabrication.exporters.notice_steps import exploded_page, step_pages
from fabrication.exporters.notice_story import story
from fabrication.exporters.pdf_text import document

PATH = "notice-de-montage.pdf"


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    if job.choices.only:
        return
    stream = io.BytesIO()
    canvas = document(stream, f"{job.design.title} – notice de montage", job.identity)
    stages = story(job.furniture, job.flat_parts)
    book = Book(canvas, job)
    cover(book, stages)
    before(book, stages)
    hardware_pages(book)
    parts_board(book)
    if stages:
        step_pages(book, stages)
    else:
        exploded_page(book)
    if job.choices.scale == 1:  # a model is looked at, not used
        use_page(book)
        repair_page(book)
        end_of_life_page(book)
    canvas.save()
    yield PATH, stream.getvalue()
