# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people send: looked at, kept under its content's name, taken away when nobody names it."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter

from orders.life import RefusedError
from orders.models import StoredFile
from orders.services import storage
from orders.services.uploads import MOST_BYTES, clean_name, judge
from tests.orders import make_buyer, make_order


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.TRETEAU_ORDER_FILES = tmp_path / "files"
    yield tmp_path / "files"


def a_pdf(pages: int = 1, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_photo(form: str = "JPEG", size: tuple[int, int] = (40, 30), **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **saved)
    return out.getvalue()


def with_place(orientation: int = 6) -> bytes:
    """As a telephone writes it: turned, and with where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Téléphone de Camille"
    exif.get_ifd(0x8825)[2] = (43.0, 50.0, 12.0)
    return a_photo(exif=exif)


def test_a_photo_is_turned_upright_and_loses_what_the_telephone_wrote_into_it() -> None:
    sent = with_place()
    assert b"Camille" in sent
    kept = judge(sent, "IMG_0001.HEIC.jpeg", storage.SIGNED)
    picture = Image.open(io.BytesIO(kept.content))
    assert picture.size == (30, 40) and not picture.getexif() and b"Camille" not in kept.content
    assert (kept.content_type, kept.name) == ("image/jpeg", "IMG_0001.HEIC.jpg")


@pytest.mark.parametrize("form", ["PNG", "WEBP", "JPEG"])
def test_each_kind_of_picture_becomes_one_kind(form: str) -> None:
    assert Image.open(io.BytesIO(judge(a_photo(form), "x", [storage.IMAGE]).content)).format == "JPEG"


def test_a_large_picture_is_kept_as_large_as_a_page_needs() -> None:
    kept = judge(a_photo(size=(5_000, 500)), "x.jpg", [storage.IMAGE])
    assert max(Image.open(io.BytesIO(kept.content)).size) == 3_600


def test_a_pdf_is_kept_byte_by_byte() -> None:
    """An electronic signature holds only for its own bytes."""
    sent = a_pdf(3)
    assert judge(sent, "convention.pdf", storage.SIGNED).content == sent
    assert len(PdfReader(io.BytesIO(sent)).pages) == 3


REFUSED = {
    "nothing": (b"", "vide"),
    "a script in a PDF's clothes": (b"<script>alert(1)</script>", "pas du type attendu"),
    "a program": (b"MZ" + bytes(200), "pas du type attendu"),
    "an archive": (b"PK\x03\x04" + bytes(200), "pas du type attendu"),
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "pas du type attendu"),
    "a telephone's own format": (b"\0\0\0\x18ftypheic" + bytes(50), "HEIC"),
    "half a PDF": (a_pdf(5)[:-200], "abîmé"),
    "a PDF's first line": (b"%PDF-1.7\n%%EOF", "abîmé"),
    "a locked PDF": (a_pdf(password="secret"), "mot de passe"),
    "a PDF without a page": (a_pdf(0), "0 pages"),
    "a book": (a_pdf(201), "201 pages"),
    "too heavy a PDF": (b"%PDF-1.7\n" + bytes(MOST_BYTES["pdf"]), "trop lourd"),
    "too heavy a picture": (b"\xff\xd8\xff" + bytes(MOST_BYTES["image"]), "trop lourd"),
    "half a photo": (a_photo(size=(400, 400))[:300], "abîmée"),
    "a bomb": (a_photo("PNG", (9_000, 8_000)), "trop grande"),
}


@pytest.mark.parametrize(("content", "word"), REFUSED.values(), ids=REFUSED)
def test_whatever_else_is_refused_in_words_beside_its_field(content: bytes, word: str) -> None:
    with pytest.raises(RefusedError) as refused:
        judge(content, "convention.pdf", storage.SIGNED, "scan")
    assert word in refused.value.french and refused.value.field == "scan"


def test_a_photo_is_no_paper_where_only_a_paper_is_wanted() -> None:
    with pytest.raises(RefusedError, match=r"neither of \['pdf'\]"):
        judge(a_photo(), "x.pdf", [storage.PDF])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Documents\\Bon signé.PDF", "Bon signé.pdf"),
        ("a\0b\u202egnp.exe", "a b gnp.pdf"),
        ('x"; rm *.pdf', "x rm.pdf"),
        ("…" * 500, "…" * 120 + ".pdf"),
        (".pdf", "pdf.pdf"),
        ("", "document.pdf"),
    ],
)
def test_a_name_keeps_what_is_safe_to_show(given: str, kept: str) -> None:
    assert clean_name(given, ".pdf") == kept


@pytest.mark.django_db
def test_a_file_is_named_by_its_content_and_read_back(folder: Path) -> None:
    buyer = make_buyer()
    order = make_order(buyer, lines=0)
    file = storage.store(order, a_pdf(), "Bon.pdf", buyer, kinds=storage.SIGNED)
    again = storage.store(order, a_pdf(), "Autre.pdf", buyer, kinds=storage.SIGNED)
    assert storage.read(file) == a_pdf() and file.sha256 in file.path and file.size == len(a_pdf())
    assert again.path == file.path and [p for p in folder.rglob("*") if p.is_file()] == [folder / file.path]

    # The same bytes in two rows: they go with the last one.
    with transaction.atomic():
        storage.erase(again)
    assert storage.read(file)


@pytest.mark.django_db(transaction=True)
def test_an_erased_file_is_gone_and_its_row_says_when(folder: Path) -> None:
    buyer = make_buyer()
    file = storage.store(make_order(buyer, lines=0), a_pdf(), "Bon.pdf", buyer, kinds=storage.SIGNED)
    storage.erase(file)
    assert not (folder / file.path).exists() and StoredFile.objects.get().erased_at is not None
    with pytest.raises(FileNotFoundError):
        storage.read(StoredFile.objects.get())


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing(folder: Path) -> None:
    buyer = make_buyer()
    with pytest.raises(RefusedError):
        storage.store(make_order(buyer, lines=0), b"MZ", "Bon.pdf", buyer, kinds=storage.SIGNED)
    assert not folder.exists() and not StoredFile.objects.exists()


@pytest.mark.django_db
def test_what_no_row_names_is_taken_away_after_an_hour_and_nothing_else(folder: Path) -> None:
    buyer = make_buyer()
    order = make_order(buyer, lines=0)
    named = storage.store(order, a_pdf(), "a.pdf", buyer, kinds=storage.SIGNED)
    with pytest.raises(KeyError), transaction.atomic():
        fallen = storage.store(order, a_pdf(2), "b.pdf", buyer, kinds=storage.SIGNED)
        raise KeyError("the step that wanted it fails")
    (folder / "ab").mkdir(exist_ok=True)
    (folder / "ab" / ".half").write_bytes(b"%PDF")  # its writer was killed
    assert storage.tidy() == 0  # somebody may still be about to save its row

    long_ago = time.time() - 7_200
    for file in folder.rglob("*"):
        if file.is_file():
            os.utime(file, (long_ago, long_ago))
    assert storage.tidy() == 2
    assert storage.read(named) and not (folder / fallen.path).exists()


@pytest.mark.django_db
def test_tidying_puts_back_what_was_stored_again_meanwhile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer = make_buyer()
    order = make_order(buyer, lines=0)
    old = storage.store_made(order, b"<a/>", "a.xml", "application/xml", buyer)
    path = old.path
    StoredFile.objects.all().delete()
    long_ago = time.time() - 7_200
    os.utime(folder / path, (long_ago, long_ago))

    looked = storage._is_named

    def another_stores_it_after_the_first_look(name: str) -> bool:
        found = looked(name)
        monkeypatch.setattr(storage, "_is_named", looked)
        storage.store_made(order, b"<a/>", "a.xml", "application/xml", buyer)
        return found

    monkeypatch.setattr(storage, "_is_named", another_stores_it_after_the_first_look)
    assert storage.tidy() == 0
    assert storage.read(StoredFile.objects.get()) == b"<a/>"


@pytest.mark.django_db
def test_a_write_that_fails_halfway_leaves_no_half_of_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer = make_buyer()
    order = make_order(buyer, lines=0)

    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        storage.store(order, a_pdf(), "a.pdf", buyer, kinds=storage.SIGNED)
    assert not [path for path in folder.rglob("*") if path.is_file()] and not StoredFile.objects.exists()


_STARTS = st.sampled_from([b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b""])


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=_STARTS, rest=st.binary(max_size=200), end=st.sampled_from([b"", b"startxref\n0\n%%EOF"]), name=st.text())
def test_whatever_bytes_come_they_are_kept_or_refused_in_words(
    start: bytes, rest: bytes, end: bytes, name: str
) -> None:
    try:
        kept = judge(start + rest + end, name, storage.SIGNED)
    except RefusedError as refused:
        assert refused.french.endswith(".") and refused.field == "file"
    else:
        assert kept.name.isprintable() and "/" not in kept.name and len(kept.name) <= 124


def test_a_damaged_paper_of_our_own_is_never_more_than_refused() -> None:
    whole = a_pdf(3)
    for place in range(0, len(whole), 37):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        with suppress(RefusedError):
            assert judge(broken, "x.pdf", storage.SIGNED).content == broken


@pytest.mark.usefixtures("never_hangs")
def test_pages_that_multiply_are_refused() -> None:
    """Forty levels of two references to the next one: a million million pages in four kilobytes."""
    levels = 40
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    objects += [b"<< /Type /Pages /Count 1 /Kids [%d 0 R %d 0 R] >>" % (n + 3, n + 3) for n in range(levels)]
    objects.append(b"<< /Type /Page /MediaBox [0 0 100 100] >>")
    content, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF"
    content += end % (len(objects) + 1, table, len(objects) + 1, len(content))
    with pytest.raises(RefusedError):
        judge(content, "x.pdf", storage.SIGNED)
