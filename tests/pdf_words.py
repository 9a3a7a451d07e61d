# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a page of the PDF says, read by another program; and a tool of which all is known."""

from __future__ import annotations

import io

import pypdf

from fabrication.exporters import Job, exporter

#: Points of a millimetre of paper.
MM = 72 / 25.4
FEEDS = {"feed_mm_min": 3000.0, "plunge_mm_min": 900.0, "spindle_rpm": 18000.0, "pass_depth_mm": 6.0}


def words_of(job: Job, written: dict[str, str], page: int = 0) -> str:
    ((_, data),) = exporter("pdf").export(job, written)
    text = pypdf.PdfReader(io.BytesIO(data)).pages[page].extract_text()
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
