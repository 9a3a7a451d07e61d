# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A page that stands for the signed scan of an invented order. The store keeps its bytes once, whoever points at them."""

from __future__ import annotations

import io
from collections.abc import Sequence

from orders.models import Document, StoredFile
from orders.seeding.people import BATCH
from orders.services.storage import SIGNED, keep
from orders.services.uploads import Judged, judge


def demo_scan(title: str) -> Judged:
    """A PDF of one page that says what it is: nobody takes it for a signature."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    canvas.setFont("Helvetica", 14)
    canvas.drawString(70, 760, title)
    canvas.drawString(70, 735, "Démonstration : ce papier tient lieu de scan signé.")
    canvas.save()
    return judge(stream.getvalue(), f"{title}.pdf", SIGNED, "scan")


def store_scan(papers: Sequence[Document]) -> None:
    """For each paper that says when it was signed: its file rows, of one content. The papers are not saved yet."""
    wanted: list[tuple[Document, str, StoredFile]] = []
    first: StoredFile | None = None
    scan = demo_scan("Papier signé")
    for paper in papers:
        for name, at in (("signed", paper.signed_at), ("buyer_signed", paper.buyer_signed_at)):
            if at is None:
                continue
            if first is None:
                first = file = keep(paper.order, scan, paper.made_by)
                setattr(paper, name, file)
                continue
            file = StoredFile(
                order=paper.order, sha256=first.sha256, path=first.path, name=first.name,
                content_type=first.content_type, size=first.size, uploaded_by=paper.made_by,
            )  # fmt: skip
            wanted.append((paper, name, file))
    StoredFile.objects.bulk_create((file for _, _, file in wanted), BATCH)
    for paper, name, file in wanted:
        setattr(paper, name, file)
