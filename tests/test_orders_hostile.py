# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Orders at their limits, and files and words that somebody made to do harm."""

from __future__ import annotations

import logging
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.life import RefusedError
from orders.models import Piece, State
from orders.papers.printing import print_html
from orders.services.uploads import Kind, judge
from tests.making import finish_package, make_case
from tests.orders import make_line
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.TRETEAU_ORDER_FILES = tmp_path


def test_hundreds_of_pieces_are_numbered_shipped_and_received_at_once() -> None:
    case = make_case()
    order = case.order
    order.lines.update(quantity=100)
    for width in range(5):
        make_line(order, quantity=100, parameters={"width": 900.0 + width})
    with CaptureQueriesContext(connection) as queries:
        case.act("start")
    assert len(queries) < 60
    numbers = list(Piece.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + 600))
    Piece.objects.update(stage=Piece.Stage.FINISHED)
    keys = [str(piece.pk) for piece in case.pieces]
    for person, name, state in (
        (case.maker, "making-ship", State.SHIPPED),
        (case.buyer, "order-receive", State.DELIVERED),
    ):
        order.refresh_from_db()
        sent = {"vu": order.version, "cle": str(uuid.uuid4()), "pieces": keys}
        assert signed_in(person).post(reverse(name, args=[order.public_id]), sent).status_code == 302
        order.refresh_from_db()
        assert order.state == state


@pytest.mark.parametrize("odd", ["9" * 5_000, "٣", "²", "-1", "1e3", "\x00", "0", "9999-12-31T23:59:59+00:00"])
def test_no_odd_number_of_a_sheet_breaks_the_page_at_the_bench(odd: str) -> None:
    case = make_case()
    case.act("start")
    production = case.prepared()
    finish_package(production.job)
    page, bench = signed_in(case.maker), reverse("making", args=[case.order.public_id])
    for place in (f"{production.pk}/{quote(odd)}/", f"{quote(odd)}/1/"):
        assert page.post(f"{bench}panneaux/{place}", {"coupe": "1"}).status_code == 404
    sent = page.post(f"{bench}panneaux/{production.pk}/1/", {"coupe": odd, "touche": odd})
    assert sent.status_code == 302
    for asked in ({"lecture": odd, "ligne": "1"}, {"lecture": "17,8", "ligne": odd}, {"lecture": odd, "ligne": odd}):
        answer = page.get(bench, asked)
        assert answer.status_code == 200 and "Refaire les fichiers" not in answer.content.decode()


def a_pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /MediaBox [0 0 595 842] >>"


def _many_leaves(depth: int) -> bytes:
    """Six branches a level, all of them the same: a page that is met 6 to the power of ``depth`` times."""
    levels = [b"<< /Type /Pages /Count 1 /Kids [" + b"%d 0 R " % (level + 3) * 6 + b"] >>" for level in range(depth)]
    return a_pdf_of(CATALOGUE, *levels, PAGE)


@pytest.mark.parametrize(
    "content",
    [
        a_pdf_of(CATALOGUE, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
        _many_leaves(5),
        _many_leaves(12),
        a_pdf_of(CATALOGUE, b"[" * 500_000),
        a_pdf_of(CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"(x)"),
        b"%PDF-1.4\n" + b"startxref\n" * 300_000 + b"\n%%EOF",
        b"\xff\xd8\xff%PDF-1.4 <script>alert(1)</script> %%EOF",
        b"\x89PNG\r\n\x1a\n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    ],
    ids=["itself", "thousands of pages", "billions of pages", "deep", "no page", "no end", "two in one", "drawing"],
)
def test_a_file_that_was_made_to_do_harm_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        judge(content, "x.pdf", [Kind.PDF, Kind.IMAGE])
    assert refused.value.french


def test_a_files_faults_do_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    content = a_pdf_of(
        CATALOGUE[:-2] + b"/X " + b"<< /a " * 20_000 + b">>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE
    )
    with caplog.at_level(logging.DEBUG), suppress(RefusedError):
        judge(content, "x.pdf", [Kind.PDF])
    assert len(caplog.records) < 5


def test_a_paper_fetches_nothing_whatever_stands_in_a_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>never</text></svg>", encoding="utf-8")
    fonts = "file://" + str(Path(print_html.__code__.co_filename).parent / "fonts") + "/../../models/order.py"
    sources = (secret.as_uri(), fonts, "http://127.0.0.1:1/x.png", "ftp://127.0.0.1/x")
    html = "<p>Un papier</p>" + "".join(
        f'<img src="{source}"><link rel=stylesheet href="{source}">' for source in sources
    )
    with caplog.at_level(logging.ERROR, "weasyprint"):
        content = print_html(f"<html lang=fr><title>x</title>{html}</html>", b"0" * 16)
    assert content.startswith(b"%PDF") and b"/Subtype /Image" not in content
    told = [record.getMessage() for record in caplog.records]
    assert sum("fetches nothing" in text for text in told) == 2 * len(sources), told
