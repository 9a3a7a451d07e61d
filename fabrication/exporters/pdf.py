# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One PDF for all sheets, to be laid beside the machine: a page a sheet at a round scale, then lists."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from reportlab import rl_config

from fabrication.exporters import Job
from fabrication.exporters.pdf_lists import draw_lists
from fabrication.exporters.pdf_marks import code_place
from fabrication.exporters.pdf_sheet import draw_sheet, page_for
from fabrication.exporters.pdf_text import document

PATH = "sheets.pdf"


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    with _binary_streams():
        data = _pages(job, written)
    code_place.cache_clear()  # the next package has other parts
    yield PATH, data


def _pages(job: Job, written: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    canvas = document(stream, f"{job.design.title} – plans de découpe", job.identity)
    for sheet in job.plan.sheets:
        page = page_for(sheet)
        canvas.setPageSize(page.size)
        draw_sheet(canvas, job, sheet, page, written)
        canvas.showPage()
    draw_lists(canvas, job)
    canvas.save()
    return stream.getvalue()


@contextmanager
def _binary_streams() -> Iterator[None]:
    """reportlab would write compressed pages as text, a quarter longer and, in Python, slower than all drawing."""
    before = rl_config.useA85
    rl_config.useA85 = 0
    try:
        yield
    finally:
        rl_config.useA85 = before
